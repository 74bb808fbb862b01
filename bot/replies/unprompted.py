"""Answer a question that did not mention the bot, if the answer is confident enough.

Until the whole answer is ready, nothing shows in Slack. A question that is passed over leaves no
status, no apology, and no copy of its text.
"""

import logging
from contextlib import suppress
from typing import Literal

from psycopg.rows import tuple_row

from answering.types.answers import Answer, StoredAnswer, answer_of_inbox
from answering.types.progress import Finished
from answering.types.questions import Question
from bot.admin.channel_settings import ChannelSettings, read_channel
from bot.errors import BotError, QuestionRefused, SlackFailed
from bot.inbox import store
from bot.inbox.intent import asks_anybody
from bot.inbox.retry_policy import MOST_DEATHS, MOST_TRIES, may_pass
from bot.inbox.store import InboxRow
from bot.replies.cancellation import QuestionEdited, Stopped, Withdrawn, check_wanted
from bot.replies.mention_reply import is_for, progress_of, question_of, record, show
from bot.replies.recovery import Overtaken, open_reply
from bot.services import BotServices
from bot.slack.directory import Myself
from database.statements import load_statements

_SQL = load_statements("bot.replies")
_MOST_A_MINUTE = 3
_NOTE = (
    "Nobody asked me, but I was sure enough. An admin can have me wait to be mentioned: "
    "/houselore channel mentions"
)

_log = logging.getLogger(__name__)


class _LetPass(Exception):
    """The question gets no answer."""


async def answer_unasked(services: BotServices, inbox_id: int, tries: int, deaths: int) -> None:
    """Answer the question in this row if the bot is sure enough; finish the row either way.

    `tries` counts earlier attempts of this job, `deaths` the crashed jobs of this row. Raises
    transient errors for a retry.
    """
    async with store.claimed(services.database, inbox_id) as row:
        if row is None:
            return
        try:
            await _settle(services, row, deaths)
        except Overtaken:
            _log.warning("unasked question %s is answered by another job", row.id)
        except Exception as error:
            if tries + 1 < MOST_TRIES and may_pass(error):
                raise
            _log.exception("unasked question %s was let pass", row.id)
            with suppress(SlackFailed):
                await _take_back(services, row)
            said = str(error) or type(error).__name__
            await _let_pass(services, row, "failed", said)


async def _settle(services: BotServices, row: InboxRow, deaths: int) -> None:
    """Answer the question, or remove every trace."""
    key = f"unasked:{services.workspace}:{row.channel}"
    async with store.locked(services.database, key) as alone:
        try:
            # A reply that a crashed job has started is completed even without the lock.
            if deaths >= MOST_DEATHS or not (alone or row.payload.get("begun")):
                raise _LetPass
            await _answer(services, row)
        except (_LetPass, QuestionRefused, Stopped, Withdrawn):
            await _take_back(services, row)
            await _let_pass(services, row, "ignored")


async def _answer(services: BotServices, row: InboxRow) -> None:
    """Show the saved answer, or generate one. Raises _LetPass."""
    settings = await read_channel(services, row.channel)
    # An admin may have changed the setting since the question was stored.
    if not settings.unasked:
        raise _LetPass
    me = await services.directory.me()
    stored = await answer_of_inbox(services.database, row.id)
    if stored is None or not await is_for(services, row, stored):
        if not await _has_room(services, row):
            raise _LetPass
        stored = await _find(services, row, me, settings)
    await show(services, row, await open_reply(services, row, me), stored, _NOTE)


async def _find(
    services: BotServices, row: InboxRow, me: Myself, settings: ChannelSettings
) -> StoredAnswer:
    """Generate and save an answer. Raises _LetPass if it is unsure or no longer wanted."""
    while True:
        if not asks_anybody(row.text):
            raise _LetPass
        question = await question_of(services, row, me)
        answer = await _write(services, question, settings.bar)
        try:
            await check_wanted(services, row)
        except QuestionEdited as edited:
            row = edited.row
            continue
        if not _is_sure(answer, settings.bar):
            raise _LetPass
        stored = await record(services, row, question, answer)
        assert stored is not None  # noqa: S101 - it was saved just now
        return stored


async def _write(services: BotServices, question: Question, bar: float | None) -> Answer:
    async for step in progress_of(services, question, bar):
        if isinstance(step, Finished):
            return step.answer
    raise BotError("The answerer ended without an answer.")


def _is_sure(answer: Answer, bar: float | None) -> bool:
    """Return whether the answer reaches the threshold; one of unknown confidence does not."""
    if answer.abstained or answer.confidence is None:
        return False
    # Without a bar the answerer has applied the model's own threshold: below it, it abstains.
    return bar is None or answer.confidence >= bar


async def _has_room(services: BotServices, row: InboxRow) -> bool:
    """Return whether the question is recent and its channel had few unprompted answers lately."""
    values = {
        "channel": row.channel,
        "id": row.id,
        "most": _MOST_A_MINUTE,
    }
    found = await services.database.fetch_one(_SQL["has_room"], tuple_row, **values)
    return found is not None and bool(found[0])


async def _take_back(services: BotServices, row: InboxRow) -> None:
    """Delete a reply that this job or a crashed one has started. Raises SlackFailed."""
    now = await store.load(services.database, row.id)
    if now is not None and (now.reply_ts or now.payload.get("begun")):
        reply = await open_reply(services, now, await services.directory.me())
        await reply.take_back()


async def _let_pass(
    services: BotServices,
    row: InboxRow,
    state: Literal["ignored", "failed"],
    error: str | None = None,
) -> None:
    values = {"id": row.id, "state": state, "error": error}
    await services.database.execute(_SQL["let_pass"], **values)
