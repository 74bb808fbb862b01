"""Show the progress of a reindex in one Slack message."""

import logging
import time
from dataclasses import dataclass

from bot.errors import SlackFailed
from bot.inbox import store
from bot.inbox.private_reply import direct_message, tell
from bot.inbox.store import InboxRow
from bot.rendering.blocks import context, fallback, section
from bot.rendering.mrkdwn import escape
from bot.services import BotServices
from retrieval.indexing.eta import in_words
from retrieval.indexing.reindex import RunProgress
from retrieval.progress import IndexReport

_PAUSE = 1.0
_BAR = 20
_NOT_HERE = ("not_in_channel", "channel_not_found", "is_archived")

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Board:
    """The progress message, updated at most once a second."""

    services: BotServices
    channel: str
    ts: str
    at: float = 0.0

    async def show(self, progress: RunProgress) -> None:
        """Show how many documents are done; skip an update that Slack refuses."""
        if time.monotonic() - self.at < _PAUSE:
            return
        self.at = time.monotonic()
        try:
            await self._update(_bar(progress))
        except SlackFailed:
            _log.info("an update of the reindexing message was lost")

    async def finish(self, summary: str) -> None:
        """Show the result (mrkdwn; lines after the first are small). Raises SlackFailed."""
        await self._update(summary)

    async def _update(self, text: str) -> None:
        await self.services.client.call(
            "chat.update",
            channel=self.channel,
            ts=self.ts,
            text=fallback(text),
            blocks=_blocks(text),
        )


async def open_board(services: BotServices, row: InboxRow, text: str) -> Board:
    """Return the crashed job's message, or post one: in the channel, else as a direct message."""
    if row.reply_ts is not None and row.reply_channel is not None:
        return Board(services, row.reply_channel, row.reply_ts)
    channel = row.channel or await direct_message(services, row.person)
    message = {"text": text, "blocks": _blocks(text)}
    try:
        posted = await services.client.call("chat.postMessage", channel=channel, **message)
    except SlackFailed as error:
        if error.error not in _NOT_HERE:
            raise
        channel = await direct_message(services, row.person)
        posted = await services.client.call("chat.postMessage", channel=channel, **message)
        await tell(services, row, "I am reindexing; the progress is in our direct message.")
    await store.place_reply(services.database, row, channel, posted["ts"])
    return Board(services, channel, posted["ts"])


def summary(report: IndexReport) -> str:
    """Return the report of a reindex as mrkdwn."""
    parts = (
        f"{report.added:,} added",
        f"{report.changed:,} changed",
        f"{report.deleted:,} deleted",
        f"{report.unchanged:,} unchanged",
    )
    lines = [f"Reindexed in {report.seconds:.0f} s: {', '.join(parts)}."]
    if report.failures:
        lines.append(f":warning: {len(report.failures):,} could not be read.")
    return "\n".join((*lines, *map(escape, report.notes)))


def _blocks(text: str) -> list[object]:
    first, _, rest = text.partition("\n")
    return [section(first), *([context(rest)] if rest else [])]


def _bar(progress: RunProgress) -> str:
    share = progress.done / progress.total if progress.total else 0.0
    filled = round(share * _BAR)
    bar = "█" * filled + "░" * (_BAR - filled)
    step = f"Reindexing, {progress.step}" if progress.step else "Reindexing"
    left = f" · about {in_words(progress.seconds_left)} left" if progress.seconds_left else ""
    return f"{step}: {progress.done:,} of {progress.total:,} documents\n`{bar}` {share:.0%}{left}"
