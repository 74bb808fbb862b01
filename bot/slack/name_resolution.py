"""Resolve names that people type (`@ana`, `#team-data`) to Slack ids."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.errors import NameNotFound, SlackFailed
from bot.slack.client import SlackClient
from bot.slack.directory import NO_GROUPS
from retrieval.audience import PUBLIC

READERS: Final = "public, '#channel', @person or @group; or by id channel:C…, person:U…, group:S…"
"""The ways to write a reader, for error messages and help."""

_ID = re.compile(r"(?:channel:[CGD]|person:[UW]|group:S)[A-Z0-9]+")
_PERSON = re.compile(r"person:([UW][A-Z0-9]+)|<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"channel:([CGD][A-Z0-9]+)|<#([CGD][A-Z0-9]+)(?:\|[^>]*)?>")
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Named:
    """A person, channel or group: its reader id, how it is shown, and the names that match it."""

    reader: str
    shown: str
    names: frozenset[str]

    @classmethod
    def from_user(cls, user: Mapping[str, Any]) -> "Named":
        """Parse a user object; it matches by handle, display name and real name."""
        profile = user.get("profile", {})
        real = profile.get("real_name") or user.get("real_name") or ""
        shown = profile.get("display_name") or user.get("name") or real
        names = (user.get("name"), profile.get("display_name"), real, user.get("real_name"))
        return cls(
            f"person:{user['id']}",
            f"@{shown} ({real})" if real and real != shown else f"@{shown}",
            frozenset(_plain(name) for name in names if name),
        )

    @classmethod
    def from_channel(cls, channel: Mapping[str, Any]) -> "Named":
        """Parse a channel object; it matches by its name."""
        name = channel["name"]
        return cls(f"channel:{channel['id']}", f"#{name}", frozenset({_plain(name)}))

    @classmethod
    def from_usergroup(cls, group: Mapping[str, Any]) -> "Named":
        """Parse a usergroup object; it matches by its handle."""
        handle = group.get("handle") or group["id"]
        return cls(f"group:{group['id']}", f"@{handle} (a user group)", frozenset({_plain(handle)}))


class Names:
    """The names of one workspace; each list is read once, when a name needs it."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client
        self._people: tuple[Named, ...] | None = None
        self._channels: tuple[Named, ...] | None = None
        self._groups: tuple[Named, ...] | None = None

    async def readers(self, words: Iterable[str]) -> frozenset[str]:
        """Return the readers that these words name. Raises NameNotFound and SlackFailed."""
        return frozenset([await self.reader(word) for word in words])

    async def reader(self, word: str) -> str:
        """Return the reader that `public`, an id, `#channel`, `@person` or `@group` names.

        Raises NameNotFound and SlackFailed.
        """
        known = reader_by_id(word)
        if known is not None:
            return known
        if word.startswith("#"):
            return f"channel:{await self.channel(word)}"
        if word.startswith("@"):
            return _one(word, [*await self._everybody(), *await self._every_group()], _NOBODY)
        raise NameNotFound(f"{word} is no reader: say {READERS}.")

    async def person(self, word: str) -> str:
        """Return the user id for `@ana`, `ana`, `person:U…` or a mention.

        Names of apps and of deleted users are not found. Raises NameNotFound and SlackFailed.
        """
        return _id_in(_PERSON, word) or _bare(_one(word, await self._everybody(), _NOBODY))

    async def channel(self, word: str) -> str:
        """Return the channel id for `#team-data`, `team-data`, `channel:C…` or a channel link.

        Only channels that the bot can see are found. Raises NameNotFound and SlackFailed.
        """
        return _id_in(_CHANNEL, word) or _bare(_one(word, await self._every_channel(), _NO_CHANNEL))

    async def _everybody(self) -> tuple[Named, ...]:
        if self._people is None:
            users = await self._client.pages("users.list", "members")
            self._people = tuple(Named.from_user(user) for user in users if _is_person(user))
        return self._people

    async def _every_channel(self) -> tuple[Named, ...]:
        if self._channels is None:
            kinds = "public_channel,private_channel"
            found = await self._client.pages("conversations.list", "channels", types=kinds)
            self._channels = tuple(Named.from_channel(channel) for channel in found)
        return self._channels

    async def _every_group(self) -> tuple[Named, ...]:
        if self._groups is None:
            try:
                found = (await self._client.call("usergroups.list"))["usergroups"]
            except SlackFailed as error:
                if error.error not in NO_GROUPS:
                    raise
                found = []
            self._groups = tuple(Named.from_usergroup(group) for group in found)
        return self._groups


def reader_by_id(word: str) -> str | None:
    """Return the word if it is a reader id or `public`, which needs no look-up; None otherwise."""
    return word if word == PUBLIC or _ID.fullmatch(word) else None


_NOBODY = "Nobody here is called {name}"
_NO_CHANNEL = (
    "There is no channel {name} that I can see (a private one must have the bot in it: "
    "`/invite @houselore` there)"
)


def _one(word: str, candidates: Iterable[Named], none: str) -> str:
    """Return the only candidate with this name. Raises NameNotFound for none and for several."""
    known = tuple(candidates)
    wanted = _plain(word.removeprefix("@").removeprefix("#"))
    found = {one.reader: one for one in known if wanted in one.names}
    if len(found) == 1:
        return next(iter(found))
    if found:
        several = ", ".join(f"{one.shown} is {one.reader}" for one in found.values())
        raise NameNotFound(f"{word} may be any of {len(found)}: {several}. Say which by its id.")
    raise NameNotFound(f"{none.format(name=word)}{_near(wanted, known)}")


def _near(wanted: str, known: tuple[Named, ...]) -> str:
    names = {name: one for one in known for name in one.names}
    close = difflib.get_close_matches(wanted, names, n=_SHOWN, cutoff=0.6)
    shown = dict.fromkeys(names[name].shown for name in close)
    return f": did you mean {' or '.join(shown)}?" if shown else "."


def _id_in(pattern: re.Pattern[str], word: str) -> str | None:
    found = pattern.fullmatch(word)
    return (found[1] or found[2]) if found else None


def _bare(reader: str) -> str:
    return reader.partition(":")[2]


def _is_person(user: Mapping[str, Any]) -> bool:
    return not (user.get("deleted") or user.get("is_bot") or user["id"] == "USLACKBOT")


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()
