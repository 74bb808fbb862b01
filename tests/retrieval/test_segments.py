"""The inverted index on a real Postgres, against BM25 over what is alive and may be read."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import AsyncConnection

from retrieval import segments
from retrieval.audience import PUBLIC, Audience
from retrieval.connections import open_pool
from retrieval.documents import Document
from retrieval.embeddings import Embedder
from retrieval.filling import fill_generation
from retrieval.generations import Generation, ensure_generation
from retrieval.lexical import terms
from retrieval.scope import find_scope, read_as_of_now
from retrieval.searching import Hit, search_lexical
from retrieval.segments import tidy_segments
from retrieval.splitting import embedded_text, split
from retrieval.statements import load_statements
from retrieval.store import (
    Embedded,
    Ready,
    delete_documents,
    hash_text,
    to_vector,
    upsert_source,
    write_documents,
)
from tests.retrieval.library import Library
from tests.retrieval.plain_bm25 import assert_ranked, plain_bm25

_SQL = load_statements("retrieval")
WORDS = ("apple", "bread", "cheese", "dates", "egg", "🙂")  # the last is no term
SHELVES = (frozenset({PUBLIC}), frozenset({"channel:C1"}), frozenset({PUBLIC, "person:U1"}))
AUDIENCES = tuple(map(frozenset, ({PUBLIC}, {"channel:C1"}, {"person:U1", "channel:C1"}, {"x"})))
PLENTY = 100_000
_numbers = count()


@dataclass(slots=True)
class Kitchen:
    """An index with a source for each shelf, and what it ought to hold: each document's text."""

    connection: AsyncConnection
    embedder: Embedder
    generation: Generation
    sources: dict[int, int] = field(default_factory=dict)
    shelves: list[frozenset[str]] = field(default_factory=lambda: list(SHELVES))
    texts: dict[tuple[int, str], str] = field(default_factory=dict)

    async def write(self, shelf: int, texts: Mapping[str, str]) -> None:
        """New documents and new texts of old ones, in one batch."""
        readers = self.shelves[shelf]
        batch = [self._ready(key, text, readers) for key, text in texts.items()]
        source = await self._source(shelf)
        await write_documents(self.connection, source, self.generation, batch)
        self.texts.update({(shelf, key): text for key, text in texts.items()})

    async def delete(self, shelf: int, keys: Sequence[str]) -> None:
        """Documents that are gone, or were never there."""
        await delete_documents(self.connection, await self._source(shelf), keys)
        for key in keys:
            self.texts.pop((shelf, key), None)

    async def reshelve(self, shelf: int, readers: frozenset[str]) -> None:
        """Other readers for all documents of a shelf."""
        self.shelves[shelf] = readers
        await self._source(shelf, again=True)
        await fill_generation(self.connection, self.generation, self.embedder)

    async def tidy(self) -> None:
        """Merge what is due, drop the dead that are due."""
        await tidy_segments(self.connection, self.generation)

    async def check(self) -> None:
        """Every audience's ranking is BM25 over the texts that it may read."""
        for readers in AUDIENCES:
            chunks = await self._chunks(readers)
            for asked in (("apple",), ("bread", "cheese"), ("dates", "egg", "nothing")):
                hits = await self.ask(readers, asked)
                expected = plain_bm25(chunks, terms(" ".join(asked)))
                assert len(hits) == len(expected)
                assert_ranked(hits, expected)

    async def ask(self, readers: Iterable[str], asked: Sequence[str]) -> list[Hit]:
        """What the lexical arm finds, as a search asks it."""
        async with self.connection.transaction():
            await read_as_of_now(self.connection)
            audience = Audience(self.generation.workspace, frozenset(readers))
            scope = await find_scope(self.connection, self.generation, audience)
            words = [term for word in asked for term in terms(word)]
            return await search_lexical(self.connection, scope, dict.fromkeys(words, 1.0), PLENTY)

    async def count_segments(self) -> int:
        """How many there are."""
        cursor = await self.connection.execute(
            "select count(*) from segments where generation = %s", [self.generation.id]
        )
        ((found,),) = await cursor.fetchall()
        return int(found)

    async def _source(self, shelf: int, *, again: bool = False) -> int:
        if again or shelf not in self.sources:
            library = Library({}, *self.shelves[shelf], location=str(shelf))
            self.sources[shelf] = await upsert_source(
                self.connection, self.generation.workspace, library
            )
        return self.sources[shelf]

    def _ready(self, key: str, text: str, readers: frozenset[str]) -> Ready:
        document = Document(key, "", text, text, readers=readers)
        vector = to_vector([1.0] + [0.0] * (self.generation.dimensions - 1))
        chunks = []
        for chunk in split(document, self.embedder.count_tokens):
            read = embedded_text(chunk)
            chunks.append(Embedded(chunk, read, hash_text(read), vector))
        return Ready(document, hash_text(text), chunks)

    async def _chunks(self, readers: frozenset[str]) -> dict[int, list[str]]:
        """The terms of the chunks that ought to be found, by the ids they have."""
        cursor = await self.connection.execute(
            "select c.id, s.location::int, d.key, c.text"
            " from chunks c join documents d on d.id = c.document_id"
            " join sources s on s.id = d.source_id where c.generation = %s",
            [self.generation.id],
        )
        rows = await cursor.fetchall()
        stored = {(shelf, key) for _, shelf, key, _ in rows}
        assert stored == {place for place, text in self.texts.items() if text.strip()}
        assert all(text in self.texts[shelf, key] for _, shelf, key, text in rows)
        return {
            chunk: terms(text) for chunk, shelf, _, text in rows if self.shelves[shelf] & readers
        }


