"""/houselore reindex: read every source anew, with its progress in one message.

The index itself is retrieval's; here is who may ask, who is told, and one reindexing at a time.
"""

import logging
import time
from dataclasses import dataclass

from bot import inbox
from bot.blocks import context, fallback, section
from bot.errors import SlackFailed
from bot.inbox import Row
from bot.mrkdwn import one_line
from bot.refusals import MOST_TRIES, may_pass
from bot.services import BotServices
from bot.telling import direct_message, tell
from retrieval.errors import RetrievalError
from retrieval.reindexing import RunProgress
from retrieval.reindexing import reindex as reindex_index
from retrieval.reports import IndexReport

_PAUSE = 1.0
_BAR = 20
_MOST_FAILURES = 20
_REFUSED = (
    "Only admins can reindex. Ask an admin of this workspace, or of Houselore, to run "
    "`/houselore reindex`."
)
_RUNNING = "A reindex is running already. I will not start a second one beside it."
_FAILED = (
    "The reindex stopped: something went wrong on my side. What was indexed before still works."
)

_log = logging.getLogger(__name__)


async def reindex(services: BotServices, inbox_id: int, tries: int, deaths: int) -> None:
    """Reindex for an admin who asked, and say how it goes; say no to others, and to a second one.

    `tries` counts this job's earlier attempts, `deaths` the jobs that died over this row.
    """
    async with inbox.claimed(services.pool, inbox_id) as row:
        if row is None:
            return
        try:
            if not await services.is_admin(row.person):
                await tell(services, row, _REFUSED)
            else:
                async with inbox.locked(services.pool, f"reindex:{services.workspace}") as alone:
                    if alone:
                        await _reindex(services, row)
                    else:
                        await tell(services, row, _RUNNING)
        except Exception as error:
            if tries + deaths + 1 < MOST_TRIES and may_pass(error):
                raise
            _log.exception("reindex %s failed", row.id)
            sentence = str(error) if isinstance(error, RetrievalError) else _FAILED
            await tell(services, row, sentence)
            await inbox.finish(services.pool, row, "failed", str(error) or type(error).__name__)
            return
        await inbox.finish(services.pool, row)


async def _reindex(services: BotServices, row: Row) -> None:
    board = await _open_board(services, row)

    async def report(progress: RunProgress) -> None:
        await board.show(progress)

    done = await reindex_index(
        services.pool, services.workspace, services.embedder, f"<@{row.person}>", None, report
    )
    await board.finish(_summary(done))
    if done.failures:
        await tell(services, row, _failures(done))


@dataclass(slots=True)
class _Board:
    """The one message that shows the progress, updated at most once a second."""

    services: BotServices
    channel: str
    ts: str
    at: float = 0.0

    async def show(self, progress: RunProgress) -> None:
        """Documents done of all. An update that Slack will not take is left out."""
        if time.monotonic() - self.at < _PAUSE:
            return
        self.at = time.monotonic()
        try:
            await self._update(_bar(progress))
        except SlackFailed:
            _log.info("an update of the reindexing message was lost")

    async def finish(self, summary: str) -> None:
        """The last word. Raises SlackFailed."""
        await self._update(summary)

    async def _update(self, text: str) -> None:
        await self.services.client.call(
            "chat.update",
            channel=self.channel,
            ts=self.ts,
            text=fallback(text),
            blocks=_blocks(text),
        )


async def _open_board(services: BotServices, row: Row) -> _Board:
    """The message of a reindexing that died, or a new one: here, or where we may write."""
    if row.reply_ts is not None and row.reply_channel is not None:
        return _Board(services, row.reply_channel, row.reply_ts)
    text = "Reindexing: looking for what changed…"
    channel = row.channel or await direct_message(services, row.person)
    message = {"text": text, "blocks": _blocks(text)}
    try:
        posted = await services.client.call("chat.postMessage", channel=channel, **message)
    except SlackFailed as error:
        if error.error not in ("not_in_channel", "channel_not_found", "is_archived"):
            raise
        channel = await direct_message(services, row.person)
        posted = await services.client.call("chat.postMessage", channel=channel, **message)
        await tell(services, row, "I am reindexing; the progress is in our direct message.")
    await inbox.place_reply(services.pool, row, channel, posted["ts"])
    return _Board(services, channel, posted["ts"])


def _blocks(text: str) -> list[object]:
    first, _, rest = text.partition("\n")
    return [section(first), *([context(rest)] if rest else [])]


def _bar(progress: RunProgress) -> str:
    share = progress.done / progress.total if progress.total else 0.0
    filled = round(share * _BAR)
    bar = "█" * filled + "░" * (_BAR - filled)
    return f"Reindexing: {progress.done:,} of {progress.total:,} documents\n`{bar}` {share:.0%}"


def _summary(report: IndexReport) -> str:
    parts = (
        f"{report.added:,} added",
        f"{report.changed:,} changed",
        f"{report.deleted:,} deleted",
        f"{report.unchanged:,} unchanged",
    )
    failed = f"\n:warning: {len(report.failures):,} could not be read." if report.failures else ""
    return f"Reindexed in {report.seconds:.0f} s: {', '.join(parts)}.{failed}"


def _failures(report: IndexReport) -> str:
    shown = report.failures[:_MOST_FAILURES]
    lines = [f"• {one_line(each.reason)}"[:300] for each in shown]
    more = len(report.failures) - len(shown)
    if more:
        lines.append(f"… and {more:,} more.")
    return "These documents could not be read:\n" + "\n".join(lines)
