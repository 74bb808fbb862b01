"""Compare approximate vector search with exact search, by size of the index and by audience."""

import argparse
import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console

from benchmarks.ann_corpus import KINDS, SHARES, Real, read_real, readers_of
from benchmarks.ann_index import Filled, fill
from benchmarks.ann_page import write_page
from benchmarks.machine import describe_machine
from benchmarks.shared import write_result
from database.database import Database, open_database
from houselore.embedded.postgres import embedded_postgres
from houselore.migrations import upgrade
from retrieval.audience import Audience
from retrieval.embeddings.embedder import EMBEDDED, Embedder
from retrieval.embeddings.open import open_embedder
from retrieval.index.generations import ensure_generation
from retrieval.search.arms import Hit, search_dense
from retrieval.search.query import Query
from retrieval.search.retriever import search
from retrieval.search.scope import find_scope, read_as_of_now

_FOUND = 10
_CANDIDATES = 60  # as many as a search takes from each arm
_PASSAGES = 8
_AS_GOOD = 1e-4  # below the resolution of half precision
_WARM = 20
_BLOCK = 50_000


@dataclass(frozen=True, slots=True)
class Filtered:
    """Recall and time for an audience that may read `share` per cent of the chunks."""

    kind: str
    share: int
    chunks: int
    recall: float
    p50_ms: float
    p95_ms: float


