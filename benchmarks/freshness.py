"""Sync a handbook from one snapshot to the next while it is searched; count outdated passages."""

import argparse
import asyncio
import gzip
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.machine import describe_machine
from benchmarks.page import write_section
from benchmarks.shared import DATA, write_result
from database.database import Database, open_database
from houselore.embedded.postgres import embedded_postgres
from houselore.migrations import upgrade
from retrieval.audience import everyone
from retrieval.converters.registry import read_bytes
from retrieval.documents import Passage
from retrieval.embeddings.embedder import EMBEDDED, Embedder
from retrieval.embeddings.open import open_embedder
from retrieval.indexing.sync import index_source
from retrieval.progress import IndexReport
from retrieval.search.retriever import search
from retrieval.sources.files import FilesSource

_WORKSPACE = "home"
_FIRST, _SECOND = "snapshot-2020-12-28", "snapshot-2022-06-28"
_PASSAGES = 5
_EDITS = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts and times of the sync between the snapshots, and of single edits."""

    documents_before: int
    documents_after: int
    sync_s: float
    added: int
    changed: int
    deleted: int
    unchanged: int
    chunks_written: int
    questions_meanwhile: int
    outdated_meanwhile: int
    slowest_meanwhile_ms: float
    questions_after: int
    old_text_before: int
    new_text_before: int
    old_text_after: int
    new_text_after: int
    deleted_pages_after: int
    edit_to_found_p50_s: float
    edit_to_found_most_s: float


class Handbook:
    """A folder of pages as they were on a day, and an index of it."""

    def __init__(self, folder: Path, database: Database, embedder: Embedder) -> None:
        self._folder = folder
        self._database = database
        self._embedder = embedder

    def turn_to(self, pages: Mapping[str, str]) -> None:
        """Make the folder hold these pages: delete others, leave unchanged files untouched."""
        for path in [path for path in self._folder.rglob("*") if path.is_file()]:
            if path.relative_to(self._folder).as_posix() not in pages:
                path.unlink()
        for name, text in pages.items():
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")

    async def sync(self) -> IndexReport:
        """Bring the index up to date."""
        source = FilesSource(self._folder)
        return await index_source(self._database, source, self._embedder)

    async def ask(self, question: str) -> list[Passage]:
        """Return the passages that would be answered from."""
        audience = everyone(_WORKSPACE)
        return await search(self._database, self._embedder, question, audience, _PASSAGES)


async def measure(edits: int) -> Figures:
    """Run the whole benchmark in a database of its own."""
    embedder = open_embedder(EMBEDDED)
    before, after = _pages(_FIRST), _pages(_SECOND)
    facts = [fact for fact in _rows("changed_facts.jsonl") if fact["new_page"] in after]
    deleted = {row["page"] for row in _rows("deleted_pages.jsonl")}
    with TemporaryDirectory() as folder:
        texts = _new_folder(Path(folder, "handbook"))
        async with embedded_postgres(Path(folder, "postgres"), durable=False) as url:
            upgrade(url)
            async with open_database(url, _WORKSPACE) as database:
                handbook = Handbook(texts, database, embedder)
                handbook.turn_to(before)
                await handbook.sync()
                found_before = [await handbook.ask(fact["old"][:300]) for fact in facts]
                handbook.turn_to(after)
                started = time.monotonic()
                syncing = asyncio.create_task(handbook.sync())
                meanwhile, slowest = await _ask_while(syncing, handbook, facts)
                report = await syncing
                seconds = time.monotonic() - started
                found_after = [await handbook.ask(fact["old"][:300]) for fact in facts]
                waits = await _edit_one_by_one(handbook, texts, sorted(after), edits)
    olds = [_only_in(fact["old"], fact["new"]) for fact in facts]
    news = [_only_in(fact["new"], fact["old"]) for fact in facts]
    read_before, read_after = _as_read(before), _as_read(after)
    return Figures(
        documents_before=len(before),
        documents_after=len(after),
        sync_s=round(seconds, 2),
        added=report.added,
        changed=report.changed,
        deleted=report.deleted,
        unchanged=report.unchanged,
        chunks_written=report.chunks,
        questions_meanwhile=len(meanwhile),
        outdated_meanwhile=sum(
            not any(_holds(snapshot, passage) for snapshot in (read_before, read_after))
            for found in meanwhile
            for passage in found
        ),
        slowest_meanwhile_ms=round(1000 * slowest, 1),
        questions_after=len(facts),
        old_text_before=_count(found_before, olds),
        new_text_before=_count(found_before, news),
        old_text_after=sum(
            not _holds(read_after, passage) for found in found_after for passage in found
        ),
        new_text_after=_count(found_after, news),
        deleted_pages_after=sum(
            passage.key in deleted for found in found_after for passage in found
        ),
        edit_to_found_p50_s=round(median(waits), 2),
        edit_to_found_most_s=round(max(waits), 2),
    )


def _new_folder(path: Path) -> Path:
    path.mkdir()
    return path


async def _ask_while(
    syncing: "asyncio.Task[IndexReport]", handbook: Handbook, facts: Sequence[Mapping[str, str]]
) -> tuple[list[list[Passage]], float]:
    """Search in a loop until the sync ends; return the passages and the slowest search in s."""
    found: list[list[Passage]] = []
    slowest = 0.0
    while not syncing.done():
        started = time.monotonic()
        found.append(await handbook.ask(facts[len(found) % len(facts)]["new"][:300]))
        slowest = max(slowest, time.monotonic() - started)
    return found, slowest


async def _edit_one_by_one(
    handbook: Handbook, folder: Path, pages: Sequence[str], edits: int
) -> list[float]:
    """Return the seconds from each edit of a page until a search finds it, sync included."""
    waits = []
    for number in range(edits):
        path = folder / pages[number * len(pages) // edits]
        sentence = f"The parking lot number {number} is reserved for zebra {number * 7919}."
        started = time.monotonic()
        before = path.read_text(encoding="utf-8")
        path.write_text(f"{before}\n\n{sentence}\n", encoding="utf-8")
        await handbook.sync()
        found = await handbook.ask(f"Which lot is reserved for zebra {number * 7919}?")
        if not any(sentence in passage.text for passage in found):
            raise SystemExit(f"The edit of {path.name} was not found.")
        waits.append(time.monotonic() - started)
        # Undone, or the sentences of several edits would compete in the next search.
        path.write_text(before, encoding="utf-8")
    return waits


def _as_read(pages: Mapping[str, str]) -> dict[str, str]:
    """Return the words of each page as the source reads it."""
    return {name: _words(read_bytes(text.encode(), name).text) for name, text in pages.items()}


def _holds(pages: Mapping[str, str], passage: Passage) -> bool:
    """Return whether the passage's words are in its page."""
    return _words(passage.text) in pages.get(passage.key, "")


