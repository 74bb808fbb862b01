"""A small chat model behind an OpenAI-compatible address on this machine. Writes no prompt."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from houselore.embedded.chat_model_files import chat_model_files
from houselore.embedded.child import start_child, stop_child, wait_until
from houselore.embedded.folders import private_folder

ALIAS = "house"


@asynccontextmanager
async def embedded_chat_model(
    folder: Path,
    *,
    gguf: Path | None = None,
    adapter: Path | None = None,
    api_key: str | None = None,
) -> AsyncIterator[str]:
    """Serve `gguf` (default: the bundled one, tuned) as the model `house`; yield its URL, to /v1.

    With the PEFT adapter in the folder `adapter` on it, instead of the one that comes with it.
    Only callers with `api_key` are answered, or everyone on this machine when it is None. The
    server ends with the block, or with this process. Raises ServerDidNotStart.
    """
    folder = private_folder(folder)
    files = await asyncio.to_thread(chat_model_files, folder, gguf, adapter)
    port, log = _free_port(), folder / "log"
    process = start_child(
        [
            *(sys.executable, "-m", "houselore.embedded.chat_model_server"),
            *(f"--model={files.base}", f"--alias={ALIAS}", f"--port={port}"),
            *([f"--adapter={files.adapter}"] if files.adapter else []),
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
        await wait_until(lambda: _answers(port), process, "The chat model", log, seconds=60)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        await stop_child(process, signal.SIGTERM, seconds=3)


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
