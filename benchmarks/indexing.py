"""Compare indexing with the bare embedder on the same texts, with one worker and several."""

import argparse
import asyncio
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks.machine import describe_machine
from benchmarks.page import write_section
from benchmarks.sets import SETS
from benchmarks.shared import write_result
from database.database import open_database
from houselore.embedded.postgres import embedded_postgres
from houselore.migrations import upgrade
from retrieval.chunking.splitter import embedded_text, split
from retrieval.embeddings.embedder import EMBEDDED, Embedder
from retrieval.embeddings.open import open_embedder
from retrieval.indexing.sync import index_source
from retrieval.progress import IndexReport
from retrieval.sources.files import FilesSource

_READERS = frozenset({"public"})
_WORKERS = (1, 2, 4)
_BAR = 0.85
_UNCHANGED = 10_000
_UNCHANGED_BAR = 5.0
_PACKAGES = ("ctranslate2", "embedded-postgres", "psycopg")
_numbers = count(1)


class Unread(Embedder):
    """An embedder with one vector for all texts, for documents that are never searched."""

    name = "unread"
    dimensions = 8

    def count_tokens(self, text: str) -> int:
        """Count words."""
        return len(text.split())

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the same vector for each text."""
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector."""
        del text
        return [1.0, *[0.0] * (self.dimensions - 1)]


async def index_once(url: str, folder: Path, embedder: Embedder) -> tuple[float, IndexReport]:
    """Index `folder` into a workspace of its own; return the seconds and the report."""
    workspace = f"benchmark-{folder.name}-{next(_numbers)}"
    async with open_database(url, workspace) as database:
        source = FilesSource(folder, _READERS)
        started = time.perf_counter()
        report = await index_source(database, source, embedder)
        return time.perf_counter() - started, report


def embed_once(folder: Path, embedder: Embedder) -> float:
    """Return the embedder's seconds for the chunks that `index_once` embeds, in one call."""
    source = FilesSource(folder, _READERS)
    documents = [source.read(listed.key) for listed in source.listing()]
    texts = [
        embedded_text(chunk)
        for document in documents
        for chunk in split(document, embedder.count_tokens)
    ]
    started = time.perf_counter()
    embedder.embed_documents(texts)
    return time.perf_counter() - started


async def beside_the_embedder(url: str, folder: Path, rounds: int) -> dict[str, float]:
    """Return medians over rounds in which both take turns; the share is taken round by round."""
    embedder = open_embedder(EMBEDDED)
    bare, whole = [], []
    for turn in range(rounds + 1):  # the first one warms up
        seconds = await asyncio.to_thread(embed_once, folder, embedder)
        indexing, report = await index_once(url, folder, embedder)
        if turn:
            bare.append(seconds)
            whole.append(indexing)
    return {
        "documents": report.added,
        "chunks": report.chunks,
        "embedder_documents_a_second": round(report.added / median(bare), 1),
        "indexing_documents_a_second": round(report.added / median(whole), 1),
        "share": round(median(b / w for b, w in zip(bare, whole, strict=True)), 3),
    }


def by_workers(url: str, folders: Sequence[Path], workers: int) -> float:
    """Return the documents a second of so many processes at once, each with its own sources."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context) as database:
        list(database.map(_warm, range(workers)))
        started = time.perf_counter()
        documents = sum(database.map(_work, [url] * len(folders), folders))
        return round(documents / (time.perf_counter() - started), 1)


_opened: list[Embedder] = []


def _warm(worker: int) -> None:
    """Open this process's embedder."""
    _opened.append(open_embedder(EMBEDDED))
    _opened[0].embed_documents([f"Worker {worker} is ready."] * 8)
    # So that no process of the pool warms up twice while another has not begun.
    time.sleep(1)


def _work(url: str, folder: Path) -> int:
    embedder = _opened[0] if _opened else open_embedder(EMBEDDED)
    _, report = asyncio.run(index_once(url, folder, embedder))
    return report.added


async def check_unchanged(url: str, folder: Path) -> float:
    """Return the seconds to find that none of many documents has changed."""
    async with open_database(url, "unchanged") as database:
        source, embedder = FilesSource(folder, _READERS), Unread()
        await index_source(database, source, embedder)
        started = time.perf_counter()
        report = await index_source(database, source, embedder)
        seconds = time.perf_counter() - started
    assert report.unchanged == _UNCHANGED  # noqa: S101 - else the figure would mean nothing
    return round(seconds, 2)


@contextmanager
def written(texts: Sequence[str], parts: int = 1) -> Iterator[list[Path]]:
    """Write the texts as files into `parts` folders, in turn."""
    with TemporaryDirectory() as root:
        folders = [Path(root, f"part-{part}") for part in range(parts)]
        for folder in folders:
            folder.mkdir()
        for number, text in enumerate(texts):
            path = folders[number % parts] / f"{number:05}.md"
            path.write_text(text, encoding="utf-8")
        yield folders


async def measure(documents: int, rounds: int) -> dict[str, object]:
    """Measure everything on one new Postgres with durable writes."""
    console = Console(stderr=True)
    corpus = SETS["scifact"]()
    texts = [f"# {of.title}\n\n{of.text}\n" for of in corpus.documents[:documents]]
    result: dict[str, object] = {}
    with TemporaryDirectory() as data:
        async with embedded_postgres(Path(data)) as url:
            upgrade(url)
            with written(texts) as (folder,), console.status("beside the bare embedder"):
                result.update(await beside_the_embedder(url, folder, rounds))
            with written(texts, max(_WORKERS)) as folders, console.status("workers"):
                result["by_workers"] = {
                    str(workers): await asyncio.to_thread(by_workers, url, folders, workers)
                    for workers in _WORKERS
                }
            notes = [f"# Note {n}\n\nThe number of this note is {n}.\n" for n in range(_UNCHANGED)]
            with written(notes) as (folder,), console.status("what has not changed"):
                result["unchanged_seconds"] = await check_unchanged(url, folder)
    return result


def describe(result: dict[str, object]) -> str:
    """Return the section of the page."""
    workers = result["by_workers"]
    assert isinstance(workers, dict)  # noqa: S101 - `measure` has put it there
    return "\n".join(
        (
            "## Indexing",
            "",
            f"`make bench-indexing`: {result['documents']} documents of scifact as files "
            f"({result['chunks']} chunks), read, split, embedded and written to a Postgres whose "
            "writes are durable, and beside it the embedder alone on the same chunks, in turns; "
            "medians. A worker is a process with an embedder of its own that indexes sources of "
            "its own; each embedder uses all cores, so workers on one machine share what one has.",
            "",
            f"Measured on {describe_machine(_PACKAGES)}.",
            "",
            "| | documents/s |",
            "| --- | --- |",
            f"| the embedder alone | {result['embedder_documents_a_second']} |",
            f"| indexing | {result['indexing_documents_a_second']} |",
            *(f"| indexing, {count} workers | {rate} |" for count, rate in workers.items()),
            "",
            f"Indexing has {result['share']:.0%} of the embedder's speed (bar: {_BAR:.0%}). That "
            f"{_UNCHANGED:,} documents have not changed is found in {result['unchanged_seconds']} "
            f"s (bar: {_UNCHANGED_BAR:.0f} s).",
        )
    )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--documents", type=int, default=200)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    measured = asyncio.run(measure(given.documents, given.rounds))
    write_result("indexing", measured)
    write_section("indexing", describe(measured))
