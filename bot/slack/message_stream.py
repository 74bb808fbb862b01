"""Stream one reply into a Slack message and complete it at the end.

The reply is streamed as Markdown. Where Slack's Markdown would show it wrongly (lists, tables,
code, special characters), the finished message is replaced by Block Kit parts. Slack closes a
stream after five minutes and may lose a call, so the whole text is kept here: when the message may
be incomplete, `finish` replaces it.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.errors import SlackFailed
from bot.rendering.answer_blocks import answer_blocks
from bot.rendering.blocks import ANSWER_LIMIT, Block, fallback, markdown
from bot.rendering.markdown import is_plain_for_slack
from bot.rendering.mrkdwn import safe_markdown, settled
from bot.rendering.plain_text import plain_text
from bot.slack.client import SlackClient

_log = logging.getLogger(__name__)

_PAUSE = 0.35
_GONE = ("message_not_found", "cant_update_message", "message_not_owned_by_app")


@dataclass(frozen=True, slots=True)
class ReplyTarget:
    """Where a reply goes; a stream in a channel also names for whom it is."""

    channel: str
    thread_ts: str
    team: str | None = None
    person: str | None = None


class Reply:
    """A reply, started with its first words or continued (`ts`) after a crashed process.

    `before` is awaited before the message is posted, `after` with its ts once it is posted.
    """

    def __init__(
        self,
        client: SlackClient,
        place: ReplyTarget,
        ts: str | None,
        before: Callable[[], Awaitable[None]],
        after: Callable[[str], Awaitable[None]],
    ) -> None:
        self.ts = ts
        self.stopped = False
        self._client = client
        self._place = place
        self._before = before
        self._after = after
        self._text = ""
        self._taken = 0
        self._shown = 0
        # What a crashed process had sent is unknown, so its message will be replaced.
        self._in_doubt = ts is not None
        self._at = 0.0

    @property
    def text(self) -> str:
        """The Markdown added so far."""
        return self._text

    def restart(self) -> None:
        """Discard the text so far; `finish` will replace the message."""
        self._text, self._taken, self._in_doubt = "", 0, self.ts is not None

    async def add(self, words: str) -> bool:
        """Add words; send them at most every 0.35 seconds. Return whether Slack was called."""
        self._text += words
        if self._in_doubt or time.monotonic() - self._at < _PAUSE:
            return False
        piece = self._take(settled(self._text))
        if not piece:
            return False
        await self._send(piece)
        self._at = time.monotonic()
        return True

    async def finish(self, text: str, blocks: Sequence[Block] = ()) -> None:
        """Complete the message with this text and these blocks below it. Raises SlackFailed.

        A message that somebody deleted stays deleted.
        """
        # What was streamed is not the answer's beginning, so the message must be replaced.
        if not text.startswith(self._text):
            self.restart()
        self._text = text
        if self.ts is None:
            await self._start(self._take(len(text)))
        try:
            if self._in_doubt or not await self._stop(blocks):
                await self._replace(blocks)
            elif self._shown > ANSWER_LIMIT or not is_plain_for_slack(text):
                await self._show_parts(blocks)
        except SlackFailed as error:
            if error.error not in _GONE:
                raise

    async def take_back(self) -> None:
        """Delete the message, if it was posted. Raises SlackFailed."""
        if self.ts is None:
            return
        with suppress(SlackFailed):
            await self._stop(())
        try:
            await self._client.call("chat.delete", channel=self._place.channel, ts=self.ts)
        except SlackFailed as error:
            if error.error not in _GONE:
                raise

    async def _send(self, piece: str) -> None:
        if self.ts is None:
            await self._start(piece)
            return
        try:
            await self._client.call(
                "chat.appendStream", channel=self._place.channel, ts=self.ts, markdown_text=piece
            )
        except SlackFailed as error:
            self.stopped = error.error == "stopped_by_user"
            # Whether the words arrived is unknown.
            self._in_doubt = True

    async def _start(self, piece: str) -> None:
        await self._before()
        answer = await self._client.call(
            "chat.startStream",
            channel=self._place.channel,
            thread_ts=self._place.thread_ts,
            recipient_team_id=self._place.team,
            recipient_user_id=self._place.person,
            markdown_text=piece or None,
        )
        self.ts = answer["ts"]
        await self._after(answer["ts"])

    async def _stop(self, blocks: Sequence[Block]) -> bool:
        rest = self._take(len(self._text))
        try:
            await self._client.call(
                "chat.stopStream",
                channel=self._place.channel,
                ts=self.ts,
                markdown_text=rest or None,
                blocks=list(blocks) or None,
            )
        except SlackFailed as error:
            if error.error in _GONE:
                raise
            return False
        return True

    async def _replace(self, blocks: Sequence[Block]) -> None:
        with suppress(SlackFailed):
            await self._client.call("chat.stopStream", channel=self._place.channel, ts=self.ts)
        if not await self._show_parts(blocks):
            # Slack refused the parts, but plain Markdown still shows the whole text.
            await self._update([markdown(safe_markdown(self._text)), *blocks])

    async def _show_parts(self, blocks: Sequence[Block]) -> bool:
        """Replace the message by Block Kit parts; return whether Slack accepted them."""
        try:
            await self._update([*answer_blocks(self._text), *blocks])
        except SlackFailed as error:
            if error.error in _GONE:
                raise
            _log.warning("an answer stays as it was streamed: %s", error)
            return False
        return True

    async def _update(self, blocks: Sequence[Block]) -> None:
        text = fallback(plain_text(self._text))
        await self._client.call(
            "chat.update", channel=self._place.channel, ts=self.ts, text=text, blocks=list(blocks)
        )

    def _take(self, end: int) -> str:
        """Return the unsent text up to `end`, made safe and cut at an answer's limit."""
        piece = safe_markdown(self._text[self._taken : end])
        self._taken = max(self._taken, end)
        room = max(0, ANSWER_LIMIT - self._shown)
        self._shown += len(piece)
        return piece[:room]
