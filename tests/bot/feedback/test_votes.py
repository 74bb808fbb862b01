"""The ledger has one current label for each person and answer, whatever Slack delivers."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.feedback import votes
from bot.feedback.votes import current
from bot.inbox.events import Incoming
from bot.slack.reactions import Thumbs
from database.database import Database
from tests.bot.running_bot import House, listening, working
from tests.bot.slack_client import ADMIN, MEMBER, OTHER, Scene, until

REACTIONS = ("+1", "thumbsup", "+1::skin-tone-3", "-1", "thumbsdown::skin-tone-6")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Act:
    """A person adds or takes away a reaction, or presses a button."""

    person: str
    thumb: str
    given: bool


ACTS = st.lists(
    st.builds(
        Act,
        person=st.sampled_from([MEMBER, OTHER]),
        thumb=st.sampled_from([*REACTIONS, "good", "bad"]),
        given=st.booleans(),
    ),
    max_size=8,
)


def model(acts: Sequence[Act]) -> dict[str, str]:
    """What the labels should be: for each person, the newest of their thumbs that still stands."""
    labels: dict[str, str] = {}
    for person in {act.person for act in acts}:
        thumbs: list[str] = []
        for act in (act for act in acts if act.person == person):
            is_button = act.thumb in ("good", "bad")
            kept = [
                each
                for each in thumbs
                if each != act.thumb and not (is_button and each in ("good", "bad"))
            ]
            thumbs = [*kept, act.thumb] if act.given or is_button else kept
        if thumbs:
            labels[person] = "good" if thumbs[-1].startswith(("+", "thumbsup", "good")) else "bad"
    return labels


def incoming(act: Act, position: int, ts: str) -> Incoming:
    """The act as it arrives, named and dated by its position."""
    is_button = act.thumb in ("good", "bad")
    payload = {
        "surface": "button" if is_button else "reaction",
        "name": "button" if is_button else act.thumb,
        "label": act.thumb if is_button else Thumbs().label_of(act.thumb),
        "given": True if is_button else act.given,
        "at": f"{1000 + position}.0001",
    }
    return Incoming(f"Ev-{ts}-{position}", "vote", act.person, "C1", ts, payload=payload)


async def new_answer(database: Database, ts: str) -> None:
    """An answer that the message of this ts shows."""
    async with database.connection() as connection:
        await connection.execute(
            "insert into answers (workspace, channel, ts, question, readers, messages, evidence, "
            "text, citations, abstained, model, generation, prompt_version, timings_ms) values "
            "('home', 'C1', %s, 'q', '{public}', '[]', '[]', 't', '[]', false, 'm', 1, '1', '{}')",
            [ts],
        )


async def labels(database: Database, ts: str) -> dict[str, str]:
    """The current labels of an answer, without those taken back."""
    async with database.connection() as connection:
        found = await (
            await connection.execute(
                "select feedback.person, label from feedback join answers a on a.id = answer_id "
                "where is_current and a.ts = %s and label <> 'none'",
                [ts],
            )
        ).fetchall()
    return dict(found)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example has its own answer
)
@given(acts=ACTS, data=st.data())
async def test_any_delivery_gives_the_same_labels(
    services_house: House, database: Database, acts: list[Act], data: st.DataObject
) -> None:
    """Votes delivered in any order, some twice, give the labels of a simple model."""
    ts = f"{next(_numbers)}.1"
    await new_answer(database, ts)
    cast = [incoming(act, position, ts) for position, act in enumerate(acts)]
    order = data.draw(st.permutations(cast + cast[: len(cast) // 2]))
    for vote in order:
        await votes.record(services_house.services, vote, on_mine=False)
    assert await labels(database, ts) == model(acts)


async def test_a_vote_twice_is_one(services_house: House, database: Database) -> None:
    """The same event again changes nothing, and what is no answer takes no vote."""
    await new_answer(database, "1.1")
    vote = incoming(Act(MEMBER, "+1", True), 1, "1.1")
    assert await votes.record(services_house.services, vote, on_mine=False)
    assert not await votes.record(services_house.services, vote, on_mine=False)
    assert not await votes.record(
        services_house.services, incoming(Act(MEMBER, "+1", True), 2, "9.9"), on_mine=False
    )
    async with database.connection() as connection:
        rows = await (await connection.execute("select label from feedback")).fetchall()
    assert rows == [("good",)]


async def test_a_vote_waits_for_its_answer(services_house: House, database: Database) -> None:
    """A vote on a message of the bot's that is not yet noted as an answer counts once it is."""
    services = services_house.services
    vote = incoming(Act(MEMBER, "+1", True), 1, "1.1")
    assert await votes.record(services, vote, on_mine=True)
    await new_answer(database, "1.1")
    await votes.settle_votes(services, "C1", "1.1")
    assert await labels(database, "1.1") == {MEMBER: "good"}


