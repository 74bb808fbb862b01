"""Bad input ends in a sentence where someone sees it, and leaves the index as it was."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg import AsyncConnection, sql

from database.database import Database
from database.errors import DatabaseUnavailable
from retrieval.audience import everyone
from retrieval.converters import pdf as pdf_reader
from retrieval.converters import registry
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import EmbedderUnavailable
from retrieval.indexing.sync import index_source
from retrieval.search.retriever import search
from retrieval.sources.files import FilesSource
from tests.retrieval.converters.test_registry import pdf
from tests.retrieval.documents import Library
from tests.retrieval.hash_embedder import Hashed

HOME = "home"
BELOW = "select d.key, c.position, c.text, c.embedding::text from chunks c join documents d "
STATE = f"{BELOW} on d.id = c.document_id order by 1, 2"


async def state(owner: AsyncConnection) -> list[Any]:
    """Everything that the index holds."""
    return await (await owner.execute(STATE)).fetchall()


async def found(database: Database, embedder: Embedder, query: str) -> list[str]:
    """The texts that a search finds."""
    return [passage.text for passage in await search(database, embedder, query, everyone(HOME), 8)]


async def indexed(database: Database, folder: Path) -> dict[str, str]:
    """Why documents of a folder were not read, by key, once it was indexed."""
    report = await index_source(database, FilesSource(folder), Hashed())
    return {failure.key: failure.reason for failure in report.failures}


async def test_broken_files_are_failures_and_the_rest_is_found(
    database: Database, owner: AsyncConnection, tmp_path: Path
) -> None:
    """Bytes of no encoding, of half an encoding, of none at all, and none: each says what it is."""
    files = {
        "good.md": b"# Good\n\nThe vault opens at nine.",
        "half.txt": b"Prices: " + "5 €".encode()[:-1] + b" or so, the list says.",
        "latin.txt": "Das Café schließt um fünf.".encode("cp1252"),
        "utf16.txt": b"\xff\xfe" + "odd".encode("utf-16-le") + b"\x00",
        "japan.txt": "営業時間は九時から。".encode("shift_jis"),
        "control.md": b"Bell\x07 and \x1b[1mbold\x1b[0m text, long enough to be no binary file. "
        * 4,
        "null.md": b"\x00\x01\x02" * 50,
        "empty.md": b"",
        "blank.html": b"<html><body><nav>Menu</nav></body></html>",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    reasons = await indexed(database, tmp_path)
    assert set(reasons) == {"utf16.txt", "japan.txt", "null.md", "empty.md", "blank.html"}
    assert all(reason.startswith(key) for key, reason in reasons.items())
    assert reasons["empty.md"] == "empty.md is empty: there is no text in it."
    assert "Save it as UTF-8" in reasons["utf16.txt"]
    assert "Save it as UTF-8" in reasons["japan.txt"]
    texts = [text for _, _, text, _ in await state(owner)]
    assert any("fünf" in text for text in texts)
    assert not any("\x07" in text or "\x1b" in text for text in texts)
    assert "The vault opens at nine." in (await found(database, Hashed(), "vault nine"))[0]


async def test_a_thousand_pages_are_read_and_each_is_found(
    database: Database, tmp_path: Path
) -> None:
    """A text and a PDF of a thousand pages; what stands on one page is found among all."""
    pages = [f"Chapter {n} is about the gadget{n}.\n\n{'Words go on. ' * 20}" for n in range(1000)]
    (tmp_path / "long.md").write_text("\n\n".join(f"# Page\n\n{page}" for page in pages))
    (tmp_path / "long.pdf").write_bytes(
        pdf(*(f"Part {n} has the widget{n} in it" for n in range(1000)))
    )
    assert await indexed(database, tmp_path) == {}
    assert any("gadget777" in text for text in await found(database, Hashed(), "gadget777"))
    assert any("widget555" in text for text in await found(database, Hashed(), "widget555"))


async def test_one_line_of_five_megabytes_is_cut_and_found(
    database: Database, owner: AsyncConnection, tmp_path: Path
) -> None:
    """No chunk is larger than any other, and the needle in the line is found."""
    words = ["haystack"] * 550_000
    words[400_000] = "needle"
    (tmp_path / "line.txt").write_text(" ".join(words))
    assert await indexed(database, tmp_path) == {}
    assert "needle" in (await found(database, Hashed(), "needle"))[0]
    ((longest,),) = await (await owner.execute("select max(length(text)) from chunks")).fetchall()
    assert longest < 2000


async def test_a_hundred_thousand_like_lines_are_embedded_once_and_hide_nothing(
    database: Database, tmp_path: Path
) -> None:
    """A log that says one thing all day is one answer among others."""
    (tmp_path / "log.txt").write_text("The pump is on.\n" * 100_000)
    (tmp_path / "manual.md").write_text("# Pump\n\nThe pump is switched on by the green knob.")
    embedder = Hashed()
    report = await index_source(database, FilesSource(tmp_path), embedder)
    assert report.failures == ()
    assert len(set(embedder.read)) == len(embedder.read) < 100
    texts = await found(database, embedder, "How is the pump switched on?")
    assert any("green knob" in text for text in texts)
    assert sum(text.startswith("The pump is on.") for text in texts) == 1


async def test_near_duplicates_leave_room_for_others(
    database: Database, owner: AsyncConnection
) -> None:
    """Five hundred copies of a notice are one passage, and what ranks below them is found too."""
    notice = "Printer paper notice: the printer needs paper, so put paper into the printer. "
    texts = {
        f"copy{n}": notice + "All floors, all rooms, all year, says the house." for n in range(500)
    }
    texts["other"] = "Paper for any machine lies in the store room behind the kitchen door."
    embedder = Hashed()
    await index_source(database, Library(texts), embedder)
    passages = await found(database, embedder, "printer paper")
    assert [text.partition(" ")[0] for text in passages] == ["Printer", "Paper"]


@pytest.mark.parametrize(
    "query",
    [
        "what is the of and to",
        "🙂🚀🎉",
        "\x00\x01\x02\x1b[0m",
        "\ud800 lone",
        "?!… — ' \" \\ % _ {} $1",
        "'; drop table chunks; --",
        "vault " * 4000,
        "東" * 20_000,
        "a" * 20_000,
        "🙂" * 20_000,
    ],
    ids=range(10),
)
async def test_any_query_is_answered_or_finds_nothing(
    database: Database, minilm: Embedder, query: str
) -> None:
    """Stop words, emoji, control characters, lone surrogates, SQL and 20,000 characters alike."""
    await index_source(database, Library({"a": "The vault opens at nine."}), minilm)
    texts = await found(database, minilm, query)
    assert texts in ([], ["The vault opens at nine."])
    assert await found(database, minilm, "When does the vault open?") == [
        "The vault opens at nine."
    ]


async def test_a_document_beyond_the_limit_says_so_and_keeps_what_was_there(
    database: Database,
    owner: AsyncConnection,
    tmp_path: Path,
) -> None:
    """What grew too long keeps its earlier text in the index, and the report says what to do."""
    (tmp_path / "a.txt").write_text("The vault opens at nine.")
    assert await indexed(database, tmp_path) == {}
    before = await state(owner)
    (tmp_path / "a.txt").write_text("word " * (registry.MOST_CHARACTERS // 5 + 300_000))
    assert await indexed(database, tmp_path) == {
        "a.txt": "a.txt has 12 million characters of text; the most is 10 million. Split it, or "
        "leave it out. Its earlier text stays in the index."
    }
    assert await state(owner) == before


async def test_a_pdf_of_too_many_pages_or_seconds_says_so(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages are counted before they are read, and time as they are."""
    (tmp_path / "a.pdf").write_bytes(pdf(*(f"Text of page {n}" for n in range(5))))
    monkeypatch.setattr(pdf_reader, "_MOST_PAGES", 4)
    assert await indexed(database, tmp_path) == {
        "a.pdf": "a.pdf has 5 pages; the most is 4. Split it, or leave it out."
    }
    monkeypatch.setattr(pdf_reader, "_MOST_PAGES", 5)
    monkeypatch.setattr(pdf_reader, "_MOST_SECONDS", -1.0)
    assert "to read as far as page 1 of 5" in (await indexed(database, tmp_path))["a.pdf"]


