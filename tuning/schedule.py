"""Decide whether training is due: what is new since the last one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg.rows import dict_row

from database.database import Database
from database.statements import load_statements
from tuning.datasets.store import lines_of
from tuning.errors import UnknownDataset
from tuning.rollout.canary import current_rollout
from tuning.rollout.registry import served

_SQL = load_statements("tuning")
_DATASETS_SQL = load_statements("tuning.datasets")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When to train: at so many new examples, or after so many days with any; None disables."""

    examples: int | None = None
    days: float | None = None
    unreviewed: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """The keys of examples that no model has learned from, and the reason if training is due."""

    new: frozenset[str]
    reason: str | None


async def look_due(database: Database, schedule: Schedule) -> Due:
    """Return what is new, and whether training is due.

    Days are counted from the last training; the first one need not wait.
    """
    dataset, trained_at = await _last_training(database)
    new = await _freezable(database, unreviewed=schedule.unreviewed)
    if dataset is not None:
        new -= await _learned(database, dataset)
    now = await served(database)
    if (now is not None and now.is_pinned) or await current_rollout(database):
        return Due(new, None)
    return Due(new, _reason(schedule, len(new), trained_at))


def _reason(schedule: Schedule, new: int, trained_at: datetime | None) -> str | None:
    if not new:
        return None
    if schedule.examples is not None and new >= schedule.examples:
        return f"{new:,} examples are new"
    if schedule.days is None:
        return None
    if trained_at is None or trained_at <= datetime.now(UTC) - timedelta(days=schedule.days):
        return f"{schedule.days:g} days have passed, and {new:,} examples are new"
    return None


async def _last_training(database: Database) -> tuple[str | None, datetime | None]:
    async with database.connection() as connection:
        cursor = await connection.execute(_SQL["last_training"], {"workspace": database.workspace})
        return await cursor.fetchone() or (None, None)


async def _freezable(database: Database, *, unreviewed: bool) -> frozenset[str]:
    values = {"unreviewed": unreviewed}
    rows = await database.fetch_all(_DATASETS_SQL["freezable"], dict_row, **values)
    return frozenset(row["key"] for row in rows)


async def _learned(database: Database, dataset: str) -> frozenset[str]:
    """Return the keys of a dataset's examples; empty if it is stale: then all count as new."""
    try:
        lines = await lines_of(database, dataset)
    except UnknownDataset:
        return frozenset()
    return frozenset(line["key"] for line in lines)
