"""Start a server as a child process, wait until it is ready, and stop it."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from houselore.errors import ServerDidNotStart

Process = subprocess.Popen[bytes]

_LOG_BYTES = 5_000_000
_CODE = Path(__file__).parents[2]  # so that `python -m houselore…` finds it from anywhere


def start_child(
    command: Sequence[str],
    *,
    log: Path,
    on_parent_death: signal.Signals | None = signal.SIGTERM,
    privileges: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
) -> Process:
    """Start `command` in its own session, with its output appended to `log`.

    On Linux it gets the signal `on_parent_death` (None: no signal) when this process dies, however
    that happens; start it from a thread that lives as long as the process. `privileges` are further
    options of setpriv(1).
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    if setpriv and on_parent_death:
        death = on_parent_death.name.removeprefix("SIG")
        command = [setpriv, *privileges, "--pdeathsig", death, "--", *command]
    elif privileges:
        raise ServerDidNotStart(
            "Running as root needs the program setpriv (package util-linux): install it, or run "
            "Houselore as an ordinary user."
        )
    _rotate(log)
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - the command is ours
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            # A Ctrl-C in the terminal must not reach the server before we stop it in order.
            start_new_session=True,
            cwd=_CODE,
        )
    if process.stdin is None:
        raise AssertionError("a pipe was asked for")
    process.stdin.write(stdin)
    process.stdin.close()
    return process


async def wait_until(
    ready: Callable[[], Awaitable[bool]], process: Process, name: str, log: Path, seconds: float
) -> None:
    """Wait until `ready` returns True. Raises ServerDidNotStart on an early end or a timeout."""
    deadline = time.monotonic() + seconds
    while not await ready():
        if process.poll() is not None:
            raise ServerDidNotStart(
                f"{name} ended while starting ({_last_line(log)}); its log is {log}."
            )
        if time.monotonic() > deadline:
            process.kill()
            raise ServerDidNotStart(f"{name} did not answer in {seconds:.0f} s; its log is {log}.")
        await asyncio.sleep(0.02)


async def stop_child(process: Process, with_signal: signal.Signals, seconds: float) -> None:
    """Stop the process with `with_signal`; kill it after `seconds`."""
    if process.poll() is None:
        process.send_signal(with_signal)
    deadline = time.monotonic() + seconds
    while process.poll() is None:
        if time.monotonic() > deadline:
            process.kill()
        await asyncio.sleep(0.01)


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_name(log.name + ".1"))


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"
