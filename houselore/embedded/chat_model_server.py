"""The chat model's process: llama.cpp's OpenAI-compatible server, until it is told to end."""

import argparse
import os
import signal
import threading
from pathlib import Path

from retrieval.cores import usable_cores


def main() -> None:
    """Serve one GGUF file on a loopback port; the key comes in HOUSELORE_CHAT_SERVER_KEY."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--model", type=Path, required=True)
    arguments.add_argument("--adapter", type=Path)
    arguments.add_argument("--alias", required=True)
    arguments.add_argument("--port", type=int, required=True)
    options = arguments.parse_args()

    import xllamacpp  # type: ignore[import-untyped]  # it has no types

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(options.model)
    if options.adapter:
        parameters.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(options.adapter), 1.0)]
    parameters.model_alias = {options.alias}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = options.port
    parameters.n_ctx = 4096
    parameters.n_parallel = 2
    parameters.cache_ram_mib = 64
    parameters.cpuparams.n_threads = min(4, usable_cores())
    parameters.cpuparams_batch.n_threads = parameters.cpuparams.n_threads
    parameters.ui = False
    parameters.endpoint_slots = False
    if key := os.environ.pop("HOUSELORE_CHAT_SERVER_KEY", ""):
        parameters.api_keys = [key]
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    server = xllamacpp.Server(parameters)
    ended.wait()
    del server
    os._exit(0)  # its threads have nothing left to say, and may take seconds to say it


if __name__ == "__main__":
    main()
