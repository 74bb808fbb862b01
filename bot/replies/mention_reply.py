"""Answer a question in its thread: stream the answer, save it, and finish the message.

Each step is recorded in the inbox row, so a job that takes over after a crash completes the same
message.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable

from answering.types.answers import (
    Answer,
    PostedAt,
    StoredAnswer,
    answer_of_inbox,
    place_answer,
    save_answer,
)
from answering.types.progress import Finished, Progress, Restarted, SourcesFound, Words
from answering.types.questions import Place, Question
from bot.admin.channel_settings import read_channel
from bot.admin.slash_command import HELP_MARKDOWN
from bot.errors import BotError, QuestionRefused, SlackFailed
from bot.feedback.votes import settle_votes
from bot.inbox import store, threads
from bot.inbox.intent import asks_for_help
from bot.inbox.retry_policy import FAILED, MOST_DEATHS, MOST_TRIES, apology, may_pass, question_text
from bot.inbox.store import InboxRow
from bot.inbox.threads import Said
from bot.rendering.blocks import below_answer
from bot.rendering.mrkdwn import mentions, one_line, plain
from bot.rendering.shortening import close_code
from bot.replies.cancellation import QuestionEdited, Stopped, Withdrawn, check_wanted
from bot.replies.recovery import Overtaken, open_reply
from bot.services import BotServices
from bot.slack.directory import Myself
from bot.slack.message_stream import Reply
from retrieval.audience import PUBLIC

# Seconds without progress after which an answer is given up.
_PATIENCE = 180.0
_OUTSIDERS = (
    "Guests or people of another workspace are in this conversation, so I used only what was "
    "shared with it. Ask me in a direct message, and I will use what you may read."
)
_STATUS = "is looking it up…"
_LOADING = ("Searching the documents…", "Reading what I found…", "Checking the sources…")

_log = logging.getLogger(__name__)


async def answer(services: BotServices, inbox_id: int, tries: int, deaths: int) -> None:
    """Answer the question in this row, unless it is answered or another job is doing so.

    `tries` counts earlier attempts of this job, `deaths` the crashed jobs of this row. Raises
    transient errors for a retry; at the last attempt, tell the person instead.
    """
    async with store.claimed(services.database, inbox_id) as row:
        if row is None:
            return
        try:
            if deaths >= MOST_DEATHS:
                raise QuestionRefused(FAILED)
            await _answer(services, row)
        except Overtaken:
            _log.warning("question %s is answered by another job", row.id)
        except Exception as error:
            if tries + 1 < MOST_TRIES and may_pass(error):
                raise
            await _give_up(services, row, error)


async def progress_of(
    services: BotServices, question: Question, bar: float | None = None
) -> AsyncIterator[Progress]:
    """Yield the answerer's progress; close it when the caller stops reading. Raises TimeoutError.

    `bar` (0 to 1) is the confidence an answer has to reach; None for the model's own.
    """
    steps = services.answerer.answer(question, bar)
    try:
        while True:
            async with asyncio.timeout(_PATIENCE):
                step = await anext(steps, None)
            if step is None:
                return
            yield step
    finally:
        # Stop the model at once, not when the garbage collector finds the generator.
        if isinstance(steps, AsyncGenerator):
            await steps.aclose()


async def _answer(services: BotServices, row: InboxRow) -> None:
    me = await services.directory.me()
    reply = await open_reply(services, row, me)
    stored = await answer_of_inbox(services.database, row.id)
    if stored is not None and not await is_for(services, row, stored):
        stored = None
    while stored is None:
        try:
            question = await question_of(services, row, me)
            answer = await _write(services, row, reply, question)
        except QuestionRefused as refusal:
            await reply.finish(str(refusal))
            await _close(services, row)
            return
        except Stopped:
            await reply.finish(f"{close_code(reply.text.rstrip())}\n\n_Stopped._".strip())
            await _close(services, row)
            return
        except Withdrawn:
            await reply.take_back()
            return
        except QuestionEdited as edited:
            row = edited.row
            reply.restart()
            continue
        stored = await record(services, row, question, answer, ts=reply.ts)
    await show(services, row, reply, stored)


async def record(
    services: BotServices, row: InboxRow, question: Question, answer: Answer, ts: str | None = None
) -> StoredAnswer | None:
    """Save the answer to a row's question and return it as stored.

    `ts` is the message that shows it, if it is posted already.
    """
    await save_answer(
        services.database,
        question,
        answer,
        PostedAt(
            inbox_id=row.id, channel=row.channel, thread_ts=row.thread_ts, ts=ts, person=row.person
        ),
    )
    return await answer_of_inbox(services.database, row.id)


async def is_for(services: BotServices, row: InboxRow, stored: StoredAnswer) -> bool:
    """Return whether the conversation's present audience may read all that a saved answer used."""
    now = await services.memberships.audience(row.channel, row.person)
    return stored.audience.readers <= now.readers


