"""A question in the inbox to an answer in its thread, begun once and finished whatever happens.

Each step leaves a trace in the inbox row, so a job that takes over from a dead process finishes the
same message. Finds no evidence and writes no words itself.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable

from answering.types.answers import (
    Answer,
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

_PATIENCE = 180.0
_OUTSIDERS = (
    "Guests or people of another workspace are in this conversation, so I used only what was "
    "shared with it. Ask me in a direct message, and I will use what you may read."
)
_STATUS = "is looking it up…"
_LOADING = ("Searching the documents…", "Reading what I found…", "Checking the sources…")

_log = logging.getLogger(__name__)


async def answer(services: BotServices, inbox_id: int, tries: int, deaths: int) -> None:
    """Answer the question in this row, unless it is answered or another job is at it.

    `tries` counts this job's earlier attempts, `deaths` the jobs that died over this row. Raises
    what may go better another time; at the last try the person is told instead.
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
    """The answerer's progress, closed at once when nobody reads on. Raises TimeoutError.

    `bar` (0 to 1) is the confidence that an answer has to reach; None the usual one.
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
    """Save the answer to the question in a row, and read it as it stands.

    `ts` is its message, where there is one already.
    """
    await save_answer(
        services.database,
        question,
        answer,
        inbox_id=row.id,
        channel=row.channel,
        thread_ts=row.thread_ts,
        ts=ts,
        person=row.person,
    )
    return await answer_of_inbox(services.database, row.id)


async def is_for(services: BotServices, row: InboxRow, stored: StoredAnswer) -> bool:
    """Whether those who would read an answer that was saved earlier may read all it was made of."""
    now = await services.memberships.audience(row.channel, row.person)
    return stored.audience.readers <= now.readers


async def question_of(services: BotServices, row: InboxRow, me: Myself) -> Question:
    """The row as a question. Raises QuestionRefused, with the help for who asks for that."""
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
    """Stream the answer into the reply, looking up now and then whether it is still wanted."""
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
    """Raise Stopped, Withdrawn or Edited when the question is not what it was."""
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
    """Finish the reply with an answer that is already saved, a note below it, and end the row."""
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
    """Tell the person once, in the reply's own place, and note the error. Raises SlackFailed.

    Nobody waits for an answer to a question that was deleted meanwhile.
    """
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
    """Show that an answer is on its way, or no longer. Only a courtesy: failing is no matter.

    Nothing shows of a question that nobody put to the bot.
    """
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
    for result in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(result, Exception) and not isinstance(result, SlackFailed):
            raise result
