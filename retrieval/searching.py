"""The two ways to search a generation's chunks, by vector and by term. Fuses nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from retrieval.audience import Audience
from retrieval.documents import Passage
from retrieval.generations import Generation
from retrieval.statements import load_statements
from retrieval.store import quote_term, to_vector

_SQL = load_statements("retrieval")

Hit = tuple[int, float]
"""A chunk's id and one arm's score of it."""


async def search_dense(
    connection: AsyncConnection,
    generation: Generation,
    audience: Audience,
    vector: Sequence[float],
    limit: int,
) -> list[Hit]:
    """The nearest chunks that the audience may read, with their cosine similarity, best first."""
    await connection.execute(_SQL["tune_search"], {"ef_search": min(1000, max(100, limit))})
    values = {"vector": to_vector(vector), "limit": limit}
    return await _hits(connection, generation, "search_dense", audience, values)


async def search_lexical(
    connection: AsyncConnection,
    generation: Generation,
    audience: Audience,
    query: Sequence[str],
    limit: int,
) -> list[Hit]:
    """The chunks that hold any of the terms and that the audience may read, best first."""
    if not query:
        return []
    asked = [quote_term(term) for term in dict.fromkeys(query)]
    values = {"terms": asked, "query": " | ".join(asked), "limit": limit}
    return await _hits(connection, generation, "search_lexical", audience, values)


async def load_passages(
    connection: AsyncConnection,
    generation: Generation,
    audience: Audience,
    scores: Mapping[int, float],
) -> list[Passage]:
    """The chunks of `scores` as passages in its order; what has gone meanwhile is left out."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            generation.statement("load_passages"), {"ids": list(scores), **_only_for(audience)}
        )
        rows = {row["id"]: row for row in await cursor.fetchall()}
    return [_passage(rows[at], score) for at, score in scores.items() if at in rows]


async def _hits(
    connection: AsyncConnection,
    generation: Generation,
    statement: str,
    audience: Audience,
    values: dict[str, Any],
) -> list[Hit]:
    cursor = await connection.execute(
        generation.statement(statement), {**values, **_only_for(audience)}
    )
    return [(int(chunk), float(score)) for chunk, score in await cursor.fetchall()]


def _only_for(audience: Audience) -> dict[str, Any]:
    return {"workspace": audience.workspace, "readers": sorted(audience.readers)}


def _passage(row: dict[str, Any], score: float) -> Passage:
    return Passage(
        chunk_id=row["id"],
        document_id=row["document_id"],
        key=row["key"],
        title=row["title"],
        url=row["url"],
        headings=tuple(row["headings"]),
        text=row["text"],
        score=score,
        modified_at=row["modified_at"],
        readers=frozenset(row["readers"]),
    )
