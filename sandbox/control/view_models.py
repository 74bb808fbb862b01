"""View models for the page: channels, messages and views as one person sees them."""

from typing import Any

from sandbox.rendering import render_message, render_view
from sandbox.rendering.text.emoji import glyph
from sandbox.workspace.channels import Channel
from sandbox.workspace.messages import Message
from sandbox.workspace.sessions import Sessions
from sandbox.workspace.views import View, Views
from sandbox.workspace.workspace import Workspace


def channel_shape(workspace: Workspace, channel: Channel, person: str) -> dict[str, Any]:
    """Return a channel for the sidebar."""
    others = [member for member in channel.members if member != person]
    is_app = channel.kind == "im" and workspace.bot in channel.members
    name = channel.name
    if channel.is_direct:
        name = ", ".join(workspace.people[other].real_name for other in others or [person])
    return {
        "id": channel.id,
        "name": name,
        "kind": channel.kind,
        "is_member": person in channel.members,
        "is_shared": bool(channel.shared_with),
        "is_archived": channel.archived,
        "topic": channel.topic,
        "members": list(channel.members),
        "unread": channel.unread(person) if person in channel.members else 0,
        "is_app": is_app,
    }


def message_shape(workspace: Workspace, sessions: Sessions, message: Message) -> dict[str, Any]:
    """Return a message with its body as safe HTML."""
    channel = workspace.channels[message.channel]
    replies = channel.replies(message.ts)
    users = list(dict.fromkeys(reply.user for reply in replies))
    described = workspace.described(message)
    system = message.subtype is not None and message.subtype not in ("bot_message", "me_message")
    return {
        "channel": message.channel,
        "ts": message.ts,
        "user": message.user,
        "kind": "system" if system else "message",
        "text": message.text,
        "html": render_message(described, workspace.names),
        "thread_ts": message.thread_ts,
        "broadcast": message.broadcast,
        "reply_count": len(replies),
        "reply_users": users[:5],
        "latest_reply": replies[-1].ts if replies else None,
        "reactions": [
            {"name": name, "glyph": glyph(name), "users": list(given), "count": len(given)}
            for name, given in message.reactions.items()
        ],
        "edited": message.edited_by is not None,
        "ephemeral": message.only_for is not None,
        "streaming": message.is_streaming,
        "status": sessions.shape(message.channel, message.ts),
        "title": sessions.title(message.channel, message.ts),
        "bot": message.bot_id is not None,
    }


def view_shape(workspace: Workspace, views: Views, view: View) -> dict[str, Any]:
    """Return a modal or the Home tab with its blocks as safe HTML."""
    return {
        "id": view.id,
        "type": view.type,
        "title": _words(view, "title"),
        "html": render_view(views.described(view), workspace.names),
        "submit": _words(view, "submit"),
        "close": _words(view, "close"),
    }


def _words(view: View, field: str) -> str | None:
    words = view.source.get(field)
    return str(words["text"]) if isinstance(words, dict) else None
