"""Find the answer that feedback is about, and check that its author can see it.

The answer's id comes from outside, so it is looked up within the workspace and Slack is asked who
can see its conversation. Feedback is written only while both still hold.
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
    """Return the answer with this id, or None."""
    return await _find(services, "judged_by_id", id=answer_id)


async def judged_at(
    services: BotServices, channel: str | None, ts: str | None
) -> PostedAnswer | None:
    """Return the answer that this message shows, or None."""
    return await _find(services, "judged_at", channel=channel, ts=ts)


async def judged_before(
    services: BotServices, channel: str, thread_ts: str, ts: str
) -> PostedAnswer | None:
    """Return the last answer in a thread before this message, or None."""
    return await _find(services, "judged_before", channel=channel, thread_ts=thread_ts, ts=ts)


@asynccontextmanager
async def held(
    services: BotServices, judged: PostedAnswer, person: str
) -> AsyncIterator[AsyncConnection[Any]]:
    """Open a transaction with the answer locked, if this person can see it.

    Raises FeedbackRefused if they cannot, and SlackFailed when Slack does not say who is a member.
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
    """Handle a feedback row with `act`, which must be safe to repeat, and tell the person.

    `before` counts earlier attempts. Raises transient errors for a retry.
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
    """Return the refusal for an answer that is missing or that the person cannot see."""
    # The same words for both, so that nobody learns that a hidden answer exists.
    return FeedbackRefused(_NOT_SEEN)


async def _find(services: BotServices, statement: str, **values: Any) -> PostedAnswer | None:
    given = {"workspace": services.workspace} | values
    row = await services.database.fetch_one(_SQL[statement], dict_row, **given)
    return PostedAnswer.from_row(row) if row else None
