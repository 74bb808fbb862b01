"""People and channels named on the command line: found in Slack or the sandbox, never guessed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import NameNotFound
from houselore.errors import WrongUse
from houselore.people.lookup import Asker, find_audience, read_readers
from houselore.settings import Settings
from tests.bot.workspace import Town, running_town, world

PEOPLE = [{"id": "U0ANA", "name": "ana"}, {"id": "U0BEN", "name": "ben"}]
CHANNELS: list[dict[str, Any]] = [
    {"id": "C0DATA", "name": "team-data", "private": True, "members": ["U0ANA"]},
    {"id": "C0OPEN", "name": "open", "members": ["U0ANA", "U0BEN"]},
]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A small workspace."""
    with running_town(tmp_path_factory.mktemp("town"), world(PEOPLE, CHANNELS)) as opened:
        yield opened


@pytest.fixture
def settings(town: Town, tmp_path: Path) -> Settings:
    """The settings of somebody whose Slack is that workspace."""
    given = {"slack_bot_token": town.token, "slack_api_url": town.api, "data_dir": tmp_path}
    return Settings.model_validate(given)


@pytest.fixture
def alone(tmp_path: Path) -> Settings:
    """The settings of somebody without Slack."""
    return Settings.model_validate({"data_dir": tmp_path})


async def test_readers_are_named(settings: Settings) -> None:
    """Names and ids, separated by commas or given again, become one set of readers."""
    given = ["public, #team-data", "@ben,person:U0ANA"]
    readers = await read_readers(settings, given)
    assert readers == {"public", "channel:C0DATA", "person:U0BEN", "person:U0ANA"}
    assert await read_readers(settings, None) == {"public"}


async def test_a_slip_among_readers_is_refused(settings: Settings) -> None:
    """One wrong name refuses them all: the documents are neither hidden nor shown by it."""
    with pytest.raises(NameNotFound, match="did you mean @ben"):
        await read_readers(settings, ["#team-data,@bem"])
    for given in ([""], ["public,"], [",@ben"], []):
        with pytest.raises(WrongUse, match="A reader is empty"):
            await read_readers(settings, given)


async def test_ids_need_no_slack(alone: Settings) -> None:
    """Ids are readers as they stand; a name without Slack says what would help."""
    readers = await read_readers(alone, ["channel:C0DATA,group:S0X", "public"])
    assert readers == {"channel:C0DATA", "group:S0X", "public"}
    with pytest.raises(WrongUse, match=r"set SLACK_BOT_TOKEN, or start `make run` beside, or say"):
        await read_readers(alone, ["channel:C0DATA,@ben"])
    assert (await find_audience(alone, Asker())).readers == {"public"}


async def test_a_dead_sandboxs_note_is_no_sandbox(alone: Settings) -> None:
    """What a killed Houselore left behind is not asked who is who."""
    (alone.folder() / "sandbox.url").write_text("http://127.0.0.1:9")
    with pytest.raises(WrongUse, match="start `make run` beside"):
        await find_audience(alone, Asker("@ana"))


async def test_who_asks_and_where(settings: Settings) -> None:
    """Alone it is the audience of a direct message; in a channel, that channel's."""
    ana = await find_audience(settings, Asker("@ana"))
    assert ana.readers == {"public", "person:U0ANA", "channel:C0DATA", "channel:C0OPEN"}
    there = await find_audience(settings, Asker("@ana", "#team-data"))
    assert there.readers == {"public", "channel:C0DATA"}
    by_id = await find_audience(settings, Asker("person:U0ANA", "channel:C0DATA"))
    assert by_id == there


@pytest.mark.parametrize(
    ("asker", "says"),
    [
        (Asker("@ben", "#team-data"), "@ben is not in #team-data"),
        (Asker(None, "#open"), "Say who asks in #open: --as @person"),
        (Asker("@ann"), "did you mean @ana"),
        (Asker("@ana", "#opne"), "did you mean #open"),
        (Asker("person:U0NOBODY"), "Slack does not know person:U0NOBODY"),
        (Asker("@ana", "channel:C0NOWHERE"), "Slack does not know @ana or channel:C0NOWHERE"),
    ],
)
async def test_who_cannot_ask_is_refused(settings: Settings, asker: Asker, says: str) -> None:
    """Nobody asks where they are not, and no name is taken for another."""
    with pytest.raises((WrongUse, NameNotFound)) as refused:
        await find_audience(settings, asker)
    assert says in str(refused.value)
