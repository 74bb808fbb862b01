"""Erase a person's data: delete it, or cut it out where others have a part in it.

What is written in Slack itself stays there, and so does what they said in threads without the bot.
"""

from dataclasses import dataclass
from typing import Final

from bot.inbox import store, threads
from bot.inbox.private_reply import tell
from bot.inbox.store import InboxRow
from bot.rendering.blocks import Block, actions, button, section
from bot.rendering.mrkdwn import escape
from bot.services import BotServices
from database.database import Database
from database.statements import load_statements

FORGET: Final = "forget_me"
"""The action id of the button that confirms the erasure."""
WARNING: Final = (
    "*Shall I forget you?* I delete what you asked me, your votes, your remarks and your better "
    "answers, what I have learned from them, and what I answered you alone. What I answered where "
    "others read it stays, without your question. From then on nothing is learned of you. What "
    "you wrote stays in Slack until you delete it there. This cannot be taken back."
)
WHOM: Final = (
    "I forget only who says so: `/houselore forget me`. For somebody else an admin can run "
    "`houselore data forget @person`."
)
_DONE = (
    "You are forgotten: {questions} of your questions and {said} of your votes, remarks and better "
    "answers are deleted. Nothing is learned of you any more."
)
_SQL = load_statements("bot.feedback")
_SAID = ("forget_labels", "forget_remarks", "forget_betters")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many questions were erased (`questions`), and how many votes, comments and corrections.

    `threads` are the (channel, thread ts) pairs that the person had a part in.
    """

    questions: int
    said: int
    threads: tuple[tuple[str, str], ...]


async def forget_words(database: Database, person: str, row: int | None = None) -> Forgotten:
    """Erase a person's data in one transaction.

    `row` is the inbox row that asked for it; it stays open.
    """
    values = {"workspace": database.workspace, "person": person, "row": row}
    async with database.connection() as connection, connection.transaction():
        found = await (await connection.execute(_SQL["parts_of_person"], values)).fetchall()
        parts = tuple((channel, thread) for channel, thread in found)
        places = {"channels": [one for one, _ in parts], "threads": [one for _, one in parts]}
        await connection.execute(_SQL["forget_contexts"], values | places)
        await connection.execute(_SQL["forget_golden"], values)
        private = await connection.execute(_SQL["forget_private_answers"], values)
        shown = await connection.execute(_SQL["forget_questions"], values)
        said = [(await connection.execute(_SQL[name], values)).rowcount for name in _SAID]
        for name in ("forget_saver", "forget_votes", "forget_events", "forget_quotes"):
            await connection.execute(_SQL[name], values)
    return Forgotten(private.rowcount + shown.rowcount, sum(said), parts)


async def forget_me(services: BotServices, inbox_id: int, tries: int, deaths: int) -> None:
    """Erase the data of the person who pressed the button, and tell them. Safe to repeat.

    `tries` counts earlier attempts of this job, `deaths` the crashed jobs of this row.
    """
    async with store.claimed(services.database, inbox_id) as row:
        if row is None:
            return
        await tell(services, row, await _forget(services, row))
        await store.finish_forgotten(services.database, row)


def confirmation() -> list[Block]:
    """Return the reply to `/houselore forget me`: what is erased, and the confirming button."""
    ask = {
        "title": {"type": "plain_text", "text": "Forget me"},
        "text": {"type": "plain_text", "text": "This cannot be taken back."},
        "confirm": {"type": "plain_text", "text": "Forget me"},
        "deny": {"type": "plain_text", "text": "Keep me"},
        "style": "danger",
    }
    return [section(WARNING), actions({**button(FORGET, "Forget me"), "confirm": ask})]


async def _forget(services: BotServices, row: InboxRow) -> str:
    if services.unlearn is not None:
        await services.unlearn(row.person)
    done = await forget_words(services.database, row.person, row.id)
    for channel, thread in done.threads:
        await threads.forget(services, channel, thread)
    return escape(_DONE.format(questions=f"{done.questions:,}", said=f"{done.said:,}"))
