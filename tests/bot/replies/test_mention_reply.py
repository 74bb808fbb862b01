"""A question in Slack becomes one answer in its thread."""

import asyncio

import pytest
from bs4 import BeautifulSoup

from answering.errors import ModelUnavailable, NotIndexed
from answering.types.questions import QUESTION_LIMIT, Turn
from bot.inbox import store
from bot.inbox.events import Deleted, Incoming
from bot.replies.mention_reply import answer
from database.database import Database
from tests.bot.answers import LIST, STEPS, WHOLE
from tests.bot.running_bot import House
from tests.bot.slack_client import GUEST, MEMBER, OTHER, Message, Scene, until


async def state_of(database: Database, ts: str) -> tuple[str, str | None] | None:
    """The state and the error of the inbox row of a message."""
    async with database.connection() as connection:
        row = await (
            await connection.execute("select state, error from inbox where ts = %s", [ts])
        ).fetchone()
    return row if row else None


async def ended(database: Database, ts: str) -> tuple[str, str | None]:
    """The state and the error of a message's inbox row, once it is finished."""

    async def found() -> tuple[str, str | None] | None:
        state = await state_of(database, ts)
        return state if state and state[0] != "received" else None

    return await until(found, f"the end of {ts}")


async def test_a_mention_is_answered_in_its_thread(house: House, scene: Scene) -> None:
    """A mention gets one streamed reply in its thread, with sources and feedback buttons."""
    ts = await scene.say("@bot how do we deploy?")
    reply = await scene.reply(ts)
    assert "Run make deploy [1]." in reply["text"]
    assert 'href="https://docs.example.com/deploy"' in reply["html"]
    assert "feedback_positive" in reply["html"]
    assert house.script.questions[0].text == "how do we deploy?"
    assert house.script.questions[0].thread == ()
    assert house.script.questions[0].audience.readers == {"public", f"channel:{scene.channel}"}


async def test_an_answer_is_recorded(house: House, scene: Scene, database: Database) -> None:
    """The answers table has the answer with its place, its asker and the model's messages."""
    ts = await scene.say("@bot how do we deploy?")
    reply = await scene.reply(ts)
    await ended(database, ts)
    async with database.connection() as connection:
        rows = await (
            await connection.execute(
                "select channel, thread_ts, ts, person, question, text, messages from answers"
            )
        ).fetchall()
    asked = [{"role": "user", "content": "how do we deploy?"}]
    assert rows == [
        (
            scene.channel,
            ts,
            reply["ts"],
            "U0JONAS",
            "how do we deploy?",
            "Run make deploy [1].",
            asked,
        )
    ]


async def test_a_follow_up_needs_no_mention(house: House, scene: Scene) -> None:
    """In a thread it takes part in, the bot answers without a mention and knows what was said."""
    ts = await scene.say("@bot how do we deploy?")
    await scene.reply(ts)
    await scene.say("and how do we roll back?", person=OTHER, thread=ts)
    await scene.reply(ts, count=2)
    question = house.script.questions[1]
    assert question.text == "and how do we roll back?"
    assert [turn.speaker for turn in question.thread] == ["person", "bot"]
    assert question.thread[0] == Turn("person", "how do we deploy?")
    assert question.thread[1].text.startswith("Run make deploy [1].")


async def test_talk_among_people_is_left_alone(
    house: House, scene: Scene, database: Database
) -> None:
    """Channel messages, threads without the bot, talk and words to somebody else are not stored."""
    alone = await scene.say("lunch?")
    await scene.say("yes", person=OTHER, thread=alone)
    ts = await scene.say("@bot how do we deploy?")
    await scene.reply(ts)
    await scene.say(f"<@{OTHER}> did you know?", thread=ts)
    await scene.say("I'll try that tomorrow", person=OTHER, thread=ts)
    for thanks in ("thanks!", "@bot thank you", ":+1:"):
        await scene.say(thanks, thread=ts)
    last = await scene.say("@bot and now?")
    await scene.reply(last)
    async with database.connection() as connection:
        rows = await (await connection.execute("select ts from inbox order by id")).fetchall()
    assert rows == [(ts,), (last,)]


