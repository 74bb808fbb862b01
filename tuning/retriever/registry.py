"""Register learned retrieval weights, promote them and roll them back.

Everything is per embedder: a generation knows only the weights of its own embedder.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg import AsyncConnection
from psycopg.rows import class_row, tuple_row
from psycopg.types.json import Jsonb

from database.database import Database
from database.statements import load_statements
from retrieval.index.generations import Generation
from retrieval.search.query_adapter import hash_matrix
from retrieval.search.weights import Weights
from tuning.errors import UnknownWeights, WeightsRefused
from tuning.evaluation.gate import Verdict
from tuning.retriever.training_data import SearchLesson, hash_lessons
from tuning.rollout.registry import code_version

_SQL = load_statements("tuning.retriever")


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedWeights:
    """Registered weights: what they are, how they were evaluated, who decided what and why.

    They were evaluated against the weights numbered `against` and served after those of `replaced`;
    None means the shipped ones. `stale_reason` is set if they learned from data that was erased
    since.
    """

    id: int
    dense: float
    has_adapter: bool
    state: Literal["candidate", "served", "retired"]
    lessons: int
    learned_by: str
    created_at: datetime
    passes: bool
    verdict: str
    against: int | None
    replaced: int | None
    decided_by: str | None
    reason: str | None
    decided_at: datetime | None
    stale_reason: str | None


@dataclass(frozen=True, slots=True)
class SearchLearned:
    """What taught weights, how they were judged beside those of `against`, and who asked for it."""

    lessons: Sequence[SearchLesson]
    verdict: Verdict
    against: int | None
    by: str


async def register_weights(
    database: Database,
    generation: Generation,
    weights: Weights,
    learned: SearchLearned,
) -> int:
    """Store a candidate with its verdict and what it learned from; return its number."""
    lessons, verdict = learned.lessons, learned.verdict
    kept = weights.adapter.to_bytes() if weights.adapter else None
    values = {
        **_place(generation),
        "dense": weights.dense,
        "adapter": kept,
        "adapter_hash": hash_matrix(kept) if kept else None,
        "lessons": len(lessons),
        "lessons_hash": hash_lessons(lessons),
        "answers": sorted({one.answer_id for one in lessons if one.answer_id is not None}),
        "documents": sorted(frozenset[int]().union(*(one.documents for one in lessons))),
        "people": sorted(frozenset[str]().union(*(one.people for one in lessons))),
        "code_version": code_version(),
        "by": learned.by,
        "passes": verdict.passes,
        "verdict": verdict.describe(),
        "metrics": Jsonb({one.measure: asdict(one) for one in verdict.findings}),
        "against": learned.against,
    }
    ((id_,),) = await database.fetch_all(_SQL["register_weights"], tuple_row, **values)
    return int(id_)


async def learned_weights(database: Database, generation: Generation) -> list[LearnedWeights]:
    """Return all learned weights: the served ones first, then the newest."""
    async with database.connection() as connection:
        return await _list(connection, generation)


async def promote_weights(
    database: Database, generation: Generation, number: int, by: str, reason: str = ""
) -> LearnedWeights:
    """Serve these weights in every process, beginning with the next search.

    Without a reason, only weights that passed against those served now and are not stale are
    accepted. Raises UnknownWeights and WeightsRefused, with nothing changed.
    """
    async with database.connection() as connection, connection.transaction():
        await _lock(connection, generation)
        known = await _list(connection, generation)
        wanted = next((one for one in known if one.id == number), None)
        if wanted is None:
            raise UnknownWeights(
                f"The search has learned no weights {number}: `houselore retriever` lists them."
            )
        now = _served(known)
        if wanted == now:
            return now
        if not reason and (doubt := _doubt(wanted, now)):
            raise WeightsRefused(
                f"Weights {number} {doubt}: what is served stays. "
                "With --reason they are served all the same."
            )
        if now is not None:
            await _retire(connection, now, by, f"weights {number} in their place")
        replaced = now.id if now else None
        return await _serve(
            connection, generation, number, by, reason or "passed the gate", replaced
        )


async def roll_back_weights(
    database: Database,
    generation: Generation,
    by: str,
    reason: str,
    *,
    to_shipped: bool = False,
) -> LearnedWeights | None:
    """Serve the weights before these again, or the shipped ones: then return None.

    Stale weights are skipped. Raises UnknownWeights if no learned weights are served.
    """
    async with database.connection() as connection, connection.transaction():
        await _lock(connection, generation)
        known = await _list(connection, generation)
        now = _served(known)
        if now is None:
            raise UnknownWeights("The search is weighed as shipped: nothing was before that.")
        await _retire(connection, now, by, reason)
        before = _before(known, now)
        if to_shipped or before is None:
            return None
        return await _serve(connection, generation, before.id, by, reason, before.replaced)


def _before(known: Sequence[LearnedWeights], weights: LearnedWeights) -> LearnedWeights | None:
    """Return the last weights served before these that are not stale, None for the shipped ones."""
    others = {one.id: one for one in known if one != weights}
    replaced = weights.replaced
    while replaced in others:
        before = others.pop(replaced)  # two that alternated replaced each other
        if before.stale_reason is None:
            return before
        replaced = before.replaced
    return None


def _doubt(wanted: LearnedWeights, now: LearnedWeights | None) -> str | None:
    """Return why weights should not be served without a reason given, or None."""
    if wanted.stale_reason:
        return f"have to be learned anew ({wanted.stale_reason})"
    if not wanted.passes:
        return "did not pass"
    # Stale weights are no incumbent: the candidate was compared with the shipped ones instead.
    if now is not None and now.stale_reason:
        return None
    if wanted.against != (now.id if now else None):
        return "were judged beside others than those served now"
    return None


def _served(known: Sequence[LearnedWeights]) -> LearnedWeights | None:
    return next((one for one in known if one.state == "served"), None)


async def _serve(
    connection: AsyncConnection,
    generation: Generation,
    number: int,
    by: str,
    reason: str,
    replaced: int | None,
) -> LearnedWeights:
    values = {"id": number, "by": by, "reason": reason, "replaced": replaced}
    await connection.execute(_SQL["serve_weights"], values)
    return next(one for one in await _list(connection, generation) if one.id == number)


async def _retire(
    connection: AsyncConnection, weights: LearnedWeights, by: str, reason: str
) -> None:
    values = {"id": weights.id, "by": by, "reason": reason}
    await connection.execute(_SQL["retire_weights"], values)


async def _lock(connection: AsyncConnection, generation: Generation) -> None:
    await connection.execute(_SQL["lock_weights"], _place(generation))


async def _list(connection: AsyncConnection, generation: Generation) -> list[LearnedWeights]:
    async with connection.cursor(row_factory=class_row(LearnedWeights)) as cursor:
        await cursor.execute(_SQL["list_weights"], _place(generation))
        return await cursor.fetchall()


def _place(generation: Generation) -> dict[str, Any]:
    return {
        "workspace": generation.workspace,
        "embedder": generation.embedder,
        "dimensions": generation.dimensions,
    }
