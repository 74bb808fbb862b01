"""Look up the bot itself, people, channels, members and user groups in Slack.

Answers are cached in this process for a short time.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import SlackFailed
from bot.slack.client import SlackClient
from bot.slack.ttl_cache import Recent

# With more unknown people than this, one users.list is cheaper than a users.info for each.
_ONE_BY_ONE = 10
# An app installed before it asked for usergroups:read, or a plan without user groups.
NO_GROUPS = ("missing_scope", "no_permission", "plan_upgrade_required")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Myself:
    """The bot's own ids and name."""

    user: str
    bot: str
    team: str
    name: str

    @classmethod
    def from_auth(cls, answer: Mapping[str, Any]) -> "Myself":
        """Parse the response of auth.test."""
        return cls(answer["user_id"], answer["bot_id"], answer["team_id"], answer.get("user", ""))


@dataclass(frozen=True, slots=True)
class Person:
    """A person; an outsider is a guest or belongs to another workspace."""

    id: str
    name: str
    team: str
    is_admin: bool
    is_outsider: bool

    @classmethod
    def from_user(cls, user: Mapping[str, Any], team: str) -> "Person":
        """Parse a user object of Slack's; `team` is the bot's own team id."""
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

    What is not `is_private` can be read by the whole workspace. `is_member`: the bot is a member,
    or Slack does not say.
    """

    id: str
    is_im: bool
    is_private: bool
    is_shared: bool
    is_member: bool

    @classmethod
    def from_channel(cls, channel: Mapping[str, Any]) -> "Conversation":
        """Parse a channel object of Slack's."""
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
    """A user group and its members."""

    id: str
    members: frozenset[str]

    @classmethod
    def from_usergroup(cls, group: Mapping[str, Any]) -> "Group":
        """Parse a usergroup object of Slack's that was requested with its users."""
        return cls(group["id"], frozenset(group.get("users") or ()))


class Directory:
    """Cached look-ups: people are at most ten minutes old, everything else one minute."""

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
        """Return the bot itself; asked once. Raises SlackFailed, also for an invalid token."""
        # Many events arrive together at the start: ask once, not once for each.
        async with self._asking:
            if self._me is None:
                self._me = Myself.from_auth(await self._client.call("auth.test"))
            return self._me

    async def person(self, user: str) -> Person:
        """Return one person. Raises SlackFailed."""
        return await self._people.get(user, lambda: self._load_person(user))

    async def people(self, users: Iterable[str]) -> tuple[Person, ...]:
        """Return these people, in order. Raises SlackFailed."""
        wanted = tuple(users)
        if sum(self._people.find(user) is None for user in wanted) > _ONE_BY_ONE:
            me = await self.me()
            for user in await self._client.pages("users.list", "members"):
                self._people.put(user["id"], Person.from_user(user, me.team))
        return tuple([await self.person(user) for user in wanted])

    async def names(self, users: Iterable[str]) -> dict[str, str]:
        """Return names by user id, without the people Slack does not show."""
        found: dict[str, str] = {}
        for user in dict.fromkeys(users):
            try:
                found[user] = (await self.person(user)).name
            except SlackFailed:
                continue
        return found

    async def conversation(self, channel: str) -> Conversation:
        """Return one conversation. Raises SlackFailed."""

        async def load() -> Conversation:
            answer = await self._client.call("conversations.info", channel=channel)
            return Conversation.from_channel(answer["channel"])

        return await self._conversations.get(channel, load)

    async def members(self, channel: str) -> tuple[str, ...]:
        """Return the user ids of a conversation's members. Raises SlackFailed."""

        async def load() -> tuple[str, ...]:
            return tuple(
                await self._client.pages("conversations.members", "members", channel=channel)
            )

        return await self._members.get(channel, load)

    async def channels_of(self, person: str) -> tuple[str, ...]:
        """Return the ids of a person's channels that the bot can see. Raises SlackFailed."""

        async def load() -> tuple[str, ...]:
            kinds = "public_channel,private_channel"
            found = await self._client.pages(
                "users.conversations", "channels", user=person, types=kinds
            )
            return tuple(channel["id"] for channel in found)

        return await self._channels.get(person, load)

    async def groups(self) -> tuple[Group, ...]:
        """Return the workspace's own user groups; () if the app may not read them.

        Groups of another organisation are left out. Raises SlackFailed.
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
        """Ask Slack for the user ids of the workspace's admins and owners. Raises SlackFailed."""
        me = await self.me()
        users = await self._client.pages("users.list", "members")
        people = [user for user in users if not user.get("is_bot") and not user.get("deleted")]
        return frozenset(user["id"] for user in people if Person.from_user(user, me.team).is_admin)

    def forget_person(self, person: str) -> None:
        """Drop a person and their channels from the cache."""
        self._people.drop(person)
        self._channels.drop(person)

    def known_person(self, person: str) -> Person | None:
        """Return a cached person; None if there is none younger than ten minutes."""
        return self._people.find(person)

    def forget_channel(self, channel: str) -> None:
        """Drop a channel and its members from the cache."""
        self._members.drop(channel)
        self._conversations.drop(channel)

    def forget_groups(self) -> None:
        """Drop the user groups from the cache."""
        self._groups.drop(None)

    async def _load_person(self, user: str) -> Person:
        answer = await self._client.call("users.info", user=user)
        return Person.from_user(answer["user"], (await self.me()).team)