async def test_thanks_in_a_direct_thread_get_no_answer(
    house: House, scene: Scene, database: Database
) -> None:
    """Below an answer in a direct message thanks are left alone, and a request is answered."""
    channel = await scene.dm()
    ts = await scene.say("how do we deploy?", channel=channel)
    await scene.reply(ts, channel=channel)
    await scene.say("great, thanks!", channel=channel, thread=ts)
    last = await scene.say("the worker", channel=channel, thread=ts)
    await scene.reply(ts, channel=channel, count=2)
    async with database.connection() as connection:
        rows = await (await connection.execute("select ts from inbox order by id")).fetchall()
    assert rows == [(ts,), (last,)]


async def test_a_direct_message_is_answered_for_one(house: House, scene: Scene) -> None:
    """A direct message is a question whose audience is its writer and the writer's channels."""
    channel = await scene.dm()
    ts = await scene.say("how do we deploy?", channel=channel)
    await scene.reply(ts, channel=channel)
    readers = house.script.questions[0].audience.readers
    assert {
        "public",
        "person:U0JONAS",
        "channel:C0ENGINEERING",
        f"channel:{scene.channel}",
    } <= readers
    assert "channel:C0PEOPLE" not in readers


async def test_guests_and_partners_narrow_the_audience(house: House, scene: Scene) -> None:
    """With a guest in the channel not even what is public is used, and the reply says why."""
    await scene.act("members", channel=scene.channel, person=GUEST)
    house.script.abstained = True
    ts = await scene.say("@bot how do we deploy?")
    reply = await scene.reply(ts)
    assert house.script.questions[0].audience.readers == {f"channel:{scene.channel}"}
    assert "Guests" in reply["html"]


async def test_a_shared_channel_has_only_what_was_shared_there(house: House, scene: Scene) -> None:
    """In a channel shared with another workspace nothing public is used."""
    await scene.act("members", channel="C0NORTHWIND", person=scene.bot)
    ts = await scene.say("@bot how do we deploy?", person="U0TOMAS", channel="C0NORTHWIND")
    await scene.reply(ts, channel="C0NORTHWIND", person="U0TOMAS")
    assert house.script.questions[0].audience.readers == {"channel:C0NORTHWIND"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@bot", "Ask me something in words"),
        ("@bot ?! \u200b", "Ask me something in words"),
        ("@bot thanks!", "Ask me something in words"),
        ("@bot :+1:", "Ask me something in words"),
        ("@bot " + "x" * 20_000, "20,000 characters"),
    ],
)
async def test_what_is_no_question_gets_a_sentence(
    house: House, scene: Scene, database: Database, text: str, said: str
) -> None:
    """An empty or endless question is answered with what to do, and no model is asked."""
    ts = await scene.say(text)
    reply = await scene.reply(ts)
    assert said in reply["text"]
    assert f"{QUESTION_LIMIT:,}" in reply["text"] or "For example" in reply["text"]
    assert house.script.questions == []
    assert (await ended(database, ts))[0] == "done"


@pytest.mark.parametrize("text", ["@bot what can you do?", "Help!", "What can Houselore do?"])
async def test_who_asks_for_help_gets_it(house: House, scene: Scene, text: str) -> None:
    """By mention or directly, what the bot can do is answered with its help, and no search."""
    channel = scene.channel if "@bot" in text else await scene.dm()
    ts = await scene.say(text, channel=channel)
    reply = await scene.reply(ts, channel=channel)
    assert "/houselore reindex" in reply["text"]
    assert "<strong>I answer questions" in reply["html"]
    assert house.script.questions == []


async def test_a_long_answer_is_shortened(house: House, scene: Scene) -> None:
    """An answer beyond Slack's limit is cut with a note, and still has its buttons."""
    house.script.words = ["word " * 100] * 40
    ts = await scene.say("@bot tell me everything")

    async def shortened() -> str | None:
        html = str((await scene.reply(ts))["html"])
        return html if "… shortened." in html else None

    html = await until(shortened, "the note")
    assert len(html) < 12_000
    assert "feedback_positive" in html


async def finished(scene: Scene, ts: str, what: str) -> Message:
    """The bot's only reply, once it shows `what`."""

    async def shown() -> Message | None:
        (reply,) = await scene.from_bot(ts)
        return reply if what in reply["html"] else None

    await scene.reply(ts)
    return await until(shown, what)


