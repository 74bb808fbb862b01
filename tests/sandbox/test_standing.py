"""Sharing, roles and user groups: what changes, what the app hears of it, what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.delivery.events import Events


def record(bench: Any) -> list[dict[str, Any]]:
    """Every event from now on."""
    events = Events(bench.site.workspace, bench.site.views)
    sent: list[dict[str, Any]] = []
    bench.site.workspace.listeners.append(lambda happening: sent.extend(events.of(happening)))
    return sent


async def test_a_channel_is_shared_and_no_longer(bench: Any, slack_data: Path) -> None:
    """The Web API says so at once, and each change is one event with Slack's own keys."""
    sent = record(bench)
    share = {"channel": "C0GENERAL", "team": "T0ELSEWHERE"}
    for undo, file in ((False, "ChannelShared"), (True, "ChannelUnshared")):
        assert (await bench.post("share", **share, undo=undo))["ok"]
        info = (await bench.api("conversations.info", channel="C0GENERAL"))["channel"]
        assert info["is_ext_shared"] is not undo
        sample = json.loads((slack_data / "payloads" / f"{file}Payload.json").read_text())
        assert sent[-1].keys() == sample["event"].keys()
    assert [event["type"] for event in sent] == ["channel_shared", "channel_unshared"]


async def test_a_member_becomes_a_guest(bench: Any) -> None:
    """users.info and user_change describe the same person."""
    sent = record(bench)
    assert (await bench.post("role", person="U0JONAS", role="guest"))["ok"]
    user = (await bench.api("users.info", user="U0JONAS"))["user"]
    assert user["is_restricted"] is True
    assert (sent[0]["type"], sent[0]["user"]["is_restricted"]) == ("user_change", True)


async def test_a_group_has_other_members(bench: Any) -> None:
    """usergroups.list has the new members; the event names who came and who went."""
    sent = record(bench)
    assert (await bench.post("group", group="S0ONCALL", members=["U0JONAS", "U0MARA"]))["ok"]
    groups = (await bench.api("usergroups.list", include_users=True))["usergroups"]
    assert groups[0]["users"] == ["U0JONAS", "U0MARA"]
    assert sent[0]["type"] == "subteam_members_changed"
    assert (sent[0]["added_users"], sent[0]["removed_users"]) == (["U0MARA"], ["U0PRIYA"])


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("share", {"channel": "C0GENERAL", "team": "T0HARBOUR"}),
        ("share", {"channel": "C0GENERAL", "team": "T0ELSEWHERE", "undo": True}),
        ("role", {"person": "U0JONAS", "role": "king"}),
        ("role", {"person": "U0WREN", "role": "member"}),
        ("role", {"person": "U0NOBODY", "role": "member"}),
        ("group", {"group": "S0NONE", "members": []}),
        ("group", {"group": "S0ONCALL", "members": ["U0NOBODY"]}),
    ],
)
async def test_a_mistake_is_said(bench: Any, call: str, arguments: dict[str, Any]) -> None:
    """What cannot be is refused with a sentence, and nothing happens."""
    sent = record(bench)
    answer = await bench.post(call, **arguments)
    assert not answer["ok"] and answer["detail"].endswith(".")
    assert sent == []