class Shrinking(Hashed):
    """An embedder whose model is replaced in mid-run by a smaller one that bears its name."""

    def __init__(self, after: int, size: int = 32) -> None:
        super().__init__()
        self._after = after
        self._size = size

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Whole vectors at first, shorter ones once `after` texts were read."""
        vectors = super().embed_documents(texts)
        return vectors if len(self.read) <= self._after else [v[: self._size] for v in vectors]


async def test_an_embedder_that_shrinks_in_mid_run_writes_nothing_of_it(
    database: Database, owner: AsyncConnection
) -> None:
    """What was written before stays and is searched; the rest comes with the right embedder."""
    library = Library({str(n): f"Text of number {n}. " * 150 for n in range(60)})
    with pytest.raises(EmbedderUnavailable, match="vector of 32 numbers; this index has 64"):
        await index_source(database, library, Shrinking(after=100))
    sizes = "select distinct vector_dims(embedding) from chunks"
    assert await (await owner.execute(sizes)).fetchall() == [(64,)]
    assert await found(database, Hashed(), "text of number 0")
    report = await index_source(database, library, Hashed())
    assert 0 < report.added < 60
    assert report.added + report.unchanged == 60


async def test_an_embedder_of_another_size_gets_its_own_index(
    database: Database, owner: AsyncConnection
) -> None:
    """The same name with fewer numbers is another embedder; until then terms alone are searched."""

    class Small(Hashed):
        dimensions = 32

        def _vector(self, text: str) -> list[float]:
            return super()._vector(text)[:32]

    library = Library({"a": "The vault opens at nine."})
    await index_source(database, library, Hashed())
    assert await found(database, Small(), "vault") == ["The vault opens at nine."]
    await index_source(database, library, Small())
    assert await found(database, Small(), "vault") == ["The vault opens at nine."]


@contextlib.contextmanager
def mounted(place: Path) -> Iterator[None]:
    """A disk of four megabytes of the owner of the folder it is in.

    Root alone can make it; the test is skipped for others.
    """
    place.mkdir()
    owner = place.parent.stat().st_uid
    options = ["-t", "tmpfs", "-o", f"size=4m,mode=0700,uid={owner}", "tmpfs"]
    if subprocess.run(["mount", *options, place], capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be mounted by root alone")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)
        place.rmdir()


def fill(ballast: Path) -> None:
    """Leave no room on the disk of `ballast`."""
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass


@pytest.fixture
async def small_disk(owner: AsyncConnection) -> AsyncIterator[Path]:
    """The place of a table space, `small`, on a disk of four megabytes."""
    ((data,),) = await (await owner.execute("show data_directory")).fetchall()
    place = Path(data).with_name("small")
    with mounted(place):
        make = sql.SQL("create tablespace small location {}").format(sql.Literal(str(place)))
        await owner.execute(make)
        yield place
        await owner.execute("alter table all in tablespace small set tablespace pg_default")
        await owner.execute("drop tablespace small")


async def test_a_full_disk_is_said_and_changes_nothing(
    database: Database, owner: AsyncConnection, small_disk: Path
) -> None:
    """The batch that did not fit is undone, search goes on, and with room the run goes on."""
    library = Library({"a": "The vault opens at nine."})
    await index_source(database, library, Hashed())
    rows = await owner.execute("select 'chunks_g' || max(id) from generations")
    ((table,),) = await rows.fetchall()
    move = sql.SQL("alter table {} set tablespace small").format(sql.Identifier(table))
    await owner.execute(move)
    fill(small_disk / "ballast")
    before = await state(owner)
    library.texts["big"] = " ".join(f"word{n}" for n in range(5_000))
    with pytest.raises(DatabaseUnavailable, match=r"disk is full.*Make room, then run it again"):
        await index_source(database, library, Hashed())
    assert await state(owner) == before
    assert await found(database, Hashed(), "vault") == ["The vault opens at nine."]
    (small_disk / "ballast").unlink()
    report = await index_source(database, library, Hashed())
    assert (report.added, report.unchanged) == (1, 1)
    assert await found(database, Hashed(), "word4321")


async def test_a_connection_lost_in_mid_batch_is_said_and_gone_on_from(
    database: Database, owner: AsyncConnection
) -> None:
    """The server ends the indexer's connection: a sentence, whole documents only, and then on."""
    library = Library({str(n): f"Text of number {n}. " * 150 for n in range(40)})
    embedder = Hashed()

    async def cut(_: object) -> None:
        end = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
        await owner.execute(f"{end} and datname = current_database()")

    with pytest.raises(DatabaseUnavailable, match=r"ended the connection|cannot be reached"):
        await index_source(database, library, embedder, cut)
    halves = "select count(*) from documents d where not exists (select from chunks c where "
    halves += "c.document_id = d.id)"
    assert await (await owner.execute(halves)).fetchall() == [(0,)]
    ((held,),) = await (await owner.execute("select count(*) from documents")).fetchall()
    report = await index_source(database, library, embedder)
    assert 0 < held == report.unchanged
    assert report.added == 40 - held
    doubled = "select count(*) - count(distinct (document_id, position)) from chunks"
    assert await (await owner.execute(doubled)).fetchall() == [(0,)]


