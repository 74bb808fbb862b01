"""An index that knows what it ought to hold, to be held against plain BM25. No test itself."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from pgvector.psycopg import HalfVector
from psycopg import AsyncConnection

from database.database import open_database
from retrieval.audience import PUBLIC, Audience
from retrieval.chunking.splitter import embedded_text, split
from retrieval.documents import Document
from retrieval.embeddings.embedder import Embedder
from retrieval.index.document_store import (
    Embedded,
    Ready,
    delete_documents,
    hash_text,
    upsert_source,
    write_documents,
)
from retrieval.index.generations import Generation, ensure_generation
from retrieval.index.inverted_index import tidy_segments
from retrieval.index.writer import fill_generation
from retrieval.lexical.analyzer import terms
from retrieval.search.arms import Hit, search_lexical
from retrieval.search.scope import find_scope, read_as_of_now
from tests.retrieval.documents import Library
from tests.retrieval.plain_bm25 import assert_ranked, plain_bm25

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
        batch = [self.ready(key, text, readers) for key, text in texts.items()]
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

    def ready(self, key: str, text: str, readers: frozenset[str]) -> Ready:
        """A document split and embedded."""
        document = Document(key, "", text, text, readers=readers)
        vector = HalfVector([1.0] + [0.0] * (self.generation.dimensions - 1))
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
    async with open_database(url, workspace) as database:
        generation = await ensure_generation(database, embedder)
        async with database.connection() as connection:
            await connection.set_autocommit(True)
            yield Kitchen(connection, embedder, generation)


async def until_somebody_waits(connection: AsyncConnection, number: int = 1) -> None:
    """Until so many connections to this database wait for a lock of another."""
    async with asyncio.timeout(10):
        while True:
            cursor = await connection.execute(
                "select distinct pid from pg_locks where not granted and pid in (select pid"
                " from pg_locks join pg_database d on d.oid = database"
                " where d.datname = current_database())"
            )
            if len(await cursor.fetchall()) >= number:
                return
            await asyncio.sleep(0.01)
