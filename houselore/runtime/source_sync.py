"""Re-index changed sources periodically while the bot runs."""

import logging

from database.cancellation import pause
from database.database import Database
from database.errors import DatabaseUnavailable
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import RetrievalError
from retrieval.index.source_catalog import KnownSource, list_sources
from retrieval.indexing.promotion import drop_old_generations
from retrieval.indexing.sync import index_source

_log = logging.getLogger(__name__)
_EXPECTED = (DatabaseUnavailable, RetrievalError)


async def keep_fresh(database: Database, embedder: Embedder, seconds: float) -> None:
    """Sync every source, then wait `seconds`, until cancelled.

    A failed source is retried in the next round; the same failure is logged once.
    """
    failures: dict[str, str] = {}
    while True:
        await pause(seconds)
        try:
            sources = await list_sources(database)
        except _EXPECTED as error:
            _note(failures, "the list of sources", str(error))
            continue
        for source in sources:
            failure = await _refresh(database, embedder, source)
            _note(failures, source.location, failure)
        try:
            await drop_old_generations(database)
        except _EXPECTED as error:
            _note(failures, "what is left of an earlier index", str(error))


async def _refresh(database: Database, embedder: Embedder, source: KnownSource) -> str:
    """Sync one source; return the reason why not, "" when it is up to date."""
    try:
        report = await index_source(database, source.open(), embedder, builds=False)
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
