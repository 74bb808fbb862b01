"""Lease a data folder's embedded servers from their supervisor, which several processes share."""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from houselore.embedded.child_process import Process, start_child
from houselore.embedded.supervisor import Address, keeper_folder, keeper_socket
from houselore.errors import ModelUnusable, ServerDidNotStart

Part = Literal["postgres", "redis", "chat_model", "reranker"]

_PATIENCE = 60.0  # seconds for a keeper to come up, or for one that is leaving to be gone


class Lease:
    """The addresses of leased servers, which run at least as long as the lease."""

    def __init__(self, parts: Collection[Part]) -> None:
        loop = asyncio.get_running_loop()
        self._addresses: dict[str, asyncio.Future[Address]] = {
            part: loop.create_future() for part in parts
        }
        self.lost = asyncio.Event()
        self.was_last = False

    async def address(self, part: Part) -> Address:
        """Return the address of `part` once it is up. Raises ServerDidNotStart."""
        return await asyncio.shield(self._addresses[part])

    def hear(self, message: dict[str, Any]) -> None:
        """Handle a message of the supervisor."""
        self.was_last = message.get("last", self.was_last)
        address = self._addresses.get(message.get("part", ""))
        if address is None or address.done():
            return
        if "error" in message:
            kind = ModelUnusable if message.get("is_wrong") else ServerDidNotStart
            address.set_exception(kind(message["error"]))
        else:
            address.set_result(Address(message["url"], message["api_key"]))

    def end(self) -> None:
        """Fail all pending addresses, because the supervisor has ended."""
        self.lost.set()
        for address in self._addresses.values():
            if not address.done():
                address.set_exception(ServerDidNotStart("The embedded servers were stopped."))
            address.exception()  # asked for, so that nobody is told it never was


@asynccontextmanager
async def lease_servers(
    data: Path,
    parts: Collection[Part],
    gguf: Path | None = None,
    adapter: Path | None = None,
    reranker: Path | None = None,
) -> AsyncIterator[Lease]:
    """Lease `parts` of the data folder's servers; start those that are not running.

    The chat model is `gguf` (default: the bundled one), with the adapter in the folder `adapter`;
    each adapter has a server of its own. `reranker` is the reranker's GGUF file. At the end the
    servers keep running for other users; the last user waits until they have stopped.
    """
    lease = Lease(parts)
    if not parts:
        yield lease
        return
    reader, writer, keeper = await _visit(data)
    wanted = {
        "parts": list(parts),
        "gguf": str(gguf) if gguf else None,
        "adapter": str(adapter) if adapter else None,
        "reranker": str(reranker) if reranker else None,
    }
    writer.write(json.dumps(wanted).encode() + b"\n")
    listening = asyncio.create_task(_listen(reader, lease))
    try:
        yield lease
    finally:
        with contextlib.suppress(OSError):
            # Only our half: the supervisor still has to tell whether we were the last user.
            writer.write_eof()
        await listening
        writer.close()
        if lease.was_last and keeper is not None:
            await asyncio.to_thread(keeper.wait)


async def _listen(reader: asyncio.StreamReader, lease: Lease) -> None:
    with contextlib.suppress(OSError):
        async for line in reader:
            lease.hear(json.loads(line))
    lease.end()


async def _visit(
    data: Path,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, Process | None]:
    """Connect to the folder's supervisor; start it if needed and return its process then."""
    path, log = keeper_socket(data), keeper_folder(data) / "log"
    command = [sys.executable, "-m", "houselore.embedded.supervisor", str(data)]
    keeper: Process | None = None
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError, ConnectionError):
            reader, writer = await asyncio.open_unix_connection(path)
            # An empty line means that it accepted us while it was shutting down.
            if await reader.readline():
                return reader, writer, keeper
            writer.close()  # it was leaving
        if keeper is None or keeper.poll() is not None:
            # It must outlive this process while others use the servers.
            keeper = start_child(command, log=log, on_parent_death=None)
        await asyncio.sleep(0.03)
    raise ServerDidNotStart(f"The embedded servers do not start; their log is {log}.")
