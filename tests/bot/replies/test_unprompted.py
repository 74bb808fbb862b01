"""A question that mentions nobody is answered only where that is wanted, and only when sure."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from answering.errors import NotIndexed
from bot.app import create_app
from bot.inbox import store
from bot.inbox.events import Incoming
from bot.replies.unprompted import answer_unasked
from bot.services import BotServices
from database.database import Database
from tests.bot.inbox.test_store import bot_process, count
from tests.bot.listeners.test_listeners import send
from tests.bot.running_bot import House
from tests.bot.slack_client import ADMIN, MEMBER, OTHER, Scene, until

SHOWING = (
    "assistant.threads.setStatus", "agents.sessions.setStatus", "chat.startStream",
    "chat.postMessage", "chat.postEphemeral", "reactions.add",
)  # fmt: skip


async def let_answer(services: BotServices, scene: Scene, bar: float | None = None) -> None:
    """The channel wants to be answered unasked, from this bar on."""
    async with services.database.connection() as connection:
        await connection.execute(
            "insert into channel_settings (workspace, channel, answers, bar, set_by) "
            "values ('home', %s, 'always-if-sure', %s, %s)",
            [scene.channel, bar, ADMIN],
        )


async def asked(services: BotServices, scene: Scene, text: str = "how do we deploy?") -> str:
    """A member's message that is in the inbox as an unasked question; its ts."""
    ts = await scene.say(text)
    event = Incoming(f"Ev{ts}", "unasked", MEMBER, scene.channel, ts, ts, {"text": text})
    assert await store.store(services, event)
    return ts


async def shown(scene: Scene) -> int:
    """How many calls the bot has made that somebody might notice."""
    return sum([len(await scene.calls(method)) for method in SHOWING])


async def rows(database: Database) -> list[tuple[Any, ...]]:
    """Kind, state and what is kept of the words of every event in the inbox."""
    async with database.connection() as connection:
        found = await connection.execute(
            "select kind, state, payload ->> 'text' from inbox order by id"
        )
        return await found.fetchall()


def all_ended(database: Database, number: int = 1) -> Callable[[], Awaitable[bool]]:
    """Whether so many events came and all of them are done with."""

    async def ended() -> bool:
        states = [state for _, state, _ in await rows(database)]
        return len(states) == number and "received" not in states

    return ended


async def test_a_sure_answer_comes_unasked(house: House, scene: Scene, database: Database) -> None:
    """In such a channel a question to nobody gets one whole answer in its thread, and no status."""
    await let_answer(house.services, scene, bar=0.8)
    before = len(await scene.calls("assistant.threads.setStatus"))
    await scene.act("faults", redeliver=1)
    ts = await scene.say("how do we deploy?")
    reply = await scene.reply(ts)
    await until(all_ended(database), "the end of the row")
    assert "Run make deploy [1]." in reply["text"] + reply["html"]
    assert "Nobody asked me" in reply["html"]
    assert "feedback_positive" in reply["html"]
    assert len(await scene.from_bot(ts)) == 1
    assert await scene.from_bot() == []
    assert house.script.bars == [0.8]
    assert house.script.questions[0].audience.readers == {"public", f"channel:{scene.channel}"}
    assert len(await scene.calls("assistant.threads.setStatus")) == before
    assert await rows(database) == [("unasked", "done", "how do we deploy?")]
    assert (
        await count(database, f"answers where channel = '{scene.channel}' and ts is not null") == 1
    )


@pytest.mark.parametrize(
    ("abstained", "confidence", "bar"),
    [(False, 0.79, 0.8), (False, 0.4, None), (False, None, None), (True, 0.9, None)],
)
async def test_an_unsure_one_leaves_no_trace(
    services_house: House,
    scene: Scene,
    database: Database,
    abstained: bool,
    confidence: float | None,
    bar: float | None,
) -> None:
    """Below the bar, abstaining, or of unknown confidence: nothing shows, no word is kept."""
    services, script = services_house.services, services_house.script
    script.abstained, script.confidence = abstained, confidence
    await let_answer(services, scene, bar)
    before = await shown(scene)
    ts = await asked(services, scene)
    await answer_unasked(services, 1, 0, 0)
    assert len(script.questions) == 1
    assert await scene.from_bot(ts) == []
    assert await shown(scene) == before
    assert await rows(database) == [("unasked", "ignored", None)]
    assert await count(database, "answers") == 0
    assert not await store.takes_part(services, scene.channel, ts)


