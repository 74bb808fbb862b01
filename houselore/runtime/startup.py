"""Index the documents at the start, and print where the bot can be reached."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from houselore.errors import PartUnusable, WrongUse
from houselore.services import Services
from houselore.settings import Settings
from houselore.slack.connection import EVENTS_PATH, SlackAccess

if TYPE_CHECKING:
    from retrieval.progress import IndexReport

_PATIENCE = 12.0  # seconds to wait for the index before people are let in; it goes on beside them

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Indexed:
    """What was indexed; `report` is None while indexing goes on.

    `forgot`: Houselore's own docs were removed from the index to make room.
    """

    docs: Path
    report: "IndexReport | None"
    forgot: bool


def docs_folder(settings: Settings) -> Path:
    """Return the path to index at the start. Raises WrongUse if it does not exist."""
    if settings.docs is not None:
        path = settings.docs.expanduser().absolute()
        if not path.exists():
            raise WrongUse(f"There is nothing at {path}: choose a file or folder with --docs.")
        return path
    return _own_docs()


def _own_docs() -> Path:
    """Return the folder of Houselore's own documentation, in a checkout or a wheel."""
    package = Path(__file__).parents[1]
    for folder in (package.parent / "docs", package / "docs"):
        if folder.is_dir():
            return folder
    raise PartUnusable("The documentation is missing from this installation: use --docs.")


@asynccontextmanager
async def indexed_at_start(
    services: Services, docs: Path, settings: Settings
) -> AsyncIterator[Indexed]:
    """Index `docs`; after 12 seconds continue in the background while the block runs."""
    forgot = docs != _own_docs() and await _forget_own_docs(services)
    indexing = asyncio.create_task(_index(services, docs, settings.docs_url))
    try:
        done, _ = await asyncio.wait({indexing}, timeout=_PATIENCE)
        yield Indexed(docs, indexing.result() if done else None, forgot)
    finally:
        indexing.cancel()
        await asyncio.gather(indexing, return_exceptions=True)


async def _index(services: Services, docs: Path, url_prefix: str | None) -> "IndexReport":
    from retrieval.audience import PUBLIC
    from retrieval.indexing.sync import index_source
    from retrieval.sources.files import FilesSource

    source = FilesSource(docs, frozenset({PUBLIC}), url_prefix)
    report = await index_source(services.database, source, services.embedder)
    for failure in report.failures:
        _log.warning("not indexed: %s", failure.reason)
    _log.info(
        "indexed %s: %d added, %d changed, %d deleted, %d unchanged, in %.1f s",
        *(docs, report.added, report.changed, report.deleted, report.unchanged, report.seconds),
    )
    return report


async def _forget_own_docs(services: Services) -> bool:
    """Remove Houselore's own docs from the index; return whether they were there."""
    from retrieval.index.source_catalog import forget_source, list_sources

    for source in await list_sources(services.database):
        if source.location == str(_own_docs()):
            return await forget_source(services.database, source.id)
    return False


def welcome(
    console: Console, settings: Settings, access: SlackAccess, indexed: Indexed, log: Path
) -> None:
    """Print that the bot is ready, where it is, and what to try."""
    text = Text()
    _say_where(text, settings, access, indexed)
    _say_what(text, indexed)
    if settings.chat_server == "embedded" and settings.chat_file is None:
        text.append(
            "Answers are phrased by a small demo model (135M); HOUSELORE_CHAT_MODEL takes a larger "
            "one.\n",
            style="dim",
        )
    text.append(f"Log: {log}   Stop: Ctrl-C", style="dim")
    console.print(Panel(text, title="Houselore is ready", border_style="green", expand=False))


def _say_where(text: Text, settings: Settings, access: SlackAccess, indexed: Indexed) -> None:
    if access.page is not None:
        text.append("Open ")
        text.append(access.page, style=f"bold blue link {access.page}")
        text.append(" and write in #general: ")
        if indexed.docs == _own_docs():
            text.append("@houselore How do I connect Houselore to Slack?\n", style="bold")
        else:
            text.append("@houselore", style="bold")
            text.append(" and a question about your documents\n")
        text.append("This is a sandbox: set Slack's tokens to connect to your team.\n")
    elif access.app_token is not None:
        text.append(f"Connected to {access.team} by Socket Mode. Write @houselore in a channel.\n")
    else:
        text.append(f"Waiting for events of {access.team} at ")
        text.append(f"http://{settings.host}:{settings.port}{EVENTS_PATH}\n", style="bold")


def _say_what(text: Text, indexed: Indexed) -> None:
    report = indexed.report
    if report is None:
        text.append("Indexing goes on: until it is done, answers know only a part.\n")
    else:
        count = report.added + report.changed + report.unchanged
        text.append(f"{count:,} document{'' if count == 1 else 's'} indexed")
        if report.failures:
            text.append(f", {len(report.failures)} not: the log says why", style="yellow")
        text.append(".\n")
    if indexed.forgot:
        text.append("Houselore's own docs are no longer indexed: yours take their place.\n")
