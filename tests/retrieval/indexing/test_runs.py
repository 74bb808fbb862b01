"""Runs that can be followed and cancelled."""

import pytest

from database.database import Database, open_database
from database.errors import DatabaseUnavailable
from retrieval.errors import ReindexCancelled, ReindexRefused
from retrieval.indexing import runs
from retrieval.indexing.runs import cancel_run, last_run, recorded_run
from retrieval.progress import IndexProgress

HOME = "home"


@pytest.fixture
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each report is noted: a test has no half second to wait."""
    monkeypatch.setattr(runs, "_BETWEEN_NOTES", 0.0)


@pytest.mark.usefixtures("_often")
async def test_a_run_is_followed_from_elsewhere(database: Database) -> None:
    """How far it is stands in the database while it goes on, and what came of it afterwards."""
    assert await last_run(database) is None
    async with recorded_run(database, "reindex", "docs/", "the terminal") as recorder:
        await recorder.begin_step("embedding")
        await recorder.note(IndexProgress(3, 8, "About c"))
        run = await last_run(database)
        assert run is not None
        assert (run.state, run.step, run.done, run.total) == ("running", "embedding", 3, 8)
        assert run.describe() == "A reindexing of docs/, embedding: 3 of 8 documents"
        recorder.outcome = "8 unchanged."
    run = await last_run(database)
    assert run is not None
    assert run.describe() == "A reindexing of docs/, done: 8 unchanged."


@pytest.mark.usefixtures("_often")
async def test_a_second_run_is_refused_in_words(database: Database) -> None:
    """The sentence says how far the first one is; afterwards there is room again."""
    async with recorded_run(database, "reindex", None, "the terminal") as recorder:
        await recorder.note(IndexProgress(3, 8, "About c"))
        with pytest.raises(ReindexRefused, match=r"3 of 8 documents, is running already\. Wait"):
            async with recorded_run(database, "rollback", None, "<@U0MARA>"):
                pass
    async with recorded_run(database, "rollback", None, "<@U0MARA>"):
        pass


@pytest.mark.usefixtures("_often")
async def test_a_run_is_cancelled_from_elsewhere(database: Database) -> None:
    """It ends at the next report, says who wanted it, and the next run is not cancelled with it."""
    assert await cancel_run(database, "the terminal") is None
    with pytest.raises(ReindexCancelled, match="Cancelled by the terminal"):
        async with recorded_run(database, "reindex", None, "<@U0MARA>") as recorder:
            cancelled = await cancel_run(database, "the terminal")
            assert cancelled is not None
            await recorder.note(IndexProgress(3, 8, "About c"))
    run = await last_run(database)
    assert run is not None
    assert (run.state, run.outcome) == ("cancelled", "Cancelled by the terminal.")
    assert await cancel_run(database, "the terminal") is None
    async with recorded_run(database, "reindex", None, "<@U0MARA>") as recorder:
        await recorder.note(IndexProgress(3, 8, "About c"))


async def test_what_goes_wrong_is_noted(database: Database) -> None:
    """A run that fails says why to those who look later; one that was refused leaves no trace."""
    with pytest.raises(DatabaseUnavailable):
        async with recorded_run(database, "reindex", "hr/", "the terminal"):
            raise DatabaseUnavailable("The disk is full.")
    with pytest.raises(ReindexRefused):
        async with recorded_run(database, "rollback", None, "the terminal"):
            raise ReindexRefused("There is nothing to go back to.")
    run = await last_run(database)
    assert run is not None
    assert run.describe() == "A reindexing of hr/, failed: The disk is full."
    assert run.describe(for_all=True) == "A reindexing, failed"


async def test_a_run_whose_process_died_is_broken_off(database: Database) -> None:
    """Its row still says that it runs; nobody holds its lock, so it is told and made room for."""
    async with database.connection() as connection:
        await connection.execute(
            "insert into reindex_runs (workspace, kind, started_by) values ('home', 'reindex', 'x')"
        )
    run = await last_run(database)
    assert run is not None
    assert run.state == "broken off"
    assert await cancel_run(database, "the terminal") is None
    async with recorded_run(database, "reindex", None, "the terminal"):
        pass
    async with database.connection() as connection:
        rows = await connection.execute("select state from reindex_runs order by id")
        assert await rows.fetchall() == [("broken off",), ("done",)]


async def test_another_workspace_sees_none(database: Database, database_url: str) -> None:
    """Runs and golden questions are under the policies like every table."""
    async with (
        recorded_run(database, "reindex", None, "the terminal"),
        open_database(database_url, "elsewhere", max_size=4) as other,
    ):
        assert await last_run(other) is None
        assert await cancel_run(other, "somebody else") is None
        async with recorded_run(other, "reindex", None, "somebody else"):
            pass
        async with other.connection() as connection:
            for table in ("reindex_runs", "golden_questions"):
                cursor = await connection.execute(
                    f"select count(*) from {table} where workspace <> 'elsewhere'".encode()
                )
                assert await cursor.fetchall() == [(0,)]
