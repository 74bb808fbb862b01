"""Sources brought into the index, again and again."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from database.database import Database
from database.errors import DatabaseUnavailable
from retrieval.audience import Audience, everyone
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import SourceNotFound
from retrieval.index.generations import live_generation
from retrieval.index.source_catalog import forget_source, list_sources
from retrieval.indexing.reindex import reindex
from retrieval.indexing.sync import index_source
from retrieval.progress import IndexProgress, IndexReport
from retrieval.search.retriever import search
from retrieval.sources.files import FilesSource
from tests.retrieval.documents import Library

HOME = "home"


class Halved(Embedder):
    """Another real embedder: the first half of MiniLM's numbers."""

    name = "half-a-minilm"
    dimensions = 192

    def __init__(self, whole: Embedder) -> None:
        self._whole = whole
        self.read: list[str] = []

    def count_tokens(self, text: str) -> int:
        """As the whole one."""
        return self._whole.count_tokens(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Half of each vector."""
        self.read += texts
        return [vector[:192] for vector in self._whole.embed_documents(texts)]

    def embed_query(self, text: str) -> list[float]:
        """Half of the vector."""
        return self.embed_documents([text])[0]


async def fetch(database: Database, query: str) -> list[Any]:
    """The rows of a query of the test's own."""
    async with database.connection() as connection:
        return await (await connection.execute(query.encode())).fetchall()


def numbers(report: IndexReport) -> tuple[int, int, int, int, int]:
    """Added, changed, unchanged, deleted, failed."""
    return (
        *(report.added, report.changed, report.unchanged, report.deleted),
        len(report.failures),
    )


async def test_only_what_changed_is_read_and_embedded(database: Database, minilm: Embedder) -> None:
    """A second run reads nothing; an edit, a deletion and a new text are followed one by one."""
    library = Library({"a": "Cats sleep.", "b": "Dogs bark.", "c": "Birds sing."})
    first = await index_source(database, library, minilm)
    assert (numbers(first), first.chunks) == ((3, 0, 0, 0, 0), 3)

    library.read_keys.clear()
    assert numbers(await index_source(database, library, minilm)) == (0, 0, 3, 0, 0)
    assert library.read_keys == []

    library.texts = {"a": "Cats sleep.", "b": "Dogs run.", "d": "Fish swim."}
    assert numbers(await index_source(database, library, minilm)) == (1, 1, 1, 1, 0)
    assert library.read_keys == ["b", "d"]
    texts = {text for (text,) in await fetch(database, "select text from chunks")}
    assert texts == {"Cats sleep.", "Dogs run.", "Fish swim."}


async def test_an_edit_of_one_section_embeds_one_chunk(
    database: Database, minilm: Embedder
) -> None:
    """Chunks whose text is as it was keep their vector."""
    section = "Words about this part of the work. " * 20
    library = Library({"a": "\n\n".join(f"# Part {n}\n\n{section}" for n in range(4))})
    embedder = Halved(minilm)
    report = await index_source(database, library, embedder)
    assert report.chunks == len(embedder.read) >= 4

    embedder.read.clear()
    library.texts["a"] = library.texts["a"].replace("# Part 2", "# Chapter 2")
    await index_source(database, library, embedder)
    assert len(embedder.read) < report.chunks
    assert all("Chapter 2" in text for text in embedder.read)


async def test_progress_is_told_after_each_document(database: Database, minilm: Embedder) -> None:
    """From what needs no reading up to the total."""
    library = Library({"a": "One.", "b": "broken", "c": "Three."})
    told: list[IndexProgress] = []

    async def tell(progress: IndexProgress) -> None:
        told.append(progress)

    await index_source(database, library, minilm, tell)
    assert [progress.done for progress in told] == [1, 2, 3]
    assert {(progress.total, progress.title) for progress in told} == {
        *((3, "About a"), (3, "b"), (3, "About c"))
    }


async def test_broken_and_emptied_documents_are_failures_and_the_rest_goes_on(
    database: Database, minilm: Embedder
) -> None:
    """A document that broke keeps its earlier text; one that was emptied loses it."""
    library = Library({"a": "Old a.", "b": "Old b.", "c": "Old c."})
    await index_source(database, library, minilm)
    library.texts = {"a": "broken", "b": "", "c": "New c."}
    report = await index_source(database, library, minilm)
    assert numbers(report) == (0, 1, 0, 1, 2)
    assert [failure.reason for failure in report.failures] == [
        "a is broken. Its earlier text stays in the index.",
        "b is empty.",
    ]
    texts = {text for (text,) in await fetch(database, "select text from chunks")}
    assert texts == {"Old a.", "New c."}


async def test_a_run_that_is_cut_off_is_gone_on_with(database: Database, minilm: Embedder) -> None:
    """What was written stays whole, the next run does the rest, and nothing is there twice."""
    library = Library({str(n): f"Text of number {n}. " * 120 for n in range(8)})
    progressed = asyncio.Event()

    async def tell(progress: IndexProgress) -> None:
        progressed.set()

    run = asyncio.create_task(index_source(database, library, minilm, tell))
    await progressed.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    ((cut,),) = await fetch(database, "select count(*) from documents")
    report = await index_source(database, library, minilm)
    assert report.unchanged == cut > 0
    assert report.added == 8 - cut
    rows = await fetch(
        database, "select count(*), count(distinct (document_id, position)) from chunks"
    )
    assert rows[0][0] == rows[0][1] > 8


async def test_two_indexers_at_once_double_nothing(database: Database, minilm: Embedder) -> None:
    """The second waits for the first and then finds nothing to do."""
    library = Library({str(n): f"Text {n}." for n in range(10)})
    reports = await asyncio.gather(*(index_source(database, library, minilm) for _ in range(4)))
    assert sorted(report.added for report in reports) == [0, 0, 0, 10]
    assert await fetch(database, "select count(*) from chunks") == [(10,)]


async def test_new_readers_take_effect_without_embedding_again(
    database: Database, minilm: Embedder
) -> None:
    """What was public is the channel's alone as soon as its source is indexed for the channel."""
    texts = {"a": "The vault's code is 7."}
    await index_source(database, Library(texts), minilm)
    narrowed = Library(texts, "channel:C1")
    report = await index_source(database, narrowed, minilm)
    assert (report.unchanged, narrowed.read_keys) == (1, [])
    assert await search(database, minilm, "vault code", everyone(HOME), 5) == []
    members = Audience(HOME, frozenset({"channel:C1"}))
    assert len(await search(database, minilm, "vault code", members, 5)) == 1


async def test_another_embedder_gets_a_generation_of_its_own(
    database: Database, minilm: Embedder
) -> None:
    """All documents, of all sources, are in the new generation when it goes live; none is read."""
    one = Library({"a": "Cats sleep.", "b": "Dogs bark."}, location="one")
    two = Library({"c": "Birds sing."}, location="two")
    await index_source(database, one, minilm)
    await index_source(database, two, minilm)
    before = await live_generation(database)
    half = Halved(minilm)

    assert (
        len(await search(database, half, "an animal", everyone(HOME), 3)) == 3
    )  # by the one before
    one.read_keys.clear()
    assert numbers(await index_source(database, one, half)) == (0, 0, 2, 0, 0)
    after = await live_generation(database)
    assert before and after and before.id != after.id
    assert (after.embedder, after.dimensions) == ("half-a-minilm", 192)
    assert one.read_keys == []
    assert len(await search(database, half, "an animal", everyone(HOME), 5)) == 3


async def test_a_document_that_an_index_lacks_is_filled_in(
    database: Database, minilm: Embedder
) -> None:
    """Chunks that were lost come back at the next run, from the stored text."""
    library = Library({"a": "Cats sleep.", "b": "Dogs bark."})
    await index_source(database, library, minilm)
    async with database.connection() as connection:
        await connection.execute("delete from chunks where text = 'Dogs bark.'")
    await index_source(database, library, minilm)
    assert await fetch(database, "select count(*) from chunks") == [(2,)]


async def test_sources_are_listed_read_again_and_forgotten(
    database: Database, minilm: Embedder, tmp_path: Path
) -> None:
    """`reindex` follows every source; one that is gone is a failure and keeps its documents."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text(f"# {name}\n\nText of {name}.")
        source = FilesSource(tmp_path / name, frozenset({"channel:C1"}), f"https://{name}/")
        await index_source(database, source, minilm)
    (tmp_path / "one" / "b.md").write_text("More.")
    (tmp_path / "two" / "a.md").unlink()
    (tmp_path / "two").rmdir()
    report = await reindex(database, minilm, "the terminal")
    assert numbers(report) == (1, 0, 1, 0, 1)
    assert "two is not there" in report.failures[0].reason

    one, two = await list_sources(database)
    assert (one.location, one.documents, one.url_prefix) == (
        str(tmp_path / "one"),
        2,
        "https://one/",
    )
    assert two.documents == 1
    assert one.readers == {"channel:C1"}
    assert one.synced_at is not None
    elsewhere = replace(database, workspace="elsewhere")
    assert await list_sources(elsewhere) == []

    assert not await forget_source(elsewhere, one.id)
    assert await forget_source(database, one.id)
    assert not await forget_source(database, one.id)
    assert await fetch(database, "select count(*) from chunks") == [(1,)]


async def test_a_folder_that_is_not_there_leaves_no_trace(
    database: Database, minilm: Embedder, tmp_path: Path
) -> None:
    """The error comes before anything is written."""
    with pytest.raises(SourceNotFound):
        await index_source(database, FilesSource(tmp_path / "nowhere"), minilm)
    assert await list_sources(database) == []


async def test_a_database_that_is_away_is_said(minilm: Embedder) -> None:
    """No driver's error comes through."""
    async with AsyncConnectionPool(
        "postgresql:///nowhere?host=/nowhere", min_size=0, max_size=2, timeout=0.3, open=False
    ) as away:
        with pytest.raises(DatabaseUnavailable, match="cannot be reached"):
            await index_source(Database(away, "home"), Library({"a": "Text."}), minilm)


async def test_a_database_without_our_tables_is_said(
    database: Database, owner: psycopg.AsyncConnection, minilm: Embedder
) -> None:
    """The sentence says which command makes them."""
    await owner.execute("drop table chunks, generations cascade")
    with pytest.raises(DatabaseUnavailable, match="houselore migrate"):
        await index_source(database, Library({"a": "Text."}), minilm)


async def test_texts_of_every_script_come_back_as_they_were(
    database: Database, minilm: Embedder
) -> None:
    """Quotes, backslashes, tabs and emoji survive the bulk copy, in texts and in terms."""
    text = 'It\'s a \\ "quoted" C:\\dir\\new\ttab, 東京 👩\u200d💻 {a,b} \\N $1 %s.'
    await index_source(database, Library({"a": text}), minilm)
    (passage,) = await search(database, minilm, "C:\\dir 'quoted' 東京 %s", everyone(HOME), 3)
    assert passage.text == text
