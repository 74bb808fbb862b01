"""Sync a source into the index: read, embed and write only what changed since the last time."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

from psycopg import AsyncConnection

from database.database import Database
from retrieval.documents import Document
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import (
    EmbedderChanged,
    EmptyDocument,
    GenerationMoved,
    RunGoesOn,
    UnreadableDocument,
)
from retrieval.index.document_store import (
    KnownDocument,
    delete_documents,
    finish_sync,
    hash_text,
    known_documents,
    refresh_document,
    upsert_source,
)
from retrieval.index.embedder_resolver import embedder_of
from retrieval.index.generations import Generation, find_live, live_generation
from retrieval.index.writer import Filler, fill_generation
from retrieval.indexing.build import Built, is_due, ready_generation
from retrieval.indexing.runs import recorded_run
from retrieval.progress import Failure, IndexProgress, IndexReport, OnProgress
from retrieval.sources.source import Listed, Source


async def index_source(
    database: Database,
    source: Source,
    embedder: Embedder,
    on_progress: OnProgress | None = None,
    *,
    builds: bool = True,
) -> IndexReport:
    """Bring `source` into the live index and report what was done.

    Unchanged documents are neither read nor embedded; missing ones are deleted. Documents are
    written in batches, so the next run resumes a killed one. A second indexer of the same source
    waits for the first. If the embedder or splitter has changed, a new generation is built
    (`ready_generation`), unless `builds` is false. Raises SourceNotFound, EmbedderUnavailable,
    EmbedderChanged, ReindexCancelled and DatabaseUnavailable; what was written so far is kept.
    """
    started = time.monotonic()
    listed = await asyncio.to_thread(lambda: list(source.listing()))
    if not builds:
        return await sync_source(database, source, listed, embedder, on_progress)
    if await can_be_written(database, embedder):  # what is new need not wait for a build
        report = await sync_source(database, source, listed, embedder, on_progress)
        built = await _ready(database, embedder, on_progress, can_wait=True)
    else:
        built = await _ready(database, embedder, on_progress, can_wait=False)
        report = await sync_source(database, source, listed, embedder, on_progress)
    notes = (built.describe(),) if built else ()
    return replace(report, seconds=time.monotonic() - started, notes=notes)


async def can_be_written(database: Database, embedder: Embedder) -> bool:
    """Return whether there is a live generation whose embedder can be opened here."""
    live = await live_generation(database)
    return live is not None and await embedder_of(live, embedder) is not None


async def sync_source(
    database: Database,
    source: Source,
    listed: list[Listed],
    embedder: Embedder,
    on_progress: OnProgress | None = None,
) -> IndexReport:
    """Like `index_source`, without building a generation; `listed` is the source's listing.

    If another generation becomes live meanwhile, continue with that one.
    """
    before = IndexReport()
    async with database.advisory_lock(
        f"{database.workspace}/{source.kind}/{source.location}"
    ) as connection:
        source_id = await upsert_source(connection, database.workspace, source)
        while True:
            generation, reader = await _live_for(connection, database.workspace, embedder)
            known = await known_documents(connection, source_id)
            sync = _Sync(connection, generation, source_id, source, reader, known)
            try:
                report = await sync.run(listed, on_progress)
                await fill_generation(connection, generation, reader)  # what has other readers now
                if await find_live(connection, database.workspace) == generation:
                    break
            except GenerationMoved:
                report = sync.report
            before += replace(report, unchanged=0, failures=(), left_out=())
        await finish_sync(connection, source_id)
    # What was written before the pointer moved was found unchanged on the next pass.
    again = before.added + before.changed
    return replace(before + report, unchanged=report.unchanged - again)


async def _ready(
    database: Database,
    embedder: Embedder,
    on_progress: OnProgress | None,
    *,
    can_wait: bool,
) -> Built | None:
    """Call `ready_generation`, recorded as a run if there is something to build.

    If another run is going on, which may be building the same, return None if this `can_wait`.
    """
    is_first = await live_generation(database) is None
    if is_first or not await is_due(database, embedder):
        return await ready_generation(database, embedder, on_progress)
    try:
        async with recorded_run(database, "reindex", None, "indexing") as recorder:
            await recorder.begin_step("building a new index")

            async def tell(progress: IndexProgress) -> None:
                await recorder.note(progress)
                if on_progress:
                    await on_progress(progress)

            built = await ready_generation(database, embedder, tell)
            recorder.outcome = built.describe() if built else None
            return built
    except RunGoesOn:
        if can_wait:
            return None
        return await ready_generation(database, embedder, on_progress)


async def _live_for(
    connection: AsyncConnection, workspace: str, embedder: Embedder
) -> tuple[Generation, Embedder]:
    """Return the live generation and its embedder. Raises EmbedderChanged."""
    generation = await find_live(connection, workspace)
    reader = await embedder_of(generation, embedder) if generation else None
    if generation is None or reader is None:
        name = generation.embedder if generation else "none"
        raise EmbedderChanged(
            f"The index in use is of the embedder {name}, and this process has {embedder.name}. "
            "Give it the same HOUSELORE_EMBEDDINGS, or move the index: `houselore reindex "
            "--switch` where one waits, `houselore rollback` to the one before."
        )
    return generation, reader


class _Sync:
    """One pass over a source, with its report so far."""

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
        self.report = IndexReport()

    async def run(self, listed: list[Listed], on_progress: OnProgress | None) -> IndexReport:
        """Delete missing documents, write new and changed ones, count the rest."""
        wanted = {item.key: item for item in listed if item.left_out is None}
        left_out = tuple(Failure(i.key, i.left_out) for i in listed if i.left_out is not None)
        gone = [key for key in self._known if key not in wanted]
        await delete_documents(self._connection, self._source_id, gone)
        due = [item.key for item in wanted.values() if not self._is_known(item)]
        done = len(wanted) - len(due)
        self.report = IndexReport(unchanged=done, deleted=len(gone), left_out=left_out)
        async for title in self._written(due):
            done += 1
            if on_progress:
                await on_progress(IndexProgress(done, len(wanted), title))
        return self.report

    def _is_known(self, item: Listed) -> bool:
        known = self._known.get(item.key)
        return known is not None and known.version == item.version

    async def _written(self, keys: list[str]) -> AsyncIterator[str]:
        """Read, embed and write documents; yield the title of each when it is finished."""
        for key in keys:
            document = await self._read(key)
            if document is None:
                yield key
                continue
            hash_ = hash_text(f"{document.title}\0{document.text}")
            known = self._known.get(key)
            # Touched, but with the same text: its chunks and vectors stay.
            if known and known.hash == hash_:
                await refresh_document(self._connection, known.id, document)
                self.report += IndexReport(unchanged=1)
                yield document.title
                continue
            await self._filler.add(document, hash_, known.id if known else None)
            if self._filler.is_full:
                async for title in self._flushed():
                    yield title
        while not self._filler.is_empty:
            async for title in self._flushed():
                yield title

    async def _flushed(self) -> AsyncIterator[str]:
        for prepared in await self._filler.write(self._source_id):
            is_new = prepared.known_id is None
            self.report += IndexReport(
                added=int(is_new), changed=int(not is_new), chunks=len(prepared.chunks)
            )
            yield prepared.document.title

    async def _read(self, key: str) -> Document | None:
        """Read a document; return None and record a failure if it is unreadable or empty."""
        try:
            return await asyncio.to_thread(self._source.read, key)
        except UnreadableDocument as error:
            reason = str(error)
            if key in self._known and isinstance(error, EmptyDocument):
                await delete_documents(self._connection, self._source_id, [key])
                self.report += IndexReport(deleted=1)
            elif key in self._known:
                reason += " Its earlier text stays in the index."
            self.report += IndexReport(failures=(Failure(key, reason),))
            return None
