"""Remedies besides training: unanswered questions, stale documents, golden questions.

People write missing documents and update stale ones. Golden questions compare searches
(`retrieval/indexing/golden_questions.py`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, tuple_row

from database.database import Database
from database.statements import load_statements
from retrieval.indexing.golden_questions import Correction
from tuning.feedback.attribution import Cause
from tuning.feedback.rated_answers import RatedAnswer
from tuning.feedback.source_spans import Search, find_places

_SQL = load_statements("tuning.feedback")


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """A question that no document answers, and how often it was asked."""

    question: str
    asked: int


@dataclass(frozen=True, slots=True)
class StaleDocument:
    """A document, how many people call it outdated, and since when.

    `key` names it within its source, which is at `location`.
    """

    document_id: int
    title: str
    key: str
    location: str
    people: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Taught:
    """How many examples came of bad answers and were not rejected, and how many are approved."""

    examples: int
    approved: int


async def correct(judged: RatedAnswer, cause: Cause, search: Search) -> Correction | None:
    """Return the golden question that a correction gives, or None if retrieval was not the cause.

    None also if the correction is found nowhere. Raises what `search` raises.
    """
    if cause is not Cause.NOT_RETRIEVED:
        return None
    for place in await find_places(judged, search):
        return Correction(judged.id, judged.betters[0].id, place.document_id, place.quote)
    return None


async def keep_causes(
    database: Database,
    causes: Mapping[int, Cause],
    unknown: Collection[int] = (),
) -> None:
    """Store the cause of each bad answer; delete all others, except those of `unknown` answers."""
    kept = [
        {"workspace": database.workspace, "answer": answer, "cause": cause.value}
        for answer, cause in causes.items()
    ]
    ids = {"answers": list(causes), "open": list(unknown)}
    async with database.connection() as connection, connection.cursor() as cursor:
        await cursor.execute(_SQL["drop_causes"], {"workspace": database.workspace, **ids})
        await cursor.executemany(_SQL["keep_cause"], kept)


async def gaps(
    database: Database,
    channels: Collection[str] | None,
    most: int | None = None,
) -> list[UnansweredQuestion]:
    """Return recent questions that no document answers, asked in these channels, most asked first.

    None means all channels, without what one person asked alone. Questions that differ only in case
    and punctuation count as one. `most` limits the result.
    """
    seen = None if channels is None else sorted(channels)
    values = {"channels": seen, "most": most}
    rows = await database.fetch_all(_SQL["gaps"], tuple_row, **values)
    return [UnansweredQuestion(question, asked) for question, asked in rows]


async def outdated(
    database: Database,
    readers: Collection[str] | None,
    channels: Collection[str] | None,
    most: int | None = None,
) -> list[StaleDocument]:
    """Return documents that people call outdated and that have not changed since, by people.

    `readers` limits them to documents these principals may read, `channels` to feedback given
    there. None means all documents, and all feedback but that on answers to one person alone. Most
    people first.
    """
    values = {
        "readers": None if readers is None else sorted(readers),
        "channels": None if channels is None else sorted(channels),
        "most": most,
    }
    return await database.fetch_all(_SQL["outdated"], class_row(StaleDocument), **values)


async def taught(database: Database) -> Taught:
    """Count the examples that bad answers gave."""
    async with database.connection() as connection:
        cursor = await connection.execute(_SQL["taught"], {"workspace": database.workspace})
        ((examples, approved),) = await cursor.fetchall()
        return Taught(examples, approved)