class Known(Embedder):
    """An embedder with the questions' vectors at hand, to time a search without embedding."""

    def __init__(self, embedder: Embedder, real: Real) -> None:
        self.name, self.dimensions, self.url = embedder.name, embedder.dimensions, embedder.url
        self._embedder = embedder
        self._vectors = {
            Query.of(question).text: vector
            for question, vector in zip(real.questions, real.asked.tolist(), strict=True)
        }

    def count_tokens(self, text: str) -> int:
        """Count tokens with the embedder."""
        return self._embedder.count_tokens(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embed with the embedder."""
        return self._embedder.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        """Return the known vector."""
        vector: list[float] = self._vectors[text]
        return vector

    async def aembed_query(self, text: str) -> list[float]:
        """Return the known vector."""
        return self.embed_query(text)


async def measure_size(
    folder: Path, url: str, embedder: Embedder, real: Real, count: int, console: Console
) -> dict[str, Any]:
    """Return all figures of an index of `count` chunks, in a workspace of its own."""
    workspace = f"{count} chunks"
    async with open_database(url, workspace) as database:
        generation = await ensure_generation(database, embedder)
        with console.status("") as status:
            async with database.connection() as connection:
                await connection.set_autocommit(True)
                filled = await fill(
                    connection,
                    generation,
                    real,
                    count,
                    folder / f"{count}.json",
                    lambda done: status.update(f"{done:,} of {count:,} chunks"),
                )
                await connection.set_autocommit(False)
            likeness = np.stack([_likeness(filled, asked) for asked in real.asked])
            filtered = [
                await _ask_as(database, filled, real, likeness, kind, share)
                for kind in KINDS
                for share in SHARES
                if kind == KINDS[0] or share < SHARES[-1]
            ]
        whole = await _search_whole(database, embedder, real) if filled.has_words else {}
    return {
        "chunks": count,
        "seconds": dict(filled.seconds),
        "bytes": dict(filled.bytes),
        "filtered": [asdict(each) for each in filtered],
        "whole": whole,
    }


async def _ask_as(
    database: Database,
    filled: Filled,
    real: Real,
    likeness: npt.NDArray[np.float32],
    kind: str,
    share: int,
) -> Filtered:
    """Ask every question for one audience; compare with the exact nearest chunks it may read."""
    audience = Audience(filled.generation.workspace, readers_of(kind, share))
    seen = np.array([bool(readers & audience.readers) for readers in filled.readers])

    async def ask(at: int) -> list[Hit]:
        async with database.connection() as connection, connection.transaction():
            await read_as_of_now(connection)
            scope = await find_scope(connection, filled.generation, audience)
            vector = real.asked[at].tolist()
            return await search_dense(connection, scope, vector, _CANDIDATES)

    found, times = await _timed(ask, len(real.questions))
    places = {int(id_): at for at, id_ in enumerate(filled.ids)}
    recalls = []
    for at, hits in enumerate(found):
        least = np.partition(likeness[at][seen], -_FOUND)[-_FOUND]
        good = sum(likeness[at][places[id_]] >= least - _AS_GOOD for id_, _ in hits[:_FOUND])
        recalls.append(good / _FOUND)
    recall = round(float(np.mean(recalls)), 4)
    return Filtered(kind, share, int(seen.sum()), recall, *_percentiles(times))


def _likeness(filled: Filled, asked: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the cosine of the question with each chunk's stored vector."""
    asked = asked.astype(np.float16).astype(np.float32)
    parts = []
    # A block at a time, as all vectors in single precision would not fit in memory.
    for first in range(0, len(filled.vectors), _BLOCK):
        block = filled.vectors[first : first + _BLOCK].astype(np.float32)
        parts.append(block @ asked / np.linalg.norm(block, axis=1))
    likeness: npt.NDArray[np.float32] = np.concatenate(parts) / np.linalg.norm(asked)
    return likeness


async def _search_whole(database: Database, embedder: Embedder, real: Real) -> dict[str, float]:
    """Return milliseconds of a whole search that may read all, with and without the embedding."""
    audience = Audience(database.workspace, readers_of(KINDS[0], SHARES[-1]))
    figures: dict[str, float] = {}
    for name, given in (("without", Known(embedder, real)), ("with", embedder)):

        async def ask(at: int, given: Embedder = given) -> object:
            return await search(database, given, real.questions[at], audience, _PASSAGES)

        _, times = await _timed(ask, len(real.questions))
        p50, p95 = _percentiles(times)
        figures |= {f"{name}_embedding_p50_ms": p50, f"{name}_embedding_p95_ms": p95}
    return figures


async def _timed(ask: Callable[[int], Awaitable[Any]], count: int) -> tuple[list[Any], list[float]]:
    """Return what each question found and its milliseconds; some are asked first to warm up."""
    for at in range(min(_WARM, count)):
        await ask(at)
    found, times = [], []
    for at in range(count):
        started = time.perf_counter()
        found.append(await ask(at))
        times.append(1000 * (time.perf_counter() - started))
    return found, times


def _percentiles(times: list[float]) -> tuple[float, float]:
    p50, p95 = np.percentile(times, [50, 95])
    return round(float(p50), 2), round(float(p95), 2)


async def measure(sizes: list[int], folder: Path) -> list[dict[str, Any]]:
    """Return the figures of each size, smallest first, all in one Postgres."""
    console = Console(stderr=True)
    embedder = open_embedder(EMBEDDED)
    with console.status("Embedding 5,000 real chunks"):
        real = read_real(embedder, folder / "vectors.npy")
    measured = []
    async with embedded_postgres(folder / "postgres") as url:
        upgrade(url)
        for size in sorted(sizes):
            measured.append(await measure_size(folder, url, embedder, real, size, console))
            console.print(measured[-1])
    return measured


def main() -> None:
    """Measure; write the results and the page."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", default="10000,100000", help="numbers of chunks, by comma")
    arguments.add_argument("--folder", type=Path, help="keeps the database for the next time")
    given = arguments.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    with TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        measured = asyncio.run(measure(sizes, folder))
    machine = describe_machine(("embedded-postgres", "psycopg", "numpy"))
    load = os.getloadavg()[1]
    if load > len(os.sched_getaffinity(0)):
        machine += f", while others were at work on it (a load of {load:.0f}): times are too long"
    write_result("ann", {"machine": machine, "sizes": measured})
    write_page(machine, measured)


if __name__ == "__main__":
    main()
