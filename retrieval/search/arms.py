"""Search what an audience may read, dense (by vector) or lexical (by term)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pgvector.psycopg import HalfVector
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.sql import Composed

from database.statements import load_statements
from retrieval.audience import Audience
from retrieval.documents import Passage
from retrieval.index.generations import Generation
from retrieval.lexical.bm25 import rank
from retrieval.search.scope import Scope

_SQL = load_statements("retrieval.search")
_MOST_COMPARED = 10_000  # chunks; comparing all of these is faster than a filtered HNSW scan
_MOST_COMPARED_OF_ALL = 3_000  # the same where the filter leaves at least half of the chunks
_SHORTEST_LIST, _LONGEST_LIST = 300, 1_000  # hnsw.ef_search; the latter is pgvector's limit
_A_CANDIDATE = 500  # one more candidate in ef_search for so many chunks of the scope
_WIDE = 100_000  # chunks; comparing more takes longer than an iterative HNSW scan

Hit = tuple[int, float]
"""A chunk's id and its score in one arm."""


async def search_dense(
    connection: AsyncConnection, scope: Scope, vector: Sequence[float], limit: int
) -> list[Hit]:
    """Return the scope's chunks nearest to `vector` with their cosine similarity, best first.

    Exact for at most 10,000 chunks (3,000 if they are half of all), otherwise approximate by the
    HNSW index. If that finds fewer than `limit`, exact for at most 100,000 chunks, or by an
    iterative scan. Call it within a transaction.
    """
    if not scope.reader_sets:
        return []
    values = {**scope.values(), "vector": HalfVector(vector), "limit": limit}
    is_wide = 2 * scope.size.chunks >= scope.total
    if scope.size.chunks > (_MOST_COMPARED_OF_ALL if is_wide else _MOST_COMPARED):
        hits = await _walk(connection, scope, values)
        # Fewer hits mean that chunks the audience may not read crowd the question's neighbourhood;
        # then these hits are not the nearest either (docs/log.md).
        if len(hits) == limit:
            return hits
    if scope.size.chunks > _WIDE:
        return await _walk(connection, scope, values, walks_on=True)
    return await _hits(connection, scope.generation.statement(_SQL["search_dense_exact"]), values)


async def _walk(
    connection: AsyncConnection, scope: Scope, values: Mapping[str, Any], *, walks_on: bool = False
) -> list[Hit]:
    """Scan the HNSW index, with more candidates the more chunks there are."""
    wanted = _LONGEST_LIST if walks_on else max(_SHORTEST_LIST, scope.size.chunks // _A_CANDIDATE)
    tuned = {
        "ef_search": min(_LONGEST_LIST, max(wanted, values["limit"])),
        "iterative_scan": "relaxed_order" if walks_on else "off",
    }
    await connection.execute(_SQL["tune_search"], tuned)
    hits = await _hits(connection, scope.generation.statement(_SQL["search_dense"]), values)
    await connection.execute(_SQL["untune_search"])
    return hits


async def search_lexical(
    connection: AsyncConnection, scope: Scope, terms: Mapping[str, float], limit: int
) -> list[Hit]:
    """Return the scope's chunks with the highest BM25 score for weighted `terms`, best first."""
    if not terms or not scope.segments:
        return []
    postings: defaultdict[str, list[bytes]] = defaultdict(list)
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(
            scope.generation.statement(_SQL["find_postings"]),
            {**scope.values(), "terms": list(terms)},
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
    """Load the chunks of `scores` as passages, in its order, without those deleted meanwhile."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            scope.generation.statement(_SQL["load_passages"]),
            {**scope.values(), "ids": list(scores)},
        )
        rows = {row["id"]: row for row in await cursor.fetchall()}
    return [_passage(rows[at], score) for at, score in scores.items() if at in rows]


async def count_standing(
    connection: AsyncConnection, generation: Generation, audience: Audience, chunks: Collection[int]
) -> int:
    """Count those of the chunks that are in the index now and that the audience may read now."""
    values = {
        "ids": list(chunks),
        "workspace": audience.workspace,
        "readers": sorted(audience.readers),
    }
    cursor = await connection.execute(generation.statement(_SQL["count_standing"]), values)
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
        start=row["start_offset"],
    )