async def test_an_answer_ends_in_slacks_own_parts(house: House, scene: Scene) -> None:
    """Streamed steps, code, a table and a list end as such, exact and acting on nobody."""
    house.script.words = [line + "\n" for line in WHOLE.split("\n")]
    ts = await scene.say("@bot how do I rotate the signing key?")
    reply = await finished(scene, ts, "rich-text-block")
    page = BeautifulSoup(reply["html"], "html.parser")
    assert [steps["start"] for steps in page.select("ol")] == ["3", "5", "6"]
    code = STEPS.split("```toml\n")[1].split("\n   ```")[0].replace("\n   ", "\n")[3:]
    assert [block.get_text() for block in page.select("pre code")] == [code]
    assert [cell.get_text() for cell in page.select("tbody tr:nth-of-type(2) td")] == [
        "Saltwick Central", "WH-2026", "1834", " ", "9:30", "23",
    ]  # fmt: skip
    assert page.select(".mention, .channel-link") == []
    assert [link["href"] for link in page.select("a")] == ["https://docs.example.com/deploy"]
    assert "feedback_positive" in reply["html"]
    assert not reply["edited"]
    assert "• Warehouse: Vexmoor East; Code: WH-1697" in reply["text"]


async def test_prose_needs_no_second_call(house: House, scene: Scene, database: Database) -> None:
    """An answer of sentences is whole when its stream ends."""
    before = len(await scene.calls("chat.update"))
    ts = await scene.say("@bot how do we deploy?")
    await ended(database, ts)
    assert len(await scene.calls("chat.update")) == before


async def test_blocks_that_slack_refuses_leave_the_streamed_answer(
    house: House, scene: Scene, database: Database
) -> None:
    """Where Slack takes no such blocks, the answer stays whole as Markdown, with its buttons."""
    house.script.words = [LIST]
    await scene.act("faults", fail={"method": "chat.update", "times": 9, "error": "invalid_blocks"})
    ts = await scene.say("@bot what are tech leads responsible for?")
    assert (await ended(database, ts))[0] == "done"
    (reply,) = await scene.from_bot(ts)
    assert "markdown-block" in reply["html"]
    assert "within one working day" in reply["html"]
    assert "feedback_positive" in reply["html"]


async def test_model_text_does_not_act(house: House, scene: Scene) -> None:
    """Mentions and links that a model or a document wrote are only text in Slack."""
    house.script.words = ["<!channel> ", "<@U0PRIYA> ", "[click](https://evil.example) ", "end"]
    ts = await scene.say("@bot hello?")
    reply = await scene.reply(ts)
    assert "evil.example" in reply["text"]
    assert 'href="https://evil.example' not in reply["html"]
    assert 'class="mention"' not in reply["html"].split("feedback")[0]


async def test_a_closed_stream_is_made_whole(house: House, scene: Scene) -> None:
    """When Slack closes the stream, the message still ends with the whole answer and buttons."""
    house.script.pause, house.script.hold = 0.05, 12
    house.script.words = [f"word{n} " for n in range(20)]
    ts = await scene.say("@bot how do we deploy?")
    await until(lambda: scene.from_bot(ts), "the stream")
    await scene.act("faults", expire_streams=True)
    house.script.gate.set()
    reply = await scene.reply(ts)

    async def whole() -> bool:
        shown = (await scene.from_bot(ts))[0]
        return "word19" in shown["text"] + shown["html"] and "feedback_positive" in shown["html"]

    await until(whole, f"the whole answer, not {reply['text']!r}")
    assert len(await scene.from_bot(ts)) == 1


@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream", "chat.startStream"])
async def test_slack_may_limit_or_fail(
    house: House, scene: Scene, method: str, database: Database
) -> None:
    """One failed or limited call to Slack leaves one whole answer."""
    house.script.pause = 0.1
    house.script.words = [f"word{n} " for n in range(8)]
    await scene.act("faults", fail={"method": method, "times": 1, "error": "internal_error"})
    ts = await scene.say("@bot how do we deploy?")
    await ended(database, ts)
    mine = await scene.from_bot(ts)
    assert len(mine) == 1
    assert "word7" in mine[0]["text"] + mine[0]["html"]
    assert mine[0]["html"].count("word7") == 1
    assert "feedback_positive" in mine[0]["html"]


