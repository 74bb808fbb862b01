"""What a reviewer may see of what waits, and where it was said. Decides nothing."""

from collections.abc import Collection
from dataclasses import dataclass

from psycopg.rows import scalar_row, tuple_row

from database.database import Database
from database.statements import load_statements
from tuning.feedback.erasure import sweep

_SQL = load_statements("tuning.review")


@dataclass(frozen=True, slots=True)
class Reviewable:
    """An example's number, where it was said (None: brought in), its state and its reviewers."""

    id: int
    channel: str | None
    state: str
    reviewers: frozenset[str]

    def is_for(self, channels: Collection[str], *, is_admin: bool) -> bool:
        """Whether somebody who sees these conversations may review it; admins what was brought in.

        An allowance to learn from a private channel lets nobody read there.
        """
        return is_admin if self.channel is None else self.channel in channels


async def reviewable(database: Database) -> list[Reviewable]:
    """Every example, those that came first first; what rests on deleted documents leaves before."""
    await sweep(database)
    rows = await database.fetch_all(_SQL["reviewable"], tuple_row)
    return [
        Reviewable(id_, channel, state, frozenset(reviewers))
        for id_, channel, state, reviewers in rows
    ]


async def channels_asked(database: Database) -> frozenset[str]:
    """The conversations in which anything of this was said."""
    rows = await database.fetch_all(_SQL["channels_asked"], scalar_row)
    return frozenset(channel for channel in rows)
