"""Jobs are done by the bot that they belong to."""

import asyncio

from bot.inbox import store
from bot.inbox.events import Incoming
from database.database import open_database
from retrieval.embeddings.embedder import Embedder
from tests.bot.running_bot import House, Script, open_house, working
from tests.bot.slack_client import MEMBER, Scene


async def test_each_workspace_does_its_own_jobs(
    services_house: House,
    scene: Scene,
    database_url: str,
    redis_url: str,
    embedder: Embedder,
) -> None:
    """Of two bots on one database, only the one that was asked answers, though both work."""
    ts = await scene.say("@bot how do we deploy?")
    asked = Incoming("Ev1", "question", MEMBER, scene.channel, ts, ts, {"text": "how?"})
    url, token, stranger = f"{scene.url}/api/", scene.tokens["bot"], Script()
    async with (
        open_database(database_url, "elsewhere", max_size=8) as theirs,
        open_house(theirs, redis_url, url, token, embedder, stranger) as other,
        working(other.services),
    ):
        await store.store(services_house.services, asked)
        await asyncio.sleep(0.2)
        async with working(services_house.services):
            await scene.reply(ts)
    assert stranger.questions == []
    assert len(services_house.script.questions) == 1
