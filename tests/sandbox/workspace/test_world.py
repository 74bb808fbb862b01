"""World files: the default one, and those that contradict themselves."""

import copy
import json
from typing import Any

import pytest

from sandbox.errors import WorldError
from sandbox.workspace.world import DEFAULT_WORLD, load_world, read_world

SMALL: dict[str, Any] = {
    "team": {"id": "T1", "name": "Small", "domain": "small"},
    "people": [
        {"id": "U1", "name": "ann", "real_name": "Ann"},
        {"id": "U2", "name": "gus", "real_name": "Gus", "role": "guest"},
    ],
    "channels": [{"id": "C1", "name": "all"}],
    "messages": [{"channel": "C1", "user": "U1", "text": "hi", "minutes_ago": 1}],
}


def test_the_default_world() -> None:
    """It has an admin, members, a guest, a partner, and channels of every kind."""
    world = load_world(DEFAULT_WORLD)
    assert {person.role for person in world.people} == {"admin", "member", "guest", "partner"}
    assert {channel.private for channel in world.channels} == {True, False}
    assert any(channel.shared_with for channel in world.channels)


def test_everyone_means_no_outsiders() -> None:
    """`everyone` leaves out guests and partners."""
    assert read_world(SMALL).channels[0].members == ("U1",)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("people", 0, "role"), "king", "'king'"),
        (("people", 1, "id"), "U1", "same id"),
        (("people",), [], "no people"),
        (("channels", 0, "members"), ["U9"], "nobody knows"),
        (("messages", 0, "channel"), "C9", "no channel"),
        (("messages", 0, "user"), "U9", "not among the people"),
        (("messages", 0, "thread"), [{"user": "U9", "text": "x", "minutes_ago": 0}], "'U9'"),
    ],
)
def test_contradictions(path: tuple[Any, ...], value: Any, words: str) -> None:
    """What cannot be is refused with a sentence that names it."""
    data = copy.deepcopy(SMALL)
    target: Any = data
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    with pytest.raises(WorldError, match=words):
        read_world(data)


def test_a_field_that_is_missing(tmp_path: Any) -> None:
    """It is named."""
    path = tmp_path / "world.json"
    broken = copy.deepcopy(SMALL)
    del broken["people"][0]["name"]
    path.write_text(json.dumps(broken))
    with pytest.raises(WorldError, match="name"):
        load_world(path)
