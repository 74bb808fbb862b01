"""The command line as a person runs it: a process of its own, in a folder of its own."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

Result = subprocess.CompletedProcess[str]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment without settings, whose data folder lies in the test's own folder."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.upper().startswith(("HOUSELORE_", "SLACK_"))
    }
    return {
        **kept,
        "PYTHONPATH": str(REPOSITORY),
        "HOUSELORE_DATA_DIR": str(tmp_path / "data"),
        "COLUMNS": "200",
    }


@pytest.fixture
def houselore(tmp_path: Path, environment: dict[str, str]) -> Callable[..., Result]:
    """Run `houselore …` to its end in an empty folder; keywords are further settings."""

    def run(*arguments: str, **settings: str) -> Result:
        return subprocess.run(
            [sys.executable, "-m", "houselore", *arguments],
            env={**environment, **settings},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    return run


@pytest.fixture
def processes_of() -> Callable[[Path], list[str]]:
    """The command lines of the processes that name a folder."""

    def find(folder: Path) -> list[str]:
        listing = subprocess.run(
            ["ps", "-ww", "-eo", "args="], capture_output=True, text=True, check=True
        ).stdout
        return [line for line in listing.splitlines() if str(folder) in line]

    return find


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Wait until something is true; fail when it does not come true within 20 seconds."""

    async def wait(true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not true():
            assert time.monotonic() < deadline, "it did not come true"
            await asyncio.sleep(0.05)

    return wait


@pytest.fixture(scope="session")
def free_ports() -> Callable[[int], int]:
    """The first of so many ports in a row that nobody listens on."""

    def find(count: int) -> int:
        while True:
            with ExitStack() as stack:
                first = stack.enter_context(socket.socket())
                first.bind(("127.0.0.1", 0))
                port: int = first.getsockname()[1]
                try:
                    for number in range(1, count):
                        stack.enter_context(socket.socket()).bind(("127.0.0.1", port + number))
                except (OSError, OverflowError):
                    continue
                return port

    return find
