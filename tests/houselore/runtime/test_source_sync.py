"""A running bot's sources: an edit is found without anybody's asking."""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from database.database import Database
from houselore.runtime.source_sync import keep_fresh
from retrieval.audience import everyone
from retrieval.embeddings.embedder import Embedder
from retrieval.embeddings.open import open_embedder
from retrieval.indexing.sync import index_source
from retrieval.search.retriever import search
from retrieval.sources.files import FilesSource


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    """The embedded embedder."""
    return open_embedder("embedded:")


@asynccontextmanager
async def kept_fresh(database: Database, embedder: Embedder) -> AsyncIterator[None]:
    """All sources are looked at many times a second while the block runs."""
    keeper = asyncio.create_task(keep_fresh(database, embedder, 0.05))
    try:
        yield
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait for it, half a minute at most."""
    async with asyncio.timeout(30):
        while not await is_so():  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.05)


async def test_an_edit_and_a_deletion_are_found(
    database: Database, embedder: Embedder, tmp_path: Path
) -> None:
    """What is written is soon found, what is deleted is soon not."""
    note = tmp_path / "note.md"
    note.write_text("The office opens at eight.\n")
    await index_source(database, FilesSource(tmp_path), embedder)

    async def texts() -> str:
        found = await search(database, embedder, "When does the office open?", everyone("home"), 3)
        return " ".join(passage.text for passage in found)

    async def says_nine() -> bool:
        return "nine" in await texts()

    async def says_nothing() -> bool:
        return not await texts()

    async with kept_fresh(database, embedder):
        note.write_text("The office opens at nine.\n")
        await until(says_nine)
        assert "eight" not in await texts()
        note.unlink()
        await until(says_nothing)


async def test_a_source_that_is_away_is_said_once_and_keeps_its_documents(
    database: Database,
    embedder: Embedder,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An unmounted folder empties no index, and does not fill the log."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "note.md").write_text("The office opens at eight.\n")
    await index_source(database, FilesSource(folder), embedder)
    shutil.rmtree(folder)
    with caplog.at_level(logging.WARNING, "houselore.runtime.source_sync"):
        async with kept_fresh(database, embedder):

            async def is_said() -> bool:
                return "is not there" in caplog.text

            await until(is_said)
            await asyncio.sleep(0.2)
    assert caplog.text.count("is not there") == 1
    assert await search(database, embedder, "office", everyone("home"), 3)
