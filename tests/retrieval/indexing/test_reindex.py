"""Whole reindexings: their reports, their progress, what is left when they are cancelled."""

import asyncio
from pathlib import Path

import pytest

from database.database import Database
from retrieval.audience import everyone
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import ReindexCancelled, ReindexRefused
from retrieval.indexing.reindex import RunProgress, reindex, rollback
from retrieval.indexing.runs import cancel_run, last_run
from retrieval.indexing.status import read_standing
from retrieval.indexing.sync import index_source
from retrieval.search.retriever import search
from retrieval.sources.files import FilesSource
from tests.retrieval.hash_embedder import Hashed

HOME = "home"
BY = "ana in the terminal"


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each report is noted: a test has no half second to wait."""
    monkeypatch.setattr("retrieval.indexing.runs._BETWEEN_NOTES", 0.0)


@pytest.fixture
async def folders(tmp_path: Path, database: Database) -> tuple[Path, Path]:
    """Two indexed folders, one for a channel; then each gets more."""
    both = (tmp_path / "docs", tmp_path / "team")
    for folder, reader in zip(both, ("public", "channel:C1"), strict=True):
        folder.mkdir()
        write(folder, 0)
        await index_source(database, FilesSource(folder, frozenset({reader})), Hashed())
        for number in range(1, 4):
            write(folder, number)
    return both


def write(folder: Path, number: int) -> None:
    """A document of many words."""
    words = " ".join(f"{folder.name}{number}word{n}" for n in range(4_000))
    (folder / f"{number}.md").write_text(f"# {folder.name} {number}\n\n{words}\n")


async def documents(database: Database) -> tuple[int, int, int]:
    """Documents, chunks, and chunks counted by their place."""
    async with database.connection() as connection:
        cursor = await connection.execute(
            "select (select count(*) from documents), count(*), "
            "count(distinct (generation, document_id, position)) from chunks"
        )
        ((found, chunks, distinct),) = await cursor.fetchall()
    return int(found), int(chunks), int(distinct)


async def test_only_the_sources_that_were_meant(
    database: Database, folders: tuple[Path, Path]
) -> None:
    """A place, or a channel's reader, leaves the other source as it was."""
    assert (await reindex(database, Hashed(), BY, "docs")).added == 3
    assert (await documents(database))[0] == 5
    assert (await reindex(database, Hashed(), BY, "channel:C1")).added == 3
    assert (await documents(database))[0] == 8
    with pytest.raises(ReindexRefused, match="No source"):
        await reindex(database, Hashed(), BY, "nowhere")
    run = await last_run(database)
    assert run is not None
    assert run.describe() == "A reindexing of channel:C1, done: 3 added, 1 unchanged."


async def test_progress_counts_all_sources_as_one_work(
    database: Database, folders: tuple[Path, Path]
) -> None:
    """From what is unchanged to the total, never back."""
    told: list[RunProgress] = []

    async def tell(progress: RunProgress) -> None:
        told.append(progress)

    await reindex(database, Hashed(), BY, None, tell)
    reading = [(each.done, each.total) for each in told if each.step == "reading"]
    assert reading[-1] == (8, 8)
    assert reading == sorted(reading)


async def test_what_was_done_before_a_cancel_is_kept(
    database: Database, folders: tuple[Path, Path]
) -> None:
    """Whole documents stay, the others are done by the next run, and nothing is there twice."""
    told = 0

    async def tell(progress: RunProgress) -> None:
        nonlocal told
        told += 1
        if told == 2:
            await cancel_run(database, "jo in Slack")

    with pytest.raises(ReindexCancelled, match="jo in Slack"):
        await reindex(database, Hashed(), BY, None, tell)
    found, chunks, distinct = await documents(database)
    assert 2 < found < 8
    assert chunks == distinct
    report = await reindex(database, Hashed(), BY)
    assert report.added == 8 - found
    found, chunks, distinct = await documents(database)
    assert found == 8
    assert chunks == distinct


async def test_edits_while_questions_run_show_one_state(
    database: Database, minilm: Embedder, tmp_path: Path
) -> None:
    """From first to last, through a switch and a rollback, each question finds the one document."""
    note = tmp_path / "note.md"
    await asyncio.to_thread(note.write_text, "The office opens at 0.\n")
    await index_source(database, FilesSource(tmp_path), minilm)
    latest, seen, over = 0, set[int](), asyncio.Event()

    async def ask() -> None:
        while not over.is_set():
            before = latest
            passages = await search(database, minilm, "When does it open?", everyone(HOME), 3)
            after = latest
            assert len(passages) == 1
            hour = int(passages[0].text.rstrip(".").rsplit(" ", 1)[1])
            assert before <= hour <= after + 1
            seen.add(hour)

    asking = asyncio.create_task(ask())
    hashed = Hashed()
    for hour in range(1, 9):
        await asyncio.to_thread(note.write_text, f"The office opens at {hour}.\n")
        if hour == 6:
            await rollback(database, hashed, BY)
        await reindex(database, hashed if hour >= 3 else minilm, BY)
        latest = hour
    over.set()
    await asking
    assert len(seen) > 1
    standing = await read_standing(database)
    assert standing.live is not None
    assert minilm.name in standing.live
    assert standing.other is not None
    assert "hashed-words) waits for your decision" in standing.other
