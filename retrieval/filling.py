"""Documents split, embedded some at a time and written, each whole. Decides not which."""

import asyncio
from dataclasses import dataclass, field

from psycopg import AsyncConnection

from retrieval.documents import Chunk, Document
from retrieval.embeddings import Embedder
from retrieval.generations import Generation, ensure_vector_index
from retrieval.reports import IndexProgress, OnProgress
from retrieval.segments import tidy_segments
from retrieval.splitting import embedded_text, split
from retrieval.store import (
    Embedded,
    Ready,
    count_held,
    documents_to_fill,
    hash_text,
    known_vectors,
    rewrite_chunks,
    to_vector,
    write_documents,
)

_CHUNKS_AT_ONCE = 64
_DOCUMENTS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that is split; `vectors` are those at hand, by the hash of what was embedded."""

    document: Document
    hash: str
    known_id: int | None
    chunks: list[tuple[Chunk, str, str]]
    vectors: dict[str, str] = field(default_factory=dict)


class Filler:
    """Gathers documents until they make a good batch for the embedder, then writes them.

    Chunks whose text has not changed keep their vector. Not for two tasks at once.
    """

    def __init__(
        self, connection: AsyncConnection, generation: Generation, embedder: Embedder
    ) -> None:
        self._connection = connection
        self._generation = generation
        self._embedder = embedder
        self._waiting: list[Prepared] = []

    @property
    def is_full(self) -> bool:
        """Whether it is time to write."""
        return sum(len(prepared.chunks) for prepared in self._waiting) >= _CHUNKS_AT_ONCE

    async def add(self, document: Document, hash_: str, known_id: int | None) -> None:
        """Split a document; `known_id` is its row where the index has an earlier state of it."""
        chunks = await asyncio.to_thread(_split, document, self._embedder)
        vectors: dict[str, str] = {}
        if known_id is not None:
            vectors = await known_vectors(self._connection, self._generation, known_id)
        self._waiting.append(Prepared(document, hash_, known_id, chunks, vectors))

    async def write(self, source_id: int) -> list[Prepared]:
        """Embed and write what was gathered, all or nothing; what was written."""
        waiting, ready = await self._embedded()
        if waiting:
            await write_documents(self._connection, source_id, self._generation, ready)
            await tidy_segments(self._connection, self._generation)
        return waiting

    async def rewrite(self) -> None:
        """Embed and write the chunks of what was gathered; the documents' rows stay."""
        waiting, ready = await self._embedded()
        stored = {
            prepared.known_id: each
            for prepared, each in zip(waiting, ready, strict=True)
            if prepared.known_id is not None
        }
        if stored:
            await rewrite_chunks(self._connection, self._generation, stored)
            await tidy_segments(self._connection, self._generation)

    async def _embedded(self) -> tuple[list[Prepared], list[Ready]]:
        waiting, self._waiting = self._waiting, []
        vectors = {hash_: vector for p in waiting for hash_, vector in p.vectors.items()}
        due = {hash_: read for p in waiting for _, read, hash_ in p.chunks if hash_ not in vectors}
        hashes = list(due)
        for first in range(0, len(hashes), _CHUNKS_AT_ONCE):
            some = hashes[first : first + _CHUNKS_AT_ONCE]
            numbers = await self._embedder.aembed_documents([due[hash_] for hash_ in some])
            vectors.update(zip(some, map(to_vector, numbers), strict=True))
        ready = [
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
        return waiting, ready


async def fill_generation(
    connection: AsyncConnection,
    generation: Generation,
    embedder: Embedder,
    on_progress: OnProgress | None = None,
) -> None:
    """Bring every stored document that `generation` lacks into it, from its stored text.

    So too those that it holds for other readers than they have now; nothing is embedded again.
    Progress counts documents, those that it held before included.
    """
    filler = Filler(connection, generation, embedder)
    done, total = await count_held(connection, generation) if on_progress else (0, 0)
    after = 0
    while stored := await documents_to_fill(connection, generation, after, _DOCUMENTS_AT_ONCE):
        for document_id, hash_, document in stored:
            await filler.add(document, hash_, document_id)
            if filler.is_full:
                await filler.rewrite()
            after, done = document_id, done + 1
            if on_progress:
                await on_progress(IndexProgress(done, max(done, total), document.title))
    await filler.rewrite()
    await ensure_vector_index(connection, generation)


def _split(document: Document, embedder: Embedder) -> list[tuple[Chunk, str, str]]:
    """A document's chunks with what is embedded of each and the hash of that."""
    chunks = split(document, embedder.count_tokens)
    reads = [embedded_text(chunk) for chunk in chunks]
    return [(chunk, read, hash_text(read)) for chunk, read in zip(chunks, reads, strict=True)]
