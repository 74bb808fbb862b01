"""The use of a data folder's embedded servers: shared with whoever uses them already. Owns none."""

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
    """Addresses of servers that stay up at least as long as the lease."""

    def __init__(self, parts: Collection[Part]) -> None:
        loop = asyncio.get_running_loop()
        self._addresses: dict[str, asyncio.Future[Address]] = {
            part: loop.create_future() for part in parts
        }
        self.lost = asyncio.Event()
        self.was_last = False

    async def address(self, part: Part) -> Address:
        """Where `part` is, once it answers. Raises ServerDidNotStart."""
        return await asyncio.shield(self._addresses[part])

    def hear(self, message: dict[str, Any]) -> None:
        """Take in what the keeper says."""
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
        """The keeper has gone: what is still awaited will not come."""
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
    """Use `parts` of the data folder's servers, starting those that nobody uses yet.

    The chat model is `gguf`, by default the bundled one, with the adapter in the folder `adapter`
    on it; each adapter has a server of its own beside the one without. `reranker` is that one's
    GGUF file.
    At the end they go on for their other users; the last one waits until they have stopped.
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
    """A connection to the folder's keeper, and its process where it is our child."""
    path, log = keeper_socket(data), keeper_folder(data) / "log"
    command = [sys.executable, "-m", "houselore.embedded.supervisor", str(data)]
    keeper: Process | None = None
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError, ConnectionError):
            reader, writer = await asyncio.open_unix_connection(path)
            if await reader.readline():
                return reader, writer, keeper
            writer.close()  # it was leaving
        if keeper is None or keeper.poll() is not None:
            keeper = start_child(command, log=log, on_parent_death=None)
        await asyncio.sleep(0.03)
    raise ServerDidNotStart(f"The embedded servers do not start; their log is {log}.")