async def test_an_error_is_not_told(
    services_house: House, scene: Scene, database: Database
) -> None:
    """What goes wrong with a question that nobody put to the bot is for the log alone."""
    services, script = services_house.services, services_house.script
    script.errors = [NotIndexed("Nothing is indexed yet.")]
    await let_answer(services, scene)
    before = await shown(scene)
    await asked(services, scene)
    await answer_unasked(services, 1, 0, 0)
    assert await shown(scene) == before
    assert await rows(database) == [("unasked", "failed", None)]


async def test_only_questions_to_anybody_are_taken(
    house: House, scene: Scene, database: Database
) -> None:
    """By default nothing is taken unasked; where it is, talk and words to somebody are not."""
    await scene.say("how do we deploy?")
    first = await scene.say("@bot how do we deploy?")
    await scene.reply(first)
    await let_answer(house.services, scene, bar=0.95)
    await scene.say("I'll deploy tomorrow")
    await scene.say(f"<@{OTHER}> how do we deploy?")
    await scene.say("<!subteam^S0OPS> can you deploy?")
    await scene.say("how do we deploy?", channel="C0ENGINEERING")
    last = await scene.say("@bot how do we deploy?")
    await scene.reply(last)
    await until(all_ended(database, 2), "the end of the rows")
    mention = f"<@{scene.bot}> how do we deploy?"
    assert await rows(database) == [("question", "done", mention)] * 2
    assert house.script.bars == [None, 0.95]


async def test_its_thread_stays_the_peoples(house: House, scene: Scene, database: Database) -> None:
    """Below an unasked answer a follow-up is unasked too, until somebody mentions the bot."""
    await let_answer(house.services, scene)
    ts = await scene.say("how do we deploy?")
    await scene.reply(ts)
    house.script.confidence = 0.2
    await scene.say("and when does the lunch begin?", person=OTHER, thread=ts)
    await until(all_ended(database, 2), "the end of the follow-up")
    await scene.say("@bot and how do we roll back?", thread=ts)
    await scene.reply(ts, count=2)
    await scene.say("why?", thread=ts)
    await scene.reply(ts, count=3)
    assert [(kind, text) for kind, _, text in await rows(database)] == [
        ("unasked", "how do we deploy?"),
        ("unasked", None),
        ("question", f"<@{scene.bot}> and how do we roll back?"),
        ("question", "why?"),
    ]


async def test_one_at_a_time_and_few_a_minute(
    services_house: House, scene: Scene, database: Database
) -> None:
    """While one is answered others of that channel pass, and so does a fourth in one minute."""
    services, script = services_house.services, services_house.script
    await let_answer(services, scene)
    script.hold = 0
    first = await asked(services, scene)
    job = asyncio.create_task(answer_unasked(services, 1, 0, 0))
    await until(partial(_questions, services_house, 1), "the first question")
    second = await asked(services, scene)
    await answer_unasked(services, 2, 0, 0)
    script.gate.set()
    await job
    later = [await asked(services, scene) for _ in range(3)]
    for number in range(3, 6):
        await answer_unasked(services, number, 0, 0)
    answered = [bool(await scene.from_bot(ts)) for ts in (first, second, *later)]
    assert answered == [True, False, True, True, False]
    assert len(script.questions) == 3


async def _questions(house: House, number: int) -> bool:
    return len(house.script.questions) == number


async def test_what_waited_too_long_is_let_pass(
    services_house: House, scene: Scene, database: Database
) -> None:
    """After a night without a bot, and once the setting is gone, nobody is answered unasked."""
    services = services_house.services
    await let_answer(services, scene)
    await asked(services, scene)
    await asked(services, scene)
    async with database.connection() as connection:
        await connection.execute("update inbox set received_at = now() - interval '1 hour'")
    await answer_unasked(services, 1, 0, 0)
    async with database.connection() as connection:
        await connection.execute("update inbox set received_at = now()")
        await connection.execute("delete from channel_settings")
    await answer_unasked(services, 2, 0, 0)
    assert await rows(database) == [("unasked", "ignored", None)] * 2
    assert services_house.script.questions == []


