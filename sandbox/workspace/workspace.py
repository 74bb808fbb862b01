"""The workspace's state: people, channels, messages."""

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.app_manifest import App
from sandbox.rendering.text.names import Names
from sandbox.workspace.channels import Channel, Kind
from sandbox.workspace.clock import Clock
from sandbox.workspace.composing import compose
from sandbox.workspace.domain_events import (
    ChannelMade,
    Deleted,
    Edited,
    GroupChanged,
    Happening,
    Joined,
    Left,
    PersonChanged,
    Posted,
    Reacted,
    Redrawn,
    SharingChanged,
    Vanished,
)
from sandbox.workspace.ids import new_id
from sandbox.workspace.messages import Blocks, Message, to_slack
from sandbox.workspace.people import Person
from sandbox.workspace.seed import found
from sandbox.workspace.world import Group, World


class Workspace:
    """The mutable state; every change goes through a method here and is told to listeners."""

    def __init__(self, world: World, app: App, clock: Clock) -> None:
        self.team_id = world.team_id
        self.team_name = world.team_name
        self.domain = world.domain
        self.app = app
        self.clock = clock
        self.groups = world.groups
        self.installed = True
        self.people: dict[str, Person] = {person.id: person for person in world.people}
        self.people[app.bot_user_id] = app.as_person(world.team_id)
        self.channels: dict[str, Channel] = {}
        self.listeners: list[Callable[[Happening], None]] = []
        found(self, world)

    def tell(self, happening: Happening) -> None:
        """Tell every listener, in the order they were added."""
        for listener in self.listeners:
            listener(happening)

    # who and where

    @property
    def bot(self) -> str:
        """The bot user's id."""
        return self.app.bot_user_id

    @property
    def names(self) -> Names:
        """Display names for rendering."""
        return Names(
            people={person.id: person.name for person in self.people.values()},
            channels={channel.id: channel.name for channel in self.channels.values()},
            groups={group.id: group.handle for group in self.groups},
        )

    def team_of(self, person: str) -> str:
        """Return the id of the workspace that a person belongs to."""
        return self.people[person].team if person in self.people else self.team_id

    def can_see(self, person: str, channel: Channel) -> bool:
        """Return whether a person may read a channel: members may, and the team if it is public."""
        if person in channel.members:
            return True
        return channel.kind == "public" and not self.people[person].is_outsider

    def visible_to(self, person: str) -> Iterator[Channel]:
        """Return every channel that a person may read."""
        return (channel for channel in self.channels.values() if self.can_see(person, channel))

    def direct(self, members: set[str]) -> Channel | None:
        """Return the direct message of exactly these people, if there is one."""
        for channel in self.channels.values():
            if channel.is_direct and set(channel.members) == members:
                return channel
        return None

    def described(self, message: Message) -> dict[str, Any]:
        """Return the message object, with its replies counted."""
        channel = self.channels[message.channel]
        return to_slack(message, self.team_of(message.user), channel.replies(message.ts))

    # channels

    def make_channel(
        self, name: str, kind: Kind, creator: str, members: list[str], shared: tuple[str, ...] = ()
    ) -> Channel:
        """Create a channel with these members."""
        prefix = {"public": "C", "private": "C", "im": "D", "mpim": "C"}[kind]
        channel = Channel(
            new_id(prefix), name, kind, members, creator, int(time.time()), shared_with=shared
        )
        self.channels[channel.id] = channel
        self.tell(ChannelMade(channel))
        return channel

    def open_direct(self, opener: str, others: list[str]) -> Channel:
        """Return the direct message of these people, creating it if there is none."""
        members = list(dict.fromkeys([opener, *others]))
        if (channel := self.direct(set(members))) is not None:
            return channel
        names = "--".join(self.people[member].name for member in members)
        kind: Kind = "im" if len(members) <= 2 else "mpim"
        return self.make_channel("" if kind == "im" else f"mpdm-{names}-1", kind, opener, members)

    def join(self, channel: Channel, person: str, inviter: str | None = None) -> None:
        """Add a member, and post that in the channel."""
        channel.members.append(person)
        channel.last_read[person] = self.clock.ts()
        self.tell(Joined(channel, person, inviter))
        self.note(channel, person, "channel_join", f"<@{person}> has joined the channel", inviter)

    def leave(self, channel: Channel, person: str) -> None:
        """Post in the channel that a member leaves, and remove them."""
        self.note(channel, person, "channel_leave", f"<@{person}> has left the channel")
        channel.members.remove(person)
        self.tell(Left(channel, person))

    def share(self, channel: Channel, team: str, *, undo: bool) -> None:
        """Share a channel with another workspace, or end that."""
        others = tuple(one for one in channel.shared_with if one != team)
        channel.shared_with = others if undo else (*others, team)
        self.tell(SharingChanged(channel, team, not undo))

    def change_person(self, person: Person) -> None:
        """Replace a person."""
        self.people[person.id] = person
        self.tell(PersonChanged(person.id))

    def change_group(self, group: Group) -> None:
        """Replace a user group."""
        before = next(set(one.members) for one in self.groups if one.id == group.id)
        self.groups = tuple(group if one.id == group.id else one for one in self.groups)
        added = tuple(one for one in group.members if one not in before)
        removed = tuple(sorted(before - set(group.members)))
        self.tell(GroupChanged(group.id, added, removed))

    def note(
        self, channel: Channel, person: str, subtype: str, text: str, inviter: str | None = None
    ) -> None:
        """Post a system message."""
        subtype = subtype.replace("channel", "group") if channel.kind == "private" else subtype
        self.post(
            Message(channel.id, self.clock.ts(), person, text, subtype=subtype, inviter=inviter)
        )

    # messages

    def say(
        self, channel: Channel, person: str, text: str, thread_ts: str | None = None
    ) -> Message:
        """Post what a person typed, as Slack's client would."""
        written = compose(text, self.names)
        message = Message(
            channel=channel.id,
            ts=self.clock.ts(),
            user=person,
            text=written.text,
            blocks=written.blocks,
            thread_ts=thread_ts,
            client_msg_id=str(uuid.uuid4()),
        )
        channel.last_read[person] = message.ts
        self.post(message)
        return message

    def post(self, message: Message) -> None:
        """Add a message to its channel."""
        channel = self.channels[message.channel]
        channel.add(message)
        self.tell(Posted(message))
        if message.is_reply and message.only_for is None:
            self.redraw_root(message)

    def edit(
        self, message: Message, editor: str | None, text: str, blocks: Blocks, **changes: Any
    ) -> None:
        """Change a message; with an `editor` it is marked as edited."""
        previous = self.described(message)
        message.text, message.blocks = text, blocks
        for field, value in changes.items():
            setattr(message, field, value)
        if editor is not None:
            message.edited_by, message.edited_ts = editor, self.clock.ts()
        self.tell(Edited(message, previous))

    def finish(self, message: Message) -> None:
        """Tell that a streamed message is complete, which counts as changed, not as edited."""
        self.tell(Edited(message, self.described(message)))

    def delete(self, message: Message) -> None:
        """Delete a message; a root with replies leaves a tombstone."""
        channel = self.channels[message.channel]
        previous = self.described(message)
        tombstone = not message.is_reply and bool(channel.replies(message.ts))
        if tombstone:
            message.subtype, message.text = "tombstone", "This message was deleted."
            message.blocks, message.attachments, message.reactions = [], [], {}
        else:
            channel.remove(message)
        self.tell(Deleted(message, previous, tombstone))
        if message.is_reply:
            self.redraw_root(message)

    def redraw(self, message: Message) -> None:
        """Show a message anew, without a Slack event."""
        self.tell(Redrawn(message))

    def redraw_root(self, reply: Message) -> None:
        """Show the root of a reply's thread anew, as its reply count has changed."""
        root = self.channels[reply.channel].messages.get(reply.root_ts)
        if root is not None:
            self.redraw(root)

    def forget(self, message: Message) -> None:
        """Remove an ephemeral message."""
        self.channels[message.channel].remove(message)
        self.tell(Vanished(message))

    def react(self, message: Message, person: str, name: str) -> None:
        """Add a reaction that this person has not given yet."""
        message.reactions.setdefault(name, []).append(person)
        self.tell(Reacted(message, person, name, added=True))

    def unreact(self, message: Message, person: str, name: str) -> None:
        """Remove a reaction that this person gave."""
        message.reactions[name].remove(person)
        if not message.reactions[name]:
            del message.reactions[name]
        self.tell(Reacted(message, person, name, added=False))
