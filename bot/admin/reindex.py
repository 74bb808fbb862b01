"""Run /houselore reindex, cancel and rollback for admins, and report to Slack.

Only one run is active per workspace, whether it was started from Slack or from a terminal.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.admin.progress_message import open_board, summary
from bot.errors import NameNotFound
from bot.inbox import store
from bot.inbox.private_reply import tell
from bot.inbox.retry_policy import MOST_TRIES, may_pass
from bot.inbox.store import InboxRow
from bot.rendering.mrkdwn import escape, one_line
from bot.services import BotServices
from bot.slack.name_resolution import Names
from database.errors import DatabaseUnavailable
from retrieval.errors import ReindexCancelled, ReindexRefused, RetrievalError, RunGoesOn
from retrieval.index.source_catalog import list_sources
from retrieval.indexing.reindex import plan, rollback, switch
from retrieval.indexing.reindex import reindex as reindex_index
from retrieval.indexing.runs import cancel_run, last_run
from retrieval.indexing.source_selection import choose_sources
from retrieval.progress import IndexReport

_MOST_FAILURES = 20
_REFUSED = (
    "Only admins can {verb}. Ask an admin of this workspace, or of Houselore, to run "
    "`/houselore {word}`."
)
_VERBS: Mapping[str, str] = {
    "reindex": "reindex",
    "cancel": "cancel a reindex",
    "rollback": "go back to an earlier index",
}
_FAILED = (
    "The reindex stopped: something went wrong on my side. What was indexed before still works."
)
_KEPT = "What was done by then is kept; `/houselore reindex` goes on with it."
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"  # Slack's apps make one dash of two

_log = logging.getLogger(__name__)
_TOLD = (DatabaseUnavailable, RetrievalError)
"""Errors whose message is shown to the person who asked."""


@dataclass(frozen=True, slots=True)
class ReindexRequest:
    """What was asked of a reindexing; `word` means its sources, None all."""

    word: str | None = None
    dry_run: bool = False
    switch: bool = False

    @classmethod
    def of(cls, text: str) -> "ReindexRequest":
        """The wish in `reindex docs/ --dry-run`."""
        words, options = [], set()
        for word in text.split()[1:]:
            bare = word.lstrip(_DASHES)
            if bare != word and bare in ("dry-run", "switch"):
                options.add(bare)
            else:
                words.append(word)
        return cls(" ".join(words) or None, "dry-run" in options, "switch" in options)


async def reindex(services: BotServices, inbox_id: int, tries: int, deaths: int) -> None:
    """Reindex for an admin, or do a dry run, and report the progress.

    `tries` counts earlier attempts of this job, `deaths` the crashed jobs of this row.
    """
    await _for_an_admin(services, inbox_id, tries + deaths, "reindex", _reindex)


async def roll_back(services: BotServices, inbox_id: int, tries: int, deaths: int) -> None:
    """Roll back to the index before the last promotion."""
    await _for_an_admin(services, inbox_id, tries + deaths, "rollback", _roll_back)


async def cancel(services: BotServices, inbox_id: int, tries: int, deaths: int) -> None:
    """Cancel the active run."""
    await _for_an_admin(services, inbox_id, tries + deaths, "cancel", _cancel)


async def _for_an_admin(
    services: BotServices,
    inbox_id: int,
    before: int,
    word: str,
    act: Callable[[BotServices, InboxRow], Awaitable[None]],
) -> None:
    """Handle a row with `act` if an admin asked, and report; `before` counts earlier attempts."""
    async with store.claimed(services.database, inbox_id) as row:
        if row is None:
            return
        try:
            if await services.is_admin(row.person):
                await act(services, row)
            else:
                await tell(services, row, _REFUSED.format(verb=_VERBS[word], word=word))
        except (ReindexRefused, NameNotFound) as error:
            await tell(services, row, escape(str(error)))
        except Exception as error:
            if before + 1 < MOST_TRIES and may_pass(error):
                raise
            _log.exception("%s %s failed", word, row.id)
            sentence = escape(str(error)) if isinstance(error, _TOLD) else _FAILED
            await tell(services, row, sentence)
            await store.finish(services.database, row, "failed", str(error) or type(error).__name__)
            return
        await store.finish(services.database, row)


async def _reindex(services: BotServices, row: InboxRow) -> None:
    wish = ReindexRequest.of(row.text)
    database, embedder = services.database, services.embedder
    word = await _meant(services, wish.word)
    if wish.dry_run:
        planned = await plan(database, embedder, word)
        await tell(services, row, escape(planned.describe()))
        return
    if not wish.switch:
        choose_sources(await list_sources(database), word)
    await _make_sure_of_room(services)
    board = await open_board(services, row, "Reindexing: looking for what changed…")
    me = await _name(services, row)
    try:
        if wish.switch:
            live = await switch(database, embedder, me, board.show)
            await board.finish(f"Generation {live.id} is live.")
            return
        done = await reindex_index(database, embedder, me, word, board.show)
    except ReindexCancelled as error:
        await board.finish(f"{escape(str(error))}\n{_KEPT}")
        return
    except ReindexRefused as error:
        await board.finish(escape(str(error)))
        return
    await board.finish(summary(done))
    if done.failures:
        await tell(services, row, _failures(done))


async def _roll_back(services: BotServices, row: InboxRow) -> None:
    await _make_sure_of_room(services)
    board = await open_board(services, row, "Going back to the index before…")
    try:
        live = await rollback(
            services.database,
            services.embedder,
            await _name(services, row),
            board.show,
        )
    except (ReindexCancelled, ReindexRefused) as error:
        await board.finish(escape(str(error)))
        return
    await board.finish(
        f"Generation {live.id} is live again, with the documents of today.\n"
        "The newer one is kept: `/houselore reindex --switch` takes it again."
    )


async def _cancel(services: BotServices, row: InboxRow) -> None:
    run = await cancel_run(services.database, await _name(services, row))
    if run is None:
        await tell(services, row, "No reindex is running.")
    else:
        said = f"Cancelling: {run.describe()}. It ends after the batch it is at."
        await tell(services, row, escape(said))


async def _make_sure_of_room(services: BotServices) -> None:
    """Raise RunGoesOn if a run is active."""
    run = await last_run(services.database)
    if run is not None and run.state == "running":
        raise RunGoesOn(
            f"A reindex is running already: {run.describe()}. `/houselore cancel` ends it."
        )


async def _meant(services: BotServices, word: str | None) -> str | None:
    """Return the source as typed, a channel by its id. Raises NameNotFound and SlackFailed."""
    if word is None or not word.startswith(("#", "<#")):
        return word
    return f"channel:{await Names(services.client).channel(word)}"


async def _name(services: BotServices, row: InboxRow) -> str:
    return f"{(await services.directory.person(row.person)).name} in Slack"


def _failures(report: IndexReport) -> str:
    shown = report.failures[:_MOST_FAILURES]
    lines = [f"• {one_line(each.reason)}"[:300] for each in shown]
    more = len(report.failures) - len(shown)
    if more:
        lines.append(f"… and {more:,} more.")
    return "These documents could not be read:\n" + "\n".join(lines)
