"""Who is who in the workspace: the bot itself, people, conversations and their members.

What Slack says is kept for a short while in this process. Decides nothing about who may read what.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import SlackFailed
from bot.slack.client import SlackClient
from bot.slack.ttl_cache import Recent

_ONE_BY_ONE = 10
# An app installed before it asked for usergroups:read, or a plan without user groups.
NO_GROUPS = ("missing_scope", "no_permission", "plan_upgrade_required")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Myself:
    """The bot as Slack knows it."""

    user: str
    bot: str
    team: str
    name: str

    @classmethod
    def from_auth(cls, answer: Mapping[str, Any]) -> "Myself":
        """The bot in an answer to auth.test."""
        return cls(answer["user_id"], answer["bot_id"], answer["team_id"], answer.get("user", ""))


@dataclass(frozen=True, slots=True)
class Person:
    """Someone in a conversation; an outsider is a guest or belongs to another workspace."""

    id: str
    name: str
    team: str
    is_admin: bool
    is_outsider: bool

    @classmethod
    def from_user(cls, user: Mapping[str, Any], team: str) -> "Person":
        """The person in a user object of Slack's; `team` is the bot's own."""
        profile = user.get("profile", {})
        flags = ("is_restricted", "is_ultra_restricted", "is_stranger")
        home = user.get("team_id") or team
        is_outsider = any(user.get(flag) for flag in flags) or home != team
        return cls(
            id=user["id"],
            name=profile.get("display_name") or user.get("real_name") or user.get("name") or "",
            team=home,
            is_admin=not is_outsider and bool(user.get("is_admin") or user.get("is_owner")),
            is_outsider=is_outsider,
        )


@dataclass(frozen=True, slots=True)
class Conversation:
    """A channel or direct message; `is_shared`: with another workspace, or about to be.

    What is not `is_private` can be read by the whole workspace, not only by its members.
    `is_member`: the bot is one, as far as Slack says.
    """

    id: str
    is_im: bool
    is_private: bool
    is_shared: bool
    is_member: bool

    @classmethod
    def from_channel(cls, channel: Mapping[str, Any]) -> "Conversation":
        """The conversation in a channel object of Slack's."""
        flags = ("is_shared", "is_ext_shared", "is_org_shared", "is_pending_ext_shared")
        return cls(
            id=channel["id"],
            is_im=bool(channel.get("is_im")),
            is_private=any(channel.get(flag) for flag in ("is_private", "is_im", "is_mpim")),
            is_shared=any(channel.get(flag) for flag in flags),
            is_member=channel.get("is_member") is not False,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """A user group of the workspace and who is in it."""

    id: str
    members: frozenset[str]

    @classmethod
    def from_usergroup(cls, group: Mapping[str, Any]) -> "Group":
        """The group in a usergroup object of Slack's, asked for with its users."""
        return cls(group["id"], frozenset(group.get("users") or ()))


class Directory:
    """Answers about people and conversations, each at most a minute old (people: ten)."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client
        self._me: Myself | None = None
        self._asking = asyncio.Lock()
        self._people: Recent[str, Person] = Recent(600, 50_000)
        self._conversations: Recent[str, Conversation] = Recent(60)
        self._members: Recent[str, tuple[str, ...]] = Recent(60)
        self._channels: Recent[str, tuple[str, ...]] = Recent(60)
        self._groups: Recent[None, tuple[Group, ...]] = Recent(60)

    async def me(self) -> Myself:
        """The bot itself; asked once. Raises SlackFailed, also for a wrong token."""
        async with self._asking:
            if self._me is None:
                self._me = Myself.from_auth(await self._client.call("auth.test"))
            return self._me

    async def person(self, user: str) -> Person:
        """One person. Raises SlackFailed."""
        return await self._people.get(user, lambda: self._load_person(user))

    async def people(self, users: Iterable[str]) -> tuple[Person, ...]:
        """These people, in order; many unknown ones are read with one list."""
        wanted = tuple(users)
        if sum(self._people.find(user) is None for user in wanted) > _ONE_BY_ONE:
            me = await self.me()
            for user in await self._client.pages("users.list", "members"):
                self._people.put(user["id"], Person.from_user(user, me.team))
        return tuple([await self.person(user) for user in wanted])

    async def names(self, users: Iterable[str]) -> dict[str, str]:
        """Names by id, without those that Slack will not tell."""
        found: dict[str, str] = {}
        for user in dict.fromkeys(users):
            try:
                found[user] = (await self.person(user)).name
            except SlackFailed:
                continue
        return found

    async def conversation(self, channel: str) -> Conversation:
        """One conversation. Raises SlackFailed."""

        async def load() -> Conversation:
            answer = await self._client.call("conversations.info", channel=channel)
            return Conversation.from_channel(answer["channel"])

        return await self._conversations.get(channel, load)

    async def members(self, channel: str) -> tuple[str, ...]:
        """The ids of everyone in a conversation. Raises SlackFailed."""

        async def load() -> tuple[str, ...]:
            return tuple(
                await self._client.pages("conversations.members", "members", channel=channel)
            )

        return await self._members.get(channel, load)

    async def channels_of(self, person: str) -> tuple[str, ...]:
        """The ids of the channels a person is in, as far as Slack tells. Raises SlackFailed."""

        async def load() -> tuple[str, ...]:
            kinds = "public_channel,private_channel"
            found = await self._client.pages(
                "users.conversations", "channels", user=person, types=kinds
            )
            return tuple(channel["id"] for channel in found)

        return await self._channels.get(person, load)

    async def groups(self) -> tuple[Group, ...]:
        """The workspace's own user groups; none where Slack lets us see none. Raises SlackFailed.

        Those of another organisation are left out.
        """

        async def load() -> tuple[Group, ...]:
            try:
                answer = await self._client.call("usergroups.list", include_users=True)
            except SlackFailed as error:
                if error.error not in NO_GROUPS:
                    raise
                _log.info("user groups are not used: %s", error)
                return ()
            groups = [group for group in answer["usergroups"] if not group.get("is_external")]
            return tuple(Group.from_usergroup(group) for group in groups)

        return await self._groups.get(None, load)

    async def admins(self) -> frozenset[str]:
        """The ids of the workspace's own admins and owners, asked anew. Raises SlackFailed."""
        me = await self.me()
        users = await self._client.pages("users.list", "members")
        people = [user for user in users if not user.get("is_bot") and not user.get("deleted")]
        return frozenset(user["id"] for user in people if Person.from_user(user, me.team).is_admin)

    def forget_person(self, person: str) -> None:
        """Read a person's name and standing, and where they are, anew."""
        self._people.drop(person)
        self._channels.drop(person)

    def known_person(self, person: str) -> Person | None:
        """A person as they were when last asked of, if that is not long ago."""
        return self._people.find(person)

    def forget_channel(self, channel: str) -> None:
        """Read with whom a channel is shared, and who is in it, anew."""
        self._members.drop(channel)
        self._conversations.drop(channel)

    def forget_groups(self) -> None:
        """Read who is in which user group anew."""
        self._groups.drop(None)

    async def _load_person(self, user: str) -> Person:
        answer = await self._client.call("users.info", user=user)
        return Person.from_user(answer["user"], (await self.me()).team)
