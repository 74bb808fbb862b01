"""Retrieve the passages for a question: dense and lexical search, fused."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from itertools import islice
from typing import Literal

from psycopg import AsyncConnection

from database.database import Database
from retrieval.audience import Audience
from retrieval.documents import Passage
from retrieval.embeddings.embedder import Embedder
from retrieval.index.embedder_resolver import embedder_of
from retrieval.index.generations import Generation, find_live
from retrieval.search.arms import Hit, count_standing, load_passages, search_dense, search_lexical
from retrieval.search.candidates import CANDIDATES
from retrieval.search.fusion import fuse
from retrieval.search.query import Query
from retrieval.search.reranker import RERANKED, Reranker
from retrieval.search.scope import Scope, find_scope, read_as_of_now
from retrieval.search.weights import Weights, find_weights

Arm = Literal["dense", "lexical"]
"""One of the two kinds of search that are fused."""
ARMS: frozenset[Arm] = frozenset({"dense", "lexical"})

_WIDER, _MOST_CANDIDATES = 5, 600  # a second search takes five times as many candidates
_ALIKE = 0.9  # Jaccard index of their words above which two passages are near-duplicates
_WORD = re.compile(r"\w+")


async def search(
    database: Database,
    embedder: Embedder,
    query: str,
    audience: Audience,
    k: int,
    arms: frozenset[Arm] = ARMS,
    background: str = "",
    generation: Generation | None = None,
    weights: Weights | None = None,
) -> list[Passage]:
    """Return the `k` best passages for `query` that `audience` may read, best first, scores 0 to 1.

    `background` is the conversation before, since a follow-up means little by itself. `arms`,
    `generation` and `weights` serve to measure one arm, another generation than the live one, or
    other weights than those served. A query without words, an empty index and k <= 0 give [].
    Of a very long query both ends are used. If the index has another embedder that cannot be
    opened here, the search is lexical only. Raises EmbedderUnavailable and DatabaseUnavailable.
    """
    wanted = Query.of(query, background)
    if not wanted.text or k <= 0 or not audience.readers:
        return []
    words = wanted.terms() if "lexical" in arms else {}
    embedding: asyncio.Task[list[float]] | None = None
    try:
        async with database.connection() as connection, connection.transaction():
            await read_as_of_now(connection)
            generation = generation or await find_live(connection, audience.workspace)
            if generation is None:
                return []
            if "dense" in arms and (reader := await embedder_of(generation, embedder)):
                # The question is embedded while Postgres finds the scope and ranks terms.
                embedding = asyncio.create_task(wanted.vector(reader))
            scope = await find_scope(connection, generation, audience)
            weights = weights or await find_weights(connection, generation)
            return await _found(connection, scope, words, embedding, weights, k)
    finally:
        if embedding:
            embedding.cancel()


async def search_reranked(
    find: Callable[[int], Awaitable[list[Passage]]], reranker: Reranker, query: str, k: int
) -> list[Passage]:
    """Search for 30 passages or more, rerank them, and return the best `k`.

    If the reranker does not answer, the order of `search` is kept. Raises what `search` raises.
    """
    passages = await find(max(k, RERANKED))
    return (await reranker.order_if_up(query, passages))[:k]


async def still_stand(
    database: Database, generation: Generation, audience: Audience, chunks: Collection[int]
) -> bool:
    """Return whether all these chunks are still in the index and readable by this audience.

    Raises DatabaseUnavailable.
    """
    if not chunks:
        return True
    async with database.connection() as connection:
        return await count_standing(connection, generation, audience, chunks) == len(chunks)


async def _found(
    connection: AsyncConnection,
    scope: Scope,
    words: Mapping[str, float],
    embedding: asyncio.Task[list[float]] | None,
    weights: Weights,
    k: int,
) -> list[Passage]:
    """Return the `k` best distinct passages."""
    # If nearly all candidates are near-duplicates, search again among more of them.
    limit = max(CANDIDATES, 3 * k)
    while True:
        lexical = await search_lexical(connection, scope, words, limit)
        vector = weights.moved(await embedding) if embedding else None
        dense = await search_dense(connection, scope, vector, limit) if vector else []
        best = list(islice(fuse(dense, lexical, weights.dense).items(), limit))
        found = await _load_distinct(connection, scope, best, k)
        if len(found) == k or len(best) < limit or limit >= _MOST_CANDIDATES:
            return found
        limit = min(_WIDER * limit, _MOST_CANDIDATES)


async def _load_distinct(
    connection: AsyncConnection, scope: Scope, best: Sequence[Hit], k: int
) -> list[Passage]:
    """Load the `k` best hits, without near-duplicates of better ones."""
    found: list[Passage] = []
    seen: list[frozenset[str]] = []
    first, size = 0, 2 * k  # near-duplicates are rare, so the first load is small
    while first < len(best) and len(found) < k:
        for passage in await load_passages(connection, scope, dict(best[first : first + size])):
            words = frozenset(_WORD.findall(passage.text.lower()))
            if len(found) < k and not any(_are_alike(words, other) for other in seen):
                seen.append(words)
                found.append(passage)
        first, size = first + size, 2 * size
    return found


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) > _ALIKE * len(one | other)
