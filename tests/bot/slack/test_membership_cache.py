"""What changes of who is where counts for the next question, in every process."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.services import BotServices
from database.database import Database
from retrieval.embeddings.embedder import Embedder
from tests.bot.running_bot import Script, listening, open_house
from tests.bot.slack_client import until
from tests.bot.workspace import Town, running_town, world

PEOPLE = [
    {"id": "U0ANA", "name": "ana"},
    {"id": "U0BEN", "name": "ben"},
    {"id": "U0GUS", "name": "gus", "role": "guest"},
]
CHANNELS = [
    {"id": "C0DATA", "name": "data", "private": True, "members": ["U0ANA", "U0BEN"]},
]
GROUPS = [{"id": "S0DATA", "handle": "d", "name": "D", "members": ["U0ANA", "U0BEN"]}]
ALL = {"public", "channel:C0DATA", "group:S0DATA"}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A small workspace."""
    with running_town(tmp_path, world(PEOPLE, CHANNELS, GROUPS)) as opened:
        yield opened


@pytest.fixture
async def two(
    town: Town, database: Database, embedder: Embedder
) -> AsyncIterator[tuple[BotServices, BotServices]]:
    """A bot that Slack's events reach, and a worker beside it that they do not."""
    async with AsyncExitStack() as stack:
        bots = [
            await stack.enter_async_context(
                open_house(database, None, town.api, town.token, embedder, Script())
            )
            for _ in range(2)
        ]
        bot, worker = (house.services for house in bots)
        await stack.enter_async_context(listening(bot, town.app["tokens"]["app"]))
        yield bot, worker


def everywhere(
    bots: tuple[BotServices, ...], channel: str | None, person: str, readers: set[str]
) -> Callable[[], Awaitable[bool]]:
    """Whether every process has this audience."""

    async def same() -> bool:
        found = [(await bot.memberships.audience(channel, person)).readers for bot in bots]
        return all(one == readers for one in found)

    return same


@pytest.mark.parametrize(
    ("call", "change", "undo", "there"),
    [
        (
            "members",
            {"channel": "C0DATA", "person": "U0GUS"},
            {"remove": True},
            {"channel:C0DATA"},
        ),
        ("share", {"channel": "C0DATA", "team": "T0OTHER"}, {"undo": True}, {"channel:C0DATA"}),
        (
            "role",
            {"person": "U0BEN", "role": "guest"},
            {"role": "member"},
            {"channel:C0DATA"},
        ),
        (
            "group",
            {"group": "S0DATA", "members": ["U0ANA"]},
            {"members": ["U0ANA", "U0BEN"]},
            ALL - {"group:S0DATA"},
        ),
    ],
    ids=["a guest joins", "it is shared", "a member becomes a guest", "one leaves the group"],
)
async def test_a_channels_audience_follows(
    town: Town,
    two: tuple[BotServices, BotServices],
    call: str,
    change: dict[str, object],
    undo: dict[str, object],
    there: set[str],
) -> None:
    """Soon after the change, and after its end, the bot and the worker have the new audience.

    Both had the old one at hand, for a minute (people: ten) if nothing were heard.
    """
    assert await everywhere(two, "C0DATA", "U0ANA", ALL)()
    town.act(call, **change)
    await until(everywhere(two, "C0DATA", "U0ANA", there), "the change")
    town.act(call, **{**change, **undo})
    await until(everywhere(two, "C0DATA", "U0ANA", ALL), "its end")


async def test_who_leaves_takes_nothing_along(
    town: Town, two: tuple[BotServices, BotServices]
) -> None:
    """Out of the channel, a person's own audience has lost it, with the worker too."""
    ben = {"public", "person:U0BEN", "group:S0DATA"}
    assert await everywhere(two, None, "U0BEN", ben | {"channel:C0DATA"})()
    town.act("members", channel="C0DATA", person="U0BEN", remove=True)
    await until(everywhere(two, None, "U0BEN", ben), "the end of the membership")


async def test_a_new_status_line_is_no_change(
    town: Town, two: tuple[BotServices, BotServices], database: Database
) -> None:
    """Somebody's profile that changes nothing of their standing is not noted for others."""
    bot, _ = two
    await bot.memberships.audience("C0DATA", "U0ANA")
    town.act("role", person="U0BEN", role="member")
    town.act("members", channel="C0DATA", person="U0GUS")

    async def noted() -> list[tuple[str]]:
        async with database.connection() as connection:
            found = await connection.execute("select person from inbox where kind = 'membership'")
            return list(await found.fetchall())

    assert await until(noted, "the one who joined") == [("U0GUS",)]
