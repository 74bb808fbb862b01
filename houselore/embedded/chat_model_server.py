"""Run llama.cpp's server for the chat model or the reranker, until a signal ends it."""

import argparse
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from retrieval.embeddings.cpu_count import usable_cores

_REQUESTS = 2  # at a time


def main() -> None:
    """Serve one GGUF file on 127.0.0.1; the API key comes in HOUSELORE_CHAT_SERVER_KEY."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--model", type=Path, required=True)
    arguments.add_argument("--adapter", type=Path)
    arguments.add_argument("--alias", required=True)
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--context", type=int, required=True, help="tokens of one request")
    arguments.add_argument("--share-context", action="store_true", help="among all requests")
    arguments.add_argument("--rerank", action="store_true", help="serve /v1/rerank, and no chat")
    options = arguments.parse_args()

    import xllamacpp  # type: ignore[import-untyped]  # it has no types

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(options.model)
    if options.adapter:
        parameters.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(options.adapter), 1.0)]
    parameters.model_alias = {options.alias}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = options.port
    # llama.cpp divides n_ctx among the parallel requests, unless they share it.
    parameters.n_parallel = _REQUESTS
    parameters.n_ctx = options.context * (1 if options.share_context else _REQUESTS)
    parameters.kv_unified = options.share_context
    parameters.cache_ram_mib = 64
    parameters.enable_reasoning = 0  # a model that thinks first would think away a short answer
    # -1: as many as the GPU's memory takes.
    parameters.n_gpu_layers = -1 if has_gpu(xllamacpp.get_device_info()) else 0
    if options.rerank:
        parameters.embedding = True
        parameters.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_RANK
        parameters.n_batch = parameters.n_ubatch = options.context  # a pair is read at once
    parameters.cpuparams.n_threads = min(4, usable_cores())
    parameters.cpuparams_batch.n_threads = parameters.cpuparams.n_threads
    parameters.ui = False
    parameters.endpoint_slots = False
    # The key comes in the environment: arguments are visible to every user of the machine.
    if key := os.environ.pop("HOUSELORE_CHAT_SERVER_KEY", ""):
        parameters.api_keys = [key]
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    server = xllamacpp.Server(parameters)
    ended.wait()
    del server
    os._exit(0)  # its threads have nothing left to say, and may take seconds to say it


def has_gpu(devices: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether llama.cpp finds a GPU; the build on PyPI supports only a Mac's."""
    return any(device["type"].name.endswith("GPU") for device in devices)


if __name__ == "__main__":
    main()
