"""Create and drop the Postgres partitions of a generation."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg import AsyncConnection

from database.statements import load_statements

_SQL = load_statements("retrieval.index")
SECONDS_BETWEEN_TRIES = 0.5
_PATIENCE = "500ms"  # less than Postgres waits until it looks for a deadlock


@asynccontextmanager
async def alone_at_the_index(connection: AsyncConnection) -> AsyncIterator[None]:
    """Open a transaction during which nobody else reads or writes any index.

    Raises psycopg.errors.LockNotAvailable, with nothing done, if the lock is not free within half
    a second.
    """
    # Creating or dropping a partition locks the tables it refers to one after the other, which can
    # deadlock with other transactions. So every other transaction begins by reading `generations`,
    # and this one by locking it. Waiting is short because later readers queue behind this lock.
    async with connection.transaction():
        await connection.execute(_SQL["wait_shortly"], {"patience": _PATIENCE})
        await connection.execute(_SQL["take_generations"])
        yield


async def make_partitions(connection: AsyncConnection, generation: int) -> None:
    """Create the partitions of a generation. Call it within `alone_at_the_index`."""
    await connection.execute(_SQL["make_partitions"], {"generation": generation})


async def drop_generation(connection: AsyncConnection, generation: int) -> bool:
    """Drop a generation with its chunks and postings; return False if the index is in use."""
    try:
        async with alone_at_the_index(connection):
            await connection.execute(_SQL["drop_generation"], {"generation": generation})
    except psycopg.errors.LockNotAvailable:
        return False
    return True


async def drop_generation_at_last(connection: AsyncConnection, generation: int) -> None:
    """Like `drop_generation`, but retry until the index is free."""
    while True:
        if await drop_generation(connection, generation):
            return
        await asyncio.sleep(SECONDS_BETWEEN_TRIES)
