"""Find, create and describe generations: the versions of a workspace's index."""

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
"""Days that the previous generation is kept after a switch."""
_FEWEST_INDEXED = 3_000  # chunks; a scan of fewer is faster than the HNSW graph


@dataclass(frozen=True, slots=True)
class Generation:
    """A complete index of a workspace.

    Embedder, dimensions, splitter and analyser are its identity. `switched_from` is the id of the
    generation that was live before it, None if it was never live or that one was dropped.
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
        """Make one of a row of `generations`."""
        return cls(**row)

    def reads(self, embedder: Embedder) -> bool:
        """Return whether this embedder's vectors can be compared with those of this index."""
        return (self.embedder, self.dimensions) == (embedder.name, embedder.dimensions)

    def statement(self, template: str) -> sql.Composed:
        """Fill in this generation's {chunks}, {postings}, {generation} and {dimensions}."""
        return sql.SQL(template).format(
            chunks=sql.Identifier(f"chunks_g{self.id}"),
            postings=sql.Identifier(f"postings_g{self.id}"),
            generation=sql.Literal(self.id),
            dimensions=sql.Literal(self.dimensions),
        )


async def live_generation(database: Database) -> Generation | None:
    """Return the generation that answers questions; None before anything was indexed."""
    async with database.connection() as connection:
        return await find_live(connection, database.workspace)


async def index_version(database: Database, generation: Generation) -> str:
    """Return a cache key that changes whenever chunks or served weights change."""
    ((version,),) = await database.fetch_all(
        _SQL["index_version"], tuple_row, generation=generation.id
    )
    return f"{generation.id}/{version}"


async def ensure_generation(database: Database, embedder: Embedder) -> Generation:
    """Return the generation of this embedder and the current splitter and analyser, or create it.

    The first generation of a workspace is live at once. A later one is `building` until it is
    filled; then it becomes live, or a `candidate` that waits for a decision. A generation that was
    live before is `retired`.
    """
    while True:
        async with database.connection() as connection:
            found = await find_same(connection, database.workspace, embedder)
            if found is None:
                # Give up the read lock first: two that hold it and want the exclusive one deadlock.
                await connection.rollback()
                found = await _try_to_make(connection, database.workspace, embedder)
        if found is not None:
            return found
        await asyncio.sleep(SECONDS_BETWEEN_TRIES)


async def ensure_vector_index(connection: AsyncConnection, generation: Generation) -> None:
    """Build the HNSW graph if it is missing and a scan of all chunks would be slower."""
    # Built over all rows at once it takes a fraction of the time of inserting row by row.
    cursor = await connection.execute(
        generation.statement(_SQL["lacks_vector_index"]), {"fewest": _FEWEST_INDEXED}
    )
    row = await cursor.fetchone()
    if row and row[0]:
        await connection.execute(_SQL["build_vector_index"], {"generation": generation.id})


async def find_live(connection: AsyncConnection, workspace: str) -> Generation | None:
    """Like `live_generation`, on an open connection."""
    return await _one(connection, "live_generation", {"workspace": workspace})


async def find_same(
    connection: AsyncConnection, workspace: str, embedder: Embedder
) -> Generation | None:
    """Return the generation of this embedder and the current splitter and analyser.

    Of several it is the live one, else a candidate, one being built, or a retired one.
    """
    return await _one(connection, "find_generation", _identity(workspace, embedder))


async def find_candidate(connection: AsyncConnection, workspace: str) -> Generation | None:
    """Return the newest candidate: a built generation that waits for a decision."""
    return await _one(connection, "find_candidate", {"workspace": workspace})


async def find_previous(connection: AsyncConnection, workspace: str) -> Generation | None:
    """Return the generation that was live before the current one."""
    return await _one(connection, "find_previous", {"workspace": workspace})


async def keep_as_candidate(
    connection: AsyncConnection, generation: Generation, comparison: str
) -> None:
    """Mark a built generation as a candidate; `comparison` is a sentence with its figures."""
    values = {"generation": generation.id, "comparison": comparison}
    await connection.execute(_SQL["keep_as_candidate"], values)


async def old_generations(connection: AsyncConnection, workspace: str) -> list[Generation]:
    """Return the generations that can be dropped."""
    values = {"workspace": workspace, "days": KEPT_DAYS}
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_SQL["old_generations"], values)
        return [Generation.from_row(row) for row in await cursor.fetchall()]


def lock_of(workspace: str) -> str:
    """Return the name of the advisory lock for building, switching and dropping generations."""
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
    """Create a generation, or find one made meanwhile; None if the index is in use."""
    try:
        async with alone_at_the_index(connection):
            # Look again under the lock: somebody may have made it in between.
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
