"""Supervise the embedded servers of one data folder, in a process of its own.

Users hold a connection to it (see lease.py). When the last one closes, however its process ended,
the servers are stopped and the supervisor exits. If the supervisor is killed, the system ends the
servers.
"""

import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from houselore.embedded.chat_model import embedded_chat_model
from houselore.embedded.data_dir import private_folder, socket_folder
from houselore.embedded.postgres import embedded_postgres
from houselore.embedded.redis import embedded_redis
from houselore.embedded.reranker import embedded_reranker
from houselore.errors import HouseloreError, ModelUnusable

_START_PATIENCE = 30.0  # seconds without any user before a keeper that nobody came to goes


def keeper_folder(data: Path) -> Path:
    """Return the folder of the supervisor's socket, lock and log."""
    return private_folder(data / "keeper")


def keeper_socket(data: Path) -> Path:
    """Return the path of the supervisor's socket."""
    return socket_folder(keeper_folder(data)) / "keeper.sock"


@dataclass(frozen=True, slots=True)
class Address:
    """A running server's URL and its API key, if any."""

    url: str
    api_key: str | None = None


@dataclass(eq=False, slots=True)
class _Server:
    """A server that is up, starting, or failed; it ends once `unneeded` is set.

    `file` is the adapter's folder or the reranker's file that it was started for.
    """

    file: str | None
    address: asyncio.Future[Address]
    users: set[asyncio.StreamWriter] = field(default_factory=set)
    unneeded: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_up(self) -> bool:
        """Return whether it is up or starting; a failed one is started again."""
        return not (self.address.done() and self.address.exception())


class Keeper:
    """Starts servers on request and keeps them while anybody uses one.

    The server of an adapter or reranker ends earlier, with its own last user.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._servers: dict[str, _Server] = {}
        self._holders: list[asyncio.Task[None]] = []
        self._users: set[asyncio.StreamWriter] = set()
        self._gguf: str | None = None
        self._leaving = asyncio.Event()

    async def serve(self) -> None:
        """Serve users until the last has gone or a signal comes; then stop every server."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._leaving.set)
        nobody_came = loop.call_later(_START_PATIENCE, self._leave_if_unused)
        path = keeper_socket(self._data)
        path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._on_user, path)
        await self._leaving.wait()
        nobody_came.cancel()
        server.close()
        path.unlink(missing_ok=True)
        for one in self._servers.values():
            one.unneeded.set()
        await asyncio.gather(*self._holders)
        for user in self._users:
            _say(user, {"last": True})
            user.close()

    async def _on_user(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one user: welcome it, read what it needs, send addresses, wait until it closes."""
        if self._leaving.is_set():
            writer.close()
            return
        self._users.add(writer)
        _say(writer, {"welcome": True})
        with contextlib.suppress(OSError):
            wanted = json.loads(await reader.readline() or "{}")
            parts = [self._tell(writer, part, wanted) for part in wanted["parts"]]
            await asyncio.gather(*parts)
            # Returns when the user closes the connection, or its process ends.
            await reader.read()
        self._release(writer)
        if self._users == {writer}:
            self._leaving.set()  # it hears from us when the servers have stopped
        else:
            self._users.discard(writer)
            writer.close()

    async def _tell(
        self, writer: asyncio.StreamWriter, part: str, wanted: dict[str, str | None]
    ) -> None:
        try:
            file = wanted.get("reranker" if part == "reranker" else "adapter")
            server = self._find(part, wanted.get("gguf"), file)
            server.users.add(writer)
            address = await asyncio.shield(server.address)
            _say(writer, {"part": part, "url": address.url, "api_key": address.api_key})
        except HouseloreError as error:
            is_wrong = isinstance(error, ModelUnusable)
            _say(writer, {"part": part, "error": str(error), "is_wrong": is_wrong})

    def _find(self, part: str, gguf: str | None, file: str | None) -> _Server:
        """Return the server of a part; start it if needed. Raises HouseloreError."""
        name = f"{part} {file}" if file else part  # each adapter has a server of its own
        if part == "chat_model":
            self._check_base(gguf)
        server = self._servers.get(name)
        if server is None or not server.is_up:
            server = _Server(file, asyncio.get_running_loop().create_future())
            if self._leaving.is_set():
                server.unneeded.set()
            self._servers[name] = server
            self._holders.append(asyncio.create_task(self._hold(part, server)))
        return server

    def _check_base(self, gguf: str | None) -> None:
        """Check that all users want one base model; the first decides. Raises HouseloreError."""
        bases = (one for name, one in self._servers.items() if name.startswith("chat_model"))
        if gguf != self._gguf and any(one.is_up for one in bases):
            raise HouseloreError(
                "Another Houselore runs in this data folder with another chat model: stop it, or "
                "set HOUSELORE_CHAT_MODEL and HOUSELORE_CHAT_GGUF alike."
            )
        self._gguf = gguf

    def _release(self, user: asyncio.StreamWriter) -> None:
        """Stop the adapter and reranker servers of which this was the last user."""
        for name, server in list(self._servers.items()):
            server.users.discard(user)
            if server.file is not None and not server.users:
                del self._servers[name]
                server.unneeded.set()

    async def _hold(self, part: str, server: _Server) -> None:
        try:
            async with self._server(part, server.file) as found:
                server.address.set_result(found)
                await server.unneeded.wait()
        except HouseloreError as error:
            server.address.set_exception(error)
        except OSError as error:
            server.address.set_exception(
                HouseloreError(f"The embedded {part} cannot start: {error}.")
            )

    @asynccontextmanager
    async def _server(self, part: str, file: str | None) -> AsyncIterator[Address]:
        folder, key = self._data / part, secrets.token_urlsafe(24)
        if part == "postgres":
            async with embedded_postgres(folder) as url:
                yield Address(url)
        elif part == "redis":
            async with embedded_redis(folder) as url:
                yield Address(url)
        elif part == "reranker" and file is not None:
            async with embedded_reranker(folder, Path(file), api_key=key) as url:
                yield Address(url, key)
        else:
            gguf = Path(self._gguf) if self._gguf else None
            put_on = Path(file) if file else None
            folder = folder / put_on.name if put_on else folder
            server = embedded_chat_model(folder, gguf=gguf, adapter=put_on, api_key=key)
            async with server as url:
                yield Address(url, key)

    def _leave_if_unused(self) -> None:
        if not self._users:
            self._leaving.set()


def _say(writer: asyncio.StreamWriter, message: dict[str, object]) -> None:
    writer.write(json.dumps(message).encode() + b"\n")


def main() -> None:
    """Supervise one data folder's servers; exit at once if another supervisor does."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("data", type=Path)
    data = arguments.parse_args().data
    lock = os.open(keeper_folder(data) / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # The system releases the lock when the process ends, however it ends.
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    asyncio.run(Keeper(data).serve())


if __name__ == "__main__":
    main()
