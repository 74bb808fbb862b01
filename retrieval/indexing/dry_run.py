"""Estimate from a sample what a reindex would change, and its time and size on disk."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean
from typing import Any

from pgvector.psycopg import HalfVector
from psycopg import AsyncConnection

from database.database import Database
from database.statements import load_statements
from retrieval.chunking.splitter import embedded_text, split
from retrieval.documents import Document
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import RetrievalError, SourceNotFound
from retrieval.index.document_store import KnownDocument, hash_text, known_documents, known_vectors
from retrieval.index.generations import Generation, find_live, find_same
from retrieval.index.source_catalog import KnownSource
from retrieval.indexing.eta import in_words
from retrieval.progress import Failure
from retrieval.sources.source import Source

_SQL = load_statements("retrieval.indexing")
_INDEX_SQL = load_statements("retrieval.index")
_LOOKED_AT = 40  # documents of a source
_LOOKING_SECONDS = 5.0  # for each source
_PROBED = 24  # texts that are embedded to measure the embedder's speed
_BYTES_A_NUMBER = 2  # half precision
# Bytes of a chunk without its vector, used if there are too few chunks to measure it.
_BYTES_BESIDE = 4_400
_FEWEST_SEEN = 500


@dataclass(frozen=True, slots=True)
class ReindexPlan:
    """Numbers of documents; `chunks`, `seconds` and `bytes` are reckoned.

    `rebuilt` is the number of documents in a new generation, None if none has to be built.
    `looked_at` is the number of documents read for the estimate.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    failures: tuple[Failure, ...] = ()
    rebuilt: int | None = None
    looked_at: int = 0
    chunks: int = 0
    seconds: float = 0.0
    bytes: int = 0

    def describe(self) -> str:
        """Return the plan as a few sentences."""
        said = (
            f"This would add {self.added:,}, change {self.changed:,} and delete {self.deleted:,} "
            f"documents, and leave {self.unchanged:,} as they are."
        )
        if self.rebuilt is not None:
            said += (
                f" A new index of all {self.rebuilt:,} documents would be built beside the one in "
                "use, compared with it, and switched to if it finds no less."
            )
        if self.chunks:
            said += (
                f" About {self.chunks:,} passages to embed, {in_words(self.seconds)}, "
                f"{in_bytes(self.bytes)}; reckoned from {self.looked_at:,} documents."
            )
        return said + " Nothing was written."


