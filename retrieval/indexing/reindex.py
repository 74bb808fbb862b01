"""Reindex, switch and roll back as recorded runs: one at a time, with progress, cancellable."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from database.database import Database
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import SourceNotFound
from retrieval.index.generations import Generation
from retrieval.index.source_catalog import KnownSource, list_sources
from retrieval.indexing.build import Built, ready_generation
from retrieval.indexing.dry_run import ReindexPlan, plan_reindex
from retrieval.indexing.promotion import drop_old_generations, roll_back, switch_to_candidate
from retrieval.indexing.runs import Recorder, recorded_run
from retrieval.indexing.source_selection import choose_sources
from retrieval.indexing.sync import can_be_written, sync_source
from retrieval.progress import Failure, IndexProgress, IndexReport
from retrieval.sources.source import Listed, Source


@dataclass(frozen=True, slots=True)
class RunProgress(IndexProgress):
    """Progress of a whole run: with its `step`, and `seconds_left`, None while unknown."""

    step: str
    seconds_left: float | None


OnRunProgress = Callable[[RunProgress], Awaitable[None]]
"""Called after each document."""


async def plan(database: Database, embedder: Embedder, word: str | None) -> ReindexPlan:
    """Estimate what `reindex` would do (a dry run).

    Raises ReindexRefused, EmbedderUnavailable and DatabaseUnavailable.
    """
    sources = choose_sources(await list_sources(database), word)
    return await plan_reindex(database, embedder, sources)


async def reindex(
    database: Database,
    embedder: Embedder,
    started_by: str,
    word: str | None = None,
    on_progress: OnRunProgress | None = None,
) -> IndexReport:
    """Bring the sources selected by `word` up to date; None selects all.

    If the embedder or splitter has changed, a new generation is built as well. A missing source is
    a failure in the report, and its documents stay indexed. Raises ReindexRefused (no such source,
    another run is going on), ReindexCancelled, EmbedderUnavailable and DatabaseUnavailable; what
    was written before that is kept.
    """
    sources = choose_sources(await list_sources(database), word)
    started = time.monotonic()
    async with recorded_run(database, "reindex", word, started_by) as recorder:
        watch = _Watch(recorder, on_progress)
        if await can_be_written(database, embedder):  # what is new need not wait for a build
            report = await _sync_all(database, sources, embedder, watch)
            built = await _build(database, embedder, watch)
        else:
            built = await _build(database, embedder, watch)
            report = await _sync_all(database, sources, embedder, watch)
        await drop_old_generations(database)
        notes = (built.describe(),) if built else ()
        report = replace(report, seconds=time.monotonic() - started, notes=notes)
        recorder.outcome = " ".join((report.describe(), *notes))
    return report


async def switch(
    database: Database,
    embedder: Embedder,
    started_by: str,
    on_progress: OnRunProgress | None = None,
) -> Generation:
    """Promote the candidate whatever its comparison. Raises ReindexRefused, ReindexCancelled."""
    async with recorded_run(database, "switch", None, started_by) as recorder:
        watch = _Watch(recorder, on_progress)
        await watch.begin_step("catching up")
        live = await switch_to_candidate(database, embedder, watch.tell)
        await drop_old_generations(database)
        recorder.outcome = f"Generation {live.id} is live."
    return live


async def rollback(
    database: Database,
    embedder: Embedder,
    started_by: str,
    on_progress: OnRunProgress | None = None,
) -> Generation:
    """Make the previous generation live again. Raises ReindexRefused, ReindexCancelled."""
    async with recorded_run(database, "rollback", None, started_by) as recorder:
        watch = _Watch(recorder, on_progress)
        await watch.begin_step("catching up")
        live = await roll_back(database, embedder, watch.tell)
        recorder.outcome = f"Generation {live.id} is live again."
    return live


class _Watch:
    """Reports progress to the run's row and to a callback; all sources count as one job."""

    def __init__(self, recorder: Recorder, on_progress: OnRunProgress | None) -> None:
        self._recorder = recorder
        self._on_progress = on_progress
        self.before = 0
        self.total = 0

    async def begin_step(self, step: str) -> None:
        """Start the next step, counting from 0."""
        self.before = self.total = 0
        await self._recorder.begin_step(step)

    async def tell(self, progress: IndexProgress) -> None:
        """Report progress. Raises ReindexCancelled if somebody cancelled the run."""
        done, total = self.before + progress.done, max(self.total, progress.total)
        await self._recorder.note(IndexProgress(done, total, progress.title))
        if self._on_progress:
            left = self._recorder.seconds_left
            await self._on_progress(
                RunProgress(done, total, progress.title, self._recorder.step, left)
            )


async def _build(database: Database, embedder: Embedder, watch: _Watch) -> Built | None:
    await watch.begin_step("building a new index")
    return await ready_generation(database, embedder, watch.tell)


async def _sync_all(
    database: Database,
    sources: Sequence[KnownSource],
    embedder: Embedder,
    watch: _Watch,
) -> IndexReport:
    await watch.begin_step("reading")
    report = IndexReport()
    opened: list[tuple[Source, list[Listed]]] = []
    for known in sources:
        try:
            source = known.open()
            listed = await asyncio.to_thread(_listed, source)
        except SourceNotFound as error:
            report += IndexReport(failures=(Failure(known.location, str(error)),))
            continue
        opened.append((source, listed))
        watch.total += sum(item.left_out is None for item in listed)
    for source, listed in opened:
        report += await sync_source(database, source, listed, embedder, watch.tell)
        watch.before += sum(item.left_out is None for item in listed)
    return report


def _listed(source: Source) -> list[Listed]:
    return list(source.listing())
