"""Which index is live and of what it is made. Fills none: indexing does."""

from dataclasses import dataclass
from typing import Any, Literal

from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from retrieval.connections import borrow
from retrieval.embeddings import Embedder
from retrieval.lexical import ANALYSER
from retrieval.splitting import SPLITTER
from retrieval.statements import load_statements

_SQL = load_statements("retrieval")
_FEWEST_INDEXED = 10_000  # fewer are scanned sooner than a graph is walked


@dataclass(frozen=True, slots=True)
class Generation:
    """One whole index of a workspace.

    Embedder, dimensions, splitter and analyser are its identity.
    """

    id: int
    workspace: str
    embedder: str
    dimensions: int
    splitter: str
    analyser: str
    state: Literal["building", "live", "retired"]

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> "Generation":
        """A row of `generations`."""
        return cls(**row)

    def reads(self, embedder: Embedder) -> bool:
        """Whether vectors of this embedder can be compared with those of this index."""
        return (self.embedder, self.dimensions) == (embedder.name, embedder.dimensions)

    def statement(self, name: str) -> sql.Composed:
        """A statement of `queries.sql` on this generation's own chunks and postings."""
        return sql.SQL(_SQL[name]).format(
            chunks=sql.Identifier(f"chunks_g{self.id}"),
            postings=sql.Identifier(f"postings_g{self.id}"),
            generation=sql.Literal(self.id),
            dimensions=sql.Literal(self.dimensions),
        )


async def live_generation(pool: AsyncConnectionPool, workspace: str) -> Generation | None:
    """The generation that answers questions; None before anything was indexed."""
    async with borrow(pool) as connection:
        return await find_live(connection, workspace)


async def ensure_generation(
    pool: AsyncConnectionPool, workspace: str, embedder: Embedder
) -> Generation:
    """A generation for this embedder and today's splitter and analyser, made where there is none.

    The first of a workspace is live at once. Any later one is `building` until it is filled and
    switched to, while the live one goes on answering.
    """
    async with borrow(pool) as connection, connection.transaction():
        await connection.execute(_SQL["lock_generations"], {"workspace": workspace})
        identity = {
            "workspace": workspace,
            "embedder": embedder.name,
            "dimensions": embedder.dimensions,
            "splitter": SPLITTER,
            "analyser": ANALYSER,
        }
        found = await _one(connection, "find_generation", identity)
        if found:
            return found
        state = "building" if await find_live(connection, workspace) else "live"
        made = await _one(connection, "insert_generation", {**identity, "state": state})
        assert made is not None  # noqa: S101 - "insert … returning" gives its row
        await connection.execute(_SQL["make_partitions"], {"generation": made.id})
        return made


async def ensure_vector_index(connection: AsyncConnection, generation: Generation) -> None:
    """Build the graph of nearest neighbours once there are so many chunks that a scan is slow.

    Built over all rows at once it takes a fraction of the time that row by row would take.
    """
    cursor = await connection.execute(
        generation.statement("lacks_vector_index"), {"fewest": _FEWEST_INDEXED}
    )
    row = await cursor.fetchone()
    if row and row[0]:
        await connection.execute(_SQL["build_vector_index"], {"generation": generation.id})


async def switch_generation(pool: AsyncConnectionPool, generation: Generation) -> None:
    """Make `generation` the live one, and retire the one before it."""
    place = {"workspace": generation.workspace, "generation": generation.id}
    async with borrow(pool) as connection, connection.transaction():
        await connection.execute(_SQL["lock_generations"], place)
        await connection.execute(_SQL["retire_live_generation"], place)
        await connection.execute(_SQL["make_live"], place)


async def find_live(connection: AsyncConnection, workspace: str) -> Generation | None:
    """As `live_generation`, on a connection that is already held."""
    return await _one(connection, "live_generation", {"workspace": workspace})


async def _one(
    connection: AsyncConnection, statement: str, values: dict[str, Any]
) -> Generation | None:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_SQL[statement], values)
        row = await cursor.fetchone()
    return Generation.from_row(row) if row else None
