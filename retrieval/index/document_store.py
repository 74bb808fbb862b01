"""Sources, documents and chunks as rows in Postgres, each document written whole. Searches none."""

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
    """A chunk ready to be stored: what was embedded of it, and its vector."""

    chunk: Chunk
    read: str
    hash: str
    vector: HalfVector


@dataclass(frozen=True, slots=True)
class Ready:
    """A document ready to be stored: its hash and its embedded chunks."""

    document: Document
    hash: str
    chunks: Sequence[Embedded]


def hash_text(text: str) -> str:
    """The SHA-256 of a text; equal hashes need no second embedding."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """What the index holds of a document, to tell whether it has changed."""

    id: int
    version: str
    hash: str


async def upsert_source(connection: AsyncConnection, workspace: str, source: Source) -> int:
    """The source's row, and its readers on all its documents at once; its id.

    From then on nobody else is shown them; their chunks follow when the generation is filled.
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
    """Note that the source was read to its end just now."""
    await connection.execute(_SQL["finish_sync"], {"source": source_id})


async def known_documents(connection: AsyncConnection, source_id: int) -> dict[str, KnownDocument]:
    """The documents that the index holds of a source, by key."""
    cursor = await connection.execute(_SQL["known_documents"], {"source": source_id})
    return {key: KnownDocument(*rest) for key, *rest in await cursor.fetchall()}


async def refresh_document(
    connection: AsyncConnection, document_id: int, document: Document
) -> None:
    """Note the version and URL of a document whose text is as it was."""
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
    """Delete documents with their chunks in every generation."""
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
    """Documents with their chunks in the place of what was there, in one transaction.

    Chunks of other generations go as well: they are of an earlier text, and filling brings them.
    Raises GenerationMoved, with nothing written, where `generation` is live no more.
    """
    terms_of = await asyncio.to_thread(_terms_of, documents)
    async with connection.transaction():
        await connection.execute(_SQL["share_segments"])
        ids = await _upsert_documents(connection, source, generation, documents)
        cursor = await connection.execute(_SQL["is_live"], {"generation": generation.id})
        if await cursor.fetchone() is None:
            raise GenerationMoved(f"Generation {generation.id} was replaced just now. Index again.")
        await connection.execute(_SQL["delete_all_chunks"], {"documents": ids})
        stored = dict(zip(ids, documents, strict=True))
        await _insert_chunks(connection, generation, stored, terms_of)


async def rewrite_chunks(
    connection: AsyncConnection, generation: Generation, documents: Mapping[int, Ready]
) -> None:
    """The chunks of stored documents, by id, in the place of those of this generation.

    In one transaction. A document that has changed meanwhile is left to who changed it.
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
    """The ids of documents of a source, written as they are now, in order."""
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
    """The terms of all chunks by the hash of what they are the terms of."""
    return {each.hash: terms(each.read) for ready in documents for each in ready.chunks}


async def _insert_chunks(
    connection: AsyncConnection,
    generation: Generation,
    documents: Mapping[int, Ready],
    terms_of: Mapping[str, list[str]],
) -> None:
    """The chunks of documents, by the documents' ids, and a segment for each set of readers."""
    sets = {
        readers: await _reader_set(connection, generation.workspace, readers)
        for readers in sorted({ready.document.readers for ready in documents.values()}, key=sorted)
    }
    found: dict[tuple[int, int], tuple[int, list[str]]] = {}
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
    """Whether the document still has this hash; it keeps it until the transaction ends."""
    values = {"document": document_id, "hash": hash_}
    cursor = await connection.execute(_SQL["hold_document"], values)
    return await cursor.fetchone() is not None


async def known_vectors(
    connection: AsyncConnection, generation: Generation, document_id: int
) -> dict[str, HalfVector]:
    """The vectors of a document's chunks by the hash of what was embedded."""
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(generation.statement(_SQL["known_vectors"]), {"document": document_id})
        return dict(await cursor.fetchall())
