"""Answer /ask privately, and share such an answer with the channel on request.

Slack can neither stream nor replace an ephemeral message, so the answer is sent when it is
complete. Before it is shared, access is checked again for the channel's readers.
"""

import logging
from contextlib import suppress

from psycopg.rows import tuple_row

from answering.types.answers import (
    Answer,
    PostedAt,
    StoredAnswer,
    answer_by_id,
    answer_of_inbox,
    place_answer,
    save_answer,
)
from answering.types.progress import Finished
from answering.types.questions import Place, Question
from bot.errors import BotError, QuestionRefused, SlackFailed
from bot.feedback.votes import settle_votes
from bot.inbox import store
from bot.inbox.private_reply import tell
from bot.inbox.retry_policy import MOST_DEATHS, MOST_TRIES, apology, may_pass, question_text
from bot.inbox.store import InboxRow
from bot.rendering.answer_blocks import answer_blocks
from bot.rendering.blocks import (
    SHARE,
    actions,
    below_answer,
    button,
    context,
    fallback,
    section,
    sources,
)
from bot.rendering.mrkdwn import escape, mentions, plain
from bot.rendering.plain_text import plain_text
from bot.replies.mention_reply import progress_of
from bot.services import BotServices
from database.database import Database
from database.statements import load_statements
from retrieval.audience import Audience

_SQL = load_statements("bot.replies")
_ALONE = "Only you can see this."
_NOT_IN = "I am not in this channel. Invite me with `/invite`, then press the button again."
_NOT_FOR_ALL = (
    "I cannot share this here: it rests on documents that not everyone in this channel may read, "
    "or that have changed since. "
    "Ask me in the channel itself, and I will use what everyone here may read."
)
_GONE = "I no longer have this answer. Please ask again."
_NOT_YOURS = "Only the person who asked can share this."
_NOT_NOW = "I could not share this just now. Please press the button again in a while."
_SHARED = "This answer is shared already."
_UNSURE = "I was interrupted while sharing. If the answer is not in the channel, press again."

_log = logging.getLogger(__name__)


async def answer_alone(services: BotServices, inbox_id: int, tries: int, deaths: int) -> None:
    """Answer an /ask privately; at the last attempt tell the person that it failed.

    `tries` counts earlier attempts of this job, `deaths` the crashed jobs of this row.
    """
    async with store.claimed(services.database, inbox_id) as row:
        if row is None:
            return
        try:
            if deaths >= MOST_DEATHS:
                raise BotError("Given up: its jobs died too often.")
            await _answer_alone(services, row)
        except QuestionRefused as refusal:
            await tell(services, row, str(refusal))
        except Exception as error:
            if tries + 1 < MOST_TRIES and may_pass(error):
                raise
            _log.exception("/ask %s could not be answered", row.id)
            await tell(services, row, apology(error))
            await store.finish(services.database, row, "failed", str(error))
            return
        await store.finish(services.database, row)


async def share(services: BotServices, inbox_id: int, tries: int, deaths: int) -> None:
    """Post an /ask answer in its channel, if everyone there may read its documents."""
    async with store.claimed(services.database, inbox_id) as row:
        if row is None:
            return
        try:
            async with store.locked(
                services.database, f"share:{row.payload['answer_id']}"
            ) as alone:
                refusal = await _share(services, row) if alone else _SHARED
        except SlackFailed as error:
            if tries + deaths + 1 < MOST_TRIES and may_pass(error):
                raise
            refusal = _NOT_IN if error.error in ("not_in_channel", "channel_not_found") else None
            await tell(services, row, refusal or _NOT_NOW)
            await store.finish(services.database, row, "failed", str(error))
            return
        if refusal is not None:
            await tell(services, row, refusal)
        await store.finish(services.database, row)


async def _answer_alone(services: BotServices, row: InboxRow) -> None:
    stored = await answer_of_inbox(services.database, row.id)
    audience = await services.memberships.audience(None, row.person)
    if stored is None or not stored.audience.readers <= audience.readers:
        answer, answer_id = await _find(services, row, audience)
    else:
        answer, answer_id = stored.answer, stored.id
    blocks = [
        *answer_blocks(answer.text),
        *sources(answer),
        actions(button(SHARE, "Share in channel", str(answer_id))),
        context(_ALONE),
    ]
    await tell(services, row, plain_text(answer.text), blocks)


async def _find(services: BotServices, row: InboxRow, audience: Audience) -> tuple[Answer, int]:
    me = await services.directory.me()
    users = [user for user in mentions(row.text) if user != me.user]
    text = question_text(plain(row.text, me.user, await services.directory.names(users)))
    question = Question(text, audience, place=Place(row.channel))
    async for step in progress_of(services, question):
        if isinstance(step, Finished):
            answer_id = await save_answer(
                services.database,
                question,
                step.answer,
                PostedAt(inbox_id=row.id, person=row.person),
            )
            return step.answer, answer_id
    raise BotError("The answerer ended without an answer.")


async def _share(services: BotServices, row: InboxRow) -> str | None:
    """Share the answer; return None, or the reason why not. Raises SlackFailed."""
    stored = await answer_by_id(services.database, int(row.payload["answer_id"]))
    if stored is None:
        return _GONE
    if stored.person != row.person:
        return _NOT_YOURS
    if stored.ts is not None:
        return _SHARED
    # A crashed job may have posted it, and there is no way to tell: let the person look.
    if row.payload.get("begun"):
        return _UNSURE
    audience = await services.memberships.audience(row.channel, row.person)
    if not await _all_may_read(services.database, stored, audience):
        return _NOT_FOR_ALL
    if not await store.begin_reply(services.database, row):
        return _UNSURE
    posted = await services.client.call(
        "chat.postMessage",
        channel=row.channel,
        text=fallback(plain_text(stored.answer.text)),
        blocks=[
            section(f"*{escape(stored.question[:500])}*"),
            *answer_blocks(stored.answer.text),
            *below_answer(stored.answer),
            context(f"Shared by <@{row.person}>"),
        ],
    )
    await store.place_reply(services.database, row, row.channel, posted["ts"])
    await place_answer(services.database, stored.id, row.channel, posted["ts"])
    await settle_votes(services, row.channel, posted["ts"])
    if row.response_url:
        with suppress(SlackFailed):  # it is shared; a private copy may stay
            await services.client.respond(row.response_url, {"delete_original": True})
    return None


async def _all_may_read(database: Database, stored: StoredAnswer, audience: Audience) -> bool:
    """Return whether the audience may read every document of the answer, all of them unchanged."""
    answer = stored.answer
    ids = {citation.document_id for citation in answer.citations}
    for evidence in answer.evidence:
        # It names no document, so access to it cannot be checked.
        if "document_id" not in evidence:
            return False
        ids.add(int(evidence["document_id"]))
    values = {
        "ids": sorted(ids),
        "workspace": audience.workspace,
        "readers": sorted(audience.readers),
        "answer": stored.id,
    }
    row = await database.fetch_one(_SQL["unreadable"], tuple_row, **values)
    return row is not None and row[0] == 0
