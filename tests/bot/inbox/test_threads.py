"""A thread's context comes from Redis when it is whole there, and from Slack when it is not."""

import pytest
import redis.asyncio

from answering.types.questions import Turn
from bot.inbox import threads
from bot.inbox.store import InboxRow
from bot.inbox.threads import Said
from tests.bot.running_bot import House
from tests.bot.slack_client import MEMBER, OTHER, Scene, until


async def row_of(scene: Scene, root: str, ts: str) -> InboxRow:
    """A question in this thread."""
    return InboxRow(1, "question", scene.channel, ts, root, MEMBER, {}, "received", None, None)


async def reads(scene: Scene, root: str) -> int:
    """How often the thread was read from Slack."""
    calls = await scene.calls("conversations.replies")
    return len([call for call in calls if call["arguments"].get("ts") == root])


def speakers(house: House, asked: str) -> list[str]:
    """Who spoke before this question; a mention of an earlier test may be delivered anew here."""
    (question,) = (each for each in house.script.questions if each.text == asked)
    return [turn.speaker for turn in question.thread]


async def test_the_second_read_is_redis(services_house: House, scene: Scene) -> None:
    """A thread is read from Slack once; what is noted after that comes from Redis."""
    services, me = services_house.services, await services_house.services.directory.me()
    root = await scene.say(f"how do we deploy, <@{OTHER}>?")
    first = await scene.say("I mean the web app", thread=root)
    turns = await threads.turns_before(services, await row_of(scene, root, first), me)
    assert turns == (Turn("person", "how do we deploy, @priya?"),)
    second = await scene.say("and the worker?", thread=root)
    noted = Said(second, "and the worker?", by_me=False)
    await threads.note(services, scene.channel, root, noted)
    turns = await threads.turns_before(services, await row_of(scene, root, second), me)
    assert [turn.text for turn in turns][1:] == ["I mean the web app"]
    assert await reads(scene, root) == 1


async def test_what_redis_missed_comes_from_slack(services_house: House, scene: Scene) -> None:
    """When the question itself never reached Redis, the thread is read from Slack again."""
    services, me = services_house.services, await services_house.services.directory.me()
    root = await scene.say("one")
    for count, text in enumerate(("two", "three"), start=1):
        ts = await scene.say(text, thread=root)
        await threads.turns_before(services, await row_of(scene, root, ts), me)
        assert await reads(scene, root) == count


async def test_an_edit_is_read_anew(services_house: House, scene: Scene) -> None:
    """After a message of the thread changed, its old text is not used."""
    services, me = services_house.services, await services_house.services.directory.me()
    root = await scene.say("old words")
    ts = await scene.say("and?", thread=root)
    row = await row_of(scene, root, ts)
    await threads.turns_before(services, row, me)
    await scene.act("edit", **{"as": MEMBER}, channel=scene.channel, ts=root, text="new words")
    await threads.forget(services, scene.channel, root)
    assert await threads.turns_before(services, row, me) == (Turn("person", "new words"),)


async def test_only_the_last_twelve_turns_count(services_house: House, scene: Scene) -> None:
    """A long thread gives its last twelve turns, oldest first."""
    services, me = services_house.services, await services_house.services.directory.me()
    root = await scene.say("message 0")
    for number in range(1, 16):
        ts = await scene.say(f"message {number}", thread=root)
    turns = await threads.turns_before(services, await row_of(scene, root, ts), me)
    assert [turn.text for turn in turns] == [f"message {number}" for number in range(3, 15)]


async def test_without_redis_the_bot_is_right(house: House, scene: Scene) -> None:
    """With Redis gone in the middle of a thread, the follow-up still knows what was said."""
    ts = await scene.say("@bot how do we deploy?")
    await scene.reply(ts)
    nowhere = redis.asyncio.Redis.from_url("redis://127.0.0.1:1")
    object.__setattr__(house.services, "redis", nowhere)
    await scene.say("and how do we roll back?", thread=ts)
    await scene.reply(ts, count=2)
    assert speakers(house, "and how do we roll back?") == ["person", "bot"]
    await nowhere.aclose()


async def test_the_answer_is_part_of_the_next_context(
    house: House, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A third question in a thread sees the first two and their answers, without reading Slack."""
    # A busy machine may take longer than a note is given, and a lost note is read from Slack.
    monkeypatch.setattr(threads, "_NOTE_SECONDS", 5.0)
    monkeypatch.setattr(threads, "_READ_SECONDS", 5.0)
    ts = await scene.say("@bot one?")
    await scene.reply(ts)
    await until(lambda: _counted(house, scene, ts, 2), "the notes of the mention and its answer")
    await scene.say("two?", thread=ts)
    await scene.reply(ts, count=2)
    after_two = await reads(scene, ts)
    await until(lambda: _noted(house, scene, ts, 4), "the second answer in Redis")
    await scene.say("three?", thread=ts)
    await scene.reply(ts, count=3)
    assert speakers(house, "three?") == ["person", "bot", "person", "bot"]
    assert await reads(scene, ts) == after_two


async def _counted(house: House, scene: Scene, root: str, least: int) -> bool:
    assert house.services.redis is not None
    key = f"houselore:home:thread:{scene.channel}:{root}:version"
    return int(await house.services.redis.get(key) or 0) >= least


async def _noted(house: House, scene: Scene, root: str, least: int) -> bool:
    assert house.services.redis is not None
    key = f"houselore:home:thread:{scene.channel}:{root}"
    return len(set(await house.services.redis.lrange(key, 0, -1))) >= least