@pytest.mark.parametrize("change", ["edit", "delete"])
async def test_what_is_no_question_any_more_is_not_answered(
    house: House, scene: Scene, database: Database, change: str
) -> None:
    """A question that is deleted, or edited to speak to somebody, leaves no trace."""
    house.script.hold = 0
    await let_answer(house.services, scene)
    ts = await scene.say("how do we deploy?")
    await until(partial(_questions, house, 1), "the question")
    text = {"text": f"<@{OTHER}> how do we deploy?"} if change == "edit" else {}
    await scene.act(change, **{"as": MEMBER}, channel=scene.channel, ts=ts, **text)

    async def heard() -> bool:
        return [text for _, _, text in await rows(database)] != ["how do we deploy?"]

    await until(heard, "the change")
    house.script.gate.set()
    await until(all_ended(database), "the end of the row")
    assert await rows(database) == [("unasked", "ignored", None)]
    assert await scene.from_bot() == []
    assert len(house.script.questions) == 1


async def test_a_message_that_a_dead_job_began_is_finished_or_taken_back(
    services_house: House, scene: Scene, database: Database
) -> None:
    """A job died over its message: the next makes that one whole, or deletes it when unsure."""
    services, script = services_house.services, services_house.script
    await let_answer(services, scene)
    begun = [await _begun(services, scene, number) for number in (1, 2)]
    await answer_unasked(services, 1, 0, 1)
    script.confidence = 0.1
    await answer_unasked(services, 2, 0, 1)
    finished, gone = [await scene.from_bot(ts) for ts, _ in begun]
    assert [one["ts"] for one in finished] == [begun[0][1]]
    assert "Run make deploy" in finished[0]["html"]
    assert gone == []


async def _begun(services: BotServices, scene: Scene, number: int) -> tuple[str, str]:
    """An unasked question whose reply was begun and not noted; the ts of both."""
    ts = await asked(services, scene)
    row = await store.load(services.database, number)
    assert row is not None
    await store.begin_reply(services.database, row)
    started = await services.client.call(
        "chat.startStream",
        channel=scene.channel,
        thread_ts=ts,
        recipient_team_id="T0HARBOUR",
        recipient_user_id=MEMBER,
        markdown_text="Half an ",
    )
    return ts, started["ts"]


async def test_a_killed_bot_answers_once(
    scene: Scene,
    services_house: House,
    database: Database,
    database_url: str,
    redis_url: str,
) -> None:
    """kill -9 in mid-answer shows nothing; after the restart there is one whole answer."""
    settings = {
        "database": database_url,
        "redis": redis_url,
        "api": f"{scene.url}/api/",
        "bot": scene.tokens["bot"],
        "app": scene.tokens["app"],
        "words": [f"word{n} " for n in range(20)],
        "pause": 0.2,
    }
    await let_answer(services_house.services, scene)
    async with bot_process(settings) as first:
        ts = await scene.say("how do we deploy?")
        doing = "procrastinate_jobs where task_name = 'answer_unasked' and status = 'doing'"

        async def begun() -> bool:
            return await count(database, doing) == 1

        await until(begun, "the job", seconds=20)
        await asyncio.sleep(0.2)
        first.send_signal(signal.SIGKILL)
        await first.wait()
    assert await scene.from_bot(ts) == []
    async with bot_process(settings | {"pause": 0.0}):
        reply = await scene.reply(ts)
        await until(all_ended(database), "the end of the row", seconds=20)
    assert "word19" in reply["text"] + reply["html"]
    assert len(await scene.from_bot(ts)) == 1
    assert await count(database, "answers") == 1


async def test_a_database_that_is_down_is_nobodys_news(
    services_house: House, scene: Scene, database: Database
) -> None:
    """Who asked nobody is not told that it cannot be stored; Slack delivers it again."""
    app = create_app(services_house.services)
    ts = await scene.say("how do we deploy?")
    message = {"type": "message", "channel": scene.channel, "channel_type": "channel", "ts": ts}
    before = await shown(scene)
    await database.pool.close()
    assert await send(app, message | {"user": MEMBER, "text": "how do we deploy?"}) == 500
    assert await shown(scene) == before
