"""Re-index changed sources periodically while the bot runs."""

import logging

from psycopg_pool import AsyncConnectionPool

from database.cancellation import pause
from database.errors import DatabaseUnavailable
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import RetrievalError
from retrieval.index.source_catalog import KnownSource, list_sources
from retrieval.indexing.promotion import drop_old_generations
from retrieval.indexing.sync import index_source

_log = logging.getLogger(__name__)
_EXPECTED = (DatabaseUnavailable, RetrievalError)


async def keep_fresh(
    pool: AsyncConnectionPool, workspace: str, embedder: Embedder, seconds: float
) -> None:
    """Sync every source, then wait `seconds`, until cancelled.

    A failed source is retried in the next round; the same failure is logged once.
    """
    failures: dict[str, str] = {}
    while True:
        await pause(seconds)
        try:
            sources = await list_sources(pool, workspace)
        except _EXPECTED as error:
            _note(failures, "the list of sources", str(error))
            continue
        for source in sources:
            failure = await _refresh(pool, workspace, embedder, source)
            _note(failures, source.location, failure)
        try:
            await drop_old_generations(pool, workspace)
        except _EXPECTED as error:
            _note(failures, "what is left of an earlier index", str(error))


async def _refresh(
    pool: AsyncConnectionPool, workspace: str, embedder: Embedder, source: KnownSource
) -> str:
    """Sync one source; return the reason why not, "" when it is up to date."""
    try:
        # builds=False: an admin who cancelled the build of a new index had a reason.
        report = await index_source(pool, workspace, source.open(), embedder, builds=False)
    except _EXPECTED as error:
        return str(error)
    except Exception:  # one source that is odd must not end the watch over the others
        _log.exception("%s could not be brought up to date", source.location)
        return ""
    if report.added or report.changed or report.deleted:
        _log.info(
            "%s: %d added, %d changed, %d deleted, in %.1f s",
            *(source.location, report.added, report.changed, report.deleted, report.seconds),
        )
    return "; ".join(failure.reason for failure in report.failures)


def _note(failures: dict[str, str], name: str, failure: str) -> None:
    if failure and failures.get(name) != failure:
        _log.warning("%s is not up to date: %s", name, failure)
    failures[name] = failure