INDEXER = """
import asyncio, sys
from database.database import open_database
from retrieval.indexing.sync import index_source
from tests.retrieval.hash_embedder import Hashed
from tests.retrieval.documents import Library

async def main() -> None:
    library = Library({str(n): f"Text of number {n}. " * 150 for n in range(2000)})
    async with open_database(sys.argv[1], "home") as database:
        async def tell(progress): print(progress.done, flush=True)
        await index_source(database, library, Hashed(), tell)

asyncio.run(main())
"""


@pytest.fixture
def indexer(database_url: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that indexes two thousand texts."""
    with subprocess.Popen(
        [sys.executable, "-c", INDEXER, database_url],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    ) as process:
        yield process
        process.kill()


async def test_a_killed_process_is_gone_on_from(
    database: Database, owner: AsyncConnection, indexer: "subprocess.Popen[bytes]"
) -> None:
    """Kill -9 in mid-batch: the next run finds whole documents and does the rest, none twice."""
    assert indexer.stdout
    await asyncio.to_thread(indexer.stdout.readline)
    indexer.send_signal(signal.SIGKILL)
    await asyncio.to_thread(indexer.wait)
    library = Library({str(n): f"Text of number {n}. " * 150 for n in range(60)})
    report = await index_source(database, library, Hashed())
    assert report.unchanged > 0
    assert report.unchanged + report.added == 60
    doubled = "select count(*) - count(distinct (document_id, position)) from chunks"
    assert await (await owner.execute(doubled)).fetchall() == [(0,)]
    assert len(await found(database, Hashed(), "text of number 59")) > 0
