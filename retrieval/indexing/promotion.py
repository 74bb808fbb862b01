"""The one pointer to the live generation, moved and moved back; old generations dropped."""

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
"""A document that a generation lacks: its id, hash and readers."""


async def move_pointer(
    connection: AsyncConnection, generation: Generation, embedder: Embedder | None
) -> None:
    """Make `generation` the live one; the one before is retired, or waits if this goes back.

    Documents that came in since it was filled are brought in first, and writers wait for the moment
    of the switch, so that no question meets an index that lacks one. Without an `embedder` it must
    lack none. For whoever holds the lock of `lock_of`.
    """
    hopeless: set[_Lacking] = set()  # documents without any chunk
    for _ in range(_MOST_TRIES):
        async with connection.transaction():
            live = await find_live(connection, generation.workspace)
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
    """Bring the candidate up to date and make it live. Raises ReindexRefused without one."""
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
    """Make the generation before the live one live again, with the documents as they are now.

    The one that was live waits as a candidate. Raises ReindexRefused where there is none before, or
    where documents have changed since and its embedder cannot be had.
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
    """Drop what nobody goes back to; how many there were. Leaves it while somebody builds.

    Kept are the live generation, and for 30 days the one before it and the newest that is built in
    part or waits for a decision.
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
    """Bring what changed meanwhile into a generation; its embedder, if that can be had."""
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
    """Within a transaction."""
    values: dict[str, Any] = {"workspace": to.workspace, "generation": to.id}
    # Who goes back has decided against the newer one: it must not come back by itself.
    goes_back = live is not None and live.switched_from == to.id
    left_as = "candidate" if goes_back else "retired"
    await connection.execute(_SQL["retire_live_generation"], {**values, "state": left_as})
    came_from = None if goes_back or live is None else live.id
    await connection.execute(_SQL["make_live"], {**values, "switched_from": came_from})


async def _lacking(connection: AsyncConnection, generation: Generation) -> set[_Lacking]:
    values = {"workspace": generation.workspace}
    cursor = await connection.execute(generation.statement(_INDEX_SQL["lacking_documents"]), values)
    return {(id_, hash_, tuple(readers)) for id_, hash_, readers in await cursor.fetchall()}
