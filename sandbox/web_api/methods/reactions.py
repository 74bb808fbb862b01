"""reactions.add, reactions.remove and reactions.get."""

from typing import Any

from sandbox.errors import Refusal
from sandbox.web_api.methods.call import Call
from sandbox.workspace.messages import Message
from sandbox.workspace.reactions import emoji_name

_MOST_EMOJI = 23


def add(call: Call) -> dict[str, Any]:
    """reactions.add: adds a reaction of the app's."""
    message = _message(call)
    name = _name(call)
    if call.bot in message.reactions.get(name, ()):
        raise Refusal("already_reacted")
    mine = sum(1 for users in message.reactions.values() if call.bot in users)
    if mine >= _MOST_EMOJI:
        raise Refusal("too_many_reactions")
    call.workspace.react(message, call.bot, name)
    return {}


def remove(call: Call) -> dict[str, Any]:
    """reactions.remove: removes a reaction of the app's."""
    message = _message(call)
    name = _name(call)
    if call.bot not in message.reactions.get(name, ()):
        raise Refusal("no_reaction")
    call.workspace.unreact(message, call.bot, name)
    return {}


def get(call: Call) -> dict[str, Any]:
    """reactions.get: returns a message with its reactions."""
    message = _message(call)
    described = call.workspace.described(message)
    described["permalink"] = permalink(call, message)
    return {"type": "message", "channel": message.channel, "message": described}


def permalink(call: Call, message: Message) -> str:
    """Return a message's address on the page."""
    link = f"{call.site.address}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return link


def _message(call: Call) -> Message:
    if not (call.text("channel") and call.text("timestamp")):
        raise Refusal("no_item_specified")
    channel = call.channel()
    if channel.archived and call.method == "reactions.add":
        raise Refusal("is_archived")
    return call.message(channel, "timestamp")


def _name(call: Call) -> str:
    name = emoji_name(call.text("name"))
    if name is None:
        raise Refusal("invalid_name")
    return name
