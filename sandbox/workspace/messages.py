"""A message, its stream if it has one, and the message object of the Web API."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Blocks = list[dict[str, Any]]


@dataclass(slots=True)
class Stream:
    """What an agent has streamed into a message so far."""

    started: float
    open: bool = True
    stopped_by_user: bool = False
    parts: Blocks = field(default_factory=list)

    @property
    def markdown(self) -> str:
        """The text streamed so far, without the task cards between."""
        return "".join(part["text"] for part in self.parts if part["type"] == "markdown")


@dataclass(slots=True)
class Message:
    """One message. `only_for` names the one person who sees an ephemeral message."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: Blocks = field(default_factory=list)
    attachments: Blocks = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    broadcast: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    username: str | None = None
    client_msg_id: str | None = None
    inviter: str | None = None
    metadata: dict[str, Any] | None = None
    edited_by: str | None = None
    edited_ts: str | None = None
    only_for: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    stream: Stream | None = None

    @property
    def root_ts(self) -> str:
        """The timestamp of the thread this message is in, or would begin."""
        return self.thread_ts or self.ts

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread, under a root."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_streaming(self) -> bool:
        """Whether an agent may still append to it."""
        return self.stream is not None and self.stream.open


def to_slack(message: Message, team: str, replies: Sequence[Message] = ()) -> dict[str, Any]:
    """Return the message object of the Web API and of events, given the replies to it."""
    shown: dict[str, Any] = {"type": "message", "user": message.user, "text": message.text}
    optional = {
        "subtype": message.subtype,
        "client_msg_id": message.client_msg_id,
        "inviter": message.inviter,
        "bot_id": message.bot_id,
        "app_id": message.app_id,
        "username": message.username,
        "metadata": message.metadata,
        "blocks": message.blocks,
        "attachments": message.attachments,
    }
    shown |= {key: value for key, value in optional.items() if value}
    shown |= {"ts": message.ts, "team": team}
    if message.bot_id:
        shown["bot_profile"] = {
            "id": message.bot_id,
            "deleted": False,
            "name": message.username or "",
            "updated": 1_700_000_000,
            "app_id": message.app_id,
            "team_id": team,
        }
    if message.stream is not None:
        shown["streaming_state"] = "in_progress" if message.stream.open else "completed"
    if message.edited_by:
        shown["edited"] = {"user": message.edited_by, "ts": message.edited_ts}
    if message.reactions:
        shown["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
    return shown | _thread(message, replies)


def _thread(message: Message, replies: Sequence[Message]) -> dict[str, Any]:
    if message.is_reply:
        return {"thread_ts": message.thread_ts}
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "reply_users": users[:5],
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }
