"""Writers, deletions, fillings, merges, new generations and dropped ones: none stops another.

Row locks and the lock of the segments are taken in one order everywhere; see `share_segments` and
`hold_documents` in the statements, and `alone_at_the_index` in partitions.py.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from random import Random

import pytest
from psycopg import AsyncConnection

from database.database import Database, open_database
from retrieval.audience import Audience
from retrieval.embeddings.embedder import Embedder
from retrieval.index import inverted_index, partitions
from retrieval.index.document_store import rewrite_chunks
from retrieval.index.generations import Generation, ensure_generation
from retrieval.index.partitions import drop_generation, drop_generation_at_last
from retrieval.index.source_catalog import forget_source
from retrieval.index.writer import fill_generation
from retrieval.search.retriever import search
from tests.retrieval.hash_embedder import Hashed
from tests.retrieval.index_oracle import (
    SHELVES,
    WORDS,
    Kitchen,
    open_kitchen,
    until_somebody_waits,
)

KEYS = "pqrstuvw"
ROUNDS = 25


@pytest.fixture
async def kitchen(database_url: str, minilm: Embedder) -> AsyncIterator[Kitchen]:
    """An empty index."""
    async with open_kitchen(database_url, minilm) as opened:
        yield opened


@pytest.fixture
async def cooks(kitchen: Kitchen, database_url: str) -> AsyncIterator[Database]:
    """More connections to the kitchen's workspace, each statement for itself."""
    async with open_database(database_url, kitchen.generation.workspace) as database:
        yield database


async def write(kitchen: Kitchen, database: Database) -> None:
    """New texts of both documents."""
    del database
    await kitchen.write(0, {"p": "egg", "q": "dates"})


async def delete(kitchen: Kitchen, database: Database) -> None:
    """Both documents are gone."""
    del database
    await kitchen.delete(0, ["q", "p"])


async def forget(kitchen: Kitchen, database: Database) -> None:
    """So is their source."""
    assert await forget_source(database, kitchen.sources[0])
    kitchen.texts.clear()


@pytest.mark.parametrize("change", [write, delete, forget])
async def test_a_change_a_filling_and_a_merge_wait_in_a_row(
    kitchen: Kitchen,
    cooks: Database,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Kitchen, Database], Coroutine[None, None, None]],
) -> None:
    """The change holds a document that the filling waits for, while a merge waits for both."""
    monkeypatch.setattr(inverted_index, "_FAN_IN", 2)
    for key in "pq":
        await kitchen.write(0, {key: f"apple {key}"})
    ((first,),) = await fetch(kitchen.connection, "select id from documents where key = 'p'")
    as_it_was = {first: kitchen.ready("p", "apple p", SHELVES[0])}
    async with AsyncExitStack() as stack:
        blocker, changer, filler, merger = [
            await stack.enter_async_context(cooks.connection()) for _ in range(4)
        ]
        for connection in (changer, filler, merger):
            await connection.set_autocommit(True)
        await fetch(blocker, "select id from documents where key = 'q' for update")
        async with asyncio.TaskGroup() as waiting:
            waiting.create_task(change(replace(kitchen, connection=changer), cooks))
            await until_somebody_waits(kitchen.connection, 1)
            waiting.create_task(rewrite_chunks(filler, kitchen.generation, as_it_was))
            await until_somebody_waits(kitchen.connection, 2)
            waiting.create_task(replace(kitchen, connection=merger).tidy())
            await until_somebody_waits(kitchen.connection, 3)
            await blocker.rollback()
    await kitchen.check()


