"""Save the workspace to a file and restore it; statuses, modals and deliveries are left out."""

import asyncio
import dataclasses
import json
import logging
from pathlib import Path
from typing import Any

from sandbox.errors import StateError
from sandbox.workspace.channels import Channel
from sandbox.workspace.domain_events import Happening
from sandbox.workspace.messages import Message
from sandbox.workspace.views import View, Views
from sandbox.workspace.workspace import Workspace

_log = logging.getLogger(__name__)
SOON = 1.0
"""Seconds from a change to the save."""


class Keeper:
    """Restores a workspace from its file, then saves it soon after each change."""

    def __init__(self, workspace: Workspace, views: Views, path: Path) -> None:
        self.workspace = workspace
        self.views = views
        self.path = path
        self._timer: asyncio.TimerHandle | None = None
        if path.exists():
            self._restore()
        workspace.listeners.append(self._hear)

    def save(self) -> None:
        """Write the file atomically. Raises StateError."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        data = {
            "team": self.workspace.team_id,
            "app": self.workspace.app.id,
            "channels": [_channel(channel) for channel in self.workspace.channels.values()],
            "homes": [dataclasses.asdict(view) for view in self.views.homes.values()],
        }
        partial = self.path.with_suffix(self.path.suffix + ".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(data), encoding="utf-8")
            partial.replace(self.path)
        except OSError as error:
            raise StateError(f"Cannot save to {self.path}: {error.strerror}.") from error

    def _hear(self, happening: Happening) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SOON, self._save_soon)

    def _save_soon(self) -> None:
        try:
            self.save()
        except StateError as error:
            _log.warning("%s", error)

    def _restore(self) -> None:
        try:
            text = self.path.read_text(encoding="utf-8")
            data = json.loads(text)
            if data["team"] != self.workspace.team_id:
                raise StateError(f"{self.path} is of another workspace: remove it or choose one.")
            # A renamed app has other ids; its own ids, `A…`, `B…` and `U…`, differ only in the
            # prefix.
            data = json.loads(text.replace(data["app"][1:], self.workspace.app.id[1:]))
            channels = [_restored(entry) for entry in data["channels"]]
            homes = [View(**entry) for entry in data["homes"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StateError(
                f"The saved state {self.path} cannot be read ({error}): remove it to begin anew."
            ) from error
        for channel in channels:
            self._put_back(channel)
        known = self.workspace.people
        self.views.homes.update({view.person: view for view in homes if view.person in known})

    def _put_back(self, channel: Channel) -> None:
        """Add a channel, without people whom the world no longer has."""
        known = [member for member in channel.members if member in self.workspace.people]
        if channel.is_direct:
            if known != channel.members:
                return
            same = self.workspace.direct(set(known))
            if same is not None:
                del self.workspace.channels[same.id]
        channel.members = known
        self.workspace.channels[channel.id] = channel


def _channel(channel: Channel) -> dict[str, Any]:
    kept = dataclasses.asdict(channel)
    kept["messages"] = [
        dataclasses.asdict(message) | {"stream": None} for message in channel.messages.values()
    ]
    return kept


def _restored(entry: dict[str, Any]) -> Channel:
    messages = [Message(**message) for message in entry.pop("messages")]
    entry["shared_with"] = tuple(entry["shared_with"])
    channel = Channel(**entry | {"messages": {}, "threads": {}})
    for message in messages:
        channel.add(message)
    return channel
