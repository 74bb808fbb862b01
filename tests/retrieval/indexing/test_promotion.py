"""Generations built beside the live one, compared, switched to and back from, dropped."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from psycopg_pool import AsyncConnectionPool

from database.pool import borrow_alone
from retrieval.audience import everyone
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import EmbedderChanged, ReindexCancelled, ReindexRefused
from retrieval.index.generations import Generation, live_generation, lock_of
from retrieval.indexing.golden_questions import add_golden
from retrieval.indexing.promotion import drop_old_generations
from retrieval.indexing.reindex import rollback, switch
from retrieval.indexing.runs import cancel_run, last_run
from retrieval.indexing.sync import index_source
from retrieval.search.retriever import search
from tests.retrieval.documents import Library
from tests.retrieval.facts import BY_MEANING, BY_WORD, TEXTS, long_texts
from tests.retrieval.hash_embedder import Hashed

HOME = "home"
BY = "the terminal"


class Other(Hashed):
    """A third embedder."""

    name = "other-words"


async def rows(pool: AsyncConnectionPool, query: str) -> list[Any]:
    """The rows of a query of the test's own."""
    async with pool.connection() as connection:
        return await (await connection.execute(query.encode())).fetchall()


async def states(pool: AsyncConnectionPool) -> list[str]:
    """The state of every generation, oldest first."""
    return [state for (state,) in await rows(pool, "select state from generations order by id")]


async def live(pool: AsyncConnectionPool) -> Generation:
    """The live generation."""
    found = await live_generation(pool, HOME)
    assert found is not None
    return found


async def found(pool: AsyncConnectionPool, embedder: Embedder, query: str) -> list[str]:
    """The keys of what is found, best first."""
    return [passage.key for passage in await search(pool, embedder, query, everyone(HOME), 5)]


async def a_month_passes(pool: AsyncConnectionPool) -> None:
    """All that happened to generations was 31 days ago."""
    async with pool.connection() as connection:
        await connection.execute(
            "update generations set created_at = created_at - interval '31 days', "
            "switched_at = switched_at - interval '31 days'"
        )


async def make_golden(pool: AsyncConnectionPool, questions: Mapping[str, str]) -> None:
    """Golden questions about the documents with these keys."""
    for key, question in questions.items():
        await add_golden(pool, HOME, question, TEXTS[key])


async def built_and_held(pool: AsyncConnectionPool, minilm: Embedder, library: Library) -> Hashed:
    """A candidate that finds two of five golden questions less; its embedder."""
    await index_source(pool, HOME, library, minilm)
    await make_golden(pool, {**BY_WORD, **BY_MEANING})
    hashed = Hashed()
    report = await index_source(pool, HOME, library, hashed)
    assert "it finds less. Golden questions: 5; found before 5, after 3." in report.notes[0]
    return hashed


async def test_it_switches_when_the_new_one_finds_as_much(
    pool: AsyncConnectionPool, minilm: Embedder
) -> None:
    """No document is read again, the figures are told, the old one is kept."""
    library = Library(dict(TEXTS))
    await index_source(pool, HOME, library, minilm)
    await make_golden(pool, BY_WORD)
    library.read_keys.clear()
    report = await index_source(pool, HOME, library, Hashed())
    (note,) = report.notes
    assert "is live. Golden questions: 3; found before 3, after 3." in note
    assert (library.read_keys, report.unchanged) == ([], 30)
    assert await states(pool) == ["retired", "live"]
    assert (await live(pool)).embedder == "hashed-words"
    run = await last_run(pool, HOME)
    assert run is not None
    assert run.outcome == note
    assert (await index_source(pool, HOME, library, Hashed())).notes == ()


