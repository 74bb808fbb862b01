"""Corrections: a better answer, typed into the comment form or saved from a reply.

Each author has one current correction per answer; earlier ones stay as history.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from psycopg import AsyncConnection

from bot.errors import FeedbackRefused
from bot.feedback import rated_answer
from bot.feedback.rated_answer import Said
from bot.inbox.store import InboxRow
from bot.rendering.mrkdwn import mentions, plain
from bot.services import BotServices
from database.statements import load_statements

Surface = Literal["form", "reply"]

_SQL = load_statements("bot.feedback")
_SAVED = "Saved as the better answer."
_ELSEWHERE = (
    "“Save as answer” keeps a reply as the better answer to what I answered before it in the same "
    "thread, and before this message there is no answer of mine. Write the better answer as a "
    "reply below mine, or find such a reply, and choose “Save as answer” there."
)
_MINE = (
    "This is what I said myself. Choose “Save as answer” on a reply in which somebody says it "
    "better; or press the thumb down below my answer, and write a better one."
)
_WORDLESS = "There is nothing to save: I can keep only what a person has written."


async def save_reply(services: BotServices, inbox_id: int, tries: int, deaths: int) -> None:
    """Save a reply as the correction of the thread's last answer before it, and tell the saver.

    `tries` counts earlier attempts of this job, `deaths` the crashed jobs of this row.
    """
    await rated_answer.keep(services, inbox_id, tries + deaths, _save)


async def typed(connection: AsyncConnection[Any], answer_id: int, author: str) -> str:
    """Return the current correction that this person typed into the form; "" if there is none."""
    current = await _current(connection, answer_id, author)
    return current[0] if current is not None and current[1] == "form" else ""


async def set_typed(
    connection: AsyncConnection[Any], workspace: str, answer_id: int, author: str, text: str
) -> None:
    """Save the form's text as this person's correction; an empty text withdraws a typed one."""
    if text:
        given = _Correction(author, author, text, "form")
        await _set(connection, workspace, answer_id, given)
    elif await typed(connection, answer_id, author):
        await connection.execute(_SQL["retire_better"], {"answer_id": answer_id, "author": author})


async def revise(services: BotServices, channel: str, ts: str, text: str) -> None:
    """Update the corrections that were saved from an edited message. Raises SlackFailed."""
    values = {"workspace": services.workspace, "channel": channel, "ts": ts}
    async with services.database.connection() as connection:
        saved = await (await connection.execute(_SQL["saved_better"], values)).fetchall()
        if not saved:
            return
        now = await _readable(services, text)
        for answer_id, author, saved_by in saved:
            if now:
                given = _Correction(author, saved_by, now, "reply", ts)
                await _set(connection, services.workspace, answer_id, given)


async def withdraw(services: BotServices, channel: str, ts: str) -> None:
    """Withdraw the corrections that were saved from a deleted message."""
    values = {"channel": channel, "ts": ts}
    await services.database.execute(_SQL["withdraw_better"], **values)


async def _save(services: BotServices, row: InboxRow) -> Said:
    author = str(row.payload["author"])
    me = await services.directory.me()
    if author == me.user:
        raise FeedbackRefused(_MINE)
    text = await _readable(services, row.text)
    if not author or not text:
        raise FeedbackRefused(_WORDLESS)
    judged = await rated_answer.judged_before(services, row.channel, row.thread_ts, row.ts)
    if judged is None:
        raise FeedbackRefused(_ELSEWHERE)
    async with rated_answer.held(services, judged, row.person) as connection:
        given = _Correction(author, row.person, text, "reply", row.ts)
        await _set(connection, services.workspace, judged.id, given)
    return row, _SAVED


async def _readable(services: BotServices, text: str) -> str:
    me = await services.directory.me()
    users = [user for user in mentions(text) if user != me.user]
    return plain(text, me.user, await services.directory.names(users))


@dataclass(frozen=True, slots=True)
class _Correction:
    author: str
    saved_by: str
    text: str
    surface: Surface
    ts: str | None = None


async def _set(
    connection: AsyncConnection[Any], workspace: str, answer_id: int, given: _Correction
) -> None:
    # A repeated job must not add to the history.
    said = (given.text, given.surface, given.ts)
    if await _current(connection, answer_id, given.author) == said:
        return
    values = {"workspace": workspace, "answer_id": answer_id, **asdict(given)}
    await connection.execute(_SQL["retire_better"], values)
    await connection.execute(_SQL["add_better"], values)


async def _current(
    connection: AsyncConnection[Any], answer_id: int, author: str
) -> tuple[str, Surface, str | None] | None:
    key = {"answer_id": answer_id, "author": author}
    row = await (await connection.execute(_SQL["current_better"], key)).fetchone()
    return (row[0], row[1], row[2]) if row else None
