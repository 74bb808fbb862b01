"""Every event is heard and acknowledged quickly; only what is for the bot is kept."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.app import create_app
from bot.listeners import COMMANDS, EVENTS
from database.database import Database
from tests.bot.running_bot import House, listening
from tests.bot.slack_client import MEMBER, OTHER, Scene, until

MANIFEST = json.loads((Path(__file__).parents[3] / "bot" / "manifest.json").read_text())
SUBTYPES = (
    "bot_message", "channel_join", "channel_leave", "channel_name", "channel_topic",
    "ekm_access_denied", "file_share", "me_message", "message_changed", "message_deleted",
    "message_replied", "reminder_add", "thread_broadcast", "tombstone",
)  # fmt: skip


def body(event: dict[str, Any], event_id: str = "Ev1") -> dict[str, Any]:
    """An event as Slack wraps it."""
    return {"type": "event_callback", "team_id": "T0HARBOUR", "event_id": event_id, "event": event}


async def send(app: Any, event: dict[str, Any], event_id: str = "Ev1") -> int:
    """The status that the app answers an event with."""
    request = AsyncBoltRequest(body=body(event, event_id), mode="socket_mode")
    return int((await app.async_dispatch(request)).status)


async def rows(database: Database) -> int:
    """How many events are in the inbox."""
    async with database.connection() as connection:
        row = await (await connection.execute("select count(*) from inbox")).fetchone()
    assert row is not None
    return int(row[0])


def test_every_event_of_the_manifest_is_heard() -> None:
    """The table has each subscribed event and command, and no other."""
    subscribed = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert set(EVENTS) == {name.partition(".")[0] for name in subscribed}
    assert set(COMMANDS) == {each["command"] for each in MANIFEST["features"]["slash_commands"]}


async def test_who_leaves_a_channel_has_left_its_audience(house: House, scene: Scene) -> None:
    """Once somebody is out of a channel, their next answer uses nothing of that channel."""
    channel = await scene.dm()
    first = await scene.say("how do we deploy?", channel=channel)
    await scene.reply(first, channel=channel)
    await scene.act("members", channel=scene.channel, person=MEMBER, remove=True)

    async def told() -> bool:
        deliveries = (await scene.see("deliveries"))["deliveries"]
        left = [one for one in deliveries if one["type"] == "member_left_channel"]
        return bool(left) and left[-1]["acknowledged"]

    await until(told, "the leaving")
    second = await scene.say("and now?", channel=channel)
    await scene.reply(second, channel=channel)
    before, after = (each.audience.readers for each in house.script.questions)
    assert before - after == {f"channel:{scene.channel}"}


async def test_text_that_cannot_be_stored_is_cleaned(
    services_house: House, database: Database
) -> None:
    """NUL and lone surrogates, which Postgres refuses, cost no question."""
    event = {
        "type": "app_mention", "channel": "C0ENGINEERING", "ts": "1.1", "user": MEMBER,
        "text": "how\x00 do \ud800we deploy?",
    }  # fmt: skip
    assert await send(create_app(services_house.services), event) == 200
    assert await rows(database) == 1


@pytest.mark.parametrize("subtype", SUBTYPES)
async def test_every_kind_of_message_is_acknowledged(
    services_house: House, database: Database, subtype: str
) -> None:
    """No subtype of a message is answered 404, which would make Slack send it again."""
    event = {
        "type": "message", "subtype": subtype, "channel": "C0ENGINEERING", "ts": "1.1",
        "channel_type": "channel", "user": MEMBER, "text": "hello",
        "message": {"ts": "1.1", "user": MEMBER}, "deleted_ts": "1.1",
    }  # fmt: skip
    assert await send(create_app(services_house.services), event) == 200
    assert await rows(database) == 0


@pytest.mark.parametrize(
    "event",
    [
        {"type": "app_mention", "user": "U0OTHERBOT", "bot_id": "B0OTHER"},
        {"type": "message", "channel_type": "im", "user": "U0OTHERBOT", "bot_id": "B0OTHER"},
        {"type": "message", "channel_type": "im", "subtype": "bot_message", "bot_id": "B0OTHER"},
        {"type": "message", "channel_type": "im", "user": "USLACKBOT"},
    ],
)
async def test_other_bots_are_ignored(
    services_house: House, scene: Scene, database: Database, event: dict[str, Any]
) -> None:
    """What another bot writes, to us or by name, is acknowledged and not stored."""
    text = f"<@{scene.bot}> hello"
    app = create_app(services_house.services)
    assert await send(app, {"channel": "C1", "ts": "1.1", "text": text} | event) == 200
    assert await rows(database) == 0


async def test_its_own_messages_are_ignored(
    services_house: House, scene: Scene, database: Database
) -> None:
    """What the bot itself writes in a direct message is not a question."""
    event = {"type": "message", "channel_type": "im", "channel": "D1", "ts": "1.1", "text": "hi"}
    app = create_app(services_house.services)
    assert await send(app, event | {"user": scene.bot}) == 200
    assert await rows(database) == 0


async def test_a_database_that_is_down_is_not_acknowledged(
    services_house: House, scene: Scene, database: Database
) -> None:
    """An event that cannot be stored is answered with an error, so that Slack sends it again."""
    app = create_app(services_house.services)
    event = {"type": "app_mention", "channel": "C1", "ts": "1.1", "text": "hi", "user": MEMBER}
    await database.pool.close()
    assert await send(app, event) == 500


async def test_who_asks_is_told_once_that_the_database_is_down(
    services_house: House, scene: Scene, database: Database
) -> None:
    """A mention that cannot be stored, however often it is delivered, gets one sentence."""
    app = create_app(services_house.services)
    ts = await scene.say("@bot how do we deploy?")
    mention = {"channel": scene.channel, "ts": ts, "text": f"<@{scene.bot}> how?", "user": MEMBER}
    await database.pool.close()
    for event in ("app_mention", "message", "app_mention"):
        assert await send(app, mention | {"type": event}) == 500
    (told,) = await scene.from_bot()
    assert told["ephemeral"]
    assert "My database does not answer" in told["text"]
    assert await scene.from_bot(person=OTHER) == []


async def test_a_command_says_that_the_database_is_down(
    services_house: House, scene: Scene, database: Database
) -> None:
    """Where a command cannot be stored, the person reads so at once."""
    async with listening(services_house.services, scene.tokens["app"]):
        await database.pool.close()
        for command, text in (("/ask", "how?"), ("/houselore", "status")):
            await scene.command(command, text)

    async def told() -> bool:
        seen = await scene.from_bot()
        return len([one for one in seen if "database does not answer" in one["text"]]) == 2

    await until(told, "the two sentences")


async def test_who_the_bot_is_is_asked_once(services_house: House, scene: Scene) -> None:
    """However many events come, auth.test is called once."""
    before = len(await scene.calls("auth.test"))
    app = create_app(services_house.services)
    event = {"type": "reaction_added", "user": MEMBER, "item": {}}
    await asyncio.gather(*(send(app, event, f"Ev{number}") for number in range(5)))
    assert len(await scene.calls("auth.test")) == before + 1


async def test_acknowledging_is_quick(
    services_house: House, scene: Scene, database: Database
) -> None:
    """Of a hundred mentions, each stored with its job, half are acknowledged within 100 ms."""
    app = create_app(services_house.services)
    took = []
    for number in range(100):
        event = {"type": "app_mention", "channel": "C1", "ts": f"{number}.1", "text": "hi"}
        started = time.perf_counter()
        assert await send(app, event | {"user": MEMBER}, f"Ev{number}") == 200
        took.append(time.perf_counter() - started)
    assert sorted(took)[50] < 0.1
    assert await rows(database) == 100
