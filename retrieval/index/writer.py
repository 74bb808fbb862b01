"""Write documents to the index in batches: split, embed, store."""

import asyncio
from dataclasses import dataclass, field

from pgvector.psycopg import HalfVector
from psycopg import AsyncConnection

from retrieval.chunking.splitter import embedded_text, split
from retrieval.documents import Chunk, Document
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import EmbedderUnavailable
from retrieval.index.backlog import count_held, documents_to_fill
from retrieval.index.document_store import (
    Embedded,
    Ready,
    hash_text,
    known_vectors,
    rewrite_chunks,
    write_documents,
)
from retrieval.index.generations import Generation, ensure_vector_index
from retrieval.index.inverted_index import tidy_segments
from retrieval.progress import IndexProgress, OnProgress

_CHUNKS_AT_ONCE = 128  # a larger segment stores each term once for more chunks
_CHUNKS_AT_FIRST = 16  # an idle embedder should not wait for a full batch
_DOCUMENTS_AT_ONCE = 50  # read from the backlog in one statement


@dataclass(frozen=True, slots=True)
class Prepared:
    """A split document. Each chunk has its embedded text and hash; `vectors` are known, by hash."""

    document: Document
    hash: str
    known_id: int | None
    chunks: list[tuple[Chunk, str, str]]
    vectors: dict[str, HalfVector] = field(default_factory=dict)


class Filler:
    """Batch writer: collects documents until the embedder has a good batch, then stores them.

    A batch is embedded while the previous one is stored and the next one is split. Chunks with
    unchanged text keep their vectors. Use it from one task only.
    """

    def __init__(
        self, connection: AsyncConnection, generation: Generation, embedder: Embedder
    ) -> None:
        self._connection = connection
        self._generation = generation
        self._embedder = embedder
        self._waiting: list[Prepared] = []
        self._ahead: tuple[list[Prepared], asyncio.Task[list[Ready]]] | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether everything added is written."""
        return not self._waiting and self._ahead is None

    @property
    def is_full(self) -> bool:
        """Return whether a batch is complete, so that it is time to write."""
        enough = _CHUNKS_AT_ONCE if self._ahead else _CHUNKS_AT_FIRST
        return sum(len(prepared.chunks) for prepared in self._waiting) >= enough

    async def add(self, document: Document, hash_: str, known_id: int | None) -> None:
        """Split a document; `known_id` is the id of its earlier version in the index, if any."""
        chunks = await asyncio.to_thread(_split, document, self._embedder)
        vectors: dict[str, HalfVector] = {}
        if known_id is not None:
            vectors = await known_vectors(self._connection, self._generation, known_id)
        self._waiting.append(Prepared(document, hash_, known_id, chunks, vectors))

    async def write(self, source_id: int) -> list[Prepared]:
        """Start to embed the collected batch, then store the previous one; return what was stored.

        The previous batch is stored in one transaction. Call this until the writer `is_empty`.
        """
        waiting, ready = await self._turn()
        if waiting:
            await write_documents(self._connection, source_id, self._generation, ready)
            await tidy_segments(self._connection, self._generation)
        return waiting

    async def rewrite(self) -> int:
        """Like `write`, but store chunks only, not documents; return the number of documents."""
        waiting, ready = await self._turn()
        stored = {
            prepared.known_id: each
            for prepared, each in zip(waiting, ready, strict=True)
            if prepared.known_id is not None
        }
        if stored:
            await rewrite_chunks(self._connection, self._generation, stored)
            await tidy_segments(self._connection, self._generation)
        return len(stored)

    async def _turn(self) -> tuple[list[Prepared], list[Ready]]:
        """Start to embed the collected batch, and await the vectors of the previous one."""
        before, self._ahead = self._ahead, None
        if self._waiting:
            embedding = asyncio.create_task(self._embedded(self._waiting))
            embedding.add_done_callback(_forgive)
            self._ahead, self._waiting = (self._waiting, embedding), []
        if before is None:
            return [], []
        waiting, embedding = before
        return waiting, await embedding

    async def _embedded(self, waiting: list[Prepared]) -> list[Ready]:
        vectors = {hash_: vector for p in waiting for hash_, vector in p.vectors.items()}
        due = {hash_: read for p in waiting for _, read, hash_ in p.chunks if hash_ not in vectors}
        # Keyed by hash, so that equal texts in a batch are embedded once.
        hashes = list(due)
        for first in range(0, len(hashes), _CHUNKS_AT_ONCE):
            some = hashes[first : first + _CHUNKS_AT_ONCE]
            numbers = await self._embedder.aembed_documents([due[hash_] for hash_ in some])
            self._check(numbers)
            vectors.update(zip(some, map(HalfVector, numbers), strict=True))
        return [
            Ready(
                prepared.document,
                prepared.hash,
                [
                    Embedded(chunk, read, hash_, vectors[hash_])
                    for chunk, read, hash_ in prepared.chunks
                ],
            )
            for prepared in waiting
        ]

    def _check(self, vectors: list[list[float]]) -> None:
        """Raise EmbedderUnavailable for vectors of another size than the index has."""
        found = {len(vector) for vector in vectors} - {self._generation.dimensions}
        if found:
            raise EmbedderUnavailable(
                f"The embedder {self._embedder.name} gave a vector of {found.pop()} numbers; this "
                f"index has {self._generation.dimensions}. Nothing of that batch was written. Was "
                "its model replaced? Give the earlier one back, or reindex with the new one."
            )


def _forgive(embedding: asyncio.Task[list[Ready]]) -> None:
    """Mark a failed batch's error as seen, or asyncio logs it as never retrieved."""
    # Nobody awaits a batch if storing the previous one failed first.
    if not embedding.cancelled():
        embedding.exception()


async def fill_generation(
    connection: AsyncConnection,
    generation: Generation,
    embedder: Embedder,
    on_progress: OnProgress | None = None,
) -> None:
    """Index every stored document that is not in `generation`, from its stored text.

    Documents whose readers have changed are rewritten with their known vectors. Progress counts
    documents, including those that were there before, and is reported once a batch.
    """
    filler = Filler(connection, generation, embedder)
    done, total = await count_held(connection, generation) if on_progress else (0, 0)
    after = 0

    async def write(title: str) -> None:
        nonlocal done
        done += await filler.rewrite()
        if on_progress:
            await on_progress(IndexProgress(done, max(done, total), title))

    title = ""
    while stored := await documents_to_fill(connection, generation, after, _DOCUMENTS_AT_ONCE):
        for document_id, hash_, document in stored:
            await filler.add(document, hash_, document_id)
            after, title = document_id, document.title
            if filler.is_full:
                await write(title)
    while not filler.is_empty:
        await write(title)
    await ensure_vector_index(connection, generation)


def _split(document: Document, embedder: Embedder) -> list[tuple[Chunk, str, str]]:
    """Split a document; return each chunk with its embedded text and the hash of that."""
    chunks = split(document, embedder.count_tokens)
    reads = [embedded_text(chunk) for chunk in chunks]
    return [(chunk, read, hash_text(read)) for chunk, read in zip(chunks, reads, strict=True)]