async def test_without_golden_questions_it_says_so_and_switches(
    pool: AsyncConnectionPool, minilm: Embedder
) -> None:
    """There is nothing that would decide it, so nothing to wait for."""
    library = Library(dict(TEXTS))
    await index_source(pool, HOME, library, minilm)
    report = await index_source(pool, HOME, library, Hashed())
    assert "no golden questions yet" in report.notes[0]
    assert (await live(pool)).embedder == "hashed-words"


async def test_one_that_finds_less_waits_for_a_decision(
    pool: AsyncConnectionPool, minilm: Embedder
) -> None:
    """The live one stays, and goes on being written to; `switch` takes the candidate, caught up."""
    library = Library(dict(TEXTS))
    hashed = await built_and_held(pool, minilm, library)
    assert await states(pool) == ["live", "candidate"]

    library.texts["leave"] = "Everyone has forty days of holiday a year."
    report = await index_source(pool, HOME, library, hashed)
    assert "waits for your decision" in report.notes[0]
    assert (report.changed, await states(pool)) == (1, ["live", "candidate"])
    (passage, *_) = await search(pool, hashed, "holiday", everyone(HOME), 1)
    assert "forty days" in passage.text

    switched = await switch(pool, HOME, hashed, BY)
    assert (await live(pool)).id == switched.id
    (passage, *_) = await search(pool, hashed, "holiday", everyone(HOME), 1)
    assert "forty days" in passage.text
    with pytest.raises(ReindexRefused, match="No index waits"):
        await switch(pool, HOME, hashed, BY)


async def test_questions_are_answered_in_full_while_it_is_built(
    pool: AsyncConnectionPool, minilm: Embedder
) -> None:
    """With the old embedder and with the new at hand, the old index is searched by meaning."""
    library = Library(dict(TEXTS))
    await index_source(pool, HOME, library, minilm)
    hashed = Hashed()
    hashed.gate.clear()
    build = asyncio.create_task(index_source(pool, HOME, library, hashed))
    await asyncio.to_thread(hashed.waits.wait, 10)
    for embedder in (minilm, hashed):
        assert (await found(pool, embedder, BY_MEANING["salary"]))[0] == "salary"
    # An edit that another process brings in meanwhile is not lost.
    library.texts["salary"] = "Wages are paid in shells."
    await index_source(pool, HOME, library, minilm)
    hashed.gate.set()
    await build
    assert (await live(pool)).embedder == "hashed-words"
    (passage, *_) = await search(pool, hashed, "wages paid in shells", everyone(HOME), 1)
    assert passage.text == "Wages are paid in shells."
    assert await rows(pool, "select count(*) from documents") == [(30,)]


async def test_a_build_whose_process_is_killed_is_gone_on_with(
    pool: AsyncConnectionPool, database_url: str
) -> None:
    """The live index stays; the next run embeds what is missing, and nothing is there twice."""
    library = Library(long_texts())
    await index_source(pool, HOME, library, Other())
    build = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.retrieval.run_build", database_url),
        stdout=asyncio.subprocess.PIPE,
    )
    assert build.stdout is not None
    line = await asyncio.wait_for(build.stdout.readline(), 60)
    build.kill()
    await build.wait()
    assert int(line) > 0
    assert await states(pool) == ["live", "building"]
    assert len(await found(pool, Other(), "fact")) > 0

    async def is_broken_off() -> bool:
        run = await last_run(pool, HOME)
        return run is not None and run.state == "broken off"

    async with asyncio.timeout(10):
        while not await is_broken_off():  # noqa: ASYNC110 - Postgres tells nobody of a lost client
            await asyncio.sleep(0.02)
    hashed = Hashed()
    await index_source(pool, HOME, library, hashed)
    assert (await live(pool)).embedder == "hashed-words"
    ((chunks, distinct),) = await rows(
        pool,
        "select count(*), count(distinct (document_id, position)) from chunks "
        "where generation = (select id from generations where state = 'live')",
    )
    assert chunks == distinct
    assert 0 < len(hashed.read) < chunks


