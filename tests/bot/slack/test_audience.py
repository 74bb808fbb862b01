"""Who stands behind a conversation, by what a real Web API says of it."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SlackFailed
from bot.slack.audience import audience_of, audience_of_one
from bot.slack.client import SlackClient
from bot.slack.directory import Directory
from tests.bot.workspace import ROOT, Town, running_town, world

PEOPLE = [
    {"id": "U0ANA", "name": "ana"},
    {"id": "U0BEN", "name": "ben"},
    {"id": "U0CLEO", "name": "cleo"},
    {"id": "U0GUS", "name": "gus", "role": "guest"},
    {"id": "U0PIA", "name": "pia", "role": "partner", "team": "T0OTHER"},
]
BOTH = ["U0ANA", "U0BEN"]
CHANNELS: list[dict[str, Any]] = [
    {"id": "C0OPEN", "name": "open", "members": BOTH},
    {"id": "C0LEADS", "name": "leads", "private": True, "members": BOTH},
    {"id": "C0MIXED", "name": "mixed", "private": True, "members": [*BOTH, "U0CLEO"]},
    {"id": "C0GUEST", "name": "guest", "private": True, "members": [*BOTH, "U0GUS"]},
    {"id": "C0STRANGER", "name": "stranger", "private": True, "members": [*BOTH, "U0PIA"]},
    {
        "id": "C0SHARED",
        "name": "shared",
        "private": True,
        "members": BOTH,
        "shared_with": ["T0OTHER"],
    },
]
GROUPS = [
    {"id": "S0LEADS", "handle": "leads", "name": "Leads", "members": [*BOTH, "U0GUS", "U0PIA"]},
    {"id": "S0ANA", "handle": "onlyana", "name": "Only Ana", "members": ["U0ANA"]},
]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A workspace with a guest, a person of another workspace, and two user groups."""
    with running_town(tmp_path_factory.mktemp("town"), world(PEOPLE, CHANNELS, GROUPS)) as opened:
        yield opened


@pytest.fixture
async def directory(town: Town) -> AsyncIterator[Directory]:
    """The directory of that workspace."""
    client = SlackClient(town.token, town.api)
    yield Directory(client)
    await client.close()


@pytest.mark.parametrize(
    ("channel", "readers"),
    [
        ("C0OPEN", {"public", "channel:C0OPEN"}),
        ("C0LEADS", {"public", "channel:C0LEADS", "group:S0LEADS"}),
        ("C0MIXED", {"public", "channel:C0MIXED"}),
        ("C0GUEST", {"channel:C0GUEST"}),
        ("C0STRANGER", {"channel:C0STRANGER"}),
        ("C0SHARED", {"channel:C0SHARED"}),
    ],
)
async def test_a_channel_has_what_all_its_readers_may_see(
    directory: Directory, channel: str, readers: set[str]
) -> None:
    """A user group counts in a private channel that lies within it; outsiders take `public` away.

    A public channel is read by colleagues who are no members, and a shared one by strangers.
    """
    found = await audience_of(directory, "home", channel, "U0ANA")
    assert found.workspace == "home"
    assert found.readers == readers


async def test_a_person_has_their_channels_and_groups(directory: Directory) -> None:
    """Alone, each has what they are in; a guest and a stranger lack what is public."""
    ana = {"public", "person:U0ANA", "group:S0LEADS", "group:S0ANA"}
    ana |= {f"channel:{channel['id']}" for channel in CHANNELS}
    assert (await audience_of_one(directory, "home", "U0ANA")).readers == ana
    cleo = {"public", "person:U0CLEO", "channel:C0MIXED"}
    assert (await audience_of_one(directory, "home", "U0CLEO")).readers == cleo
    gus = {"person:U0GUS", "channel:C0GUEST", "group:S0LEADS"}
    assert (await audience_of_one(directory, "home", "U0GUS")).readers == gus


async def test_who_is_unknown_has_no_audience(directory: Directory) -> None:
    """Slack's refusal is passed on: nothing is taken for granted of nobody."""
    with pytest.raises(SlackFailed):
        await audience_of_one(directory, "home", "U0NOBODY")
    with pytest.raises(SlackFailed):
        await audience_of(directory, "home", "C0NOWHERE", "U0ANA")


async def test_an_app_that_may_not_see_groups_still_answers(tmp_path: Path) -> None:
    """An app installed before it asked for usergroups:read has nobody in a group, and goes on."""
    manifest = json.loads((ROOT / "bot" / "manifest.json").read_text(encoding="utf-8"))
    manifest["oauth_config"]["scopes"]["bot"].remove("usergroups:read")
    old = tmp_path / "manifest.json"
    old.write_text(json.dumps(manifest), encoding="utf-8")
    with running_town(tmp_path, world(PEOPLE, CHANNELS, GROUPS), old) as town:
        client = SlackClient(town.token, town.api)
        audience = await audience_of(Directory(client), "home", "C0LEADS", "U0ANA")
        await client.close()
    assert audience.readers == {"public", "channel:C0LEADS"}
