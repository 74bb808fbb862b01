"""A channel or direct message, with its members and messages."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.workspace.messages import Message

Kind = Literal["public", "private", "im", "mpim"]

EVENT_KIND = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
"""The `channel_type` of message events."""


@dataclass(slots=True)
class Channel:
    """A conversation; messages are kept by timestamp, in order."""

    id: str
    name: str
    kind: Kind
    members: list[str]
    creator: str
    created: int
    topic: str = ""
    purpose: str = ""
    shared_with: tuple[str, ...] = ()
    general: bool = False
    archived: bool = False
    last_read: dict[str, str] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    threads: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_direct(self) -> bool:
        """Whether it is a direct message, of two or of more."""
        return self.kind in ("im", "mpim")

    @property
    def event_kind(self) -> str:
        """`channel_type` in message events."""
        return EVENT_KIND[self.kind]

    def add(self, message: Message) -> None:
        """Add a message, to its thread if it is a reply."""
        self.messages[message.ts] = message
        if message.is_reply and message.thread_ts is not None and message.only_for is None:
            self.threads.setdefault(message.thread_ts, []).append(message.ts)

    def remove(self, message: Message) -> None:
        """Remove a message."""
        self.messages.pop(message.ts, None)
        if message.thread_ts in self.threads and message.ts in self.threads[message.thread_ts]:
            self.threads[message.thread_ts].remove(message.ts)

    def replies(self, ts: str) -> list[Message]:
        """Return the replies to a root, oldest first."""
        return [self.messages[reply] for reply in self.threads.get(ts, ())]

    def roots(self) -> Iterator[Message]:
        """Yield what the channel itself shows, oldest first, without ephemeral messages."""
        for message in self.messages.values():
            if message.only_for is None and (not message.is_reply or message.broadcast):
                yield message

    def unread(self, person: str) -> int:
        """Return how many messages this member has not seen."""
        seen = self.last_read.get(person, "")
        return sum(1 for message in self.roots() if message.ts > seen and message.user != person)

    def to_slack(self, viewer: str, team: str) -> dict[str, Any]:
        """Return the conversation object as `viewer` gets it."""
        if self.kind == "im":
            other = next((member for member in self.members if member != viewer), viewer)
            return {
                "id": self.id,
                "created": self.created,
                "is_archived": False,
                "is_im": True,
                "is_org_shared": False,
                "context_team_id": team,
                "updated": self.created * 1000,
                "user": other,
                "is_user_deleted": False,
                "is_open": True,
                "priority": 0,
            }
        shared = bool(self.shared_with)
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "public",
            "is_group": self.kind == "private",
            "is_im": False,
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "public",
            "created": self.created,
            "creator": self.creator,
            "is_archived": self.archived,
            "is_general": self.general,
            "is_shared": shared,
            "is_ext_shared": shared,
            "is_org_shared": False,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "shared_team_ids": [team, *self.shared_with],
            "context_team_id": team,
            "is_member": viewer in self.members,
            "unlinked": 0,
            "updated": self.created * 1000,
            "topic": {"value": self.topic, "creator": self.creator, "last_set": self.created},
            "purpose": {"value": self.purpose, "creator": self.creator, "last_set": self.created},
            "previous_names": [],
        }