async def test_all_at_once_end_with_a_right_index(
    kitchen: Kitchen, cooks: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Indexers of two sources, each one alone at its own, two fillings, and merges all the time."""
    monkeypatch.setattr(inverted_index, "_FAN_IN", 2)
    monkeypatch.setattr(inverted_index, "_FEWEST_DEAD", 2)
    next_one = await ensure_generation(cooks, Hashed())
    beside = replace(kitchen, generation=next_one, embedder=Hashed())
    async with AsyncExitStack() as stack:
        connections = [await stack.enter_async_context(cooks.connection()) for _ in range(6)]
        for connection in connections:
            await connection.set_autocommit(True)
        one, other = asyncio.Lock(), asyncio.Lock()
        places = iter(connections)
        await asyncio.gather(
            index(replace(kitchen, connection=next(places)), 0, one, Random(1)),
            index(replace(kitchen, connection=next(places)), 0, one, Random(2)),
            index(replace(kitchen, connection=next(places)), 1, other, Random(3)),
            fill(replace(kitchen, connection=next(places))),
            fill(replace(beside, connection=next(places))),
            fill(replace(beside, connection=next(places))),
        )
    await kitchen.check()
    await fill_generation(kitchen.connection, next_one, beside.embedder)
    await beside.check()


async def make(database: Database, generation: Generation) -> None:
    """Another generation."""
    made = await ensure_generation(database, Hashed())
    assert made.id != generation.id


async def drop(database: Database, generation: Generation) -> None:
    """This one is gone."""
    async with database.connection() as connection:
        assert await drop_generation(connection, generation.id)


@pytest.mark.parametrize("change", [make, drop])
async def test_a_partition_waits_for_who_is_amid_writing(
    kitchen: Kitchen,
    cooks: Database,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Database, Generation], Coroutine[None, None, None]],
) -> None:
    """The writer has written documents and not yet chunks when somebody wants both for himself."""
    monkeypatch.setattr(partitions, "_PATIENCE", "10s")  # else it would step back in the end
    await kitchen.write(0, {"p": "apple"})
    async with AsyncExitStack() as stack:
        blocker, writer = [await stack.enter_async_context(cooks.connection()) for _ in range(2)]
        await writer.set_autocommit(True)
        database = await stack.enter_async_context(open_database(database_url, "next door"))
        old = await ensure_generation(database, kitchen.embedder)
        async with database.connection() as connection:
            await fetch(connection, "update generations set state = 'retired' returning id")
        await fetch(
            blocker,
            "insert into documents (workspace, source_id, key, title, text, version, hash, readers)"
            " select workspace, source_id, 'q', '', '', '', '', readers from documents"
            " returning id",
        )
        async with asyncio.TaskGroup() as waiting:
            waiting.create_task(write(replace(kitchen, connection=writer), cooks))
            await until_somebody_waits(kitchen.connection, 1)
            waiting.create_task(change(database, old))
            await until_somebody_waits(kitchen.connection, 2)
            await blocker.rollback()
    await kitchen.check()


async def test_partitions_come_and_go_while_others_work(
    kitchen: Kitchen, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workspaces make and drop generations while a third indexes, merges and is asked."""
    monkeypatch.setattr(inverted_index, "_FAN_IN", 2)
    workspaces = kitchen.generation.workspace, "one next door", "another next door"
    async with AsyncExitStack() as stack:
        pools = [
            await stack.enter_async_context(open_database(database_url, w)) for w in workspaces
        ]
        connections = [await stack.enter_async_context(pools[0].connection()) for _ in range(3)]
        for connection in connections:
            await connection.set_autocommit(True)
        one, other = asyncio.Lock(), asyncio.Lock()
        places = iter(connections)
        await asyncio.gather(
            index(replace(kitchen, connection=next(places)), 0, one, Random(1)),
            index(replace(kitchen, connection=next(places)), 1, other, Random(2)),
            fill(replace(kitchen, connection=next(places))),
            ask(kitchen, pools[0]),
            make_and_drop(pools[1]),
            make_and_drop(pools[2]),
        )
    await kitchen.check()


async def ask(kitchen: Kitchen, database: Database) -> None:
    """Searches as an answer makes them."""
    audience = Audience(kitchen.generation.workspace, SHELVES[0])
    for _ in range(ROUNDS):
        for word in WORDS:
            await search(database, kitchen.embedder, word, audience, 5)


async def make_and_drop(database: Database) -> None:
    """A generation with a document, dropped again."""
    for _ in range(5):
        generation = await ensure_generation(database, Hashed())
        async with database.connection() as connection:
            await connection.set_autocommit(True)
            beside = Kitchen(connection, Hashed(), generation)
            await beside.write(0, {"p": "apple"})
            await fetch(connection, "update generations set state = 'retired' returning id")
            await drop_generation_at_last(connection, generation.id)
            await connection.set_autocommit(False)


async def index(kitchen: Kitchen, shelf: int, alone: asyncio.Lock, lot: Random) -> None:
    """Documents of one source written, deleted and given to other readers, in any order."""
    for _ in range(ROUNDS):
        keys = lot.sample(KEYS, 5)
        async with alone:
            match lot.choice(("write", "write", "delete", "reshelve")):
                case "write":
                    await kitchen.write(shelf, {k: " ".join(lot.choices(WORDS, k=4)) for k in keys})
                case "delete":
                    await kitchen.delete(shelf, keys)
                case _:
                    await kitchen.reshelve(shelf, lot.choice(SHELVES))
        await kitchen.tidy()


async def fill(kitchen: Kitchen) -> None:
    """What a generation lacks, again and again, with the merges that are due."""
    for _ in range(ROUNDS):
        await fill_generation(kitchen.connection, kitchen.generation, kitchen.embedder)
        await kitchen.tidy()


async def fetch(connection: AsyncConnection, query: str) -> list[tuple[int, ...]]:
    """The rows of a query of the test's own."""
    return await (await connection.execute(query.encode())).fetchall()
