"""The workspace kept in a file across restarts; statuses, modals and deliveries are not."""

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Any

from sandbox.channels import Channel
from sandbox.errors import StateError
from sandbox.happenings import Happening
from sandbox.messages import Message
from sandbox.views import View, Views
from sandbox.workspace import Workspace

SOON = 1.0
"""Seconds after a change until it is saved."""


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
        """Writes the file, whole or not at all. Raises StateError."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        data = {
            "team": self.workspace.team_id,
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
            self._timer = asyncio.get_running_loop().call_later(SOON, self.save)

    def _restore(self) -> None:
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            if data["team"] != self.workspace.team_id:
                raise StateError(f"{self.path} is of another workspace: remove it or choose one.")
            channels = [_restored(entry) for entry in data["channels"]]
            homes = [View(**entry) for entry in data["homes"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StateError(
                f"The saved state {self.path} cannot be read ({error}): remove it to begin anew."
            ) from error
        self.workspace.channels.update({channel.id: channel for channel in channels})
        self.views.homes.update({view.person: view for view in homes})


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