@asynccontextmanager
async def open_kitchen(url: str, embedder: Embedder) -> AsyncIterator[Kitchen]:
    """A workspace of its own, so that examples share nothing."""
    workspace = f"kitchen {next(_numbers)}"
    async with open_pool(url, workspace) as pool:
        generation = await ensure_generation(pool, workspace, embedder)
        async with pool.connection() as connection:
            await connection.set_autocommit(True)
            yield Kitchen(connection, embedder, generation)


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
        patch.setattr(segments, "_FAN_IN", 3)  # so that a few steps reach what takes thousands
        patch.setattr(segments, "_FEWEST_DEAD", 2)
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
    for number in range(segments._FAN_IN + 1):
        await kitchen.write(0, {str(number): "apple bread"})
    audience = Audience(kitchen.generation.workspace, frozenset({PUBLIC}))
    async with (
        open_pool(database_url, audience.workspace) as pool,
        pool.connection() as connection,
        connection.transaction(),
    ):
        await read_as_of_now(connection)
        scope = await find_scope(connection, kitchen.generation, audience)
        await kitchen.tidy()
        await kitchen.delete(0, ["3"])
        words = dict.fromkeys(terms("apple bread"), 1.0)
        during = await search_lexical(connection, scope, words, PLENTY)
    assert await kitchen.count_segments() == 1
    assert len(during) == segments._FAN_IN + 1
    assert len(await kitchen.ask({PUBLIC}, ("apple",))) == segments._FAN_IN


@pytest.mark.parametrize("first", ["deletion", "merge"])
async def test_what_dies_during_a_merge_stays_dead(
    kitchen: Kitchen, database_url: str, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """Whichever of the two comes first, the other waits, and the dead do not come back."""
    monkeypatch.setattr(segments, "_FEWEST_DEAD", 0)
    for number in range(segments._FAN_IN):
        await kitchen.write(0, {str(number): f"apple {WORDS[number % 5]}"})
    workspace = kitchen.generation.workspace
    async with (
        open_pool(database_url, workspace) as pool,
        pool.connection() as connection,
        pool.connection() as watcher,
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
            await _until_somebody_waits(watcher)
            if first == "merge":
                await tidy_segments(connection, kitchen.generation)
        await second
        assert await kitchen.count_segments() == 1
        await kitchen.check()
        await tidy_segments(connection, kitchen.generation)
    await kitchen.check()


async def _until_somebody_waits(connection: AsyncConnection) -> None:
    """Until a connection to this database waits for the segments of a generation."""
    async with asyncio.timeout(10):
        while True:
            cursor = await connection.execute(
                "select from pg_locks where locktype = 'advisory' and not granted and database ="
                " (select oid from pg_database where datname = current_database())"
            )
            if await cursor.fetchone() is not None:
                return
            await asyncio.sleep(0.01)
