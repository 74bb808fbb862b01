"""What Slack sends, as frozen types; dicts end here. Stores nothing and answers nothing."""

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

_SAID = (None, "file_share", "thread_broadcast", "me_message")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event for the inbox; `event_id` is the same each time Slack delivers it."""

    event_id: str
    kind: Kind
    person: str | None
    channel: str | None = None
    ts: str | None = None
    thread_ts: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """A message somebody said; `root` is the ts of its thread, its own when it begins one."""

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
        """The message in an event body; None unless a person said it just now."""
        event = body["event"]
        if event.get("subtype") not in _SAID or event.get("bot_id") or not event.get("user"):
            return None
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
        """Whether the message mentions this user."""
        return user in mentions(self.text)

    def is_for_others(self, me: str) -> bool:
        """Whether it speaks to people by name, and not to the bot."""
        named = mentions(self.text)
        return bool(named) and me not in named

    def question(self, kind: Kind = "question") -> Incoming:
        """The message as a question for the inbox."""
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
        if "ts" not in message or text == clean(before.get("text") or ""):
            return None
        root = message.get("thread_ts") or message["ts"]
        return cls(event["channel"], message["ts"], root, message.get("user") or "", text)


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message that is gone."""

    channel: str
    ts: str
    root: str

    @classmethod
    def from_event(cls, body: Mapping[str, Any]) -> "Deleted | None":
        """The message in a message_deleted event."""
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
        """Whether it was given in a direct message."""
        return self.channel.startswith("D")

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Command":
        """The command in a request body."""
        return cls(
            command=body["command"],
            text=clean(body.get("text") or "").strip(),
            person=body["user_id"],
            channel=body["channel_id"],
            response_url=body.get("response_url") or "",
            trigger=body.get("trigger_id") or "",
        )

    def incoming(self, kind: Kind) -> Incoming:
        """The command for the inbox; it has no message of its own."""
        payload = {"text": self.text, "response_url": self.response_url}
        event_id = f"command:{self.trigger}"
        return Incoming(event_id, kind, self.person, self.channel, payload=payload)
