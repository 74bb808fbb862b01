"""The place of a generation's chunks and postings, made and dropped. Decides not which."""

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
    """A transaction during which nobody else reads or writes any index.

    To make or drop a partition locks the tables that it refers to, one after the other: amid the
    transactions of others that would be a deadlock. So all of those begin by reading `generations`,
    and this one by taking it for itself. Raises psycopg.errors.LockNotAvailable, with nothing done,
    where that is not to be had within half a second, for whoever comes meanwhile waits as well.
    """
    async with connection.transaction():
        await connection.execute(_SQL["wait_shortly"], {"patience": _PATIENCE})
        await connection.execute(_SQL["take_generations"])
        yield


async def make_partitions(connection: AsyncConnection, generation: int) -> None:
    """A place for the chunks and the postings of one generation; within `alone_at_the_index`."""
    await connection.execute(_SQL["make_partitions"], {"generation": generation})


async def drop_generation(connection: AsyncConnection, generation: int) -> bool:
    """Drop a generation with its chunks and postings; False where somebody is at work on it."""
    try:
        async with alone_at_the_index(connection):
            await connection.execute(_SQL["drop_generation"], {"generation": generation})
    except psycopg.errors.LockNotAvailable:
        return False
    return True


async def drop_generation_at_last(connection: AsyncConnection, generation: int) -> None:
    """As `drop_generation`, as soon as nobody is at work on it."""
    while True:
        if await drop_generation(connection, generation):
            return
        await asyncio.sleep(SECONDS_BETWEEN_TRIES)
