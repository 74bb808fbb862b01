"""What mends a bad answer besides training: gaps, stale documents, golden questions. Mends none.

A person writes what is missing and brings up to date what is stale; the search is compared by the
golden questions (`retrieval/indexing/golden_questions.py`).
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
    """A document that so many people call outdated, `since` the first of them.

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
    """How many examples came of bad answers without being rejected, and how many are approved."""

    examples: int
    approved: int


async def correct(judged: RatedAnswer, cause: Cause, search: Search) -> Correction | None:
    """What a better answer says of the search, or None where that was no cause or none is known.

    Raises what `search` raises.
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
    """Keep what was wrong with each answer; of all others nothing was, but of `unknown` ones."""
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
    """Questions of late that no document answers, asked in these conversations, most asked first.

    With None all but those that one person asked alone. Those in the same words count as one,
    whatever case and signs.
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
    """Documents that people call outdated and that did not change since, most people first.

    Those that these readers may read, by what was said in these conversations; with None all, and
    all but what was said to one person alone.
    """
    values = {
        "readers": None if readers is None else sorted(readers),
        "channels": None if channels is None else sorted(channels),
        "most": most,
    }
    return await database.fetch_all(_SQL["outdated"], class_row(StaleDocument), **values)


async def taught(database: Database) -> Taught:
    """How much of what was bad the model can learn from."""
    async with database.connection() as connection:
        cursor = await connection.execute(_SQL["taught"], {"workspace": database.workspace})
        ((examples, approved),) = await cursor.fetchall()
        return Taught(examples, approved)
