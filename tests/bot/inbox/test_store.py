"""An event is stored before it is acknowledged, acted on once, and never lost."""

import asyncio
import json
import signal
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.errors import DatabaseDown, SlackFailed
from bot.inbox import store
from bot.inbox.events import Incoming
from bot.replies.mention_reply import answer
from database.database import Database
from tests.bot.running_bot import House, Script, working
from tests.bot.slack_client import GUEST, MEMBER, Scene, until

ROOT = Path(__file__).parents[3]
QUESTION = Incoming("Ev1", "question", MEMBER, "C1", "1.1", "1.1", {"text": "hello?"})


async def count(database: Database, what: str) -> int:
    """How many rows `select count(*) from …` finds."""
    async with database.connection() as connection:
        row = await (await connection.execute(f"select count(*) from {what}")).fetchone()
    assert row is not None
    return int(row[0])


async def test_an_event_is_stored_before_it_is_acknowledged(
    house: House, scene: Scene, database: Database
) -> None:
    """While the inbox cannot be written, Slack gets no acknowledgement; then both come."""

    async def mention(acknowledged: bool) -> bool:
        deliveries = (await scene.see("deliveries"))["deliveries"][before:]
        mine = [one for one in deliveries if one["type"] == "app_mention"]
        return bool(mine) and all(one["acknowledged"] == acknowledged for one in mine)

    await house.services.directory.me()
    before = len((await scene.see("deliveries"))["deliveries"])
    async with database.connection() as connection:
        await connection.execute("lock table inbox in access exclusive mode")
        ts = await scene.say("@bot how do we deploy?")
        await until(lambda: mention(acknowledged=False), "the delivery")
        await asyncio.sleep(0.2)
        assert await mention(acknowledged=False)
    await until(lambda: mention(acknowledged=True), "the acknowledgement")
    assert await count(database, f"inbox where ts = '{ts}'") == 1


async def test_the_same_event_three_times_is_answered_once(
    house: House, scene: Scene, database: Database
) -> None:
    """An event that Slack delivers three times, as two kinds of event, gives one answer."""
    await scene.act("faults", redeliver=2)
    ts = await scene.say("@bot how do we deploy?")
    await scene.reply(ts)

    async def delivered() -> bool:
        deliveries = (await scene.see("deliveries"))["deliveries"]
        mine = [one for one in deliveries if one["type"] in ("app_mention", "message")][-2:]
        return all(len(one["attempts"]) == 3 for one in mine)

    await until(delivered, "three deliveries")
    await until(lambda: _none_open(database), "the end of all jobs")
    assert len(await scene.from_bot(ts)) == 1
    assert await count(database, "inbox") == 1
    assert await count(database, "answers") == 1
    assert len(house.script.questions) == 1


async def _none_open(database: Database) -> bool:
    jobs = await count(database, "procrastinate_jobs where status in ('todo', 'doing')")
    return jobs == 0 and await count(database, "inbox where state = 'received'") == 0


async def test_a_row_and_its_job_come_together(services_house: House, database: Database) -> None:
    """Storing gives a row and a job; storing again, or the same message, gives neither."""
    services = services_house.services
    other = Incoming("Ev2", "question", MEMBER, "C1", "1.1", "1.1", {"text": "hello?"})
    assert await store.store(services, QUESTION)
    assert not await store.store(services, QUESTION)
    assert not await store.store(services, other)
    assert await count(database, "inbox") == 1
    assert await count(database, "procrastinate_jobs") == 1


async def test_neither_row_nor_job_without_the_other(
    services_house: House, database: Database, owner: psycopg.AsyncConnection
) -> None:
    """When the job cannot be made, the row is not stored either."""
    await owner.execute("alter table procrastinate_jobs add check (task_name <> 'answer')")
    with pytest.raises(DatabaseDown):
        await store.store(services_house.services, QUESTION)
    assert await count(database, "inbox") == 0


