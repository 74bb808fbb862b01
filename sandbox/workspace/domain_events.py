"""Domain events of the workspace, told to its listeners."""

from dataclasses import dataclass
from typing import Any

from sandbox.workspace.channels import Channel
from sandbox.workspace.messages import Message


@dataclass(frozen=True, slots=True)
class Posted:
    """A message was posted."""

    message: Message


@dataclass(frozen=True, slots=True)
class Edited:
    """A message was edited; `previous` is the message object before."""

    message: Message
    previous: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message was deleted; with a `tombstone` its thread stays."""

    message: Message
    previous: dict[str, Any]
    tombstone: bool


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A message looks different without a Slack event: a stream grew, a reply was counted."""

    message: Message


@dataclass(frozen=True, slots=True)
class Vanished:
    """An ephemeral message was removed."""

    message: Message


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction was added or removed."""

    message: Message
    person: str
    name: str
    added: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody became a member."""

    channel: Channel
    person: str
    inviter: str | None


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody left the channel."""

    channel: Channel
    person: str


@dataclass(frozen=True, slots=True)
class SharingChanged:
    """A channel was shared with another workspace, or no longer is."""

    channel: Channel
    team: str
    shared: bool


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """Somebody's role changed."""

    person: str


@dataclass(frozen=True, slots=True)
class GroupChanged:
    """A user group's members changed."""

    group: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelMade:
    """A channel or a direct message was created."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class ChannelRead:
    """A member has read everything."""

    channel: Channel
    person: str


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """The app's status line in a thread changed."""

    channel: str
    thread_ts: str


@dataclass(frozen=True, slots=True)
class PromptsSet:
    """The app set its suggested prompts."""

    channel: str
    title: str
    prompts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Stopped:
    """A person pressed Stop on a running agent session."""

    channel: str
    thread_ts: str
    person: str
    streams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """A person opened the app's home on one of its tabs."""

    person: str
    tab: str


@dataclass(frozen=True, slots=True)
class ViewShown:
    """A modal opened or changed, or a Home tab was published."""

    view_id: str


@dataclass(frozen=True, slots=True)
class ViewGone:
    """A modal closed."""

    view_id: str
    person: str


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """The app was removed from the workspace."""


Happening = (
    Posted
    | Edited
    | Deleted
    | Redrawn
    | Vanished
    | Reacted
    | Joined
    | Left
    | SharingChanged
    | PersonChanged
    | GroupChanged
    | ChannelMade
    | ChannelRead
    | StatusChanged
    | PromptsSet
    | Stopped
    | HomeOpened
    | ViewShown
    | ViewGone
    | Uninstalled
)
