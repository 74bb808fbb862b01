"""A source brought into the index: what changed since last time, and nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from retrieval.catalog import list_sources
from retrieval.connections import borrow_alone
from retrieval.documents import Document
from retrieval.embeddings import Embedder
from retrieval.errors import EmbedderChanged, EmptyDocument, SourceNotFound, UnreadableDocument
from retrieval.filling import Filler, fill_generation
from retrieval.generations import (
    Generation,
    ensure_generation,
    find_live,
    switch_generation,
)
from retrieval.reports import Failure, IndexProgress, IndexReport, OnProgress
from retrieval.sources.source import Listed, Source
from retrieval.store import (
    KnownDocument,
    delete_documents,
    finish_sync,
    hash_text,
    known_documents,
    refresh_document,
    upsert_source,
)


async def index_source(
    pool: AsyncConnectionPool,
    workspace: str,
    source: Source,
    embedder: Embedder,
    on_progress: OnProgress | None = None,
) -> IndexReport:
    """Bring `source` into the live index and report what was done.

    Unchanged documents are neither read nor embedded; those that are gone are deleted; each one is
    written in a transaction of its own, so that a killed run is gone on with by the next. A second
    indexer of the same source waits for the first. Where the embedder or the splitter has changed,
    every document is first brought into a new generation, which then becomes the live one.
    Raises SourceNotFound, EmbedderUnavailable and IndexUnavailable, what is done so far is kept.
    """
    started = time.monotonic()
    listed = await asyncio.to_thread(lambda: list(source.listing()))
    await _ready_generation(pool, workspace, embedder)
    lock = f"{workspace}/{source.kind}/{source.location}"
    async with borrow_alone(pool, lock) as connection:
        generation = await _live_for(connection, workspace, embedder)
        source_id = await upsert_source(connection, workspace, source)
        known = await known_documents(connection, source_id)
        sync = _Sync(connection, generation, source_id, source, embedder, known)
        report = await sync.run(listed, on_progress)
        await fill_generation(connection, generation, embedder)  # what has other readers now
        await finish_sync(connection, source_id)
    return replace(report, seconds=time.monotonic() - started)


async def reindex_all(
    pool: AsyncConnectionPool,
    workspace: str,
    embedder: Embedder,
    on_progress: OnProgress | None = None,
) -> IndexReport:
    """`index_source` for every source the workspace has, as one report.

    A source that is not there is a failure in the report; its documents stay in the index.
    Progress is told by source, each from 0 to its own total.
    """
    report = IndexReport()
    for known in await list_sources(pool, workspace):
        try:
            report += await index_source(pool, workspace, known.open(), embedder, on_progress)
        except SourceNotFound as error:
            report += IndexReport(failures=(Failure(known.location, str(error)),))
    return report


async def _ready_generation(pool: AsyncConnectionPool, workspace: str, embedder: Embedder) -> None:
    """See to it that the live generation is of this embedder and lacks no stored document."""
    async with borrow_alone(pool, f"{workspace}/generation") as connection:
        generation = await ensure_generation(pool, workspace, embedder)
        await fill_generation(connection, generation, embedder)
        if generation.state == "building":
            await switch_generation(pool, generation)
            await fill_generation(connection, generation, embedder)  # what came in meanwhile


async def _live_for(connection: AsyncConnection, workspace: str, embedder: Embedder) -> Generation:
    generation = await find_live(connection, workspace)
    if generation is None or not generation.reads(embedder):
        raise EmbedderChanged(
            f"Another process has just moved the index away from the embedder {embedder.name}. "
            "Give all processes the same setting and index again."
        )
    return generation


class _Sync:
    """One run over one source, and what it has counted so far."""

    def __init__(
        self,
        connection: AsyncConnection,
        generation: Generation,
        source_id: int,
        source: Source,
        embedder: Embedder,
        known: dict[str, KnownDocument],
    ) -> None:
        self._connection = connection
        self._source_id = source_id
        self._source = source
        self._known = known
        self._filler = Filler(connection, generation, embedder)
        self._report = IndexReport()

    async def run(self, listed: list[Listed], on_progress: OnProgress | None) -> IndexReport:
        """Delete what is gone, write what is new or changed, count the rest."""
        wanted = {item.key: item for item in listed if item.left_out is None}
        left_out = tuple(Failure(i.key, i.left_out) for i in listed if i.left_out is not None)
        gone = [key for key in self._known if key not in wanted]
        await delete_documents(self._connection, self._source_id, gone)
        due = [item.key for item in wanted.values() if not self._is_known(item)]
        done = len(wanted) - len(due)
        self._report = IndexReport(unchanged=done, deleted=len(gone), left_out=left_out)
        async for title in self._written(due):
            done += 1
            if on_progress:
                await on_progress(IndexProgress(done, len(wanted), title))
        return self._report

    def _is_known(self, item: Listed) -> bool:
        known = self._known.get(item.key)
        return known is not None and known.version == item.version

    async def _written(self, keys: list[str]) -> AsyncIterator[str]:
        """Read, embed and write the documents; the title of each one when it is dealt with."""
        for key in keys:
            document = await self._read(key)
            if document is None:
                yield key
                continue
            hash_ = hash_text(f"{document.title}\0{document.text}")
            known = self._known.get(key)
            if known and known.hash == hash_:
                await refresh_document(self._connection, known.id, document)
                self._report += IndexReport(unchanged=1)
                yield document.title
                continue
            await self._filler.add(document, hash_, known.id if known else None)
            if self._filler.is_full:
                async for title in self._flushed():
                    yield title
        async for title in self._flushed():
            yield title

    async def _flushed(self) -> AsyncIterator[str]:
        for prepared in await self._filler.write(self._source_id):
            is_new = prepared.known_id is None
            self._report += IndexReport(
                added=int(is_new), changed=int(not is_new), chunks=len(prepared.chunks)
            )
            yield prepared.document.title

    async def _read(self, key: str) -> Document | None:
        """The document; None, and a failure noted, where it cannot be read or is empty."""
        try:
            return await asyncio.to_thread(self._source.read, key)
        except UnreadableDocument as error:
            reason = str(error)
            if key in self._known and isinstance(error, EmptyDocument):
                await delete_documents(self._connection, self._source_id, [key])
                self._report += IndexReport(deleted=1)
            elif key in self._known:
                reason += " Its earlier text stays in the index."
            self._report += IndexReport(failures=(Failure(key, reason),))
            return None
