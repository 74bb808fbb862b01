"""conversations.history and conversations.replies."""

from typing import Any

from sandbox.errors import Refusal
from sandbox.web_api.methods.call import Call
from sandbox.workspace.channels import Channel
from sandbox.workspace.messages import Message


def history(call: Call) -> dict[str, Any]:
    """conversations.history: returns a channel's messages, newest first, without replies."""
    channel = _readable(call)
    said = [message for message in channel.roots() if _within(call, message)]
    shown = call.page(said[::-1], default=100, most=999)
    return {
        "messages": [_described(call, message) for message in shown.items],
        "has_more": bool(shown.next_cursor),
        "pin_count": 0,
        **(shown.metadata if shown.next_cursor else {}),
    }


def replies(call: Call) -> dict[str, Any]:
    """conversations.replies: returns a thread, oldest first; a reply's ts gives only the reply."""
    channel = _readable(call)
    root = channel.messages.get(call.text("ts"))
    if root is None or root.only_for is not None:
        raise Refusal("thread_not_found")
    thread = [reply for reply in channel.replies(root.ts) if _within(call, reply)]
    shown = call.page([root, *thread], default=1000)
    return {
        "messages": [_described(call, message) for message in shown.items],
        "has_more": bool(shown.next_cursor),
        **(shown.metadata if shown.next_cursor else {}),
    }


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.need_for(channel, "history")
    if call.bot not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _within(call: Call, message: Message) -> bool:
    oldest, latest = call.text("oldest"), call.text("latest")
    ts, inclusive = float(message.ts), call.flag("inclusive")
    if oldest and (ts < float(oldest) or (ts == float(oldest) and not inclusive)):
        return False
    return not latest or ts < float(latest) or (ts == float(latest) and inclusive)


def _described(call: Call, message: Message) -> dict[str, Any]:
    described = call.workspace.described(message)
    if message.is_reply:
        root = call.workspace.channels[message.channel].messages.get(message.root_ts)
        described["parent_user_id"] = root.user if root else None
    if not call.flag("include_all_metadata"):
        described.pop("metadata", None)
    return described