async def test_history_is_kept(services_house: House, database: Database) -> None:
    """A label that changes, and is taken away, leaves every step in the ledger."""
    await new_answer(database, "1.1")
    acts = [Act(MEMBER, "+1", True), Act(MEMBER, "bad", True), Act(MEMBER, "good", True)]
    acts += [Act(MEMBER, "+1", False)]
    for position, act in enumerate(acts):
        await votes.record(services_house.services, incoming(act, position, "1.1"), on_mine=False)
    async with database.connection() as connection:
        rows = await (
            await connection.execute("select label, surface, is_current from feedback order by id")
        ).fetchall()
    assert rows == [("good", "reaction", False), ("bad", "button", False), ("good", "button", True)]


def test_no_votes_are_no_label() -> None:
    """Nobody who has not voted has a label."""
    assert current([]) is None


@pytest.mark.parametrize(
    ("reaction", "label"),
    [("+1", "good"), ("thumbsdown::skin-tone-2", "bad"), ("tada", None), ("", None)],
)
def test_only_thumbs_say_something(reaction: str, label: str | None) -> None:
    """Thumbs of every skin tone are labels, other reactions are not."""
    assert Thumbs().label_of(reaction) == label


async def test_reactions_and_buttons_reach_the_ledger(
    house: House, scene: Scene, database: Database
) -> None:
    """In Slack: 👍, its removal, the button are good, none, bad; each press has its own thanks."""
    ts = await scene.say("@bot how do we deploy?")
    reply = await scene.reply(ts)
    place = {"as": MEMBER, "channel": scene.channel, "ts": reply["ts"]}

    async def is_now(label: str) -> bool:
        async with database.connection() as connection:
            found = await (
                await connection.execute("select label from feedback where is_current")
            ).fetchall()
        return found == [(label,)]

    await scene.act("react", **place, emoji="+1")
    await until(lambda: is_now("good"), "good")
    await scene.act("react", **place, emoji="+1", remove=True)
    await until(lambda: is_now("none"), "none")
    await scene.act("press", **place, action_id="feedback", value="bad")
    await until(lambda: is_now("bad"), "bad")

    async def thanks() -> list[str]:
        seen = await scene.messages(ts) + await scene.messages()
        return [one["text"] for one in seen if one["ephemeral"]]

    async def is_thanked(words: str) -> bool:
        return any(words in text for text in await thanks())

    await until(lambda: is_thanked("so that the next model learns from it"), "thanks for bad")
    assert not await is_thanked("which answers help")
    await scene.act("press", **place, action_id="feedback", value="good")
    await until(lambda: is_thanked("which answers help"), "thanks for good")


async def test_a_vote_before_the_answer_is_saved_counts(
    house: House, scene: Scene, database: Database
) -> None:
    """A reaction on a message that is still being written is in the ledger once it is an answer."""
    house.script.hold, house.script.pause = 2, 0.2
    ts = await scene.say("@bot how do we deploy?")
    streaming = (await until(lambda: scene.from_bot(ts), "the stream"))[0]
    await scene.act(
        "react", **{"as": OTHER}, channel=scene.channel, ts=streaming["ts"], emoji="thumbsup"
    )
    house.script.gate.set()
    await scene.reply(ts)

    async def counted() -> bool:
        return await labels(database, streaming["ts"]) == {OTHER: "good"}

    await until(counted, "the vote")


async def test_which_reactions_count_is_a_setting(
    services_house: House, scene: Scene, database: Database
) -> None:
    """With 🎉 and 👀 for thumbs, those are labels, and 👍 is none."""
    thumbs = Thumbs(frozenset({"tada"}), frozenset({"eyes"}))
    services = replace(services_house.services, thumbs=thumbs)
    async with working(services), listening(services, scene.tokens["app"]):
        reply = await scene.reply(await scene.say("@bot how do we deploy?"))
        for person, emoji in ((MEMBER, "tada"), (OTHER, "+1"), (ADMIN, "eyes")):
            place = {"channel": scene.channel, "ts": reply["ts"]}
            await scene.act("react", **{"as": person}, **place, emoji=emoji)

        async def counted() -> bool:
            return await labels(database, reply["ts"]) == {MEMBER: "good", ADMIN: "bad"}

        await until(counted, "the labels")
    await services.client.close()
