"""Control calls for what a person does: post, edit, react, open, and manage members."""

import re
from typing import Any

from sandbox.control.request import Control
from sandbox.control.view_models import channel_shape
from sandbox.errors import Mistake
from sandbox.workspace.channels import Channel
from sandbox.workspace.composing import compose
from sandbox.workspace.domain_events import ChannelRead, HomeOpened, Stopped
from sandbox.workspace.messages import Message
from sandbox.workspace.reactions import emoji_name

_CHANNEL_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}\Z")
_MOST_TEXT = 40_000


async def post(call: Control) -> dict[str, Any]:
    """POST /sandbox/post: posts a message."""
    channel = call.own_channel()
    thread = call.text("thread_ts", required=False)
    root = call.message(channel, "thread_ts").root_ts if thread else None
    message = call.workspace.say(channel, call.actor.id, _words(call), root)
    call.workspace.tell(ChannelRead(channel, call.actor.id))
    if f"<@{call.workspace.bot}>" in message.text and call.workspace.bot not in channel.members:
        _hint(call, channel, root)
    return {"ts": message.ts}


async def edit(call: Control) -> dict[str, Any]:
    """POST /sandbox/edit: edits a message of this person's."""
    message = _own_message(call)
    written = compose(_words(call), call.workspace.names)
    call.workspace.edit(message, message.user, written.text, written.blocks)
    return {"ts": message.ts}


async def delete(call: Control) -> dict[str, Any]:
    """POST /sandbox/delete: deletes this person's message; an admin may delete anybody's."""
    message = _own_message(call, admins=True)
    call.workspace.delete(message)
    return {"ts": message.ts}


async def react(call: Control) -> dict[str, Any]:
    """POST /sandbox/react: adds a reaction, or removes it."""
    channel = call.own_channel()
    message, person = call.message(channel), call.actor.id
    name = emoji_name(call.text("emoji"))
    if name is None or message.only_for is not None:
        raise Mistake("invalid_name", f"There is no emoji {call.text('emoji')!r} to react with.")
    has_it = person in message.reactions.get(name, ())
    if bool(call.args.get("remove")) != has_it:
        error = "already_reacted" if has_it else "no_reaction"
        raise Mistake(error, f"This person has {'' if has_it else 'not '}reacted with {name}.")
    if has_it:
        call.workspace.unreact(message, person, name)
    else:
        call.workspace.react(message, person, name)
    return {"emoji": name}


async def open_(call: Control) -> dict[str, Any]:
    """POST /sandbox/open: marks a channel as read, or opens a tab of the app's home."""
    me = call.actor.id
    if (tab := call.text("tab", required=False)) != "":
        if tab not in ("home", "messages"):
            raise Mistake("invalid_arguments", "The tab is 'home' or 'messages'.")
        call.workspace.open_direct(me, [call.workspace.bot])
        call.workspace.tell(HomeOpened(me, tab))
        return {}
    channel = call.channel()
    if me in channel.members and channel.unread(me):
        channel.last_read[me] = next(reversed(channel.messages), "")
        call.workspace.tell(ChannelRead(channel, me))
    return {}


async def direct(call: Control) -> dict[str, Any]:
    """POST /sandbox/dm: returns the direct message with these people, created if there is none."""
    people = call.args.get("people")
    if not isinstance(people, list) or not people:
        raise Mistake("invalid_arguments", "Give 'people' as a list of ids.")
    if strangers := [person for person in people if person not in call.workspace.people]:
        raise Mistake("user_not_found", f"Nobody has the ids {strangers}.")
    channel = call.workspace.open_direct(call.actor.id, people)
    return {"channel": channel_shape(call.workspace, channel, call.actor.id)}


async def make_channel(call: Control) -> dict[str, Any]:
    """POST /sandbox/channels: creates a channel with this person in it."""
    name, me = call.text("name").removeprefix("#"), call.actor
    if not _CHANNEL_NAME.match(name):
        raise Mistake("invalid_name", "A channel's name has small letters, digits, - and _.")
    if any(channel.name == name for channel in call.workspace.channels.values()):
        raise Mistake("name_taken", f"There is a channel #{name} already.")
    if me.is_outsider:
        raise Mistake("restricted_action", "Guests and partners cannot make channels.")
    teams = {person.team for person in call.workspace.people.values()}
    shared = sorted(teams - {call.workspace.team_id}) if call.args.get("shared") else []
    channel = call.workspace.make_channel(
        name, "private" if call.args.get("private") else "public", me.id, [me.id], tuple(shared)
    )
    return {"channel": channel_shape(call.workspace, channel, me.id)}


async def members(call: Control) -> dict[str, Any]:
    """POST /sandbox/members: adds a member, or removes one."""
    channel, person = call.channel(), call.person("person")
    inviter = call.text("as", required=False) or None
    if call.args.get("remove"):
        remove_member(call, channel, person)
    else:
        add_member(call, channel, person, inviter)
    return {}


def add_member(call: Control, channel: Channel, person: str, inviter: str | None) -> None:
    """Add somebody unless they are a member. Raises Mistake for a direct message."""
    if channel.is_direct:
        raise Mistake("method_not_supported_for_channel_type", "Open another direct message.")
    if person not in channel.members:
        call.workspace.join(channel, person, inviter if inviter != person else None)


def remove_member(call: Control, channel: Channel, person: str) -> None:
    """Remove somebody. Raises Mistake if they are not a member."""
    if channel.is_direct or person not in channel.members:
        raise Mistake("not_in_channel", "They are not a member of this channel.")
    call.workspace.leave(channel, person)


async def stop(call: Control) -> dict[str, Any]:
    """POST /sandbox/stop: presses Stop on a running agent session."""
    channel, thread_ts = call.own_channel(), call.text("thread_ts")
    running = [
        message
        for message in call.site.streams.running()
        if message.channel == channel.id and message.root_ts == thread_ts
    ]
    if not running and not call.site.sessions.at(channel.id, thread_ts).processing:
        raise Mistake("not_running", "Nothing runs in this thread.")
    for message in running:
        if message.stream is not None:
            message.stream.stopped_by_user = True
    streams = tuple(message.ts for message in running)
    call.workspace.tell(Stopped(channel.id, thread_ts, call.actor.id, streams))
    return {}


def _hint(call: Control, channel: Channel, root: str | None) -> None:
    """Tell the person that the app they mentioned is not here, and how to add it."""
    name = call.site.app.bot_name
    advice = "Mention it in a channel."
    if not channel.is_direct:
        advice = f"Type `/invite @{name}` to add it."
    hint = Message(
        channel=channel.id,
        ts=call.site.clock.ts(),
        user=call.workspace.bot,
        text=f"@{name} is not in this conversation, so it did not hear you. {advice}",
        subtype="app_not_here",
        thread_ts=root,
        only_for=call.actor.id,
    )
    call.workspace.post(hint)


def _words(call: Control) -> str:
    text = call.text("text")
    if not text.strip():
        raise Mistake("no_text", "There is nothing in this message.")
    if len(text) > _MOST_TEXT:
        raise Mistake("msg_too_long", f"A message has at most {_MOST_TEXT:,} characters.")
    return text


def _own_message(call: Control, admins: bool = False) -> Message:
    message = call.message(call.own_channel())
    mine = message.user == call.actor.id
    if not mine and not (admins and call.actor.role in ("owner", "admin")):
        raise Mistake("cant_update_message", "Only the person who wrote it can do this.")
    return message
