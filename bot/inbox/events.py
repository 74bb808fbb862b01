"""Parse Slack's events and slash commands into frozen dataclasses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.rendering.mrkdwn import mentions
from text.plain import clean

Kind = Literal[
    "question",
    "unasked",
    "ask",
    "share",
    "reindex",
    "rollback",
    "cancel",
    "remark",
    "save",
    "forget",
    "review",
    "vote",
    "membership",
]

# Subtypes of messages that people write; an ordinary message has none.
_SAID = (None, "file_share", "thread_broadcast", "me_message")


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event for the inbox; `event_id` is the same at each delivery by Slack."""

    event_id: str
    kind: Kind
    person: str | None
    channel: str | None = None
    ts: str | None = None
    thread_ts: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """A new message; `root` is the ts of its thread, the message's own if it starts one."""

    event_id: str
    channel: str
    ts: str
    root: str
    person: str
    text: str
    is_direct: bool
    in_thread: bool

    @classmethod
    def from_event(cls, body: Mapping[str, Any]) -> "Message | None":
        """Return the message of an event; None if a bot wrote it or it is not a new message."""
        event = body["event"]
        if event.get("subtype") not in _SAID or event.get("bot_id") or not event.get("user"):
            return None
        # Slackbot's messages look like a person's.
        if event["user"] == "USLACKBOT" or event.get("hidden"):
            return None
        thread_ts = event.get("thread_ts")
        return cls(
            event_id=body["event_id"],
            channel=event["channel"],
            ts=event["ts"],
            root=thread_ts or event["ts"],
            person=event["user"],
            text=clean(event.get("text") or ""),
            is_direct=event.get("channel_type") == "im",
            in_thread=thread_ts is not None and thread_ts != event["ts"],
        )

    def mentions(self, user: str) -> bool:
        """Return whether the message mentions this user."""
        return user in mentions(self.text)

    def is_for_others(self, me: str) -> bool:
        """Return whether the message mentions people, and the bot is not one of them."""
        named = mentions(self.text)
        return bool(named) and me not in named

    def question(self, kind: Kind = "question") -> Incoming:
        """Return the message as an inbox event."""
        return Incoming(
            self.event_id,
            kind,
            self.person,
            self.channel,
            self.ts,
            self.root,
            {"text": self.text},
        )


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A message whose text changed."""

    channel: str
    ts: str
    root: str
    person: str
    text: str

    @classmethod
    def from_event(cls, body: Mapping[str, Any]) -> "MessageEdited | None":
        """The new text in a message_changed event; None when something else of it changed."""
        event = body["event"]
        message, before = event.get("message") or {}, event.get("previous_message") or {}
        text = clean(message.get("text") or "")
        # Slack also sends message_changed when it adds a link's preview.
        if "ts" not in message or text == clean(before.get("text") or ""):
            return None
        root = message.get("thread_ts") or message["ts"]
        return cls(event["channel"], message["ts"], root, message.get("user") or "", text)


@dataclass(frozen=True, slots=True)
class Deleted:
    """A deleted message."""

    channel: str
    ts: str
    root: str

    @classmethod
    def from_event(cls, body: Mapping[str, Any]) -> "Deleted | None":
        """Return the message that a message_deleted event names; None if it names no ts."""
        event, before = body["event"], body["event"].get("previous_message") or {}
        ts = event.get("deleted_ts") or before.get("ts")
        return cls(event["channel"], ts, before.get("thread_ts") or ts) if ts else None


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command."""

    command: str
    text: str
    person: str
    channel: str
    response_url: str
    trigger: str

    @property
    def is_direct(self) -> bool:
        """Return whether it was given in a direct message."""
        # The ids of direct messages begin with D.
        return self.channel.startswith("D")

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Command":
        """Parse the command from a request body."""
        return cls(
            command=body["command"],
            text=clean(body.get("text") or "").strip(),
            person=body["user_id"],
            channel=body["channel_id"],
            response_url=body.get("response_url") or "",
            trigger=body.get("trigger_id") or "",
        )

    def incoming(self, kind: Kind) -> Incoming:
        """Return the command as an inbox event, without a ts: it leaves no message in Slack."""
        payload = {"text": self.text, "response_url": self.response_url}
        # Slack gives commands no event id, but each has a trigger of its own.
        event_id = f"command:{self.trigger}"
        return Incoming(event_id, kind, self.person, self.channel, payload=payload)
