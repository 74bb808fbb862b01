"""Generations built beside the live one, compared, switched to and back from, dropped."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from database.database import Database
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


async def rows(database: Database, query: str) -> list[Any]:
    """The rows of a query of the test's own."""
    async with database.connection() as connection:
        return await (await connection.execute(query.encode())).fetchall()


async def states(database: Database) -> list[str]:
    """The state of every generation, oldest first."""
    return [state for (state,) in await rows(database, "select state from generations order by id")]


async def live(database: Database) -> Generation:
    """The live generation."""
    found = await live_generation(database)
    assert found is not None
    return found


async def found(database: Database, embedder: Embedder, query: str) -> list[str]:
    """The keys of what is found, best first."""
    return [passage.key for passage in await search(database, embedder, query, everyone(HOME), 5)]


async def a_month_passes(database: Database) -> None:
    """All that happened to generations was 31 days ago."""
    async with database.connection() as connection:
        await connection.execute(
            "update generations set created_at = created_at - interval '31 days', "
            "switched_at = switched_at - interval '31 days'"
        )


async def make_golden(database: Database, questions: Mapping[str, str]) -> None:
    """Golden questions about the documents with these keys."""
    for key, question in questions.items():
        await add_golden(database, question, TEXTS[key])


async def built_and_held(database: Database, minilm: Embedder, library: Library) -> Hashed:
    """A candidate that finds two of five golden questions less; its embedder."""
    await index_source(database, library, minilm)
    await make_golden(database, {**BY_WORD, **BY_MEANING})
    hashed = Hashed()
    report = await index_source(database, library, hashed)
    assert "it finds less. Golden questions: 5; found before 5, after 3." in report.notes[0]
    return hashed


async def test_it_switches_when_the_new_one_finds_as_much(
    database: Database, minilm: Embedder
) -> None:
    """No document is read again, the figures are told, the old one is kept."""
    library = Library(dict(TEXTS))
    await index_source(database, library, minilm)
    await make_golden(database, BY_WORD)
    library.read_keys.clear()
    report = await index_source(database, library, Hashed())
    (note,) = report.notes
    assert "is live. Golden questions: 3; found before 3, after 3." in note
    assert (library.read_keys, report.unchanged) == ([], 30)
    assert await states(database) == ["retired", "live"]
    assert (await live(database)).embedder == "hashed-words"
    run = await last_run(database)
    assert run is not None
    assert run.outcome == note
    assert (await index_source(database, library, Hashed())).notes == ()


async def test_without_golden_questions_it_says_so_and_switches(
    database: Database, minilm: Embedder
) -> None:
    """There is nothing that would decide it, so nothing to wait for."""
    library = Library(dict(TEXTS))
    await index_source(database, library, minilm)
    report = await index_source(database, library, Hashed())
    assert "no golden questions yet" in report.notes[0]
    assert (await live(database)).embedder == "hashed-words"


async def test_one_that_finds_less_waits_for_a_decision(
    database: Database, minilm: Embedder
) -> None:
    """The live one stays, and goes on being written to; `switch` takes the candidate, caught up."""
    library = Library(dict(TEXTS))
    hashed = await built_and_held(database, minilm, library)
    assert await states(database) == ["live", "candidate"]

    library.texts["leave"] = "Everyone has forty days of holiday a year."
    report = await index_source(database, library, hashed)
    assert "waits for your decision" in report.notes[0]
    assert (report.changed, await states(database)) == (1, ["live", "candidate"])
    (passage, *_) = await search(database, hashed, "holiday", everyone(HOME), 1)
    assert "forty days" in passage.text

    switched = await switch(database, hashed, BY)
    assert (await live(database)).id == switched.id
    (passage, *_) = await search(database, hashed, "holiday", everyone(HOME), 1)
    assert "forty days" in passage.text
    with pytest.raises(ReindexRefused, match="No index waits"):
        await switch(database, hashed, BY)


