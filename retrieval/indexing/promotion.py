"""Promote a generation, roll back to the previous one, and drop old generations."""

import logging
from typing import Any

from psycopg import AsyncConnection

from database.database import Database
from database.statements import load_statements
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import ReindexRefused
from retrieval.index.embedder_resolver import embedder_of
from retrieval.index.generations import (
    Generation,
    find_candidate,
    find_live,
    find_previous,
    lock_of,
    old_generations,
)
from retrieval.index.partitions import drop_generation
from retrieval.index.writer import fill_generation
from retrieval.progress import OnProgress

_SQL = load_statements("retrieval.indexing")
_INDEX_SQL = load_statements("retrieval.index")
_MOST_TRIES = 8

_log = logging.getLogger(__name__)
_Lacking = tuple[int, str, tuple[str, ...]]
"""A document of a generation's backlog: its id, hash and readers."""


async def move_pointer(
    connection: AsyncConnection, generation: Generation, embedder: Embedder | None
) -> None:
    """Make `generation` live. The previous one is retired, or becomes a candidate on a rollback.

    Documents that changed since it was filled are indexed first. Without an `embedder` it must
    have no backlog. The caller must have the lock named by `lock_of`. Raises ReindexRefused if
    documents change faster than they can be indexed.
    """
    hopeless: set[_Lacking] = set()  # documents that give no chunk
    for _ in range(_MOST_TRIES):
        async with connection.transaction():
            live = await find_live(connection, generation.workspace)
            # Writers wait during the switch, so that the new live index lacks no document.
            if live is not None:
                await connection.execute(_INDEX_SQL["hold_segments"], {"generation": live.id})
            lacking = await _lacking(connection, generation)
            if lacking <= hopeless:
                await _move(connection, live, generation)
                return
        if embedder is not None:
            await fill_generation(connection, generation, embedder)
            hopeless = lacking & await _lacking(connection, generation)
    raise ReindexRefused(
        "Documents change faster than the new index can follow. Try again when it is quieter."
    )


async def switch_to_candidate(
    database: Database,
    embedder: Embedder,
    on_progress: OnProgress | None = None,
) -> Generation:
    """Bring the candidate up to date and promote it. Raises ReindexRefused if there is none."""
    async with database.advisory_lock(lock_of(database.workspace)) as connection:
        candidate = await find_candidate(connection, database.workspace)
        if candidate is None:
            raise ReindexRefused(
                "No index waits for a decision: `reindex` builds one when the embedder or the way "
                "of splitting has changed."
            )
        reader = await _caught_up(connection, candidate, embedder, on_progress)
        await move_pointer(connection, candidate, reader)
    return candidate


async def roll_back(
    database: Database,
    embedder: Embedder,
    on_progress: OnProgress | None = None,
) -> Generation:
    """Bring the previous generation up to date and make it live again.

    The one that was live becomes a candidate. Raises ReindexRefused if there is no previous one, or
    if documents have changed since and its embedder cannot be opened.
    """
    async with database.advisory_lock(lock_of(database.workspace)) as connection:
        previous = await find_previous(connection, database.workspace)
        if previous is None:
            raise ReindexRefused(
                "There is nothing to go back to: no earlier index is kept. One is kept for 30 days "
                "after a switch, until the next."
            )
        reader = await _caught_up(connection, previous, embedder, on_progress)
        await move_pointer(connection, previous, reader)
    return previous


async def drop_old_generations(database: Database) -> int:
    """Drop old generations; return how many. Does nothing while one is being built.

    Kept are the live generation, and for 30 days the previous one and the newest candidate or
    unfinished one.
    """
    dropped = 0
    async with database.try_advisory_lock(lock_of(database.workspace)) as connection:
        if connection is None:
            return 0
        for old in await old_generations(connection, database.workspace):
            if await drop_generation(connection, old.id):
                dropped += 1
            else:
                _log.info("generation %s is in use; it is dropped another time", old.id)
    return dropped


async def _caught_up(
    connection: AsyncConnection,
    generation: Generation,
    embedder: Embedder,
    on_progress: OnProgress | None,
) -> Embedder | None:
    """Bring a generation up to date; return its embedder, None if it cannot be opened.

    Raises ReindexRefused without an embedder if documents have changed.
    """
    reader = await embedder_of(generation, embedder)
    if reader is not None:
        await fill_generation(connection, generation, reader, on_progress)
    elif lacking := await _lacking(connection, generation):
        raise ReindexRefused(
            f"{len(lacking):,} documents have changed since generation {generation.id} was in use, "
            f"and its embedder {generation.embedder} is not at hand: set HOUSELORE_EMBEDDINGS to "
            "it, start again, and repeat this."
        )
    return reader


async def _move(connection: AsyncConnection, live: Generation | None, to: Generation) -> None:
    """Move the pointer from `live` to another generation. Call it within a transaction."""
    values: dict[str, Any] = {"workspace": to.workspace, "generation": to.id}
    # A rollback is a decision against the newer one: as a candidate it is not promoted by itself.
    goes_back = live is not None and live.switched_from == to.id
    left_as = "candidate" if goes_back else "retired"
    await connection.execute(_SQL["retire_live_generation"], {**values, "state": left_as})
    came_from = None if goes_back or live is None else live.id
    await connection.execute(_SQL["make_live"], {**values, "switched_from": came_from})


async def _lacking(connection: AsyncConnection, generation: Generation) -> set[_Lacking]:
    values = {"workspace": generation.workspace}
    cursor = await connection.execute(generation.statement(_INDEX_SQL["lacking_documents"]), values)
    return {(id_, hash_, tuple(readers)) for id_, hash_, readers in await cursor.fetchall()}