def in_bytes(count: float) -> str:
    """Format a size: `0.3 MB`, `1.2 GB`."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(count, 1e5) / 1e6:.1f} MB"


async def plan_reindex(
    database: Database, embedder: Embedder, sources: Sequence[KnownSource]
) -> ReindexPlan:
    """List the sources and read a sample of the documents that a reindex would read.

    Changes nothing. Raises EmbedderUnavailable and DatabaseUnavailable.
    """
    async with database.connection() as connection:
        live = await find_live(connection, database.workspace)
        same = await find_same(connection, database.workspace, embedder)
        look = _Look(connection, embedder, live)
        for known in sources:
            await look.through(known)
        if same is None or same.state == "building":
            await look.rebuild(database.workspace, same)
        return await look.plan()


@dataclass(slots=True)
class _Sample:
    """A sample of the `due` documents: seconds each took, and the texts in each to embed."""

    due: int = 0
    seconds: list[float] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)
    same: int = 0
    unread: set[str] = field(default_factory=set)

    @property
    def chunks(self) -> float:
        """Estimate the chunks to embed in all due documents."""
        return self.due * mean(map(len, self.texts)) if self.texts else 0.0

    @property
    def reading(self) -> float:
        """Estimate the seconds to read and split all due documents."""
        return self.due * mean(self.seconds) if self.seconds else 0.0


class _Look:
    """Collects counts and samples over all sources."""

    def __init__(
        self, connection: AsyncConnection, embedder: Embedder, live: Generation | None
    ) -> None:
        self._connection = connection
        self._embedder = embedder
        self._live = live
        self._added = self._changed = self._unchanged = self._deleted = 0
        self._failures: list[Failure] = []
        self._samples: list[_Sample] = []
        self._rebuilt: int | None = None

    async def through(self, known: KnownSource) -> None:
        """Compare a source with its indexed documents, and read a sample of those that differ."""
        try:
            source = known.open()
            listed = await asyncio.to_thread(lambda: list(source.listing()))
        except SourceNotFound as error:
            self._failures.append(Failure(known.location, str(error)))
            return
        held = await known_documents(self._connection, known.id)
        wanted = {item.key: item.version for item in listed if item.left_out is None}
        due = [k for k, version in wanted.items() if k not in held or held[k].version != version]
        self._deleted += len(held.keys() - wanted.keys())
        self._unchanged += len(wanted) - len(due)
        sample = _Sample(len(due))
        self._samples.append(sample)
        await self._read_some(source, due, held, sample)
        due = [key for key in due if key not in sample.unread]
        self._unchanged += len(sample.unread & held.keys())  # their earlier text stays
        new = sum(key not in held for key in due)
        same = round(sample.same / len(sample.texts) * len(due)) if sample.texts else 0
        same = min(same, len(due) - new)
        self._added += new
        self._changed += len(due) - new - same
        self._unchanged += same

    async def rebuild(self, workspace: str, building: Generation | None) -> None:
        """Sample the stored documents that a new generation would index."""
        values = {"workspace": workspace, "limit": _LOOKED_AT}
        ((total,),) = await self._rows(_INDEX_SQL["count_documents"], values)
        self._rebuilt = total
        if building is not None:
            total = len(
                await self._rows(building.statement(_INDEX_SQL["lacking_documents"]), values)
            )
        sample = _Sample(total)
        self._samples.append(sample)
        for key, title, text in await self._rows(_SQL["some_documents"], values):
            started = time.perf_counter()
            document = Document(key, title, text, version="")
            pieces = await asyncio.to_thread(self._split, document)
            sample.texts.append([read for read, _ in pieces])
            sample.seconds.append(time.perf_counter() - started)

    async def plan(self) -> ReindexPlan:
        """Extrapolate the samples to all due documents."""
        chunks = sum(sample.chunks for sample in self._samples)
        texts = [text for sample in self._samples for one in sample.texts for text in one]
        seconds = sum(sample.reading for sample in self._samples)
        size = 0.0
        if texts:
            probed = texts[:: max(1, len(texts) // _PROBED)][:_PROBED]
            started = time.perf_counter()
            await self._embedder.aembed_documents(probed)
            seconds += chunks * (time.perf_counter() - started) / len(probed)
            size = chunks * await self._bytes_a_chunk()
        return ReindexPlan(
            *(self._added, self._changed, self._unchanged, self._deleted, tuple(self._failures)),
            rebuilt=self._rebuilt,
            looked_at=sum(len(sample.texts) for sample in self._samples),
            chunks=round(chunks),
            seconds=seconds,
            bytes=round(size),
        )

    async def _read_some(
        self, source: Source, due: list[str], held: dict[str, KnownDocument], sample: _Sample
    ) -> None:
        end = time.monotonic() + _LOOKING_SECONDS
        for key in due[:: max(1, len(due) // _LOOKED_AT)][:_LOOKED_AT]:
            if time.monotonic() > end:
                return
            started = time.perf_counter()
            try:
                document = await asyncio.to_thread(source.read, key)
            except RetrievalError as error:
                self._failures.append(Failure(key, str(error)))
                sample.unread.add(key)
                continue
            known = held.get(key)
            if known and known.hash == hash_text(f"{document.title}\0{document.text}"):
                sample.same += 1
                sample.texts.append([])
                continue
            split_ = await asyncio.to_thread(self._split, document)
            vectors: dict[str, HalfVector] = {}
            if known and self._live:
                vectors = await known_vectors(self._connection, self._live, known.id)
            sample.texts.append([text for text, hash_ in split_ if hash_ not in vectors])
            sample.seconds.append(time.perf_counter() - started)

    async def _bytes_a_chunk(self) -> float:
        """Estimate the bytes of a chunk on disk from the live index, adjusted for vector size."""
        own = self._embedder.dimensions * _BYTES_A_NUMBER
        if self._live is not None:
            ((size, count),) = await self._rows(self._live.statement(_SQL["index_bytes"]), {})
            if count >= _FEWEST_SEEN:
                return float(size / count) - self._live.dimensions * _BYTES_A_NUMBER + own
        return _BYTES_BESIDE + own

    async def _rows(self, statement: Any, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        return await (await self._connection.execute(statement, values)).fetchall()

    def _split(self, document: Document) -> list[tuple[str, str]]:
        chunks = split(document, self._embedder.count_tokens)
        return [(text, hash_text(text)) for text in map(embedded_text, chunks)]