async def test_a_build_can_be_cancelled(pool: AsyncConnectionPool, minilm: Embedder) -> None:
    """It ends in between, the live index is as it was, and what is built is kept for next time."""
    library = Library(dict(TEXTS))
    await index_source(pool, HOME, library, minilm)
    hashed = Hashed()

    async def tell(progress: object) -> None:
        await cancel_run(pool, HOME, "<@U0MARA>")
        await asyncio.sleep(0.05)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("retrieval.indexing.runs._BETWEEN_NOTES", 0.0)
        with pytest.raises(ReindexCancelled, match="U0MARA"):
            await index_source(pool, HOME, library, hashed, tell)
    assert await states(pool) == ["live", "building"]
    assert (await found(pool, minilm, BY_MEANING["salary"]))[0] == "salary"
    await index_source(pool, HOME, library, hashed)
    assert await states(pool) == ["retired", "live"]


async def test_rollback_brings_no_old_text_back(
    pool: AsyncConnectionPool, minilm: Embedder
) -> None:
    """What was edited, added, deleted and closed to others since the switch stays so."""
    library = Library(dict(TEXTS))
    await index_source(pool, HOME, library, minilm)
    await index_source(pool, HOME, library, Hashed())
    library.texts["leave"] = "Everyone has forty days of holiday a year."
    library.texts["gym"] = "The gym is in the attic."
    del library.texts["dogs"]
    await index_source(pool, HOME, library, Hashed())

    back = await rollback(pool, HOME, minilm, BY)
    assert (await live(pool)).id == back.id
    assert back.embedder == minilm.name
    (passage, *_) = await search(pool, minilm, "days of holiday", everyone(HOME), 1)
    assert passage.text == library.texts["leave"]
    assert (await found(pool, minilm, "a place for sport"))[0] == "gym"
    assert "dogs" not in await found(pool, minilm, "Dogs may lie under the desk.")
    ((count,),) = await rows(
        pool,
        "select count(distinct document_id) from chunks c "
        "join generations g on g.id = c.generation where g.state = 'live'",
    )
    assert count == 30
    assert await states(pool) == ["live", "candidate"]


async def test_what_was_rolled_back_does_not_return_by_itself(
    pool: AsyncConnectionPool, minilm: Embedder
) -> None:
    """With the new embedder still set, the old index is written to, until somebody switches."""
    library = Library(dict(TEXTS))
    await index_source(pool, HOME, library, minilm)
    hashed = Hashed()
    await index_source(pool, HOME, library, hashed)
    await rollback(pool, HOME, hashed, BY)
    assert (await live(pool)).embedder == minilm.name
    library.texts["gym"] = "The gym is in the attic."
    report = await index_source(pool, HOME, library, hashed)
    assert (report.added, await states(pool)) == (1, ["live", "candidate"])
    assert (await found(pool, hashed, "a place for sport"))[0] == "gym"
    with pytest.raises(ReindexRefused, match="nothing to go back to"):
        await rollback(pool, HOME, hashed, BY)
    await switch(pool, HOME, hashed, BY)
    assert (await live(pool)).embedder == "hashed-words"
    assert (await found(pool, hashed, "gym attic"))[0] == "gym"


async def test_rollback_without_the_old_embedder(
    pool: AsyncConnectionPool, minilm: Embedder
) -> None:
    """As long as nothing changed the pointer can move; later the sentence says what is missing."""
    library = Library(dict(TEXTS))
    await index_source(pool, HOME, library, Hashed())
    await index_source(pool, HOME, library, minilm)
    library.texts["leave"] = "Everyone has forty days of holiday a year."
    await index_source(pool, HOME, library, minilm)
    with pytest.raises(ReindexRefused, match=r"1 documents have changed .* hashed-words is not"):
        await rollback(pool, HOME, minilm, BY)
    assert (await live(pool)).embedder == minilm.name
    await index_source(pool, HOME, library, minilm)
    await rollback(pool, HOME, Hashed(), BY)
    assert (await live(pool)).embedder == "hashed-words"