async def test_a_locked_row_is_left_to_its_holder(
    services_house: House, database: Database
) -> None:
    """Two jobs for one row: the second finds it taken, and may have it once the first is done."""
    await store.store(services_house.services, QUESTION)
    async with store.claimed(database, 1) as first, store.claimed(database, 1) as second:
        assert first is not None
        assert second is None
    async with store.claimed(database, 1) as third:
        assert third is not None
        await store.finish(database, third)
    async with store.claimed(database, 1) as fourth:
        assert fourth is None


async def test_the_sweep_finds_what_has_no_job(services_house: House, database: Database) -> None:
    """An open row without a job gets one, told how many died; a held or waiting one does not."""
    services = services_house.services
    await store.store(services, QUESTION)
    assert await store.sweep(services) == 0
    async with database.connection() as connection:
        await connection.execute("update procrastinate_jobs set status = 'doing'")
    async with store.claimed(database, 1):
        assert await store.sweep(services) == 0
    assert await store.sweep(services) == 1
    assert await count(database, "procrastinate_jobs where args @> '{\"deaths\": 1}'") == 1
    assert await store.sweep(services) == 0


async def test_what_kills_every_job_is_given_up(
    services_house: House, scene: Scene, database: Database
) -> None:
    """A question over which five jobs died is answered with one sentence, and is failed."""
    services = services_house.services
    ts = await scene.say("what kills you?")
    question = Incoming(
        "Ev1", "question", MEMBER, scene.channel, ts, ts, {"text": "what kills you?"}
    )
    await store.store(services, question)
    async with database.connection() as connection:
        await connection.execute("update procrastinate_jobs set status = 'failed'")
        await connection.execute(
            "insert into procrastinate_jobs (task_name, queue_name, args, status) "
            "select 'answer', 'answers', args, 'failed' "
            "from procrastinate_jobs, generate_series(1, 4)"
        )
    async with working(services):
        reply = await scene.reply(ts)
    assert "I could not answer this" in reply["text"]
    assert services_house.script.questions == []
    assert await count(database, "inbox where state = 'failed'") == 1


