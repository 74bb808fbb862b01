"""Sources, documents and chunks as rows in Postgres, each document written whole. Searches none."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from retrieval.documents import Chunk, Document
from retrieval.generations import Generation
from retrieval.lexical import terms
from retrieval.sources.source import Source
from retrieval.statements import load_statements

_SQL = load_statements("retrieval")
_MOST_POSITIONS = 255  # Postgres keeps no more of one lexeme
_LAST_POSITION = 16_383


@dataclass(frozen=True, slots=True)
class Embedded:
    """A chunk ready to be stored: what was embedded of it, and the vector as Postgres reads it."""

    chunk: Chunk
    read: str
    hash: str
    vector: str


def hash_text(text: str) -> str:
    """The SHA-256 of a text; equal hashes need no second embedding."""
    return hashlib.sha256(text.encode()).hexdigest()


def to_vector(numbers: Sequence[float]) -> str:
    """A vector as pgvector reads it; five digits are more than half precision keeps."""
    return f"[{','.join(f'{number:.5g}' for number in numbers)}]"


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """What the index holds of a document, to tell whether it has changed."""

    id: int
    version: str
    hash: str


async def upsert_source(connection: AsyncConnection, workspace: str, source: Source) -> int:
    """The source's row, and its readers on all its documents and chunks at once; its id."""
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
        for statement in ("set_document_readers", "set_chunk_readers"):
            await connection.execute(_SQL[statement], {"source": source_id, "readers": readers})
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
        await connection.execute(_SQL["delete_documents"], values)


async def documents_to_fill(
    connection: AsyncConnection, generation: Generation, after: int, limit: int
) -> list[tuple[int, str, Document]]:
    """Stored documents with ids beyond `after` that `generation` lacks: id, hash, the document."""
    values = {"workspace": generation.workspace, "after": after, "limit": limit}
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(generation.statement("documents_to_fill"), values)
        rows = await cursor.fetchall()
    return [
        (row.pop("id"), row.pop("hash"), Document(**{**row, "readers": frozenset(row["readers"])}))
        for row in rows
    ]


async def holds_document(connection: AsyncConnection, document_id: int, hash_: str) -> bool:
    """Whether the document still has this hash; it keeps it until the transaction ends."""
    values = {"document": document_id, "hash": hash_}
    cursor = await connection.execute(_SQL["hold_document"], values)
    return await cursor.fetchone() is not None


async def write_document(
    connection: AsyncConnection,
    source: int,
    generation: Generation,
    document: Document,
    hash_: str,
    chunks: Sequence[Embedded],
) -> int:
    """The document and its chunks in the place of what was there, in one transaction; its id."""
    async with connection.transaction():
        cursor = await connection.execute(
            _SQL["upsert_document"],
            {
                "workspace": generation.workspace,
                "source": source,
                "key": document.key,
                "title": document.title,
                "url": document.url,
                "text": document.text,
                "version": document.version,
                "hash": hash_,
                "readers": sorted(document.readers),
                "modified_at": document.modified_at,
            },
        )
        ((document_id,),) = await cursor.fetchall()
        await write_chunks(connection, generation, document_id, document.readers, chunks)
    return int(document_id)


async def write_chunks(
    connection: AsyncConnection,
    generation: Generation,
    document_id: int,
    readers: frozenset[str],
    chunks: Sequence[Embedded],
) -> None:
    """A document's chunks in one generation in the place of those before; within a transaction."""
    await connection.execute(generation.statement("delete_chunks"), {"document": document_id})
    async with (
        connection.cursor() as cursor,
        cursor.copy(generation.statement("copy_chunks")) as copy,
    ):
        for embedded in chunks:
            chunk = embedded.chunk
            row = (
                *(generation.id, generation.workspace, document_id, chunk.position),
                *(list(chunk.headings), chunk.text, chunk.start, chunk.end, embedded.hash),
                *(sorted(readers), embedded.vector, _tsvector(terms(embedded.read))),
            )
            await copy.write_row(row)


async def known_vectors(
    connection: AsyncConnection, generation: Generation, document_id: int
) -> dict[str, str]:
    """The vectors of a document's chunks by the hash of what was embedded."""
    cursor = await connection.execute(
        generation.statement("known_vectors"), {"document": document_id}
    )
    return dict(await cursor.fetchall())


def _tsvector(found: Sequence[str]) -> str:
    """Terms with their positions, as Postgres reads a tsvector."""
    places: dict[str, list[int]] = {}
    for position, term in enumerate(found, 1):
        places.setdefault(term, []).append(min(position, _LAST_POSITION))
    return " ".join(
        f"{quote_term(term)}:{','.join(map(str, at[:_MOST_POSITIONS]))}"
        for term, at in places.items()
    )


def quote_term(term: str) -> str:
    """A term as Postgres reads it within a tsvector or a tsquery."""
    escaped = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
