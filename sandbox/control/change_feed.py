"""The change feed: send each open page the changes that its person may see."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.control.view_models import channel_shape, message_shape, view_shape
from sandbox.workspace.channels import Channel
from sandbox.workspace.domain_events import (
    ChannelMade,
    ChannelRead,
    Deleted,
    Edited,
    Happening,
    Joined,
    Left,
    Posted,
    PromptsSet,
    Reacted,
    Redrawn,
    SharingChanged,
    StatusChanged,
    Vanished,
    ViewGone,
    ViewShown,
)
from sandbox.workspace.messages import Message
from sandbox.workspace.sessions import Sessions
from sandbox.workspace.views import Views
from sandbox.workspace.workspace import Workspace

Change = dict[str, Any]
_BLANK = {"status": "", "loading_messages": [], "processing": False}
_MOST_WAITING = 2000


class Watchers:
    """The open pages, each with its queue of changes."""

    def __init__(self, workspace: Workspace, views: Views, sessions: Sessions) -> None:
        self.workspace = workspace
        self.views = views
        self.sessions = sessions
        self._queues: dict[str, set[asyncio.Queue[Change | None]]] = defaultdict(set)
        workspace.listeners.append(self.hear)

    async def serve(self, websocket: WebSocket, person: str) -> None:
        """Send one page its changes until it goes away."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self._queues[person].add(queue)
        await websocket.accept()
        gone = asyncio.create_task(_gone(websocket, queue))
        try:
            while (change := await queue.get()) is not None:
                await websocket.send_json(change)
        except (WebSocketDisconnect, RuntimeError):
            pass  # RuntimeError: Starlette raises it if the socket closed while we sent
        finally:
            self._queues[person].discard(queue)
            gone.cancel()

    def close(self) -> None:
        """End every open page's stream."""
        for queues in self._queues.values():
            for queue in queues:
                queue.put_nowait(None)

    def hear(self, happening: Happening) -> None:
        """Turn a domain event into changes for those who may see them."""
        match happening:
            case Posted(message):
                self._message(message)
                if not message.is_reply and message.only_for is None:
                    self._channel(self.workspace.channels[message.channel])
            case Edited(message) | Reacted(message) | Redrawn(message):
                self._message(message)
            case Deleted(message, _, tombstone):
                if tombstone:
                    self._message(message)
                else:
                    self._message_gone(message)
            case Vanished(message):
                self._message_gone(message)
            case ChannelMade(channel) | Joined(channel) | SharingChanged(channel):
                self._channel(channel)
            case ChannelRead(channel, person):
                self._channel(channel, [person])
            case Left(channel, person):
                self._left(channel, person)
            case StatusChanged(channel_id, thread_ts):
                self._status(channel_id, thread_ts)
            case PromptsSet():
                self._prompts(happening)
            case ViewShown(view_id):
                self._view(view_id)
            case ViewGone(view_id, person):
                self._send([person], {"type": "view_gone", "view_id": view_id})

    def _watching(self, channel: Channel) -> list[str]:
        """Return those with an open page who may see the channel."""
        return [
            person
            for person, queues in self._queues.items()
            if queues and self.workspace.can_see(person, channel)
        ]

    def _send(self, people: Iterable[str], change: Change) -> None:
        for person in people:
            for queue in list(self._queues.get(person, ())):
                queue.put_nowait(change)
                if queue.qsize() > _MOST_WAITING:
                    queue.put_nowait(None)
                    self._queues[person].discard(queue)

    def _message(self, message: Message) -> None:
        readers = self._readers(message)
        if readers:
            shape = message_shape(self.workspace, self.sessions, message)
            self._send(readers, {"type": "message", "message": shape})

    def _message_gone(self, message: Message) -> None:
        change = {"type": "message_gone", "channel": message.channel, "ts": message.ts}
        self._send(self._readers(message), change)

    def _readers(self, message: Message) -> list[str]:
        if message.only_for is not None:
            return [message.only_for]
        return self._watching(self.workspace.channels[message.channel])

    def _channel(self, channel: Channel, people: Iterable[str] | None = None) -> None:
        for person in self._watching(channel) if people is None else people:
            shape = channel_shape(self.workspace, channel, person)
            self._send([person], {"type": "channel", "channel": shape})

    def _left(self, channel: Channel, person: str) -> None:
        self._channel(channel)
        if person in self.workspace.people and not self.workspace.can_see(person, channel):
            self._send([person], {"type": "channel_gone", "channel": channel.id})

    def _status(self, channel_id: str, thread_ts: str) -> None:
        shape = self.sessions.shape(channel_id, thread_ts) or _BLANK
        change = {"type": "status", "channel": channel_id, "thread_ts": thread_ts, **shape}
        self._send(self._watching(self.workspace.channels[channel_id]), change)

    def _prompts(self, prompts: PromptsSet) -> None:
        listed = [{"title": title, "message": message} for title, message in prompts.prompts]
        change = {
            "type": "prompts",
            "channel": prompts.channel,
            "title": prompts.title,
            "prompts": listed,
        }
        self._send(self._watching(self.workspace.channels[prompts.channel]), change)

    def _view(self, view_id: str) -> None:
        if (view := self.views.find(view_id)) is not None:
            kind = "home" if view.type == "home" else "view"
            shape = view_shape(self.workspace, self.views, view)
            self._send([view.person], {"type": kind, "view": shape})


async def _gone(websocket: WebSocket, queue: asyncio.Queue[Change | None]) -> None:
    """Wait until the page closes its side, ignoring what it sends."""
    try:
        while True:
            await websocket.receive_text()
    except (WebSocketDisconnect, RuntimeError, KeyError):
        queue.put_nowait(None)
