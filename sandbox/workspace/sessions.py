"""The app as an agent: status lines, sessions, suggested prompts and titles."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from sandbox.workspace.domain_events import Happening, Posted, PromptsSet, StatusChanged
from sandbox.workspace.workspace import Workspace

STATUS_LIFE = 120.0
"""Seconds, in Slack's time, until a status line disappears."""


@dataclass(slots=True)
class Session:
    """An agent session: one thread in which the app works."""

    status: str = ""
    loading_messages: list[str] = field(default_factory=list)
    state: str = "active"
    exists: bool = False
    title: str = ""
    timer: asyncio.TimerHandle | None = None

    @property
    def processing(self) -> bool:
        """Whether the app says that it is working, so that Stop is shown."""
        return self.state == "processing"


class Sessions:
    """The app's sessions by channel and thread, and the prompts it suggests."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.prompts: dict[str, PromptsSet] = {}
        self._sessions: dict[tuple[str, str], Session] = {}
        workspace.listeners.append(self._hear)

    def at(self, channel: str, thread_ts: str) -> Session:
        """Return the session of a thread, creating it if there is none."""
        return self._sessions.setdefault((channel, thread_ts), Session())

    def shape(self, channel: str, thread_ts: str) -> dict[str, Any] | None:
        """Return a thread's status for the control API, None if there is none."""
        session = self._sessions.get((channel, thread_ts))
        if session is None or not (session.status or session.processing):
            return None
        return {
            "status": session.status,
            "loading_messages": session.loading_messages,
            "processing": session.processing,
        }

    def title(self, channel: str, thread_ts: str) -> str:
        """Return the title that the app gave a thread."""
        session = self._sessions.get((channel, thread_ts))
        return session.title if session else ""

    def set_status(self, channel: str, thread_ts: str, status: str, loading: list[str]) -> None:
        """Show a status line for two minutes, or until the app posts; an empty one clears it."""
        session = self.at(channel, thread_ts)
        if session.timer is not None:
            session.timer.cancel()
            session.timer = None
        session.status, session.loading_messages = status, loading if status else []
        if status:
            session.timer = asyncio.get_running_loop().call_later(
                self.workspace.clock.wait(STATUS_LIFE), self._expire, channel, thread_ts
            )
        self.workspace.tell(StatusChanged(channel, thread_ts))

    def set_state(self, channel: str, thread_ts: str, state: str) -> Session:
        """Set a session's state, and create it if it is new."""
        session = self.at(channel, thread_ts)
        session.state, session.exists = state, True
        self.workspace.tell(StatusChanged(channel, thread_ts))
        return session

    def set_title(self, channel: str, thread_ts: str, title: str) -> None:
        """Set a thread's title."""
        self.at(channel, thread_ts).title = title
        root = self.workspace.channels[channel].messages.get(thread_ts)
        if root is not None:
            self.workspace.redraw(root)

    def suggest(self, channel: str, title: str, prompts: tuple[tuple[str, str], ...]) -> None:
        """Suggest prompts in a direct message with the app."""
        self.prompts[channel] = PromptsSet(channel, title, prompts)
        self.workspace.tell(self.prompts[channel])

    def _expire(self, channel: str, thread_ts: str) -> None:
        self.set_status(channel, thread_ts, "", [])

    def _hear(self, happening: Happening) -> None:
        """Clear the status line when the app posts in the thread."""
        match happening:
            case Posted(message) if message.user == self.workspace.bot and not message.only_for:
                session = self._sessions.get((message.channel, message.root_ts))
                if session is not None and session.status:
                    self.set_status(message.channel, message.root_ts, "", [])
