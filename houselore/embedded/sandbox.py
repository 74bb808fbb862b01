"""Run the sandbox as a child process, and find the one that is running."""

import asyncio
import json
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from houselore.embedded.child_process import Process, start_child, stop_child, wait_until
from houselore.embedded.data_dir import private_folder
from houselore.errors import PartUnusable, ServerDidNotStart, WrongUse
from houselore.settings import Settings

_NOTE = "sandbox.url"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A running sandbox's address and tokens."""

    url: str
    name: str
    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)


class Sandbox:
    """A sandbox process that is starting or running."""

    def __init__(self, url: str, process: Process, log: Path) -> None:
        self.url = url
        self._process = process
        self._log = log

    async def workspace(self) -> Workspace:
        """Return its tokens once it answers. Raises WrongUse (bad world) and ServerDidNotStart."""
        world: dict[str, Any] = {}

        async def answers() -> bool:
            world.update(await asyncio.to_thread(_world, self.url))
            return bool(world)

        try:
            await wait_until(answers, self._process, "The sandbox", self._log, seconds=30)
        except ServerDidNotStart as error:
            if self._process.returncode == WrongUse.exit_code:
                raise WrongUse(str(error)) from error
            raise
        return _workspace(self.url, world)

    async def ended(self) -> None:
        """Wait until the process ends by itself."""
        await asyncio.to_thread(self._process.wait)

    async def stop(self) -> None:
        """Stop the process."""
        await stop_child(self._process, signal.SIGTERM, seconds=5)


@asynccontextmanager
async def sandbox_process(settings: Settings, world: Path | None) -> AsyncIterator[Sandbox]:
    """Run a sandbox while the block runs, and write its URL to the data folder."""
    log = private_folder(settings.folder() / "logs") / "sandbox.log"
    process = start_child(_command(settings, world), log=log)
    sandbox = Sandbox(f"http://127.0.0.1:{settings.port}", process, log)
    note = settings.folder() / _NOTE
    note.write_text(sandbox.url, encoding="utf-8")
    try:
        yield sandbox
    finally:
        note.unlink(missing_ok=True)
        await sandbox.stop()


async def sandbox_beside(settings: Settings) -> Workspace | None:
    """Return the sandbox of a Houselore that runs on the same data folder, or None."""
    note = settings.folder() / _NOTE
    if not note.is_file():
        return None
    url = note.read_text(encoding="utf-8")
    world = await asyncio.to_thread(_world, url)
    return _workspace(url, world) if world else None


async def become_sandbox(settings: Settings, options: list[str]) -> None:
    """Replace this process by a sandbox."""
    command = [*_command(settings, None), *options]
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def manifest_file() -> Path:
    """Return the path of the Slack app's manifest."""
    bot = find_spec("bot")
    if bot is None or bot.origin is None:
        raise PartUnusable("The package `bot` is missing from this installation.")
    return Path(bot.origin).with_name("manifest.json")


def _command(settings: Settings, world: Path | None) -> list[str]:
    command = [sys.executable, "-m", "sandbox"]
    command += ["--host", settings.host, "--port", str(settings.port)]
    command += [
        "--manifest",
        str(manifest_file()),
        "--state",
        str(settings.folder() / "sandbox.json"),
    ]
    if world is not None:
        if not world.is_file():
            raise WrongUse(f"There is no world file {world}.")
        command += ["--world", str(world.absolute())]
    return command


def _workspace(url: str, world: dict[str, Any]) -> Workspace:
    tokens = world["app"]["tokens"]
    return Workspace(url, world["team"]["name"], tokens["bot"], tokens["app"])


def _world(url: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"{url}/sandbox/world", timeout=5) as answer:  # noqa: S310 - our own child
            world: dict[str, Any] = json.load(answer)
            return world
    except (urllib.error.URLError, OSError, ValueError):
        return {}
