"""A sandbox for the whole run, a channel of its own and a fresh database for each test."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from database.database import Database
from retrieval.embeddings.embedder import Embedder
from retrieval.embeddings.open import open_embedder
from tests.bot.running_bot import House, Script, listening, open_house, working
from tests.bot.slack_client import ADMIN, MEMBER, OTHER, Scene

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def open_scene(url: str) -> AsyncIterator[Scene]:
    """A new channel with an admin, two members and the bot; nothing of another test is left."""
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{url}/sandbox/world") as answer:
            app = (await answer.json())["app"]
        await http.delete(f"{url}/sandbox/deliveries")
        scene = Scene(http, url, "", app["bot_user_id"], app["tokens"])
        name = f"test-{uuid4().hex[:8]}"
        made = await scene.act("channels", **{"as": ADMIN}, name=name)
        channel = made["channel"]["id"]
        for person in (MEMBER, OTHER, scene.bot):
            await scene.act("members", channel=channel, person=person)
        for person in (ADMIN, MEMBER, OTHER):
            modal = (await scene.see("view", **{"as": person}))["modal"]
            if modal is not None:
                await scene.act("close", **{"as": person}, view_id=modal["id"])
        await http.delete(f"{url}/sandbox/faults")
        yield Scene(http, url, channel, app["bot_user_id"], app["tokens"])


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    """A running sandbox; Slack's minutes pass in seconds."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--speed", "60"]
    command += ["--manifest", str(ROOT / "bot" / "manifest.json")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    yield line.rsplit(" ", 1)[-1].strip()
    process.terminate()
    process.wait(10)


@pytest.fixture
async def scene(sandbox_url: str) -> AsyncIterator[Scene]:
    """A channel of this test's own."""
    async with open_scene(sandbox_url) as opened:
        yield opened


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The embedded embedder."""
    return open_embedder("embedded:")


@pytest.fixture
def script() -> Script:
    """What the answerer says in this test; change it before asking."""
    return Script()


@pytest.fixture
async def services_house(
    database: Database, redis_url: str, scene: Scene, embedder: Embedder, script: Script
) -> AsyncIterator[House]:
    """The bot's services, neither connected nor working."""
    async with open_house(
        database, redis_url, f"{scene.url}/api/", scene.tokens["bot"], embedder, script
    ) as house:
        yield house


@pytest.fixture
async def house(services_house: House, scene: Scene) -> AsyncIterator[House]:
    """The bot, connected by Socket Mode and working."""
    async with (
        working(services_house.services),
        listening(services_house.services, scene.tokens["app"]),
    ):
        yield services_house
