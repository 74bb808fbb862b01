"""Names to take out of texts, and channels to learn from, as Slack tells them."""

from pathlib import Path
from typing import Any

import pytest

from houselore.people.lookup import find_channel, find_person
from houselore.people.members import read_workplace
from houselore.settings import Settings
from tests.bot.workspace import running_town, world

PEOPLE = [{"id": "U0ANA", "name": "ana"}, {"id": "U0BEN", "name": "ben"}]
CHANNELS: list[dict[str, Any]] = [
    {"id": "C0DATA", "name": "team-data", "private": True, "members": ["U0ANA"]},
    {"id": "C0OPEN", "name": "open", "members": ["U0ANA", "U0BEN"]},
]


async def test_names_and_channels(tmp_path: Path) -> None:
    """Every member's names, and no private channel among the public ones; ids by name."""
    with running_town(tmp_path, world(PEOPLE, CHANNELS)) as town:
        given = {"slack_bot_token": town.token, "slack_api_url": town.api, "data_dir": tmp_path}
        settings = Settings.model_validate(given)
        found = await read_workplace(settings)
        assert found is not None
        assert {"ana", "ben"} <= found.names
        assert "C0OPEN" in found.public_channels
        assert "C0DATA" not in found.public_channels
        assert await find_person(settings, "@ana") == "U0ANA"
        assert await find_channel(settings, "#open") == "C0OPEN"


@pytest.mark.parametrize("word", ["U024BE7LH", "W12345678"])
async def test_without_slack(tmp_path: Path, word: str) -> None:
    """Nothing is known, and ids are taken as they are."""
    settings = Settings.model_validate({"data_dir": tmp_path})
    assert await read_workplace(settings) is None
    assert await find_person(settings, word) == word
    assert await find_channel(settings, "C024BE91L") == "C024BE91L"
