"""The inverted index on a real Postgres, against BM25 over what is alive and may be read."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from database.database import open_database
from database.statements import load_statements
from retrieval.audience import PUBLIC, Audience
from retrieval.embeddings.embedder import Embedder
from retrieval.index import inverted_index
from retrieval.index.document_store import delete_documents
from retrieval.index.inverted_index import tidy_segments
from retrieval.lexical.analyzer import terms
from retrieval.search.arms import search_lexical
from retrieval.search.scope import find_scope, read_as_of_now
from tests.retrieval.index_oracle import (
    PLENTY,
    SHELVES,
    WORDS,
    Kitchen,
    open_kitchen,
    until_somebody_waits,
)

_SQL = load_statements("retrieval.index")


@pytest.fixture
async def kitchen(database_url: str, minilm: Embedder) -> AsyncIterator[Kitchen]:
    """An empty index."""
    async with open_kitchen(database_url, minilm) as opened:
        yield opened


TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
BATCHES = st.dictionaries(st.sampled_from("pqrstuvw"), TEXTS, min_size=1, max_size=5)
SHELF = st.integers(0, len(SHELVES) - 1)
Step = Callable[[Kitchen], object]
STEPS = st.one_of(
    st.tuples(st.just("write"), SHELF, BATCHES),
    st.tuples(st.just("write"), SHELF, BATCHES),
    st.tuples(st.just("delete"), SHELF, st.lists(st.sampled_from("pqrstuvw"), max_size=4)),
    st.tuples(st.just("reshelve"), SHELF, st.sampled_from(SHELVES)),
    st.tuples(st.just("tidy")),
)


# Each example has a workspace of its own in the database that they share.
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, min_size=3, max_size=20))
async def test_whatever_happens_the_ranking_is_bm25_over_what_is_alive_and_visible(
    database_url: str, minilm: Embedder, steps: list[tuple[object, ...]]
) -> None:
    """Writes, edits, deletions, new readers, merges and burials in any order leave it right."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            inverted_index, "_FAN_IN", 3
        )  # so that a few steps reach what takes thousands
        patch.setattr(inverted_index, "_FEWEST_DEAD", 2)
        async with open_kitchen(database_url, minilm) as kitchen:
            for name, *values in steps:
                await getattr(kitchen, str(name))(*values)
            await kitchen.check()


async def test_a_chunk_without_terms_counts_nowhere(kitchen: Kitchen) -> None:
    """Neither alive nor dead does it change how rare a term is."""
    await kitchen.write(0, {"p": "🙂", "q": "🙂 🙂", "r": "apple", "s": "bread"})
    await kitchen.check()
    await kitchen.delete(0, ["p", "q"])
    await kitchen.check()


async def test_small_segments_are_merged(kitchen: Kitchen) -> None:
    """A hundred batches of one document leave a handful of segments, and the same ranking."""
    for number in range(100):
        await kitchen.write(0, {str(number): WORDS[number % 5]})
        await kitchen.tidy()
    assert await kitchen.count_segments() < 10
    await kitchen.check()


async def test_many_dead_are_buried(kitchen: Kitchen) -> None:
    """Once their share is large they leave the postings; terms nobody holds any more go too."""
    for text in ("apple egg", "bread egg"):
        await kitchen.write(0, {str(number): text for number in range(600)})
    await kitchen.tidy()
    cursor = await kitchen.connection.execute("select count(*) from dead_chunks")
    assert await cursor.fetchall() == [(0,)]
    cursor = await kitchen.connection.execute("select distinct term from postings order by 1")
    assert await cursor.fetchall() == [("bread",), ("egg",)]
    await kitchen.check()


async def test_a_merge_during_a_search_takes_nothing_from_it(
    kitchen: Kitchen, database_url: str
) -> None:
    """A search that began before a merge ends with what it began with."""
    for number in range(inverted_index._FAN_IN + 1):
        await kitchen.write(0, {str(number): "apple bread"})
    audience = Audience(kitchen.generation.workspace, frozenset({PUBLIC}))
    async with (
        open_database(database_url, audience.workspace) as database,
        database.connection() as connection,
        connection.transaction(),
    ):
        await read_as_of_now(connection)
        scope = await find_scope(connection, kitchen.generation, audience)
        await kitchen.tidy()
        await kitchen.delete(0, ["3"])
        words = dict.fromkeys(terms("apple bread"), 1.0)
        during = await search_lexical(connection, scope, words, PLENTY)
    assert await kitchen.count_segments() == 1
    assert len(during) == inverted_index._FAN_IN + 1
    assert len(await kitchen.ask({PUBLIC}, ("apple",))) == inverted_index._FAN_IN


@pytest.mark.parametrize("first", ["deletion", "merge"])
async def test_what_dies_during_a_merge_stays_dead(
    kitchen: Kitchen, database_url: str, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """Whichever of the two comes first, the other waits, and the dead do not come back."""
    monkeypatch.setattr(inverted_index, "_FEWEST_DEAD", 0)
    for number in range(inverted_index._FAN_IN):
        await kitchen.write(0, {str(number): f"apple {WORDS[number % 5]}"})
    workspace = kitchen.generation.workspace
    async with (
        open_database(database_url, workspace) as database,
        database.connection() as connection,
        database.connection() as watcher,
    ):
        await watcher.set_autocommit(True)
        async with connection.transaction():
            if first == "deletion":
                await delete_documents(connection, kitchen.sources[0], ["3"])
                kitchen.texts.pop((0, "3"))
                second = asyncio.create_task(kitchen.tidy())
            else:
                await connection.execute(
                    _SQL["hold_segments"], {"generation": kitchen.generation.id}
                )
                second = asyncio.create_task(kitchen.delete(0, ["3"]))
            await until_somebody_waits(watcher)
            if first == "merge":
                await tidy_segments(connection, kitchen.generation)
        await second
        assert await kitchen.count_segments() == 1
        await kitchen.check()
        await tidy_segments(connection, kitchen.generation)
    await kitchen.check()
