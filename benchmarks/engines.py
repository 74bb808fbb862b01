"""Compare engines and settings for the embedded chat model: first token, tokens a second.

Each engine runs in a process of its own and answers the same house prompts one after the other.
Times are medians, after one prompt to warm up.
"""

import argparse
import json
import os
import queue
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from answering.evidence.notes import Evidence
from answering.prompts import HOUSE_PROMPT, as_sent, format_notes
from benchmarks.machine import describe_machine
from benchmarks.page import write_section
from benchmarks.shared import rows, write_result
from benchmarks.splits import TEST
from benchmarks.starter_sets import passage, sentences
from houselore.embedded.chat_model_files import bundled_gguf, chat_model_files

_TOKENS = 32
ENGINES: dict[str, dict[str, Any]] = {
    "llama.cpp, 2 threads, prefix kept, adapter (served)": {"adapter": True},
    "llama.cpp, 2 threads, prefix kept": {},
    "llama.cpp, 2 threads, nothing kept": {"keep": False},
    "llama.cpp, 1 thread, prefix kept": {"threads": 1},
    "llama.cpp, 2 threads, prefix kept, flash attention off": {"flash": False},
    "OpenVINO GenAI": {"engine": "openvino"},
}

Messages = list[dict[str, str]]
Write = Callable[[Messages], Iterator[str]]


def prompts(count: int) -> list[Messages]:
    """Return house prompts with three sentences of a TEST passage, on questions about it."""
    texts = {row["id"]: row for row in rows("squad2/passages.jsonl.gz") if row["title"] in TEST}
    asked: dict[str, str] = {}
    for row in rows("squad2/questions.jsonl.gz"):
        if row["passage_id"] in texts and not row["unanswerable"]:
            asked.setdefault(row["passage_id"], row["question"])
    made = []
    for key, question in list(asked.items())[:count]:
        text = texts[key]["text"]
        best = tuple(sentences(text)[:3])
        found = passage(key, texts[key]["title"], text)
        notes = format_notes([Evidence(1, found, best, best[0], " ".join(best), 1.0)])
        messages = HOUSE_PROMPT.format_messages(notes=notes, question=question, thread=[])
        made.append(as_sent(messages))
    return made


def measure_engine(settings: dict[str, Any], asked: Sequence[Messages]) -> dict[str, float]:
    """Return median seconds to the first token, tokens a second after it, start time and memory."""
    started = time.perf_counter()
    write = _openvino() if settings.get("engine") == "openvino" else _llama(settings)
    loaded = time.perf_counter() - started
    firsts, rates = [], []
    for at, messages in enumerate(asked):
        begun, times = time.perf_counter(), []
        for _ in write(messages):
            times.append(time.perf_counter())
        if at and times:
            firsts.append(times[0] - begun)
        if at and len(times) > 4:
            rates.append((len(times) - 1) / (times[-1] - times[0]))
    return {
        "first_s": round(median(firsts), 3),
        "tokens_a_second": round(median(rates), 1),
        "start_s": round(loaded, 1),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _llama(settings: dict[str, Any]) -> Write:
    import xllamacpp  # type: ignore[import-untyped]  # it has no types

    parameters = xllamacpp.CommonParams()
    with TemporaryDirectory() as folder:
        files = chat_model_files(Path(folder), None)
        parameters.model.path = str(files.base)
        if settings.get("adapter"):
            adapter = xllamacpp.CommonAdapterLoraInfo(str(files.adapter), 1.0)
            parameters.lora_adapters = [adapter]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        parameters.hostnames, parameters.port = ["127.0.0.1"], port
        parameters.n_ctx, parameters.n_parallel = 4096, 2
        parameters.cpuparams.n_threads = settings.get("threads", 2)
        parameters.cpuparams_batch.n_threads = settings.get("threads", 2)
        if not settings.get("flash", True):
            kinds = xllamacpp.llama_flash_attn_type
            parameters.flash_attn_type = kinds.LLAMA_FLASH_ATTN_TYPE_DISABLED
        server = xllamacpp.Server(parameters)
    alone = httpx.Limits(max_keepalive_connections=0)  # the server may close an idle connection
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, limits=alone)

    def write(messages: Messages) -> Iterator[str]:
        assert server  # noqa: S101 - the server stops when it is garbage-collected
        request = {
            "messages": messages,
            "max_tokens": _TOKENS,
            "temperature": 0,
            "ignore_eos": True,
            "cache_prompt": settings.get("keep", True),
            "stream": True,
        }
        with client.stream("POST", "/v1/chat/completions", json=request) as answer:
            for line in answer.iter_lines():
                if '"content":"' in line:
                    yield line

    return write


def _openvino() -> Write:
    import openvino_genai

    pipeline = openvino_genai.LLMPipeline(str(bundled_gguf()), "CPU")

    def write(messages: Messages) -> Iterator[str]:
        said: queue.Queue[str | None] = queue.Queue()
        text = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages)

        def stream(piece: str) -> bool:
            said.put(piece)
            return False  # do not stop

        def run() -> None:
            pipeline.generate(
                text + "<|im_start|>assistant\n",
                max_new_tokens=_TOKENS,
                ignore_eos=True,
                apply_chat_template=False,
                streamer=stream,
            )
            said.put(None)

        threading.Thread(target=run).start()
        yield from iter(said.get, None)

    return write


def _page(machine: str, found: dict[str, dict[str, float]]) -> str:
    lines = [
        "## What runs the embedded chat model",
        "",
        f"`make bench-engines`, {machine}.",
        f"House prompts of three sentences on squad2's TEST article, {_TOKENS} tokens each.",
        "",
        "| | first token, s | tokens a second | start, s | memory, MB |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [f"| {name} | {' | '.join(map(str, row.values()))} |" for name, row in found.items()]
    return "\n".join(lines)


def main() -> None:
    """Measure all engines, or in this process only the named one."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--prompts", type=int, default=16)
    arguments.add_argument("--engine", choices=list(ENGINES), help="this one alone, as JSON")
    given = arguments.parse_args()
    if given.engine:
        figures = measure_engine(ENGINES[given.engine], prompts(given.prompts))
        sys.stdout.write("\n" + json.dumps(figures) + "\n")
        sys.stdout.flush()
        os._exit(0)  # without waiting for the server's threads
    found = {}
    for name in ENGINES:
        command = [sys.executable, "-m", "benchmarks.engines", f"--prompts={given.prompts}"]
        ended = subprocess.run(  # noqa: S603 - our own module
            [*command, f"--engine={name}"], capture_output=True, text=True, check=True
        )
        found[name] = json.loads(ended.stdout.strip().splitlines()[-1])
    machine = describe_machine(("xllamacpp", "openvino-genai"))
    write_result("engines", {"machine": machine, "engines": found})
    write_section("engines", _page(machine, found))


if __name__ == "__main__":
    main()
