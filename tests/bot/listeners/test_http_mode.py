"""The bot over HTTP: signed events, acknowledged once stored."""

import asyncio
import hashlib
import hmac
import json
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler

from bot.app import create_app
from database.database import Database
from retrieval.embeddings.embedder import Embedder
from tests.bot.conftest import open_scene
from tests.bot.rated_answers import answered, form, holds, send
from tests.bot.running_bot import House, Script, open_house, working
from tests.bot.slack_client import MEMBER, Scene, until

ROOT = Path(__file__).parents[3]


@pytest.fixture
def bound() -> socket.socket:
    """The socket that the bot will listen on."""
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    made.listen()
    return made


@pytest.fixture
def address(bound: socket.socket) -> str:
    """Where the bot takes events."""
    return f"http://127.0.0.1:{bound.getsockname()[1]}/slack/events"


@pytest.fixture
async def scene(address: str) -> AsyncIterator[Scene]:
    """A sandbox of its own that delivers over HTTP."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--speed", "60", "--events", address]
    command += ["--manifest", str(ROOT / "bot" / "manifest.json")]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().rsplit(" ", 1)[-1].strip()
    async with open_scene(url) as opened:
        yield opened
    process.terminate()
    await process.wait()


@pytest.fixture
async def house(
    database: Database,
    redis_url: str,
    scene: Scene,
    embedder: Embedder,
    script: Script,
    bound: socket.socket,
) -> AsyncIterator[House]:
    """The bot, served by uvicorn and working."""
    secret = scene.tokens["signing_secret"]
    api = f"{scene.url}/api/"
    async with open_house(
        database, redis_url, api, scene.tokens["bot"], embedder, script, secret
    ) as house:
        asgi = AsyncSlackRequestHandler(create_app(house.services))
        server = uvicorn.Server(uvicorn.Config(asgi, log_level="warning"))
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        async with working(house.services):
            yield house
        server.should_exit = True
        await serving


async def test_a_mention_over_http_is_answered(house: House, scene: Scene) -> None:
    """A signed event is answered in its thread, and a slash command to the person alone."""
    ts = await scene.say("@bot how do we deploy?")
    assert "Run make deploy [1]." in (await scene.reply(ts))["text"]
    await scene.command("/ask", "how do we deploy?")

    async def answered() -> bool:
        return any("Run make deploy" in one["html"] for one in await scene.from_bot())

    await until(answered, "the answer to /ask")


async def send_mention(scene: Scene, address: str, secret: str) -> int:
    """The status of a mention sent as Slack would, signed with this secret."""
    event = {"type": "app_mention", "channel": scene.channel, "ts": "1.1", "user": MEMBER}
    wrapped = {"type": "event_callback", "event_id": "EvHTTP", "event": event | {"text": "hi"}}
    content, now = json.dumps(wrapped), str(int(time.time()))
    signed = hmac.new(secret.encode(), f"v0:{now}:{content}".encode(), hashlib.sha256)
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": f"v0={signed.hexdigest()}",
    }
    async with (
        aiohttp.ClientSession() as http,
        http.post(address, data=content, headers=headers) as answer,
    ):
        return answer.status


async def test_an_event_is_stored_before_its_response(
    house: House, scene: Scene, database: Database, address: str
) -> None:
    """While the inbox cannot be written there is no response; then the event is stored once."""
    async with database.connection() as connection:
        await connection.execute("lock table inbox in access exclusive mode")
        sent = send_mention(scene, address, scene.tokens["signing_secret"])
        response = asyncio.create_task(sent)
        await asyncio.sleep(0.2)
        assert not response.done()
    assert await response == 200
    async with database.connection() as connection:
        stored = await (await connection.execute("select event_id from inbox")).fetchall()
    assert stored == [("EvHTTP",)]


@pytest.mark.parametrize("secret", ["wrong", ""])
async def test_wrongly_signed_requests_are_refused(
    house: House, scene: Scene, database: Database, address: str, secret: str
) -> None:
    """A request signed with another secret, or an empty one, is answered 401 and not stored."""
    assert await send_mention(scene, address, secret) == 401
    async with database.connection() as connection:
        assert await (await connection.execute("select from inbox")).fetchall() == []


async def test_a_form_is_opened_refused_and_kept(
    house: House, scene: Scene, database: Database
) -> None:
    """Over HTTP too a thumb down opens the form, whose errors come back in the acknowledgement."""
    answer = await answered(scene)
    press = {"as": MEMBER, "channel": scene.channel, "ts": answer["ts"], "action_id": "feedback"}
    await scene.act("press", **press, value="bad")
    view = await form(scene)
    assert "Tick a reason" in (await send(scene, view))["errors"]["reasons"]
    await send(scene, view, note="Too short.")
    await holds(database, "select person, note from remarks", [(MEMBER, "Too short.")])
