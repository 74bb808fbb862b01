"""The bot of these tests as a process of its own, to be killed: python -m tests.bot.run_bot."""

import asyncio
import json
import sys
from typing import Any

from database.database import open_database
from retrieval.embeddings.open import open_embedder
from tests.bot.running_bot import Script, listening, open_house, working


async def run(settings: dict[str, Any]) -> None:
    """Connect, say so on standard output, and work until killed."""
    script = Script(words=settings["words"], pause=settings["pause"])
    embedder = open_embedder("embedded:")
    async with (
        open_database(settings["database"], "home", max_size=8) as database,
        open_house(
            database, settings["redis"], settings["api"], settings["bot"], embedder, script
        ) as house,
        working(house.services),
        listening(house.services, settings["app"]),
    ):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run(json.loads(sys.argv[1])))
