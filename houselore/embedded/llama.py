"""Run llama.cpp's HTTP server as a child process."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from houselore.embedded.child_process import start_child, stop_child, wait_until
from houselore.embedded.data_dir import private_folder

_START_S = 60.0
_BYTES_A_SECOND = 50_000_000  # what a slow disk reads: the first start reads the whole file


@asynccontextmanager
async def serve_gguf(
    gguf: Path, options: Sequence[str], *, folder: Path, name: str, api_key: str | None
) -> AsyncIterator[str]:
    """Serve one GGUF file with options of `chat_model_server`; yield its URL, up to /v1.

    Only callers with `api_key` are answered, everyone on this machine if it is None. The server
    ends with the block or with this process; its log is in `folder`. Raises ServerDidNotStart,
    which calls it `name`.
    """
    port, log = _free_port(), private_folder(folder) / "log"
    process = start_child(
        [
            *(sys.executable, "-m", "houselore.embedded.chat_model_server"),
            *(f"--model={gguf}", f"--port={port}", *options),
        ],
        log=log,
        environment={
            "HOUSELORE_CHAT_SERVER_KEY": api_key or "",
            # Its threads wait for each other by spinning unless told not to: on a machine that has
            # other things to do as well, that makes it twenty times slower.
            "OMP_WAIT_POLICY": "passive",
        },
    )
    try:
        await wait_until(lambda: _answers(port), process, name, log, _patience(gguf))
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        await stop_child(process, signal.SIGTERM, seconds=3)


def _patience(gguf: Path) -> float:
    return _START_S + gguf.stat().st_size / _BYTES_A_SECOND


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /health HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        line = await reader.readline()
        writer.close()
        return b" 200 " in line
    return False
