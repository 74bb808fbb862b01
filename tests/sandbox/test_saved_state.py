"""The workspace kept in a file."""

import copy
import json
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.app_manifest import PERMISSIVE, App
from sandbox.errors import StateError
from sandbox.saved_state import Keeper
from sandbox.workspace.clock import Clock
from sandbox.workspace.messages import Message
from sandbox.workspace.views import Views
from sandbox.workspace.workspace import Workspace
from sandbox.workspace.world import DEFAULT_WORLD, World, load_world

WORLD = load_world(DEFAULT_WORLD)


def opened(path: Path, app: App = PERMISSIVE, world: World = WORLD) -> tuple[Workspace, Keeper]:
    """A workspace kept in this file."""
    workspace = Workspace(world, app, Clock())
    return workspace, Keeper(workspace, Views(workspace), path)


def fill(path: Path) -> str:
    """Saves a workspace in which the app answered in a direct message; returns its channel."""
    workspace, keeper = opened(path)
    workspace.listeners.clear()
    direct = workspace.open_direct("U0MARA", [workspace.bot])
    root = workspace.say(direct, "U0MARA", "question")
    app = workspace.app
    ts = workspace.clock.ts()
    reply = Message(direct.id, ts, app.bot_user_id, "answer", bot_id=app.bot_id, app_id=app.id)
    reply.thread_ts = root.ts
    workspace.post(reply)
    workspace.react(reply, "U0MARA", "+1")
    keeper.save()
    return direct.id


def test_everything_comes_back(tmp_path: Path) -> None:
    """Messages, threads and reactions are what they were."""
    path = tmp_path / "state.json"
    direct = fill(path)
    workspace, _ = opened(path)
    messages = list(workspace.channels[direct].messages.values())
    assert [message.text for message in messages] == ["question", "answer"]
    assert workspace.channels[direct].replies(messages[0].ts) == [messages[1]]
    assert messages[1].reactions == {"+1": ["U0MARA"]}


def test_a_renamed_app_keeps_what_it_said(tmp_path: Path) -> None:
    """Its ids change with its name, in the saved messages too; no conversation is doubled."""
    path = tmp_path / "state.json"
    direct = fill(path)
    workspace, _ = opened(path, replace(PERMISSIVE, name="Renamed"))
    reply = list(workspace.channels[direct].messages.values())[1]
    assert reply.user == workspace.bot and reply.bot_id == workspace.app.bot_id
    pairs = [set(channel.members) for channel in workspace.channels.values() if channel.is_direct]
    assert pairs.count({"U0MARA", workspace.bot}) == 1


def test_people_who_left_are_left_out(tmp_path: Path) -> None:
    """Members whom the world no longer has are gone, and so are their direct messages."""
    path = tmp_path / "state.json"
    direct = fill(path)
    people = tuple(person for person in WORLD.people if person.id != "U0MARA")
    world = replace(WORLD, people=people, channels=(), messages=())
    workspace, _ = opened(path, world=world)
    assert direct not in workspace.channels
    assert "U0MARA" not in workspace.channels["C0GENERAL"].members


@pytest.mark.parametrize("broken", ["channels", "homes", "app"])
def test_a_broken_file(tmp_path: Path, broken: str) -> None:
    """It is refused with a sentence that says what to do."""
    path = tmp_path / "state.json"
    fill(path)
    data = copy.deepcopy(json.loads(path.read_text()))
    data[broken] = [{"odd": 1}] if broken != "app" else 5
    path.write_text(json.dumps(data))
    with pytest.raises(StateError, match="remove it"):
        opened(path)
