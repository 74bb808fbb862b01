"""Parse button presses, submitted forms and message shortcuts into frozen dataclasses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.inbox.events import Incoming, Kind
from text.plain import clean


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button; `message_ts` is None in a view such as the Home tab."""

    person: str
    action_id: str
    value: str
    at: str
    channel: str | None
    message_ts: str | None
    thread_ts: str | None
    response_url: str
    trigger: str

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Press":
        """Parse the first action of a block_actions body."""
        action, container = body["actions"][0], body.get("container") or {}
        message = body.get("message") or {}
        channel = container.get("channel_id") or (body.get("channel") or {}).get("id")
        return cls(
            person=body["user"]["id"],
            action_id=action["action_id"],
            value=str(action.get("value") or ""),
            at=action.get("action_ts") or "0",
            channel=channel,
            message_ts=container.get("message_ts") or message.get("ts"),
            thread_ts=container.get("thread_ts") or message.get("thread_ts"),
            response_url=body.get("response_url") or "",
            trigger=body.get("trigger_id") or "",
        )

    @property
    def event_id(self) -> str:
        """The inbox event id: the same at each delivery of this press."""
        # Slack gives presses no event id: build one from what a redelivery repeats.
        return f"press:{self.action_id}:{self.channel}:{self.message_ts}:{self.person}:{self.at}"


@dataclass(frozen=True, slots=True)
class Submission:
    """A submitted form; `fields` maps each block id to its input's state."""

    person: str
    view_id: str
    metadata: str
    fields: Mapping[str, Mapping[str, Any]]

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Submission":
        """Parse a view_submission body. Each block of our forms holds one input."""
        view = body["view"]
        values = (view.get("state") or {}).get("values") or {}
        fields: dict[str, Mapping[str, Any]] = {
            block: next(iter(held.values()), {}) for block, held in values.items()
        }
        return cls(body["user"]["id"], view["id"], view.get("private_metadata") or "", fields)

    @property
    def event_id(self) -> str:
        """The inbox event id: the same at each delivery of this form."""
        return f"view:{self.view_id}"

    def text(self, block: str) -> str:
        """Return the text of an input, stripped; "" when it is empty."""
        return clean(self.fields.get(block, {}).get("value") or "").strip()

    def chosen(self, block: str) -> frozenset[str]:
        """Return the values of the ticked checkboxes."""
        options = self.fields.get(block, {}).get("selected_options") or ()
        return frozenset(option["value"] for option in options)


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A message shortcut that was chosen; `author` is empty when no person wrote the message."""

    callback_id: str
    person: str
    channel: str
    ts: str
    root: str
    author: str
    text: str
    response_url: str
    at: str

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Shortcut":
        """Parse a message_action body."""
        message = body["message"]
        ts = body.get("message_ts") or message["ts"]
        return cls(
            callback_id=body["callback_id"],
            person=body["user"]["id"],
            channel=body["channel"]["id"],
            ts=ts,
            root=message.get("thread_ts") or ts,
            author=message.get("user") or "",
            text=clean(message.get("text") or ""),
            response_url=body.get("response_url") or "",
            at=body.get("action_ts") or "0",
        )

    def incoming(self, kind: Kind) -> Incoming:
        """Return the message as an inbox event, with its author."""
        event_id = f"shortcut:{self.callback_id}:{self.channel}:{self.ts}:{self.person}:{self.at}"
        payload = {"text": self.text, "author": self.author, "response_url": self.response_url}
        return Incoming(
            event_id, kind, self.person, self.channel, self.ts, self.root, payload=payload
        )
