"""Names to ids against a real Web API: exact, or refused with what may have been meant."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bot.errors import NameNotFound
from bot.slack.client import SlackClient
from bot.slack.name_resolution import Names, reader_by_id
from tests.bot.workspace import Town, running_town, world

PEOPLE = [
    {"id": "U0ANA", "name": "ana", "real_name": "Ana Ribeiro"},
    {"id": "U0ANNA", "name": "anna", "real_name": "Anna Bergström"},
    {"id": "U0ANA2", "name": "ana.b", "real_name": "Ana Bauer"},
    {"id": "U0BAUER", "name": "bauer", "real_name": "Ana Bauer"},
    {"id": "U0ONCALL", "name": "oncall", "real_name": "Otto Ncall"},
]
CHANNELS: list[dict[str, Any]] = [
    {"id": "C0DATA", "name": "team-data", "members": ["U0ANA"]},
    {"id": "C0DATES", "name": "team-dates", "members": ["U0ANA"]},
    {"id": "C0SECRET", "name": "the-secret", "private": True, "members": ["U0ANA"], "app": False},
    {"id": "C0PRIVATE", "name": "people", "private": True, "members": ["U0ANA"]},
]
GROUPS = [
    {"id": "S0LEADS", "handle": "leads", "name": "Leads", "members": ["U0ANA"]},
    {"id": "S0ONCALL", "handle": "oncall", "name": "On call", "members": ["U0ANA"]},
]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A workspace with two Ana Bauers, and a channel the bot is not in."""
    with running_town(tmp_path_factory.mktemp("town"), world(PEOPLE, CHANNELS, GROUPS)) as opened:
        yield opened


@pytest.fixture
async def names(town: Town) -> AsyncIterator[Names]:
    """The names of that workspace."""
    client = SlackClient(town.token, town.api)
    yield Names(client)
    await client.close()


@pytest.mark.parametrize(
    ("word", "reader"),
    [
        ("public", "public"),
        ("@ana", "person:U0ANA"),
        ("@ANA", "person:U0ANA"),
        ("@Ana Ribeiro", "person:U0ANA"),
        ("@anna bergstro\u0308m", "person:U0ANNA"),
        ("@leads", "group:S0LEADS"),
        ("#team-data", "channel:C0DATA"),
        ("#people", "channel:C0PRIVATE"),
        ("channel:C0ANYTHING", "channel:C0ANYTHING"),
        ("group:S0LEADS", "group:S0LEADS"),
    ],
)
async def test_a_reader_is_found_by_its_exact_name(names: Names, word: str, reader: str) -> None:
    """Handles, display names, real names, channels and user groups; ids need nobody's word."""
    assert await names.reader(word) == reader


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("@anaa", "Nobody here is called @anaa: did you mean @ana (Ana Ribeiro) or "),
        ("@zzzzzz", "Nobody here is called @zzzzzz."),
        ("@houselore", "Nobody here is called @houselore."),
        ("#team-dat", "did you mean #team-data or #team-dates?"),
        ("#the-secret", "must have the bot in it"),
        ("#U0ANA", "There is no channel #U0ANA"),
        ("@C0DATA", "Nobody here is called @C0DATA."),
        ("ana", "ana is no reader: say public"),
        ("Public", "Public is no reader"),
        ("everyone", "everyone is no reader"),
        ("channel:general", "channel:general is no reader"),
        ("person:C0DATA", "person:C0DATA is no reader"),
        ("", "is no reader"),
        ("@", "Nobody here is called @"),
        (
            "@Ana Bauer",
            "may be any of 2: @ana.b (Ana Bauer) is person:U0ANA2, @bauer (Ana Bauer) is "
            "person:U0BAUER. Say which by its id.",
        ),
        ("@oncall", "may be any of 2: @oncall (Otto Ncall) is person:U0ONCALL, @oncall (a user"),
    ],
)
async def test_what_is_not_one_name_is_refused(names: Names, word: str, says: str) -> None:
    """A slip is never taken for the nearest name: it is refused, with the near ones in words."""
    with pytest.raises(NameNotFound) as refused:
        await names.reader(word)
    assert says in str(refused.value)


async def test_people_and_channels_need_no_sign(names: Names) -> None:
    """Where only a person or only a channel can be meant, @ and # may be left out."""
    assert await names.person("ana") == await names.person("@ana") == "U0ANA"
    assert await names.person("<@U0ANA|ana>") == await names.person("person:U0ANA") == "U0ANA"
    assert await names.channel("team-data") == await names.channel("#team-data") == "C0DATA"
    assert await names.channel("<#C0DATA|team-data>") == "C0DATA"
    with pytest.raises(NameNotFound):
        await names.person("@leads")


def test_an_id_is_no_name() -> None:
    """What names nobody by id gives none, whatever its letters."""
    assert reader_by_id("person:U0ANA") == "person:U0ANA"
    for word in ("@ana", "U0ANA", "person:u0ana", "person:", "channel:U0ANA", "group:C0X"):
        assert reader_by_id(word) is None
