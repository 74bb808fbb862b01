"""One workspace's part of Postgres: its statements, rows, transactions and locks."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from psycopg import AsyncConnection, sql
from psycopg.rows import AsyncRowFactory, scalar_row
from psycopg_pool import AsyncConnectionPool

from database.pool import borrow, borrow_alone, borrow_if_alone, open_pool

Row = TypeVar("Row")
Query = str | sql.SQL | sql.Composed


@dataclass(frozen=True, slots=True)
class Database:
    """A pool whose connections see one workspace alone.

    A statement is given `%(workspace)s` besides the values that its caller names. What the driver
    raises becomes DatabaseUnavailable.
    """

    pool: AsyncConnectionPool
    workspace: str

    def connection(
        self, patience: float | None = None
    ) -> AbstractAsyncContextManager[AsyncConnection]:
        """Hold a connection; what the block runs on it is one transaction.

        `patience` is how many seconds to wait for a free one, by default the pool's own.
        """
        return borrow(self.pool, patience)

    def advisory_lock(self, name: str) -> AbstractAsyncContextManager[AsyncConnection]:
        """Hold the lock `name`, which one in the whole database has, and an autocommit connection.

        Waits for whoever has it, without keeping a connection meanwhile. The lock falls with the
        block, or with the connection.
        """
        return borrow_alone(self.pool, name)

    def try_advisory_lock(self, name: str) -> AbstractAsyncContextManager[AsyncConnection | None]:
        """As `advisory_lock`, but yields None at once where somebody else has the lock."""
        return borrow_if_alone(self.pool, name)

    async def execute(self, query: Query, /, **values: Any) -> int:
        """Run a statement in a transaction of its own; return how many rows it touched."""
        async with self.connection() as connection:
            cursor = await connection.execute(query, {"workspace": self.workspace, **values})
            return cursor.rowcount

    async def fetch_all(
        self, query: Query, row: AsyncRowFactory[Row], /, **values: Any
    ) -> list[Row]:
        """Return every row, made by `row`: a row factory of psycopg, as `class_row(Model)`."""
        async with self.connection() as connection, connection.cursor(row_factory=row) as cursor:
            await cursor.execute(query, {"workspace": self.workspace, **values})
            return await cursor.fetchall()

    async def fetch_one(
        self, query: Query, row: AsyncRowFactory[Row], /, **values: Any
    ) -> Row | None:
        """Return the first row, made by `row`, or None."""
        async with self.connection() as connection, connection.cursor(row_factory=row) as cursor:
            await cursor.execute(query, {"workspace": self.workspace, **values})
            return await cursor.fetchone()

    async def fetch_value(self, query: Query, /, **values: Any) -> Any:
        """Return the first column of the first row, or None without a row."""
        return await self.fetch_one(query, scalar_row, **values)


@asynccontextmanager
async def open_database(
    url: str, workspace: str, *, min_size: int = 1, max_size: int = 20, patience: float = 15
) -> AsyncIterator[Database]:
    """Open a pool of `min_size` to `max_size` connections to one workspace.

    `patience` is how many seconds to wait for a free one. Raises DatabaseUnavailable.
    """
    async with open_pool(
        url, workspace, min_size=min_size, max_size=max_size, patience=patience
    ) as pool:
        yield Database(pool, workspace)
