"""Seed a workspace from its world file, without telling listeners."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from sandbox.workspace.channels import Channel
from sandbox.workspace.clock import stamp
from sandbox.workspace.composing import compose
from sandbox.workspace.ids import id_from
from sandbox.workspace.messages import Message
from sandbox.workspace.world import ChannelSpec, MessageSpec, World

if TYPE_CHECKING:
    from sandbox.workspace.workspace import Workspace

AGE = 30 * 86400
"""Seconds since the channels were created."""


def found(workspace: Workspace, world: World) -> None:
    """Create the channels, the app's direct messages with each colleague, and past messages."""
    since = int(time.time()) - AGE
    for spec in world.channels:
        workspace.channels[spec.id] = _channel(workspace, spec, since)
    for person in world.people:
        if person.role != "partner":
            direct = id_from("D", person.id + workspace.bot)
            pair = [person.id, workspace.bot]
            workspace.channels[direct] = Channel(direct, "", "im", pair, person.id, since)
    now = time.time_ns() // 1000
    for said in sorted(world.messages, key=lambda spec: -spec.minutes_ago):
        root = _recall(workspace, said, now, None)
        for reply in said.thread:
            _recall(workspace, reply, now, root)


def _channel(workspace: Workspace, spec: ChannelSpec, since: int) -> Channel:
    return Channel(
        id=spec.id,
        name=spec.name,
        kind="private" if spec.private else "public",
        members=[*spec.members, workspace.bot] if spec.app else list(spec.members),
        creator=next(iter(workspace.people)),
        created=since,
        topic=spec.topic,
        purpose=spec.purpose,
        shared_with=spec.shared_with,
        general=spec.general,
        archived=spec.archived,
    )


def _recall(workspace: Workspace, spec: MessageSpec, now: int, root: str | None) -> str:
    """Add one past message; return its timestamp."""
    channel = workspace.channels[spec.channel]
    at = now - int(spec.minutes_ago * 60_000_000)
    while (ts := stamp(at)) in channel.messages:
        at += 1
    written = compose(spec.text, workspace.names)
    channel.add(
        Message(
            channel=spec.channel,
            ts=ts,
            user=spec.user,
            text=written.text,
            blocks=written.blocks,
            thread_ts=root,
            client_msg_id=str(uuid.uuid4()),
            reactions={name: list(users) for name, users in spec.reactions.items()},
        )
    )
    for member in channel.members:
        channel.last_read[member] = max(ts, channel.last_read.get(member, ""))
    return ts
