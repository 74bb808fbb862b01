"""What a reindexing would do, before it does it."""

from pathlib import Path

import pytest

from database.database import Database
from retrieval.errors import ReindexRefused
from retrieval.indexing.dry_run import ReindexPlan, in_bytes
from retrieval.indexing.reindex import plan, reindex
from retrieval.indexing.sync import index_source
from retrieval.sources.files import FilesSource
from tests.retrieval.hash_embedder import Hashed

HOME = "home"
BY = "the terminal"


class Other(Hashed):
    """Another embedder."""

    name = "other-words"


def write(folder: Path, name: str, sections: int) -> None:
    """A document of so many sections, each with words of its own."""
    text = "".join(
        f"# {name} {n}\n\n{' '.join(f'{name}{n}word{w}' for w in range(120))}\n\n"
        for n in range(sections)
    )
    (folder / f"{name}.md").write_text(text)


@pytest.fixture
async def folder(tmp_path: Path, database: Database) -> Path:
    """Twenty documents, indexed; then one is added, one changed, one touched, one deleted."""
    for n in range(20):
        write(tmp_path, f"note{n}", 2)
    await index_source(database, FilesSource(tmp_path), Hashed())
    write(tmp_path, "added", 5)
    write(tmp_path, "note1", 3)
    write(tmp_path, "note2", 2)
    (tmp_path / "note3.md").unlink()
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    return tmp_path


async def counts(database: Database) -> list[tuple[int, ...]]:
    """How many rows there are of what a reindexing writes."""
    tables = ("documents", "chunks", "generations", "reindex_runs", "sources")
    async with database.connection() as connection:
        return [
            (await (await connection.execute(f"select count(*) from {table}".encode())).fetchall())[
                0
            ]
            for table in tables
        ]


async def test_it_counts_what_a_reindexing_then_does(database: Database, folder: Path) -> None:
    """Nothing is written by looking; the numbers are those of the real run."""
    before = await counts(database)
    embedder = Hashed()
    planned = await plan(database, embedder, None)
    assert await counts(database) == before
    assert (planned.added, planned.changed, planned.unchanged, planned.deleted) == (1, 1, 18, 1)
    assert [failure.key for failure in planned.failures] == ["broken.pdf"]
    assert planned.rebuilt is None
    assert planned.seconds > 0
    assert 1_000 < planned.bytes / planned.chunks < 20_000

    embedder.read.clear()
    report = await reindex(database, embedder, BY)
    assert (report.added, report.changed, report.deleted) == (1, 1, 1)
    # One of four samples could not be read, so what is due is reckoned a little higher.
    assert len(embedder.read) <= planned.chunks <= 2 * len(embedder.read)


async def test_bytes_are_those_of_the_chunks_that_are_there(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are enough of them to tell, a chunk takes as much as they do."""
    monkeypatch.setattr("retrieval.indexing.dry_run._FEWEST_SEEN", 10)
    async with database.connection() as connection:
        cursor = await connection.execute(
            "select pg_total_relation_size('chunks_g1'::regclass) "
            "+ pg_total_relation_size('postings_g1'::regclass), (select count(*) from chunks)"
        )
        ((size, count),) = await cursor.fetchall()
    planned = await plan(database, Hashed(), None)
    assert planned.bytes / planned.chunks == pytest.approx(size / count, rel=0.05)


async def test_a_new_index_is_reckoned_with_all_documents(database: Database, folder: Path) -> None:
    """Where another embedder is set, every document is embedded, and it is said."""
    before = await counts(database)
    planned = await plan(database, Other(), None)
    assert await counts(database) == before
    assert planned.rebuilt == 20
    assert planned.chunks >= 40
    assert "A new index of all 20 documents would be built beside the one in use" in (
        planned.describe()
    )


async def test_what_is_built_in_part_counts_for_its_rest(database: Database, folder: Path) -> None:
    """A build that was cut off and then ended leaves nothing to plan."""
    await reindex(database, Other(), BY)
    planned = await plan(database, Other(), None)
    assert planned == ReindexPlan(unchanged=20, failures=planned.failures, looked_at=0)


async def test_sources_that_are_away_and_words_for_none(database: Database, folder: Path) -> None:
    """A folder that is gone is named; a word for no source is refused."""
    with pytest.raises(ReindexRefused, match="No source is called"):
        await plan(database, Hashed(), "nowhere")
    folder.rename(folder.parent / "elsewhere")  # noqa: ASYNC240 - a moment, in a test
    planned = await plan(database, Hashed(), str(folder))
    assert "is not there" in planned.failures[0].reason
    assert planned.deleted == 0


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0.1 MB"), (2_340_000, "2.3 MB"), (1_250_000_000, "1.2 GB")]
)
def test_sizes_are_said_as_people_say_them(count: int, said: str) -> None:
    """Megabytes, then gigabytes."""
    assert in_bytes(count) == said
