"""The two ways to search what an audience may read, by vector and by term. Fuses nothing."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.sql import Composed

from retrieval.audience import Audience
from retrieval.documents import Passage
from retrieval.generations import Generation
from retrieval.postings import rank
from retrieval.scope import Scope
from retrieval.statements import load_statements
from retrieval.store import to_vector

_SQL = load_statements("retrieval")
_MOST_SCANNED = 10_000  # so few vectors are compared sooner than a filtered graph is walked
_SHORTEST_LIST, _LONGEST_LIST = 400, 1_000  # the latter is pgvector's limit
_FEWEST_WALKED = 1_000
_STEPS_COST = 10  # a walk in vain takes about half as long as comparing all

Hit = tuple[int, float]
"""A chunk's id and one arm's score of it."""


async def search_dense(
    connection: AsyncConnection, scope: Scope, vector: Sequence[float], limit: int
) -> list[Hit]:
    """The nearest chunks of the scope with their cosine similarity, best first.

    Exact in a narrow scope. In a wide one by the graph, which is walked on while others' chunks
    crowd it; where they still do after a while, as around a question to which the audience may
    read little, exact again. Within a transaction.
    """
    if not scope.reader_sets:
        return []
    values = {**scope.values(), "vector": to_vector(vector), "limit": limit}
    if scope.size.chunks > _MOST_SCANNED:
        wanted = max(_SHORTEST_LIST, limit)
        tuning = {
            "ef_search": min(_LONGEST_LIST, wanted),
            "walked": max(_FEWEST_WALKED, scope.size.chunks // _STEPS_COST),
        }
        await connection.execute(_SQL["tune_search"], tuning)
        hits = await _hits(
            connection, scope.generation.statement("search_dense"), {**values, "limit": wanted}
        )
        if len(hits) >= wanted:
            return hits[:limit]
    return await _hits(connection, scope.generation.statement("search_dense_exact"), values)


async def search_lexical(
    connection: AsyncConnection, scope: Scope, terms: Mapping[str, float], limit: int
) -> list[Hit]:
    """The chunks of the scope with the highest BM25, best first; each term with its weight."""
    if not terms or not scope.segments:
        return []
    postings: defaultdict[str, list[bytes]] = defaultdict(list)
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(
            scope.generation.statement("find_postings"), {**scope.values(), "terms": list(terms)}
        )
        for term, entries in await cursor.fetchall():
            postings[term].append(entries)
    return rank(postings, scope.size, scope.dead, limit, terms)


async def _hits(
    connection: AsyncConnection, statement: Composed, values: Mapping[str, Any]
) -> list[Hit]:
    cursor = await connection.execute(statement, values)
    return [(int(chunk), float(score)) for chunk, score in await cursor.fetchall()]


async def load_passages(
    connection: AsyncConnection, scope: Scope, scores: Mapping[int, float]
) -> list[Passage]:
    """The chunks of `scores` as passages in its order; what has gone meanwhile is left out."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            scope.generation.statement("load_passages"), {**scope.values(), "ids": list(scores)}
        )
        rows = {row["id"]: row for row in await cursor.fetchall()}
    return [_passage(rows[at], score) for at, score in scores.items() if at in rows]


async def count_standing(
    connection: AsyncConnection, generation: Generation, audience: Audience, chunks: Collection[int]
) -> int:
    """How many of the chunks are in the index now, in documents that the audience may read now."""
    values = {
        "ids": list(chunks),
        "workspace": audience.workspace,
        "readers": sorted(audience.readers),
    }
    cursor = await connection.execute(generation.statement("count_standing"), values)
    ((count,),) = await cursor.fetchall()
    return int(count)


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
