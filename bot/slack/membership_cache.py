"""Keep the audiences of all processes up to date with the membership events of one.

Slack sends an event to one process only, and none to the workers. Each change is therefore stored
in the inbox and read from there before an audience is computed.
"""

from bot.slack.audience import audience_of, audience_of_one, can_see
from bot.slack.directory import Directory
from database.database import Database
from database.statements import load_statements
from retrieval.audience import Audience

_SQL = load_statements("bot.slack")
# Transactions commit out of order, so a row with a smaller id may appear after one with a larger.
# Look that many ids back.
_OVERLAP = 200


class Memberships:
    """Audiences of one workspace, never older than the last change that any process stored."""

    def __init__(self, database: Database, directory: Directory) -> None:
        self._database = database
        self._directory = directory
        self._newest: int | None = None
        self._known: frozenset[int] = frozenset()

    async def audience(
        self, channel: str | None, person: str, patience: float | None = None
    ) -> Audience:
        """Return the audience of a reply to this person in a channel, or to them alone (None).

        `patience` is how many seconds to wait for a database connection. Raises SlackFailed.
        """
        await self._catch_up(patience)
        if channel is None:
            return await audience_of_one(self._directory, self._database.workspace, person)
        return await audience_of(self._directory, self._database.workspace, channel, person)

    async def sees(self, channel: str, person: str) -> bool:
        """Return whether a person can read a conversation. Raises SlackFailed."""
        await self._catch_up(None)
        return await can_see(self._directory, channel, person)

    def forget(self, channel: str | None, person: str | None) -> None:
        """Drop a channel, a person or both from the cache; the user groups if both are None."""
        if channel is None and person is None:
            self._directory.forget_groups()
        if channel is not None:
            self._directory.forget_channel(channel)
        if person is not None:
            self._directory.forget_person(person)

    async def _catch_up(self, patience: float | None) -> None:
        # At the first look nothing is cached, so no change matters yet.
        since = None if self._newest is None else self._newest - _OVERLAP
        values = {"workspace": self._database.workspace, "since": since}
        async with self._database.connection(patience) as connection:
            rows = await (await connection.execute(_SQL["memberships"], values)).fetchall()
        changes = {row[1]: (row[2], row[3]) for row in rows if row[1] is not None}
        for change in changes.keys() - self._known:
            self.forget(*changes[change])
        self._newest, self._known = rows[0][0], frozenset(changes)