@asynccontextmanager
async def bot_process(settings: dict[str, Any]) -> AsyncIterator[Process]:
    """A bot in a process of its own, connected; killed at the end."""
    command = [sys.executable, "-m", "tests.bot.run_bot", json.dumps(settings)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_a_killed_bot_finishes_the_same_message(
    scene: Scene, database: Database, database_url: str, redis_url: str
) -> None:
    """kill -9 in mid-answer, restart: one message in the thread, whole, and one answer recorded."""
    words = [f"word{n} " for n in range(60)]
    settings = {
        "database": database_url,
        "redis": redis_url,
        "api": f"{scene.url}/api/",
        "bot": scene.tokens["bot"],
        "app": scene.tokens["app"],
        "words": words,
        "pause": 0.1,
    }
    async with bot_process(settings) as first:
        ts = await scene.say("@bot how do we deploy?")

        async def begun() -> bool:
            mine = await scene.from_bot(ts)
            return bool(mine) and "word3" in mine[0]["text"]

        await until(begun, "the stream", seconds=20)
        first.send_signal(signal.SIGKILL)
        await first.wait()
    half = (await scene.from_bot(ts))[0]
    assert "word59" not in half["text"]
    async with bot_process(settings | {"pause": 0.0}):
        reply = await scene.reply(ts)
        await until(lambda: _none_received(database), "the end of the row")
    assert reply["ts"] == half["ts"]
    mine = await scene.from_bot(ts)
    assert len(mine) == 1
    assert "word59" in mine[0]["text"] + mine[0]["html"]
    assert mine[0]["html"].count("word59") == 1
    assert "feedback_positive" in mine[0]["html"]
    assert await count(database, "answers") == 1


async def _none_received(database: Database) -> bool:
    return await count(database, "inbox where state = 'received'") == 0


async def test_a_message_nobody_noted_is_adopted(
    services_house: House, scene: Scene, database: Database
) -> None:
    """A job that died between posting and noting its message: the next finishes that message."""
    services = services_house.services
    ts = await scene.say("how do we deploy?")
    question = Incoming("Ev1", "question", MEMBER, scene.channel, ts, ts, {"text": "how?"})
    await store.store(services, question)
    started = await services.client.call(
        "chat.startStream",
        channel=scene.channel,
        thread_ts=ts,
        recipient_team_id="T0HARBOUR",
        recipient_user_id=MEMBER,
        markdown_text="Half an ",
    )
    row = await store.load(database, 1)
    assert row is not None
    await store.begin_reply(database, row)
    async with working(services):
        await scene.reply(ts)
        await until(lambda: _none_received(database), "the end of the row")
    mine = await scene.from_bot(ts)
    assert [one["ts"] for one in mine] == [started["ts"]]
    assert "Run make deploy" in mine[0]["html"]


async def test_a_saved_answer_is_shown_not_made_again(
    services_house: House, scene: Scene, database: Database
) -> None:
    """A job that died after saving the answer: the next one shows the saved one, in one message."""
    services, script = services_house.services, services_house.script
    ts = await scene.say("how do we deploy?")
    question = Incoming("Ev1", "question", MEMBER, scene.channel, ts, ts, {"text": "how?"})
    await store.store(services, question)
    await scene.act("faults", fail={"method": "chat.update", "times": 9, "error": "internal_error"})
    await scene.act(
        "faults", fail={"method": "chat.stopStream", "times": 9, "error": "internal_error"}
    )
    async with working(services):
        await until(lambda: _saved(database), "the saved answer")
        async with scene.http.delete(f"{scene.url}/sandbox/faults"):
            pass
        await scene.reply(ts)
        await until(lambda: _none_received(database), "the end of the row")
    assert len(script.questions) == 1
    assert len(await scene.from_bot(ts)) == 1


async def _saved(database: Database) -> bool:
    return await count(database, "answers") == 1


async def test_a_saved_answer_is_not_shown_to_others(
    services_house: House, scene: Scene, database: Database
) -> None:
    """When a guest has joined since an answer was saved, another is made for those now there."""
    services, script = services_house.services, services_house.script
    script.words = ["Yes."]  # too short to be streamed before it is saved
    ts = await scene.say("how do we deploy?")
    question = Incoming("Ev1", "question", MEMBER, scene.channel, ts, ts, {"text": "how?"})
    await store.store(services, question)
    for method in ("chat.startStream", "chat.postMessage"):
        fault = {"method": method, "times": 9, "error": "internal_error"}
        await scene.act("faults", fail=fault)
    with pytest.raises(SlackFailed):
        await answer(services, 1, 0, 0)
    await scene.http.delete(f"{scene.url}/sandbox/faults")
    assert await _saved(database)
    assert await scene.from_bot(ts) == []
    await scene.act("members", channel=scene.channel, person=GUEST)
    services.memberships.forget(scene.channel, GUEST)
    await answer(services, 1, 1, 0)
    await scene.reply(ts)
    assert [each.audience.readers for each in script.questions] == [
        {"public", f"channel:{scene.channel}"},
        {f"channel:{scene.channel}"},
    ]


async def test_a_job_that_lost_its_lock_posts_nothing_beside_the_next(
    services_house: House, scene: Scene, owner: psycopg.AsyncConnection
) -> None:
    """The database restarts in mid-answer and two jobs go on: there is one message."""
    services, script = services_house.services, services_house.script
    script.hold = 0
    ts = await scene.say("how do we deploy?")
    question = Incoming("Ev1", "question", MEMBER, scene.channel, ts, ts, {"text": "how?"})
    await store.store(services, question)
    jobs = []
    for number in (1, 2):
        jobs.append(asyncio.create_task(answer(services, 1, 0, 0)))
        await until(partial(_asked, script, number), f"question {number}")
        await owner.execute(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' "
            "and database = (select oid from pg_database where datname = current_database())"
        )
    script.gate.set()
    await asyncio.gather(*jobs, return_exceptions=True)
    assert len(await scene.from_bot(ts)) == 1
    assert "Run make deploy" in (await scene.reply(ts))["html"]


async def _asked(script: Script, number: int) -> bool:
    return len(script.questions) == number
