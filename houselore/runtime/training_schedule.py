"""Train on a schedule or after enough new examples, while the bot runs.

Training runs in a process of its own, so that answers do not wait for it.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from database.cancellation import pause
from database.database import Database
from database.errors import DatabaseUnavailable
from houselore.settings import Settings
from retrieval.errors import RetrievalError
from tuning.errors import TuningError
from tuning.schedule import Schedule, look_due

SECONDS = 600.0

_log = logging.getLogger(__name__)
_EXPECTED = (DatabaseUnavailable, RetrievalError, TuningError)

Announce = Callable[[str], Awaitable[None]]
"""Sends the admins a text."""
Run = Callable[[Sequence[str]], Awaitable[tuple[int, str]]]
"""Runs `houselore …` to its end; returns the exit code and the output."""


def schedule_of(settings: Settings) -> Schedule | None:
    """Return when to train; None if no schedule is set or training on feedback is off."""
    wished = settings.tune_examples is not None or settings.tune_days is not None
    if not (wished and settings.train_on_feedback):
        return None
    return Schedule(settings.tune_examples, settings.tune_days, settings.train_unreviewed)


async def keep_learning(
    database: Database,
    settings: Settings,
    schedule: Schedule,
    announce: Announce,
    run: "Run | None" = None,
    seconds: float = SECONDS,
) -> None:
    """Every `seconds` until cancelled, collect feedback, and train if it is due.

    Only one of several bots trains. After a failure it waits for new examples. Results are
    announced.
    """
    failed: frozenset[str] = frozenset()
    run = run or run_houselore
    while True:
        await pause(seconds)
        try:
            async with database.try_advisory_lock(f"{settings.workspace}/tune") as alone:
                if alone is not None:
                    failed = await _learn(database, settings, schedule, announce, run, failed)
        except _EXPECTED as error:
            _log.warning("it was not looked whether it is time to train: %s", error)


async def _learn(
    database: Database,
    settings: Settings,
    schedule: Schedule,
    announce: Announce,
    run: Run,
    failed: frozenset[str],
) -> frozenset[str]:
    """Collect and train if due; return the new examples of a failed training, else none."""
    await run(["data", "collect"])
    due = await look_due(database, schedule)
    if due.reason is None or due.new == failed:
        return failed
    _log.info("training begins: %s", due.reason)
    code, said = await run(["tune", "--share", str(settings.tune_share)])
    if code:
        await announce(f"A training failed, and who answers stays: {_last_line(said)}")
    else:
        await announce(f"A model was trained, since {due.reason}.\n{said.strip()}")
    await _teach_search(announce, run)
    return due.new if code else frozenset()


async def _teach_search(announce: Announce, run: Run) -> None:
    """Train the search weights from the same feedback, and promote them if they pass."""
    code, said = await run(["retriever", "learn", "--promote"])
    if code:
        await announce(f"The search learned nothing: {_last_line(said)}")
    else:
        await announce(f"The search learned, too.\n{said.strip()}")


def _last_line(said: str) -> str:
    lines = said.strip().splitlines()
    return lines[-1] if lines else "it said nothing; see the log."


async def run_houselore(arguments: Sequence[str]) -> tuple[int, str]:
    """Run `houselore …` to its end; return the exit code and the output.

    The process is terminated with the task that waits for it.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "houselore", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        said, complained = await process.communicate()
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
    code = process.returncode or 0
    if code:
        _log.warning("houselore %s ended with %d: %s", arguments[0], code, complained.decode())
    return code, (complained if code else said).decode(errors="replace")