async def test_questions_are_answered_in_full_while_it_is_built(
    database: Database, minilm: Embedder
) -> None:
    """With the old embedder and with the new at hand, the old index is searched by meaning."""
    library = Library(dict(TEXTS))
    await index_source(database, library, minilm)
    hashed = Hashed()
    hashed.gate.clear()
    build = asyncio.create_task(index_source(database, library, hashed))
    await asyncio.to_thread(hashed.waits.wait, 10)
    for embedder in (minilm, hashed):
        assert (await found(database, embedder, BY_MEANING["salary"]))[0] == "salary"
    # An edit that another process brings in meanwhile is not lost.
    library.texts["salary"] = "Wages are paid in shells."
    await index_source(database, library, minilm)
    hashed.gate.set()
    await build
    assert (await live(database)).embedder == "hashed-words"
    (passage, *_) = await search(database, hashed, "wages paid in shells", everyone(HOME), 1)
    assert passage.text == "Wages are paid in shells."
    assert await rows(database, "select count(*) from documents") == [(30,)]


async def test_a_build_whose_process_is_killed_is_gone_on_with(
    database: Database, database_url: str
) -> None:
    """The live index stays; the next run embeds what is missing, and nothing is there twice."""
    library = Library(long_texts())
    await index_source(database, library, Other())
    build = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.retrieval.run_build", database_url),
        stdout=asyncio.subprocess.PIPE,
    )
    assert build.stdout is not None
    line = await asyncio.wait_for(build.stdout.readline(), 60)
    build.kill()
    await build.wait()
    assert int(line) > 0
    assert await states(database) == ["live", "building"]
    assert len(await found(database, Other(), "fact")) > 0

    async def is_broken_off() -> bool:
        run = await last_run(database)
        return run is not None and run.state == "broken off"

    async with asyncio.timeout(10):
        while not await is_broken_off():  # noqa: ASYNC110 - Postgres tells nobody of a lost client
            await asyncio.sleep(0.02)
    hashed = Hashed()
    await index_source(database, library, hashed)
    assert (await live(database)).embedder == "hashed-words"
    ((chunks, distinct),) = await rows(
        database,
        "select count(*), count(distinct (document_id, position)) from chunks "
        "where generation = (select id from generations where state = 'live')",
    )
    assert chunks == distinct
    assert 0 < len(hashed.read) < chunks


async def test_a_build_can_be_cancelled(database: Database, minilm: Embedder) -> None:
    """It ends in between, the live index is as it was, and what is built is kept for next time."""
    library = Library(dict(TEXTS))
    await index_source(database, library, minilm)
    hashed = Hashed()

    async def tell(progress: object) -> None:
        await cancel_run(database, "<@U0MARA>")
        await asyncio.sleep(0.05)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("retrieval.indexing.runs._BETWEEN_NOTES", 0.0)
        with pytest.raises(ReindexCancelled, match="U0MARA"):
            await index_source(database, library, hashed, tell)
    assert await states(database) == ["live", "building"]
    assert (await found(database, minilm, BY_MEANING["salary"]))[0] == "salary"
    await index_source(database, library, hashed)
    assert await states(database) == ["retired", "live"]


async def test_rollback_brings_no_old_text_back(database: Database, minilm: Embedder) -> None:
    """What was edited, added, deleted and closed to others since the switch stays so."""
    library = Library(dict(TEXTS))
    await index_source(database, library, minilm)
    await index_source(database, library, Hashed())
    library.texts["leave"] = "Everyone has forty days of holiday a year."
    library.texts["gym"] = "The gym is in the attic."
    del library.texts["dogs"]
    await index_source(database, library, Hashed())

    back = await rollback(database, minilm, BY)
    assert (await live(database)).id == back.id
    assert back.embedder == minilm.name
    (passage, *_) = await search(database, minilm, "days of holiday", everyone(HOME), 1)
    assert passage.text == library.texts["leave"]
    assert (await found(database, minilm, "a place for sport"))[0] == "gym"
    assert "dogs" not in await found(database, minilm, "Dogs may lie under the desk.")
    ((count,),) = await rows(
        database,
        "select count(distinct document_id) from chunks c "
        "join generations g on g.id = c.generation where g.state = 'live'",
    )
    assert count == 30
    assert await states(database) == ["live", "candidate"]


async def test_what_was_rolled_back_does_not_return_by_itself(
    database: Database, minilm: Embedder
) -> None:
    """With the new embedder still set, the old index is written to, until somebody switches."""
    library = Library(dict(TEXTS))
    await index_source(database, library, minilm)
    hashed = Hashed()
    await index_source(database, library, hashed)
    await rollback(database, hashed, BY)
    assert (await live(database)).embedder == minilm.name
    library.texts["gym"] = "The gym is in the attic."
    report = await index_source(database, library, hashed)
    assert (report.added, await states(database)) == (1, ["live", "candidate"])
    assert (await found(database, hashed, "a place for sport"))[0] == "gym"
    with pytest.raises(ReindexRefused, match="nothing to go back to"):
        await rollback(database, hashed, BY)
    await switch(database, hashed, BY)
    assert (await live(database)).embedder == "hashed-words"
    assert (await found(database, hashed, "gym attic"))[0] == "gym"


