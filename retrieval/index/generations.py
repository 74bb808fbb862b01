"""Which index is live and of what it is made. Fills none: indexing does."""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row, tuple_row

from database.database import Database
from database.statements import load_statements
from retrieval.chunking.splitter import SPLITTER
from retrieval.embeddings.embedder import Embedder
from retrieval.index.partitions import (
    SECONDS_BETWEEN_TRIES,
    alone_at_the_index,
    make_partitions,
)
from retrieval.lexical.analyzer import ANALYSER

_SQL = load_statements("retrieval.index")
KEPT_DAYS = 30
"""How long the generation before the live one is kept."""
_FEWEST_INDEXED = 10_000  # fewer are scanned sooner than a graph is walked


@dataclass(frozen=True, slots=True)
class Generation:
    """One whole index of a workspace.

    Embedder, dimensions, splitter and analyser are its identity. `switched_from` was live before
    it, if it ever was live itself and that one is still there.
    """

    id: int
    workspace: str
    embedder: str
    dimensions: int
    splitter: str
    analyser: str
    state: Literal["building", "candidate", "live", "retired"]
    embedder_url: str
    switched_from: int | None

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> "Generation":
        """A row of `generations`."""
        return cls(**row)

    def reads(self, embedder: Embedder) -> bool:
        """Whether vectors of this embedder can be compared with those of this index."""
        return (self.embedder, self.dimensions) == (embedder.name, embedder.dimensions)

    def statement(self, template: str) -> sql.Composed:
        """A statement with this generation's own {chunks}, {postings} and {dimensions} put in."""
        return sql.SQL(template).format(
            chunks=sql.Identifier(f"chunks_g{self.id}"),
            postings=sql.Identifier(f"postings_g{self.id}"),
            generation=sql.Literal(self.id),
            dimensions=sql.Literal(self.dimensions),
        )


async def live_generation(database: Database) -> Generation | None:
    """The generation that answers questions; None before anything was indexed."""
    async with database.connection() as connection:
        return await find_live(connection, database.workspace)


async def index_version(database: Database, generation: Generation) -> str:
    """A mark that changes whenever a chunk comes or goes, or the search is weighed otherwise."""
    ((version,),) = await database.fetch_all(
        _SQL["index_version"], tuple_row, generation=generation.id
    )
    return f"{generation.id}/{version}"


async def ensure_generation(database: Database, embedder: Embedder) -> Generation:
    """A generation for this embedder and today's splitter and analyser, made where there is none.

    The first of a workspace is live at once. Any later one is `building` until it is filled; then
    it is live, or a `candidate` that waits for a decision. One that was live before is `retired`.
    """
    while True:
        async with database.connection() as connection:
            found = await find_same(connection, database.workspace, embedder)
            if found is None:
                await connection.rollback()
                found = await _try_to_make(connection, database.workspace, embedder)
        if found is not None:
            return found
        await asyncio.sleep(SECONDS_BETWEEN_TRIES)


async def ensure_vector_index(connection: AsyncConnection, generation: Generation) -> None:
    """Build the graph of nearest neighbours once there are so many chunks that a scan is slow.

    Built over all rows at once it takes a fraction of the time that row by row would take.
    """
    cursor = await connection.execute(
        generation.statement(_SQL["lacks_vector_index"]), {"fewest": _FEWEST_INDEXED}
    )
    row = await cursor.fetchone()
    if row and row[0]:
        await connection.execute(_SQL["build_vector_index"], {"generation": generation.id})


async def find_live(connection: AsyncConnection, workspace: str) -> Generation | None:
    """As `live_generation`, on a connection that is already held."""
    return await _one(connection, "live_generation", {"workspace": workspace})


async def find_same(
    connection: AsyncConnection, workspace: str, embedder: Embedder
) -> Generation | None:
    """The generation of this embedder and today's ways: live, else the nearest to being so."""
    return await _one(connection, "find_generation", _identity(workspace, embedder))


async def find_candidate(connection: AsyncConnection, workspace: str) -> Generation | None:
    """The generation that waits for a decision."""
    return await _one(connection, "find_candidate", {"workspace": workspace})


async def find_previous(connection: AsyncConnection, workspace: str) -> Generation | None:
    """The generation that was live before the one that is."""
    return await _one(connection, "find_previous", {"workspace": workspace})


async def keep_as_candidate(
    connection: AsyncConnection, generation: Generation, comparison: str
) -> None:
    """Let a generation that is built wait for a decision; `comparison` says how it did."""
    values = {"generation": generation.id, "comparison": comparison}
    await connection.execute(_SQL["keep_as_candidate"], values)


async def old_generations(connection: AsyncConnection, workspace: str) -> list[Generation]:
    """Those that nobody goes back to any more."""
    values = {"workspace": workspace, "days": KEPT_DAYS}
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_SQL["old_generations"], values)
        return [Generation.from_row(row) for row in await cursor.fetchall()]


def lock_of(workspace: str) -> str:
    """The name of the lock of whoever builds, switches or drops generations."""
    return f"{workspace}/generation"


def _identity(workspace: str, embedder: Embedder) -> dict[str, Any]:
    return {
        "workspace": workspace,
        "embedder": embedder.name,
        "dimensions": embedder.dimensions,
        "splitter": SPLITTER,
        "analyser": ANALYSER,
    }


async def _try_to_make(
    connection: AsyncConnection, workspace: str, embedder: Embedder
) -> Generation | None:
    """A new generation, or the one that somebody has made meanwhile; None if others are at work."""
    try:
        async with alone_at_the_index(connection):
            if found := await find_same(connection, workspace, embedder):
                return found
            state = "building" if await find_live(connection, workspace) else "live"
            which = {**_identity(workspace, embedder), "embedder_url": embedder.url}
            made = await _one(connection, "insert_generation", {**which, "state": state})
            assert made is not None  # noqa: S101 - "insert … returning" gives its row
            await make_partitions(connection, made.id)
            return made
    except psycopg.errors.LockNotAvailable:
        return None


async def _one(
    connection: AsyncConnection, statement: str, values: dict[str, Any]
) -> Generation | None:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_SQL[statement], values)
        row = await cursor.fetchone()
    return Generation.from_row(row) if row else None
