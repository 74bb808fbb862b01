"""Votes cast and taken back while the bot was away are in the ledger once it is back."""

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feedback.backfill import catch_up, keep_caught_up, missing
from bot.feedback.votes import Vote, current
from bot.slack.reactions import Thumbs
from database.database import Database
from tests.bot.rated_answers import answered, holds, rows
from tests.bot.running_bot import House, listening, working
from tests.bot.slack_client import ADMIN, MEMBER, OTHER, Message, Scene

LABELS = "select person, label from feedback where is_current order by person"


async def react(scene: Scene, answer: Message, person: str, emoji: str, gone: bool = False) -> None:
    """Somebody reacts to an answer, or takes that back."""
    place = {"channel": scene.channel, "ts": answer["ts"]}
    await scene.act("react", **{"as": person}, **place, emoji=emoji, remove=gone)


@pytest.fixture
async def answer(services_house: House, scene: Scene, database: Database) -> Message:
    """An answer with a 👍 of the member and of the admin; then the bot goes away."""
    services = services_house.services
    async with working(services), listening(services, scene.tokens["app"]):
        given = await answered(scene)
        await react(scene, given, MEMBER, "+1")
        await react(scene, given, ADMIN, "+1")
        await holds(database, LABELS, [(MEMBER, "good"), (ADMIN, "good")])
    return given


async def test_what_was_missed_is_read_back_at_the_start(
    answer: Message, services_house: House, scene: Scene, database: Database
) -> None:
    """A new vote, one changed and one taken away; other reactions and the bot's own are nothing."""
    await react(scene, answer, OTHER, "thumbsdown")
    await react(scene, answer, OTHER, "tada")
    await react(scene, answer, MEMBER, "+1", gone=True)
    await react(scene, answer, ADMIN, "-1")
    async with working(services_house.services):
        await holds(database, LABELS, [(MEMBER, "none"), (ADMIN, "bad"), (OTHER, "bad")])
    assert await catch_up(services_house.services) == 0
    assert await rows(database, "select count(*) from feedback") == [(5,)]


async def test_nothing_missed_changes_nothing(
    answer: Message, services_house: House, database: Database
) -> None:
    """The ledger and the inbox stay as they are, also when a button was pressed since."""
    before = await rows(database, "select count(*) from inbox")
    assert await catch_up(services_house.services) == 0
    assert await rows(database, "select count(*) from inbox") == before


async def test_two_processes_find_the_same_once(
    answer: Message, services_house: House, scene: Scene, database: Database
) -> None:
    """What is missed is named by what is known, so nobody stores it a second time."""
    await react(scene, answer, OTHER, "+1")
    services = services_house.services
    assert sum(await asyncio.gather(catch_up(services), catch_up(services))) == 1
    assert await rows(database, "select count(*) from inbox where event_id like 'missed:%%'") == [
        (1,)
    ]


async def test_what_comes_after_has_the_last_word(
    answer: Message, services_house: House, scene: Scene, database: Database
) -> None:
    """A vote that was read back is changed by the next event as any other is."""
    await react(scene, answer, OTHER, "+1")
    assert await catch_up(services_house.services) == 1
    services = services_house.services
    async with working(services), listening(services, scene.tokens["app"]):
        await react(scene, answer, OTHER, "+1", gone=True)
        await holds(database, LABELS, [(MEMBER, "good"), (ADMIN, "good"), (OTHER, "none")])


async def test_what_cannot_be_read_is_left_as_it_is(
    answer: Message, services_house: House, scene: Scene, database: Database
) -> None:
    """A message that is gone, or a channel that the bot has left, takes no vote away."""
    await scene.act("delete", **{"as": ADMIN}, channel=scene.channel, ts=answer["ts"])
    assert await catch_up(services_house.services) == 0
    assert await rows(database, LABELS) == [(MEMBER, "good"), (ADMIN, "good")]


async def test_only_the_last_week_is_asked_about(
    answer: Message, services_house: House, scene: Scene, database: Database
) -> None:
    """Older answers cost Slack no call."""
    async with database.connection() as connection:
        await connection.execute("update answers set created_at = now() - interval '8 days'")
    before = len(await scene.calls("reactions.get"))
    await react(scene, answer, OTHER, "+1")
    assert await catch_up(services_house.services) == 0
    assert len(await scene.calls("reactions.get")) == before


async def test_an_outage_is_caught_up_with_once(
    answer: Message, services_house: House, scene: Scene, database: Database
) -> None:
    """While the bot hears nothing, and as long as it hears, Slack is asked nothing."""
    heard = [True]

    async def hears() -> bool:
        return heard[0]

    before = len(await scene.calls("reactions.get"))
    watch = asyncio.create_task(keep_caught_up(services_house.services, hears, look=0.02, pause=0))
    await asyncio.sleep(0.1)
    heard[0] = False
    await react(scene, answer, OTHER, "-1")
    await asyncio.sleep(0.1)
    assert len(await scene.calls("reactions.get")) == before
    heard[0] = True
    await holds(database, LABELS, [(MEMBER, "good"), (ADMIN, "good"), (OTHER, "bad")])
    await asyncio.sleep(0.1)
    assert len(await scene.calls("reactions.get")) == before + 1
    watch.cancel()
    with suppress(asyncio.CancelledError):
        await watch


async def test_a_failed_catching_up_is_tried_again(
    answer: Message, services_house: House, scene: Scene, database: Database
) -> None:
    """Slack may be away just then, too."""
    heard = iter([False])

    async def hears() -> bool:
        return next(heard, True)

    await react(scene, answer, OTHER, "-1")
    await scene.act("faults", fail={"method": "reactions.get", "error": "fatal_error", "times": 1})
    services = services_house.services
    watch = asyncio.create_task(keep_caught_up(services, hears, look=0.02, again=0.02, pause=0))
    await holds(database, LABELS, [(MEMBER, "good"), (ADMIN, "good"), (OTHER, "bad")])
    watch.cancel()
    with suppress(asyncio.CancelledError):
        await watch


NAMES = st.frozensets(st.sampled_from(["+1", "thumbsup", "+1::skin-tone-3", "-1", "tada", "eyes"]))


@given(standing=NAMES, there=NAMES)
def test_the_votes_that_are_missing_make_up_what_slack_shows(
    standing: frozenset[str], there: frozenset[str]
) -> None:
    """After them just the thumbs in Slack stand; what counted before and is there still counts."""
    thumbs = Thumbs()
    after = set(standing)
    for name, is_given in missing(thumbs, standing, there):
        assert (name in after) is not is_given
        (after.add if is_given else after.discard)(name)
    assert after == {one for one in there if thumbs.label_of(one) or one in standing}
    assert missing(thumbs, after, there) == []


def test_of_two_thumbs_that_were_missed_one_counts() -> None:
    """A 👎 in place of a 👍 is a 👎: what was taken back goes first."""
    votes = [Vote("U1", "reaction", "+1", "good", True)]
    for name, is_given in missing(Thumbs(), {"+1"}, {"-1"}):
        votes.append(Vote("U1", "reaction", name, "bad" if is_given else "good", is_given))
    assert current(votes) == ("bad", "reaction")
