"""Find which waiting examples a reviewer may see, by the channel of their answer."""

from collections.abc import Collection
from dataclasses import dataclass

from psycopg.rows import scalar_row, tuple_row

from database.database import Database
from database.statements import load_statements
from tuning.feedback.erasure import sweep

_SQL = load_statements("tuning.review")


@dataclass(frozen=True, slots=True)
class Reviewable:
    """An example's number, its answer's channel (None: imported), its state and its reviewers."""

    id: int
    channel: str | None
    state: str
    reviewers: frozenset[str]

    def is_for(self, channels: Collection[str], *, is_admin: bool) -> bool:
        """Return whether a person who sees these channels may review it; admins review imports."""
        # An admin's allowance to train on a private channel lets nobody read there.
        return is_admin if self.channel is None else self.channel in channels


async def reviewable(database: Database) -> list[Reviewable]:
    """Return every example, oldest first, after deleting those of deleted documents."""
    await sweep(database)
    rows = await database.fetch_all(_SQL["reviewable"], tuple_row)
    return [
        Reviewable(id_, channel, state, frozenset(reviewers))
        for id_, channel, state, reviewers in rows
    ]


async def channels_asked(database: Database) -> frozenset[str]:
    """Return the channels of examples, unanswered questions and answers called outdated."""
    rows = await database.fetch_all(_SQL["channels_asked"], scalar_row)
    return frozenset(channel for channel in rows)
