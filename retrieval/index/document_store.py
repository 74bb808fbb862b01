"""Store sources, documents and chunks in Postgres. Each document is written atomically."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pgvector.psycopg import HalfVector
from psycopg import AsyncConnection

from database.statements import load_statements
from retrieval.documents import Chunk, Document
from retrieval.errors import GenerationMoved
from retrieval.index.generations import Generation
from retrieval.index.inverted_index import write_segment
from retrieval.lexical.analyzer import terms
from retrieval.sources.source import Source

_SQL = load_statements("retrieval.index")
# Binary COPY is six times as fast here as text (docs/log.md), and wants each column's type.
_INCOMING = ["int8", "int4", "text[]", "text", "int4", "int4", "text", "int4", "int4", "halfvec"]


@dataclass(frozen=True, slots=True)
class Embedded:
    """A chunk ready to store: the embedded text, its hash, and the vector in pgvector's form."""

    chunk: Chunk
    read: str
    hash: str
    vector: HalfVector


@dataclass(frozen=True, slots=True)
class Ready:
    """A document ready to store, with its hash and embedded chunks."""

    document: Document
    hash: str
    chunks: Sequence[Embedded]


def hash_text(text: str) -> str:
    """Return the SHA-256 of a text. Texts of equal hash are embedded once."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """What the index knows of a document, to see whether it has changed."""

    id: int
    version: str
    hash: str


async def upsert_source(connection: AsyncConnection, workspace: str, source: Source) -> int:
    """Insert or update a source and set its readers on all its documents; return its id.

    Search respects the new readers from the commit on. Reader sets of chunks follow when the
    generation is filled.
    """
    readers = sorted(source.readers)
    async with connection.transaction():
        cursor = await connection.execute(
            _SQL["upsert_source"],
            {
                "workspace": workspace,
                "kind": source.kind,
                "location": source.location,
                "readers": readers,
                "url_prefix": source.url_prefix,
            },
        )
        ((source_id,),) = await cursor.fetchall()
        values = {"source": source_id, "readers": readers}
        await connection.execute(_SQL["hold_source"], values)
        await connection.execute(_SQL["set_document_readers"], values)
    return int(source_id)


async def finish_sync(connection: AsyncConnection, source_id: int) -> None:
    """Record that the source was just read completely."""
    await connection.execute(_SQL["finish_sync"], {"source": source_id})


async def known_documents(connection: AsyncConnection, source_id: int) -> dict[str, KnownDocument]:
    """Return the indexed documents of a source, by key."""
    cursor = await connection.execute(_SQL["known_documents"], {"source": source_id})
    return {key: KnownDocument(*rest) for key, *rest in await cursor.fetchall()}


async def refresh_document(
    connection: AsyncConnection, document_id: int, document: Document
) -> None:
    """Update version and URL of a document whose text is unchanged."""
    await connection.execute(
        _SQL["refresh_document"],
        {
            "document": document_id,
            "url": document.url,
            "version": document.version,
            "modified_at": document.modified_at,
        },
    )


async def delete_documents(
    connection: AsyncConnection, source_id: int, keys: Sequence[str]
) -> None:
    """Delete documents and their chunks in every generation."""
    if keys:
        values = {"source": source_id, "keys": list(keys)}
        async with connection.transaction():
            await connection.execute(_SQL["share_segments"])
            await connection.execute(_SQL["hold_documents"], values)
            await connection.execute(_SQL["delete_documents"], values)


async def write_documents(
    connection: AsyncConnection,
    source: int,
    generation: Generation,
    documents: Sequence[Ready],
) -> None:
    """Write documents and replace their chunks in one transaction.

    Raises GenerationMoved, with nothing written, if `generation` is no longer live.
    """
    terms_of = await asyncio.to_thread(_terms_of, documents)
    async with connection.transaction():
        await connection.execute(_SQL["share_segments"])
        ids = await _upsert_documents(connection, source, generation, documents)
        cursor = await connection.execute(_SQL["is_live"], {"generation": generation.id})
        if await cursor.fetchone() is None:
            raise GenerationMoved(f"Generation {generation.id} was replaced just now. Index again.")
        # Other generations lose their chunks of the old text too; filling adds the new ones.
        await connection.execute(_SQL["delete_all_chunks"], {"documents": ids})
        stored = dict(zip(ids, documents, strict=True))
        await _insert_chunks(connection, generation, stored, terms_of)


async def rewrite_chunks(
    connection: AsyncConnection, generation: Generation, documents: Mapping[int, Ready]
) -> None:
    """Replace this generation's chunks of stored documents, by document id, in one transaction.

    A document that has changed meanwhile is skipped: whoever changed it writes its chunks.
    """
    terms_of = await asyncio.to_thread(_terms_of, documents.values())
    async with connection.transaction():
        await connection.execute(_SQL["share_segments"])
        held = {
            id_: ready
            for id_, ready in sorted(documents.items())
            if await _holds_document(connection, id_, ready.hash)
        }
        values = {"documents": list(held)}
        await connection.execute(generation.statement(_SQL["delete_chunks"]), values)
        await _insert_chunks(connection, generation, held, terms_of)


async def _upsert_documents(
    connection: AsyncConnection, source: int, generation: Generation, documents: Sequence[Ready]
) -> list[int]:
    """Insert or update documents of a source; return their ids in order."""
    keys = [ready.document.key for ready in documents]
    await connection.execute(_SQL["hold_documents"], {"source": source, "keys": keys})
    rows = [
        {
            "workspace": generation.workspace,
            "source": source,
            "key": ready.document.key,
            "title": ready.document.title,
            "url": ready.document.url,
            "text": ready.document.text,
            "version": ready.document.version,
            "hash": ready.hash,
            "readers": sorted(ready.document.readers),
            "modified_at": ready.document.modified_at,
        }
        for ready in documents
    ]
    async with connection.cursor() as cursor:
        await cursor.executemany(_SQL["upsert_document"], rows, returning=True)
        return [int(id_) async for result in cursor.results() for (id_,) in await result.fetchall()]


def _terms_of(documents: Iterable[Ready]) -> dict[str, list[str]]:
    """Return the terms of all chunks, by the hash of the embedded text."""
    return {each.hash: terms(each.read) for ready in documents for each in ready.chunks}


async def _insert_chunks(
    connection: AsyncConnection,
    generation: Generation,
    documents: Mapping[int, Ready],
    terms_of: Mapping[str, list[str]],
) -> None:
    """Insert the chunks of documents, by document id, and a segment for each reader set."""
    # In a fixed order, so that two writers of new reader sets do not deadlock.
    sets = {
        readers: await _reader_set(connection, generation.workspace, readers)
        for readers in sorted({ready.document.readers for ready in documents.values()}, key=sorted)
    }
    found: dict[tuple[int, int], tuple[int, list[str]]] = {}
    # COPY is the fastest way in, but cannot write to a table with row-level security.
    await connection.execute(_SQL["make_incoming"])
    async with connection.cursor() as cursor, cursor.copy(_SQL["copy_incoming"]) as copy:
        copy.set_types(_INCOMING)
        for document_id, ready in documents.items():
            reader_set = sets[ready.document.readers]
            for embedded in ready.chunks:
                chunk, words = embedded.chunk, terms_of[embedded.hash]
                found[document_id, chunk.position] = (reader_set, words)
                row = (
                    *(document_id, chunk.position, list(chunk.headings), chunk.text),
                    *(chunk.start, chunk.end, embedded.hash),
                    *(reader_set, len(words), embedded.vector),
                )
                await copy.write_row(row)
    place = {"generation": generation.id, "workspace": generation.workspace}
    cursor = await connection.execute(generation.statement(_SQL["insert_incoming"]), place)
    segments: defaultdict[int, list[tuple[int, list[str]]]] = defaultdict(list)
    for document_id, position, chunk_id in await cursor.fetchall():
        reader_set, words = found[document_id, position]
        segments[reader_set].append((chunk_id, words))
    for reader_set, chunks in segments.items():
        await write_segment(connection, generation, reader_set, chunks)


async def _reader_set(connection: AsyncConnection, workspace: str, readers: frozenset[str]) -> int:
    values = {"workspace": workspace, "readers": sorted(readers)}
    await connection.execute(_SQL["insert_reader_set"], values)
    cursor = await connection.execute(_SQL["find_reader_set"], values)
    ((reader_set,),) = await cursor.fetchall()
    return int(reader_set)


async def _holds_document(connection: AsyncConnection, document_id: int, hash_: str) -> bool:
    """Return whether the document still has this hash, and lock it until the transaction ends."""
    values = {"document": document_id, "hash": hash_}
    cursor = await connection.execute(_SQL["hold_document"], values)
    return await cursor.fetchone() is not None


async def known_vectors(
    connection: AsyncConnection, generation: Generation, document_id: int
) -> dict[str, HalfVector]:
    """Return the vectors of a document's chunks, by the hash of the embedded text."""
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(generation.statement(_SQL["known_vectors"]), {"document": document_id})
        return dict(await cursor.fetchall())