async def test_rollback_without_the_old_embedder(database: Database, minilm: Embedder) -> None:
    """As long as nothing changed the pointer can move; later the sentence says what is missing."""
    library = Library(dict(TEXTS))
    await index_source(database, library, Hashed())
    await index_source(database, library, minilm)
    library.texts["leave"] = "Everyone has forty days of holiday a year."
    await index_source(database, library, minilm)
    with pytest.raises(ReindexRefused, match=r"1 documents have changed .* hashed-words is not"):
        await rollback(database, minilm, BY)
    assert (await live(database)).embedder == minilm.name
    await index_source(database, library, minilm)
    await rollback(database, Hashed(), BY)
    assert (await live(database)).embedder == "hashed-words"


async def test_an_index_of_an_embedder_that_is_away_takes_no_documents(
    database: Database, minilm: Embedder
) -> None:
    """It is searched by words, and who wants to write to it is told what to set."""
    library = Library(dict(TEXTS))
    await index_source(database, library, Hashed())
    await index_source(database, library, minilm)
    await rollback(database, minilm, BY)
    assert (await found(database, minilm, "pager"))[0] == "pager"
    library.texts["gym"] = "The gym is in the attic."
    with pytest.raises(EmbedderChanged, match="hashed-words, and this process has all-MiniLM"):
        await index_source(database, library, minilm)


async def test_going_back_to_an_earlier_setting_waits_for_rollback(
    database: Database, minilm: Embedder
) -> None:
    """Two processes with different settings do not throw the index to and fro."""
    library = Library(dict(TEXTS))
    await index_source(database, library, Hashed())
    await index_source(database, library, minilm)
    report = await index_source(database, library, Hashed())
    assert "`rollback` goes back to it" in report.notes[0]
    assert (await live(database)).embedder == minilm.name


async def test_old_generations_are_dropped(database: Database, minilm: Embedder) -> None:
    """The one before the live one is kept for 30 days; earlier ones go, with all their chunks."""
    library = Library(dict(TEXTS))

    for embedder in (minilm, Hashed(), Other()):
        await index_source(database, library, embedder)
    assert await states(database) == ["retired", "retired", "live"]
    assert await drop_old_generations(database) == 1
    assert await states(database) == ["retired", "live"]
    assert await rows(database, "select count(*) from chunks") == [(60,)]
    assert await drop_old_generations(database) == 0
    await a_month_passes(database)
    assert await drop_old_generations(database) == 1
    assert await states(database) == ["live"]
    with pytest.raises(ReindexRefused, match="nothing to go back to"):
        await rollback(database, minilm, BY)
    assert len(await found(database, Other(), "pager")) > 0


async def test_a_candidate_makes_room_for_a_newer_one(database: Database, minilm: Embedder) -> None:
    """One decision waits at a time."""
    library = Library(dict(TEXTS))
    await built_and_held(database, minilm, library)

    await index_source(database, library, Other())
    assert await states(database) == ["live", "candidate", "candidate"]
    assert await drop_old_generations(database) == 1
    assert await states(database) == ["live", "candidate"]
    assert (await switch(database, minilm, BY)).embedder == "other-words"


async def test_a_decision_waits_for_a_month(database: Database, minilm: Embedder) -> None:
    """Counted from when it was built, or was rolled back from."""
    library = Library(dict(TEXTS))
    await index_source(database, library, minilm)
    await index_source(database, library, Hashed())
    await a_month_passes(database)
    await rollback(database, minilm, BY)
    assert await drop_old_generations(database) == 0
    assert await states(database) == ["live", "candidate"]
    await a_month_passes(database)
    assert await drop_old_generations(database) == 1
    assert await states(database) == ["live"]


async def test_nothing_is_dropped_while_somebody_builds(
    database: Database, minilm: Embedder
) -> None:
    """It is left for another time, without waiting."""
    await index_source(database, Library(dict(TEXTS)), minilm)
    async with database.advisory_lock(lock_of(HOME)):
        assert await asyncio.wait_for(drop_old_generations(database), 5) == 0