async def test_an_index_of_an_embedder_that_is_away_takes_no_documents(
    pool: AsyncConnectionPool, minilm: Embedder
) -> None:
    """It is searched by words, and who wants to write to it is told what to set."""
    library = Library(dict(TEXTS))
    await index_source(pool, HOME, library, Hashed())
    await index_source(pool, HOME, library, minilm)
    await rollback(pool, HOME, minilm, BY)
    assert (await found(pool, minilm, "pager"))[0] == "pager"
    library.texts["gym"] = "The gym is in the attic."
    with pytest.raises(EmbedderChanged, match="hashed-words, and this process has all-MiniLM"):
        await index_source(pool, HOME, library, minilm)


async def test_going_back_to_an_earlier_setting_waits_for_rollback(
    pool: AsyncConnectionPool, minilm: Embedder
) -> None:
    """Two processes with different settings do not throw the index to and fro."""
    library = Library(dict(TEXTS))
    await index_source(pool, HOME, library, Hashed())
    await index_source(pool, HOME, library, minilm)
    report = await index_source(pool, HOME, library, Hashed())
    assert "`rollback` goes back to it" in report.notes[0]
    assert (await live(pool)).embedder == minilm.name


async def test_old_generations_are_dropped(pool: AsyncConnectionPool, minilm: Embedder) -> None:
    """The one before the live one is kept for 30 days; earlier ones go, with all their chunks."""
    library = Library(dict(TEXTS))

    for embedder in (minilm, Hashed(), Other()):
        await index_source(pool, HOME, library, embedder)
    assert await states(pool) == ["retired", "retired", "live"]
    assert await drop_old_generations(pool, HOME) == 1
    assert await states(pool) == ["retired", "live"]
    assert await rows(pool, "select count(*) from chunks") == [(60,)]
    assert await drop_old_generations(pool, HOME) == 0
    await a_month_passes(pool)
    assert await drop_old_generations(pool, HOME) == 1
    assert await states(pool) == ["live"]
    with pytest.raises(ReindexRefused, match="nothing to go back to"):
        await rollback(pool, HOME, minilm, BY)
    assert len(await found(pool, Other(), "pager")) > 0


async def test_a_candidate_makes_room_for_a_newer_one(
    pool: AsyncConnectionPool, minilm: Embedder
) -> None:
    """One decision waits at a time."""
    library = Library(dict(TEXTS))
    await built_and_held(pool, minilm, library)

    await index_source(pool, HOME, library, Other())
    assert await states(pool) == ["live", "candidate", "candidate"]
    assert await drop_old_generations(pool, HOME) == 1
    assert await states(pool) == ["live", "candidate"]
    assert (await switch(pool, HOME, minilm, BY)).embedder == "other-words"


async def test_a_decision_waits_for_a_month(pool: AsyncConnectionPool, minilm: Embedder) -> None:
    """Counted from when it was built, or was rolled back from."""
    library = Library(dict(TEXTS))
    await index_source(pool, HOME, library, minilm)
    await index_source(pool, HOME, library, Hashed())
    await a_month_passes(pool)
    await rollback(pool, HOME, minilm, BY)
    assert await drop_old_generations(pool, HOME) == 0
    assert await states(pool) == ["live", "candidate"]
    await a_month_passes(pool)
    assert await drop_old_generations(pool, HOME) == 1
    assert await states(pool) == ["live"]


async def test_nothing_is_dropped_while_somebody_builds(
    pool: AsyncConnectionPool, minilm: Embedder
) -> None:
    """It is left for another time, without waiting."""
    await index_source(pool, HOME, Library(dict(TEXTS)), minilm)
    async with borrow_alone(pool, lock_of(HOME)):
        assert await asyncio.wait_for(drop_old_generations(pool, HOME), 5) == 0
