"""Who may read a conversation now: what one process heard of people is known to all at once.

Events reach one process, and workers none: each change is noted in the inbox, and looked up there
before an audience is found. Decides nothing about who may read what.
"""

from bot.slack.audience import audience_of, audience_of_one, can_see
from bot.slack.directory import Directory
from database.database import Database
from database.statements import load_statements
from retrieval.audience import Audience

_SQL = load_statements("bot.slack")
# A row may be seen before another with a smaller number is: so many are looked at again.
_OVERLAP = 200


class Memberships:
    """The audiences of one workspace, never older than the last change that any process heard."""

    def __init__(self, database: Database, directory: Directory) -> None:
        self._database = database
        self._directory = directory
        self._newest: int | None = None
        self._known: frozenset[int] = frozenset()

    async def audience(
        self, channel: str | None, person: str, patience: float | None = None
    ) -> Audience:
        """The audience of a reply to this person there, or (without a channel) to them alone.

        `patience` is how many seconds the database is waited for. Raises SlackFailed.
        """
        await self._catch_up(patience)
        if channel is None:
            return await audience_of_one(self._directory, self._database.workspace, person)
        return await audience_of(self._directory, self._database.workspace, channel, person)

    async def sees(self, channel: str, person: str) -> bool:
        """Whether a person can read what stands in a conversation. Raises SlackFailed."""
        await self._catch_up(None)
        return await can_see(self._directory, channel, person)

    def forget(self, channel: str | None, person: str | None) -> None:
        """Read a channel, a person or both anew; with neither, the user groups."""
        if channel is None and person is None:
            self._directory.forget_groups()
        if channel is not None:
            self._directory.forget_channel(channel)
        if person is not None:
            self._directory.forget_person(person)

    async def _catch_up(self, patience: float | None) -> None:
        since = None if self._newest is None else self._newest - _OVERLAP
        values = {"workspace": self._database.workspace, "since": since}
        async with self._database.connection(patience) as connection:
            rows = await (await connection.execute(_SQL["memberships"], values)).fetchall()
        changes = {row[1]: (row[2], row[3]) for row in rows if row[1] is not None}
        for change in changes.keys() - self._known:
            self.forget(*changes[change])
        self._newest, self._known = rows[0][0], frozenset(changes)