async def question_of(services: BotServices, row: InboxRow, me: Myself) -> Question:
    """Build the question from a row. Raises QuestionRefused; for a help request, with the help."""
    if asks_for_help(row.text):
        raise QuestionRefused(HELP_MARKDOWN)
    users = [user for user in mentions(row.text) if user != me.user]
    text = question_text(plain(row.text, me.user, await services.directory.names(users)))
    audience, thread, _ = await asyncio.gather(
        services.memberships.audience(row.channel, row.person),
        threads.turns_before(services, row, me),
        _set_status(services, row, _STATUS, "processing"),
    )
    return Question(text, audience, thread, Place(row.channel, row.thread_ts))


async def _write(services: BotServices, row: InboxRow, reply: Reply, question: Question) -> Answer:
    """Stream the answer into the reply; check regularly that it is still wanted."""
    status: asyncio.Task[None] | None = None
    bar = (await read_channel(services, row.channel)).bar
    async for step in progress_of(services, question, bar):
        match step:
            case SourcesFound(titles) if titles:
                reading = f"is reading {one_line(titles[0])[:80]}…"
                status = asyncio.create_task(_set_status(services, row, reading))
            case Words(text):
                if status is not None:  # a status that came after the words would stay
                    await status
                    status = None
                if await reply.add(text):
                    await _check(services, row, reply)
            case Restarted():
                reply.restart()
            case Finished(answer):
                await _check(services, row, reply)
                return answer
    raise BotError("The answerer ended without an answer.")


async def _check(services: BotServices, row: InboxRow, reply: Reply) -> None:
    """Raise Stopped, Withdrawn or Edited if the question changed."""
    if reply.stopped:
        raise Stopped
    await check_wanted(services, row)


async def show(
    services: BotServices,
    row: InboxRow,
    reply: Reply,
    stored: StoredAnswer,
    note: str | None = None,
) -> None:
    """Complete the reply with a saved answer and a note below it; finish the row."""
    answer = stored.answer
    if answer.abstained and PUBLIC not in stored.audience.readers:
        note = _OUTSIDERS
    await reply.finish(answer.text, below_answer(answer, note))
    assert reply.ts is not None  # noqa: S101 - a finished reply has a place
    if stored.ts != reply.ts:
        await place_answer(services.database, stored.id, row.channel, reply.ts)
    await settle_votes(services, row.channel, reply.ts)
    said = Said(reply.ts, answer.text, by_me=True)
    await threads.note(services, row.channel, row.thread_ts, said)
    await _close(services, row)


async def _close(services: BotServices, row: InboxRow) -> None:
    await store.finish(services.database, row)
    await _set_status(services, row, None, "active")


async def _give_up(services: BotServices, row: InboxRow, error: Exception) -> None:
    """Apologize in the reply's message and mark the row as failed. Raises SlackFailed."""
    now = await store.load(services.database, row.id)
    if now is None or now.state != "received":
        return
    row = now
    _log.error("question %s could not be answered", row.id, exc_info=error)
    try:
        reply = await open_reply(services, row, await services.directory.me())
        await reply.finish(apology(error))
    except SlackFailed as unsaid:
        if may_pass(unsaid):
            raise
    await store.finish(services.database, row, "failed", str(error) or type(error).__name__)
    await _set_status(services, row, None, "active")


async def _set_status(
    services: BotServices, row: InboxRow, text: str | None, session: str | None = None
) -> None:
    """Show or clear "is looking it up…" in the thread; errors of Slack are ignored."""
    # Nobody put this question to the bot, so nothing may show until the answer is there.
    if row.kind == "unasked":
        return
    call = services.client.call
    place = {"channel_id": row.channel, "thread_ts": row.thread_ts}
    calls: list[Awaitable[object]] = []
    if text is not None:
        thinking = {"status": text, "loading_messages": _LOADING}
        calls.append(call("assistant.threads.setStatus", **place, **thinking))
    if session is not None:
        calls.append(call("agents.sessions.setStatus", **place, status=session))
    # The status is a courtesy: an answer must not fail because of it.
    for result in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(result, Exception) and not isinstance(result, SlackFailed):
            raise result