async def test_a_model_that_comes_back_answers(
    house: House, scene: Scene, database: Database
) -> None:
    """An answer that fails once is tried again, and only the answer is seen."""
    house.script.errors = [ModelUnavailable("The language model does not answer.")]
    ts = await scene.say("@bot how do we deploy?")
    reply = await scene.reply(ts)
    assert "Run make deploy" in reply["text"]
    assert (await ended(database, ts))[0] == "done"


async def test_the_person_is_told_when_nothing_helps(
    house: House, scene: Scene, database: Database
) -> None:
    """What no retry can mend ends with one sentence, and the row is failed with the error."""
    house.script.errors = [NotIndexed("Nothing is indexed yet.")]
    ts = await scene.say("@bot how do we deploy?")
    reply = await scene.reply(ts)
    assert reply["text"] == "Nothing is indexed yet."
    assert await ended(database, ts) == ("failed", "Nothing is indexed yet.")


async def test_the_edited_text_is_answered(house: House, scene: Scene) -> None:
    """A question that is edited while it is answered gets the answer to its new text, once."""
    house.script.hold = 2
    house.script.pause = 0.2
    ts = await scene.say("@bot how do we deploy?")
    await until(lambda: scene.from_bot(ts), "the stream")
    edited = f"<@{scene.bot}> how do we roll back?"
    await scene.act("edit", **{"as": "U0JONAS"}, channel=scene.channel, ts=ts, text=edited)
    await asyncio.sleep(0.1)
    house.script.gate.set()

    async def asked_again() -> bool:
        return [each.text for each in house.script.questions][1:] == ["how do we roll back?"]

    await until(asked_again, "the edited question")
    await scene.reply(ts)
    assert len(await scene.from_bot(ts)) == 1


async def test_a_deleted_question_is_not_answered(
    house: House, scene: Scene, database: Database
) -> None:
    """A question that is deleted while it is answered leaves no answer and is ignored."""
    house.script.hold, house.script.pause = 2, 0.2
    ts = await scene.say("@bot how do we deploy?")
    await until(lambda: scene.from_bot(ts), "the stream")
    await scene.act("delete", **{"as": "U0JONAS"}, channel=scene.channel, ts=ts)
    assert (await ended(database, ts))[0] == "ignored"
    house.script.gate.set()

    async def gone() -> bool:
        return not await scene.from_bot() and bool(await scene.calls("chat.delete"))

    await until(gone, "the reply to be taken back")


async def test_a_question_deleted_before_its_reply_began_is_no_failure(
    services_house: House, scene: Scene, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Its thread is gone, so nothing is said in it, and no error is logged."""
    services, script = services_house.services, services_house.script
    script.hold = 0
    ts = await scene.say("@bot how do we deploy?")
    payload = {"text": "how do we deploy?"}
    await store.store(services, Incoming("Ev1", "question", MEMBER, scene.channel, ts, ts, payload))
    async with database.connection() as connection:
        row = await (await connection.execute("select id from inbox")).fetchone()
    assert row is not None
    job = asyncio.create_task(answer(services, row[0], tries=0, deaths=0))

    async def asked() -> bool:
        return bool(script.questions)

    await until(asked, "the question")
    await scene.act("delete", **{"as": MEMBER}, channel=scene.channel, ts=ts)
    await store.withdraw_question(services, Deleted(scene.channel, ts, ts))
    script.gate.set()
    await job
    assert (await ended(database, ts))[0] == "ignored"
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


async def test_stop_ends_the_answer_with_what_there_is(house: House, scene: Scene) -> None:
    """After Stop the message ends with the words so far and says that it was stopped."""
    house.script.words = [f"word{n} " for n in range(40)]
    house.script.pause = 0.1
    ts = await scene.say("@bot how do we deploy?")
    await until(lambda: scene.from_bot(ts), "the stream")
    await scene.act("stop", **{"as": "U0JONAS"}, channel=scene.channel, thread_ts=ts)
    reply = await scene.reply(ts)

    async def said() -> bool:
        shown = (await scene.from_bot(ts))[0]
        return "Stopped." in shown["text"] + shown["html"]

    await until(said, "the word Stopped")
    assert "word0" in reply["text"]
    assert "word39" not in reply["text"]
