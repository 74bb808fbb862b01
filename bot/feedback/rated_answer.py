"""The answer that somebody says something of, and whether they can see it. Writes nothing itself.

Which answer is meant arrives from outside, so it is found again in the database, by workspace; who
can see its conversation is asked of Slack; and what is written is written only while both hold.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from bot.errors import FeedbackRefused
from bot.inbox import store
from bot.inbox.private_reply import tell
from bot.inbox.retry_policy import MOST_TRIES, may_pass
from bot.inbox.store import InboxRow
from bot.services import BotServices
from database.statements import load_statements

_SQL = load_statements("bot.feedback")
_NOT_SEEN = (
    "I kept nothing: the answer is gone, or stands where you cannot read. Only who sees an answer "
    "can say something of it."
)
_FAILED = "I could not keep this: something went wrong on my side. Please try again in a while."

_log = logging.getLogger(__name__)

Said = tuple[InboxRow, str]
"""The row with where its person is to be told, and what."""


@dataclass(frozen=True, slots=True)
class PostedAnswer:
    """An answer and where it stands; without a channel only `person`, who asked, sees it."""

    id: int
    channel: str | None
    ts: str | None
    thread_ts: str | None
    person: str | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "PostedAnswer":
        """The answer in a row of one of the `judged_…` statements."""
        return cls(**row)


async def judged_by_id(services: BotServices, answer_id: int) -> PostedAnswer | None:
    """The answer of this number."""
    return await _find(services, "judged_by_id", id=answer_id)


async def judged_at(
    services: BotServices, channel: str | None, ts: str | None
) -> PostedAnswer | None:
    """The answer that this message shows."""
    return await _find(services, "judged_at", channel=channel, ts=ts)


async def judged_before(
    services: BotServices, channel: str, thread_ts: str, ts: str
) -> PostedAnswer | None:
    """The last answer in a thread before this message."""
    return await _find(services, "judged_before", channel=channel, thread_ts=thread_ts, ts=ts)


@asynccontextmanager
async def held(
    services: BotServices, judged: PostedAnswer, person: str
) -> AsyncIterator[AsyncConnection[Any]]:
    """A transaction that holds the answer, if this person can see it as it stands now.

    Raises FeedbackRefused otherwise, and SlackFailed when Slack does not say who is where.
    """
    if judged.channel is None:
        seen = person == judged.person
    else:
        seen = await services.memberships.sees(judged.channel, person)
    if not seen:
        raise FeedbackRefused(_NOT_SEEN)
    async with services.database.connection() as connection:
        values = {"workspace": services.workspace, "id": judged.id, "channel": judged.channel}
        row = await (await connection.execute(_SQL["hold_judged"], values)).fetchone()
        if row is None:
            raise FeedbackRefused(_NOT_SEEN)
        yield connection


async def keep(
    services: BotServices,
    inbox_id: int,
    before: int,
    act: Callable[[BotServices, InboxRow], Awaitable[Said]],
) -> None:
    """Act on a row, which may be done twice, and tell the person what came of it.

    `before` is how often this was tried. Raises what may go better another time.
    """
    async with store.claimed(services.database, inbox_id) as row:
        if row is None:
            return
        try:
            try:
                place, said = await act(services, row)
            except FeedbackRefused as refusal:
                place, said = row, str(refusal)
            await tell(services, place, said)
        except Exception as error:
            if before + 1 < MOST_TRIES and may_pass(error):
                raise
            _log.exception("%s %s could not be kept", row.kind, row.id)
            await tell(services, row, _FAILED)
            await store.finish(services.database, row, "failed", str(error) or type(error).__name__)
            return
        await store.finish(services.database, row)


def not_seen() -> FeedbackRefused:
    """What is said of an answer that is not there, or that the person cannot see: the same."""
    return FeedbackRefused(_NOT_SEEN)


async def _find(services: BotServices, statement: str, **values: Any) -> PostedAnswer | None:
    given = {"workspace": services.workspace} | values
    row = await services.database.fetch_one(_SQL[statement], dict_row, **given)
    return PostedAnswer.from_row(row) if row else None
