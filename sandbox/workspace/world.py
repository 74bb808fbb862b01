"""Read the world file: the people, channels and past messages of a workspace."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.errors import WorldError
from sandbox.workspace.people import COLORS, ROLES, Person

DEFAULT_WORLD = Path(__file__).parent / "worlds" / "default.json"


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """A channel in the world file; `app` says whether the app is a member."""

    id: str
    name: str
    private: bool
    topic: str
    purpose: str
    members: tuple[str, ...]
    shared_with: tuple[str, ...]
    general: bool
    archived: bool
    app: bool


@dataclass(frozen=True, slots=True)
class MessageSpec:
    """A message from `minutes_ago`, with its thread."""

    channel: str
    user: str
    text: str
    minutes_ago: float
    reactions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    thread: tuple["MessageSpec", ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A user group such as `@oncall`."""

    id: str
    handle: str
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class World:
    """The content of a world file."""

    team_id: str
    team_name: str
    domain: str
    people: tuple[Person, ...]
    channels: tuple[ChannelSpec, ...]
    messages: tuple[MessageSpec, ...]
    groups: tuple[Group, ...]


def load_world(path: Path) -> World:
    """Read a world file. Raises WorldError with a sentence that says what is wrong."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WorldError(
            f"The world {path} cannot be read: {error.strerror}. Check --world."
        ) from error
    except ValueError as error:
        raise WorldError(f"The world {path} is not JSON: {error}.") from error
    try:
        return read_world(data)
    except (KeyError, TypeError, AttributeError) as error:
        raise WorldError(f"The world {path} lacks or misplaces {error}.") from error


def read_world(data: Mapping[str, Any]) -> World:
    """Build a world from its JSON. Raises WorldError if it contradicts itself."""
    team = data["team"]
    people = tuple(_person(entry, team["id"], n) for n, entry in enumerate(data["people"]))
    world = World(
        team_id=team["id"],
        team_name=team["name"],
        domain=team["domain"],
        people=people,
        channels=tuple(_channel(entry, people) for entry in data["channels"]),
        messages=tuple(_message(entry) for entry in data.get("messages", ())),
        groups=tuple(
            Group(entry["id"], entry["handle"], entry["name"], tuple(entry["members"]))
            for entry in data.get("groups", ())
        ),
    )
    _check(world)
    return world


def _person(entry: Mapping[str, Any], team: str, number: int) -> Person:
    role = entry.get("role", "member")
    if role not in ROLES:
        raise WorldError(f"{entry['id']} has the role {role!r}; use one of {', '.join(ROLES)}.")
    return Person(
        id=entry["id"],
        name=entry["name"],
        real_name=entry["real_name"],
        title=entry.get("title", ""),
        role=role,
        team=entry.get("team", team),
        color=COLORS[number % len(COLORS)],
    )


def _channel(entry: Mapping[str, Any], people: tuple[Person, ...]) -> ChannelSpec:
    members = entry.get("members", "everyone")
    if members == "everyone":
        members = [person.id for person in people if not person.is_outsider]
    return ChannelSpec(
        id=entry["id"],
        name=entry["name"],
        private=bool(entry.get("private")),
        topic=entry.get("topic", ""),
        purpose=entry.get("purpose", ""),
        members=tuple(members),
        shared_with=tuple(entry.get("shared_with", ())),
        general=bool(entry.get("general")),
        archived=bool(entry.get("archived")),
        app=bool(entry.get("app", True)),
    )


def _message(entry: Mapping[str, Any], channel: str = "") -> MessageSpec:
    place = entry.get("channel", channel)
    return MessageSpec(
        channel=place,
        user=entry["user"],
        text=entry["text"],
        minutes_ago=float(entry["minutes_ago"]),
        reactions={name: tuple(users) for name, users in entry.get("reactions", {}).items()},
        thread=tuple(_message(reply, place) for reply in entry.get("thread", ())),
    )


def _check(world: World) -> None:
    people = {person.id for person in world.people}
    channels = {channel.id for channel in world.channels}
    if len(people) != len(world.people) or len(channels) != len(world.channels):
        raise WorldError("Two people or two channels of the world have the same id.")
    if not people:
        raise WorldError("The world has no people: add at least one.")
    for channel in world.channels:
        if strangers := set(channel.members) - people:
            raise WorldError(f"#{channel.name} has members nobody knows: {sorted(strangers)}.")
    for message in world.messages:
        if message.channel not in channels:
            raise WorldError(f"A message is in {message.channel!r}, which is no channel.")
        for said in (message, *message.thread):
            if said.user not in people:
                raise WorldError(f"{said.user!r} says something but is not among the people.")
