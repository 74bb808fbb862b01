"""Search by vector beside the exact one, by size of the index and by who asks. Tunes nothing."""

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
_CANDIDATES = 60  # as many as a search asks of each arm
_PASSAGES = 8
_AS_GOOD = 1e-4  # less than half precision tells apart
_WARM = 20
_BLOCK = 50_000


@dataclass(frozen=True, slots=True)
class Filtered:
    """What an audience found that may read `share` per cent, and how soon."""

    kind: str
    share: int
    chunks: int
    recall: float
    p50_ms: float
    p95_ms: float


class Known(Embedder):
    """The embedder with the questions' vectors at hand, to time a search without it."""

    def __init__(self, embedder: Embedder, real: Real) -> None:
        self.name, self.dimensions, self.url = embedder.name, embedder.dimensions, embedder.url
        self._embedder = embedder
        self._vectors = {
            Query.of(question).text: vector
            for question, vector in zip(real.questions, real.asked.tolist(), strict=True)
        }

    def count_tokens(self, text: str) -> int:
        """As the embedder's."""
        return self._embedder.count_tokens(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """As the embedder's."""
        return self._embedder.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        """What is at hand."""
        vector: list[float] = self._vectors[text]
        return vector

    async def aembed_query(self, text: str) -> list[float]:
        """As `embed_query`, at once."""
        return self.embed_query(text)


async def measure_size(
    folder: Path, url: str, embedder: Embedder, real: Real, count: int, console: Console
) -> dict[str, Any]:
    """All figures of an index of `count` chunks, in a workspace of its own."""
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
    """Every question for one audience: the chunks found against the nearest of what it may read."""
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
    """The cosine of each chunk's vector as it is stored, a block at a time to spare memory."""
    asked = asked.astype(np.float16).astype(np.float32)
    parts = []
    for first in range(0, len(filled.vectors), _BLOCK):
        block = filled.vectors[first : first + _BLOCK].astype(np.float32)
        parts.append(block @ asked / np.linalg.norm(block, axis=1))
    likeness: npt.NDArray[np.float32] = np.concatenate(parts) / np.linalg.norm(asked)
    return likeness


async def _search_whole(database: Database, embedder: Embedder, real: Real) -> dict[str, float]:
    """Milliseconds of a whole search by who may read all, with and without the embedding."""
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
    """What each question found and the milliseconds it took; some are asked before, to warm up."""
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
    """The figures of each size, the smallest first, all in one Postgres."""
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
    """Measure, write the results and the page."""
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
