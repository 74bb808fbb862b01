"""Open the connection pool, borrow connections, take advisory locks, wrap the driver's errors."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
from pgvector.psycopg import register_vector_async
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from database.errors import DatabaseUnavailable
from database.statements import load_statements

_SQL = load_statements("database")
ROLE = "houselore_app"
"""The role of every connection. It owns no table, so row-level security applies to it."""
_SECONDS_BETWEEN_TRIES = 0.2


@asynccontextmanager
async def open_pool(
    url: str, workspace: str, *, min_size: int = 1, max_size: int = 20, patience: float = 15
) -> AsyncIterator[AsyncConnectionPool]:
    """Open a pool whose connections see only the rows of one workspace.

    `patience` is the seconds to wait for a free connection. Raises DatabaseUnavailable.
    """
    # Row-level security does it, so a statement that forgets its `where workspace` leaks nothing.
    configure = confined_to(workspace)
    try:
        async with await AsyncConnection.connect(url, connect_timeout=10) as connection:
            await configure(connection)
    except psycopg.Error as error:
        raise DatabaseUnavailable(
            f"The database cannot be used: {_first_line(error)}. Its login must be allowed to act "
            f"as the role {ROLE}, which `houselore migrate` makes."
        ) from error
    pool = AsyncConnectionPool(
        url,
        min_size=min_size,
        max_size=max_size,
        timeout=patience,
        configure=configure,
        check=AsyncConnectionPool.check_connection,  # else each that a restart cut fails once more
        open=False,
    )
    async with pool:
        yield pool


def confined_to(workspace: str) -> Callable[[AsyncConnection], Awaitable[None]]:
    """Return a pool's `configure` hook: a new connection sees one workspace, and knows vectors."""

    async def confine(connection: AsyncConnection) -> None:
        await connection.execute(_SQL["confine"], {"role": ROLE, "workspace": workspace})
        await register_vector_async(connection)
        await connection.commit()

    return confine


@asynccontextmanager
async def borrow(
    pool: AsyncConnectionPool, patience: float | None = None
) -> AsyncIterator[AsyncConnection]:
    """Borrow a connection from the pool. The driver's errors become DatabaseUnavailable."""
    try:
        async with pool.connection(patience) as connection:
            yield connection
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise DatabaseUnavailable(
            "The database lacks Houselore's tables. Run `houselore migrate`."
        ) from error
    except psycopg.Error as error:
        raise DatabaseUnavailable(_sentence(error)) from error


@asynccontextmanager
async def borrow_alone(pool: AsyncConnectionPool, name: str) -> AsyncIterator[AsyncConnection]:
    """Borrow a connection in autocommit that holds the advisory lock `name` of the database.

    Waits until the lock is free. It is released when the block or the connection ends.
    """
    # Poll instead of blocking in Postgres: a waiter then holds no connection of the pool.
    while True:
        async with borrow_if_alone(pool, name) as connection:
            if connection is not None:
                yield connection
                return
        await asyncio.sleep(_SECONDS_BETWEEN_TRIES)


@asynccontextmanager
async def borrow_if_alone(
    pool: AsyncConnectionPool, name: str
) -> AsyncIterator[AsyncConnection | None]:
    """Like `borrow_alone`, but yield None at once if another connection holds the lock."""
    async with borrow(pool) as connection:
        await connection.set_autocommit(True)
        taken = False
        try:
            taken = await _try_lock(connection, name)
            yield connection if taken else None
        finally:
            if not connection.closed:
                if taken:
                    await connection.execute(_SQL["unlock"], {"name": name})
                await connection.set_autocommit(False)


async def _try_lock(connection: AsyncConnection, name: str) -> bool:
    cursor = await connection.execute(_SQL["try_lock"], {"name": name})
    row = await cursor.fetchone()
    return bool(row and row[0])


def _sentence(error: psycopg.Error) -> str:
    """Say what happened and what to do. The transaction was rolled back."""
    said = _first_line(error)
    match error:
        case psycopg.errors.DiskFull():
            return (
                f"The database's disk is full ({said}). The index is as it was before this batch. "
                "Make room, then run it again."
            )
        case psycopg.errors.OutOfMemory() | psycopg.errors.ConfigurationLimitExceeded():
            return f"The database has no memory left for this ({said}). Give it more, or try later."
        case psycopg.errors.ReadOnlySqlTransaction():
            return "The database takes no changes now: it is a replica, or set to read only."
        case psycopg.errors.AdminShutdown() | psycopg.errors.CrashShutdown():
            return (
                f"The database ended the connection ({said}). Run it again: it goes on from here."
            )
        case psycopg.OperationalError():
            return f"The database cannot be reached: {said}"
        case _:
            return f"The database refuses: {said}"


def _first_line(error: psycopg.Error) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
