"""A new index built by a process of its own, to be killed: python -m tests.retrieval.run_build URL.

It waits for ever once some documents are written.
"""

import asyncio
import sys

from database.database import open_database
from retrieval.indexing.sync import index_source
from retrieval.progress import IndexProgress
from tests.retrieval.documents import Library
from tests.retrieval.facts import long_texts
from tests.retrieval.hash_embedder import Hashed


async def run(url: str) -> None:
    """Say on standard output how many documents are written, and wait."""

    async def wait(progress: IndexProgress) -> None:
        if progress.done > 0:
            sys.stdout.write(f"{progress.done}\n")
            sys.stdout.flush()
            await asyncio.Event().wait()

    async with open_database(url, "home", max_size=4) as database:
        await index_source(database, Library(long_texts()), Hashed(), wait)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
