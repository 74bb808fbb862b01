"""Find both arms' candidates for a question before fusion, as data for training the weights."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from database.database import Database
from database.statements import load_statements
from retrieval.audience import Audience
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import EmbedderUnavailable
from retrieval.index.embedder_resolver import embedder_of
from retrieval.index.generations import Generation
from retrieval.search.arms import search_dense, search_lexical
from retrieval.search.fusion import Shares, shares
from retrieval.search.query import Query
from retrieval.search.scope import Scope, find_scope, read_as_of_now

_SQL = load_statements("retrieval.search")

CANDIDATES = 60
"""The number of chunks taken from each arm."""


@dataclass(frozen=True, slots=True)
class CandidateChunk:
    """A chunk's document, text and vector."""

    document_id: int
    text: str
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidates:
    """A question's vector as the embedder gives it, and the candidate chunks.

    `shares` are the normalised scores of the chunks that either arm found; `chunks` has these and
    all chunks of the requested documents.
    """

    vector: NDArray[np.float32]
    shares: Mapping[int, Shares]
    chunks: Mapping[int, CandidateChunk]


async def find_candidates(
    database: Database,
    embedder: Embedder,
    generation: Generation,
    query: Query,
    audience: Audience,
    documents: Collection[int] = (),
) -> Candidates:
    """Search both arms like `search` does, and load all chunks of `documents` too.

    Only what `audience` may read. Raises EmbedderUnavailable and DatabaseUnavailable.
    """
    reader = await embedder_of(generation, embedder)
    if reader is None:
        raise EmbedderUnavailable(
            f"The index is of the embedder {generation.embedder}, which is not at hand."
        )
    vector = await query.vector(reader)
    async with database.connection() as connection, connection.transaction():
        await read_as_of_now(connection)
        scope = await find_scope(connection, generation, audience)
        lexical = await search_lexical(connection, scope, query.terms(), CANDIDATES)
        dense = await search_dense(connection, scope, vector, CANDIDATES)
        found = shares(dense, lexical)
        chunks = await _load_chunks(connection, scope, found, documents)
    return Candidates(np.asarray(vector, dtype=np.float32), found, chunks)


async def _load_chunks(
    connection: AsyncConnection, scope: Scope, chunks: Collection[int], documents: Collection[int]
) -> dict[int, CandidateChunk]:
    values = {**scope.values(), "ids": list(chunks), "documents": list(documents)}
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(scope.generation.statement(_SQL["chunk_vectors"]), values)
        return {
            id_: CandidateChunk(document, text, vector.to_numpy().astype(np.float32))
            for id_, document, text, vector in await cursor.fetchall()
        }
