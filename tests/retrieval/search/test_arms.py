"""The search by vector in a wide scope: by the graph, and exactly where the graph leads astray."""

from collections.abc import AsyncIterator

import numpy as np
import pytest
from pgvector.psycopg import HalfVector
from psycopg import AsyncConnection

from database.database import Database
from database.statements import load_statements
from retrieval.audience import PUBLIC, Audience
from retrieval.documents import Chunk, Document
from retrieval.embeddings.embedder import Embedder
from retrieval.index.document_store import (
    Embedded,
    Ready,
    upsert_source,
    write_documents,
)
from retrieval.index.generations import Generation, ensure_generation
from retrieval.search import arms
from retrieval.search.arms import Hit, search_dense
from retrieval.search.scope import find_scope
from tests.retrieval.documents import Library

_SQL = load_statements("retrieval.index")
HOME, CROWD, FAR = "home", "channel:CROWD", "channel:FAR"
FOUND = 10


@pytest.fixture
async def indexed(database: Database, minilm: Embedder) -> AsyncIterator[Generation]:
    """A graph of 400 chunks of one channel around the first axis and 100 of another elsewhere."""
    generation = await ensure_generation(database, minilm)
    chance = np.random.default_rng(7)
    vectors = chance.normal(size=(500, minilm.dimensions)) * 0.03
    vectors[:400, 0] += 1
    vectors[400:, 1] += 1
    async with database.connection() as connection:
        source = await upsert_source(connection, HOME, Library({}))
        for readers, some in ((CROWD, vectors[:400]), (FAR, vectors[400:])):
            document = Document(readers, readers, "words", "1", readers=frozenset({readers}))
            chunks = [
                Embedded(Chunk(at, (), "words", 0, 5), "words", str(at), HalfVector(vector))
                for at, vector in enumerate(some)
            ]
            ready = Ready(document, "hash", chunks)
            await write_documents(connection, source, generation, [ready])
        await connection.execute(_SQL["build_vector_index"], {"generation": generation.id})
    yield generation


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is narrow, and how many candidates there are, at the size of a test."""
    for name, value in {
        "_MOST_COMPARED": 50,
        "_MOST_COMPARED_OF_ALL": 50,
        "_SHORTEST_LIST": 20,
        "_LONGEST_LIST": 40,
    }.items():
        monkeypatch.setattr(arms, name, value)


async def _ask(
    connection: AsyncConnection, generation: Generation, readers: frozenset[str]
) -> list[Hit]:
    async with connection.transaction():
        for way in ("sort", "seqscan", "bitmapscan"):  # so small a table would never need a graph
            await connection.execute(f"set local enable_{way} = off")
        scope = await find_scope(connection, generation, Audience(HOME, readers))
        vector = [1.0] + [0.0] * (generation.dimensions - 1)
        return await search_dense(connection, scope, vector, FOUND)


async def _nearest(
    owner: AsyncConnection, generation: Generation, readers: frozenset[str]
) -> list[int]:
    """The ids of the nearest chunks, by comparing all."""
    await owner.execute("set enable_indexscan = off")
    vector = HalfVector([1.0] + [0.0] * (generation.dimensions - 1))
    cursor = await owner.execute(
        "select c.id from chunks c join reader_sets r on r.id = c.reader_set"
        " where r.readers && %s order by c.embedding <=> %s::halfvec, c.id limit %s",
        [sorted(readers), vector.to_text(), FOUND],
    )
    return [id_ for (id_,) in await cursor.fetchall()]


@pytest.mark.parametrize("readers", [{CROWD}, {CROWD, FAR}, {PUBLIC, FAR, CROWD}])
async def test_in_a_wide_scope_the_graph_finds_the_nearest_best_first(
    indexed: Generation,
    database: Database,
    owner: AsyncConnection,
    readers: set[str],
) -> None:
    """Nearly all of the nearest ten, in the order of their similarity."""
    async with database.connection() as connection:
        hits = await _ask(connection, indexed, frozenset(readers))
    scores = [score for _, score in hits]
    assert len(hits) == FOUND
    assert scores == sorted(scores, reverse=True)
    nearest = await _nearest(owner, indexed, frozenset(readers))
    assert len({id_ for id_, _ in hits} & set(nearest)) >= FOUND - 1


async def test_where_others_chunks_crowd_the_question_the_nearest_are_found_all_the_same(
    indexed: Generation, database: Database, owner: AsyncConnection
) -> None:
    """An audience that may read nothing near the question gets exactly its own nearest chunks."""
    async with database.connection() as connection:
        hits = await _ask(connection, indexed, frozenset({FAR}))
    assert [id_ for id_, _ in hits] == await _nearest(owner, indexed, frozenset({FAR}))


async def test_where_comparing_all_would_take_long_the_graph_is_walked_on(
    indexed: Generation,
    database: Database,
    owner: AsyncConnection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Beyond some size a crowded question still gets as many chunks, most of them the nearest."""
    monkeypatch.setattr(arms, "_WIDE", 50)
    async with database.connection() as connection:
        hits = await _ask(connection, indexed, frozenset({FAR}))
    nearest = await _nearest(owner, indexed, frozenset({FAR}))
    assert len(hits) == FOUND
    assert len({id_ for id_, _ in hits} & set(nearest)) >= FOUND // 2


async def test_an_audience_without_readers_finds_nothing(
    indexed: Generation, database: Database
) -> None:
    """No set of readers, no statement."""
    async with database.connection() as connection:
        assert await _ask(connection, indexed, frozenset({"person:U1"})) == []