def _count(found: Sequence[Sequence[Passage]], needles: Sequence[str]) -> int:
    return sum(
        bool(needle) and any(needle in _words(passage.text) for passage in passages)
        for passages, needle in zip(found, needles, strict=True)
    )


def _only_in(one: str, other: str) -> str:
    """Return the first sentence-like piece of `one` that `other` lacks, or ""."""
    pieces = [_words(piece) for piece in one.replace("\n", ". ").split(". ")]
    return next((p for p in pieces if len(p) > 20 and p not in _words(other)), "")


def _words(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


def _pages(name: str) -> dict[str, str]:
    """Read the Markdown pages of a snapshot, except hidden ones, which indexing skips."""
    data = (DATA / "handbook_18f" / f"{name}.jsonl.gz").read_bytes()
    rows = [json.loads(line) for line in gzip.decompress(data).splitlines()]
    return {
        row["path"]: row["text"]
        for row in rows
        if row["path"].endswith(".md") and not re.search(r"(?:^|/)\.", row["path"])
    }


def _rows(name: str) -> list[dict[str, str]]:
    text = (DATA / "handbook_18f" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def section(of: Figures) -> str:
    """Return the section of docs/benchmarks.md."""
    return f"""## Freshness

`make bench-freshness`: a real handbook's snapshot of 2020 ({of.documents_before} pages) is indexed
and asked; its files become those of 2022 ({of.documents_after} pages), and it is asked while the
sync runs and after it. Then {_EDITS} pages are edited one by one.

Measured on {describe_machine()}.

| what | |
| --- | --- |
| the sync | {of.sync_s:.1f} s: {of.added} added, {of.changed} changed, {of.deleted} deleted, \
{of.unchanged} unchanged; {of.chunks_written} passages written |
| questions asked while it ran | {of.questions_meanwhile}, \
the slowest {of.slowest_meanwhile_ms:.0f} ms |
| passages then found that stand in neither snapshot | {of.outdated_meanwhile} |
| questions asked after it | {of.questions_after} |
| passages then found whose text was replaced or deleted | {of.old_text_after} |
| passages then found of the deleted pages | {of.deleted_pages_after} |
| questions that found the new wording, before and after | {of.new_text_before}, \
{of.new_text_after} |
| from an edit to its being found, sync included | p50 {of.edit_to_found_p50_s:.2f} s, \
at most {of.edit_to_found_most_s:.2f} s |

A running bot looks for edits every half minute, which comes on top (`HOUSELORE_SYNC_SECONDS`).
"""


def main() -> None:
    """Measure; write the page's section and the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=_EDITS, help="so many pages are edited")
    figures = asyncio.run(measure(parser.parse_args().edits))
    write_section("freshness", section(figures))
    write_result("freshness", asdict(figures))


if __name__ == "__main__":
    main()
