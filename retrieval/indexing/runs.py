"""Record reindex, switch and rollback runs, so that any process can follow and cancel them."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from psycopg.rows import dict_row, tuple_row

from database.database import Database
from database.statements import load_statements
from retrieval.errors import ReindexCancelled, ReindexRefused, RunGoesOn
from retrieval.indexing.eta import Eta, in_words
from retrieval.progress import IndexProgress

_SQL = load_statements("retrieval.indexing")
_BETWEEN_NOTES = 0.5  # seconds; noting each document would slow the work down
_QUIET_SECONDS = 60

Kind = Literal["reindex", "switch", "rollback"]
_NAMES: dict[Kind, str] = {
    "reindex": "A reindexing",
    "switch": "A switch of the index",
    "rollback": "A rollback",
}


@dataclass(frozen=True, slots=True)
class Run:
    """A reindex, switch or rollback: its progress, or how it ended.

    `scope` is the word that selects its sources, None for all; `outcome` is a sentence.
    """

    id: int
    kind: Kind
    scope: str | None
    started_by: str
    state: Literal["running", "done", "cancelled", "failed", "broken off"]
    step: str
    done: int
    total: int
    seconds_left: float | None
    cancelled_by: str | None
    outcome: str | None
    started_at: datetime
    seen_at: datetime
    finished_at: datetime | None

    @property
    def is_quiet(self) -> bool:
        """Return whether the run has reported nothing for 60 seconds: its process may be dead."""
        return (datetime.now(UTC) - self.seen_at).total_seconds() > _QUIET_SECONDS

    def describe(self, *, for_all: bool = False) -> str:
        """Describe the run, such as `A reindexing, reading: 120 of 400 documents`.

        With `for_all` the text is for everybody: it omits the source's name and the error.
        """
        said = _NAMES[self.kind] + (f" of {self.scope}" if self.scope and not for_all else "")
        if for_all and self.state == "failed":
            return f"{said}, failed"
        if self.state != "running":
            return (
                f"{said}, {self.state}: {self.outcome}" if self.outcome else f"{said}, {self.state}"
            )
        if self.total:
            said += f", {self.step}: {self.done:,} of {self.total:,} documents"
        if self.seconds_left is not None:
            said += f", about {in_words(self.seconds_left)} left"
        if self.cancelled_by:
            said += ", being cancelled"
        return said + (", without a sign of life for a while" if self.is_quiet else "")


@dataclass(slots=True)
class Recorder:
    """Records a run's progress in its row. `outcome` is the sentence stored at its end."""

    id: int
    database: Database
    step: str = "starting"
    outcome: str | None = None
    pace: Eta = field(default_factory=Eta)
    seconds_left: float | None = None
    _noted_at: float = 0.0

    async def begin_step(self, step: str) -> None:
        """Record that another step begins."""
        self.step, self.pace, self.seconds_left, self._noted_at = step, Eta(), None, 0.0
        await self.note(IndexProgress(0, 0, ""))

    async def note(self, progress: IndexProgress) -> None:
        """Record progress, at most every 0.5 seconds. Raises ReindexCancelled if cancelled."""
        now = time.monotonic()
        if now - self._noted_at < _BETWEEN_NOTES:
            return
        self._noted_at = now
        self.seconds_left = self.pace.left(progress.done, progress.total)
        values = {
            "id": self.id,
            "step": self.step,
            "done": progress.done,
            "total": progress.total,
            "seconds_left": self.seconds_left,
        }
        row = await self.database.fetch_one(_SQL["note_progress"], tuple_row, **values)
        if row and row[0]:
            raise ReindexCancelled(f"Cancelled by {row[0]}.")


@asynccontextmanager
async def recorded_run(
    database: Database, kind: Kind, scope: str | None, started_by: str
) -> AsyncIterator[Recorder]:
    """Record the block as the workspace's only run, with its outcome however it ends.

    A run that is refused is deleted again. Raises RunGoesOn if another one is going on.
    """
    async with database.try_advisory_lock(_lock(database.workspace)) as lock:
        if lock is None:
            going_on = await last_run(database)
            raise RunGoesOn(
                f"{going_on.describe() if going_on else 'A reindexing'}, is running already. "
                "Wait for it, or cancel it."
            )
        recorder = Recorder(await _begin(database, kind, scope, started_by), database)
        try:
            yield recorder
        except ReindexCancelled as error:
            await _end(recorder, "cancelled", str(error))
            raise
        except ReindexRefused:
            await database.execute(_SQL["forget_run"], id=recorder.id)
            raise
        except Exception as error:
            await _end(recorder, "failed", str(error))
            raise
        await _end(recorder, "done", recorder.outcome)


async def last_run(database: Database) -> Run | None:
    """Return the newest run; one whose process has died is shown as broken off."""
    values = {"lock": _lock(database.workspace)}
    row = await database.fetch_one(_SQL["last_run"], dict_row, **values)
    return Run(**row) if row else None


async def cancel_run(database: Database, cancelled_by: str) -> Run | None:
    """Ask the current run to stop before its next batch and return it; None if there is none."""
    run = await last_run(database)
    if run is None or run.state != "running":
        return None
    values = {"cancelled_by": cancelled_by}
    await database.execute(_SQL["cancel_run"], **values)
    return run


async def _begin(database: Database, kind: Kind, scope: str | None, started_by: str) -> int:
    values = {
        "kind": kind,
        "scope": scope,
        "started_by": started_by,
    }
    row = await database.fetch_one(_SQL["begin_run"], tuple_row, **values)
    assert row is not None  # noqa: S101 - "insert … returning" gives its row
    return int(row[0])


async def _end(recorder: Recorder, state: str, outcome: str | None) -> None:
    values = {"id": recorder.id, "state": state, "outcome": outcome}
    await recorder.database.execute(_SQL["end_run"], **values)


def _lock(workspace: str) -> str:
    return f"{workspace}/reindex"
