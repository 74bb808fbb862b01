"""Which weights the search is weighed by: kept, promoted, taken back, and named when stale."""

import asyncio
from collections.abc import Sequence

import numpy as np
import psycopg
import pytest

from database.database import Database
from retrieval.audience import everyone
from retrieval.index.generations import Generation, ensure_generation, index_version
from retrieval.search.fusion import DENSE_WEIGHT
from retrieval.search.query_adapter import Adapter
from retrieval.search.weights import SHIPPED, Weights, served_weights
from tests.retrieval.hash_embedder import Hashed
from tests.tuning.rated_answers import add_document
from tuning.errors import UnknownWeights, WeightsRefused
from tuning.evaluation.gate import Verdict, judge
from tuning.feedback.erasure import forget, sweep, weights_to_relearn
from tuning.feedback.source_spans import SourceSpan
from tuning.retriever.registry import (
    SearchLearned,
    learned_weights,
    promote_weights,
    register_weights,
    roll_back_weights,
)
from tuning.retriever.training_data import SearchLesson

_ONE, _OTHER = {"rank": [0.2] * 9}, {"rank": [0.5] * 9}
PASSED, REFUSED = [judge(*pair, {}, ["rank"]) for pair in ((_ONE, _OTHER), (_OTHER, _ONE))]
HOME = everyone("home")


@pytest.fixture
async def generation(database: Database) -> Generation:
    """The live index of a workspace, empty."""
    return await ensure_generation(database, Hashed())


async def learned(
    database: Database,
    generation: Generation,
    dense: float = 0.5,
    verdict: Verdict = PASSED,
    lessons: Sequence[SearchLesson] = (),
    against: int | None = None,
    adapter: Adapter | None = None,
) -> int:
    """Weights that somebody learned; their number."""
    weights = Weights(dense, adapter)
    return await register_weights(
        database, generation, weights, SearchLearned(lessons, verdict, against, "ben")
    )


async def test_what_is_promoted_counts_from_the_next_search_on(
    database: Database, generation: Generation
) -> None:
    """A candidate changes nothing; promoted it is read as it was learned, adapter included."""
    adapter = Adapter(np.random.default_rng(1).normal(size=(64, 64)).astype(np.float32))
    number = await learned(database, generation, 0.5, adapter=adapter)
    assert await served_weights(database, generation) == SHIPPED
    promoted = await promote_weights(database, generation, number, "ana")
    assert (promoted.state, promoted.decided_by, promoted.reason) == (
        *("served", "ana", "passed the gate"),
    )
    served = await served_weights(database, generation)
    assert (served.id, served.dense) == (number, 0.5)
    assert served.adapter is not None
    assert served.adapter.to_bytes() == adapter.to_bytes()


async def test_going_back_is_step_by_step_or_all_the_way(
    database: Database, generation: Generation
) -> None:
    """Back to those before, from the first of them to those shipped, or to these at once."""
    first = await learned(database, generation, 0.5)
    await promote_weights(database, generation, first, "ana")
    second = await learned(database, generation, 0.4, against=first)
    await promote_weights(database, generation, second, "ana")
    again = await roll_back_weights(database, generation, "ana", "worse")
    assert again is not None and again.id == first
    assert (await served_weights(database, generation)).dense == 0.5
    assert await roll_back_weights(database, generation, "ana", "worse still") is None
    assert await served_weights(database, generation) == SHIPPED
    with pytest.raises(UnknownWeights, match="as shipped"):
        await roll_back_weights(database, generation, "ana", "once more")

    await promote_weights(database, generation, first, "ana")
    await promote_weights(database, generation, second, "ana")
    assert await roll_back_weights(database, generation, "ana", "all", to_shipped=True) is None
    assert await served_weights(database, generation) == SHIPPED
    reasons = {one.id: one.reason for one in await learned_weights(database, generation)}
    assert reasons == {first: f"weights {second} in their place", second: "all"}


async def test_going_back_is_past_what_had_to_leave(
    database: Database, owner: psycopg.AsyncConnection, generation: Generation
) -> None:
    """No way back serves stale weights unasked, though two took turns; at last those shipped."""
    first, second, third = [await learned(database, generation, dense) for dense in (0.3, 0.4, 0.5)]
    for number in (first, second, third):
        await promote_weights(database, generation, number, "ana", "by hand")
    spoil = "update retriever_weights set stale_since = now(), stale_reason = 'gone' where id = %s"
    await owner.execute(spoil, [second])
    again = await roll_back_weights(database, generation, "ana", "worse")
    assert again is not None and (again.id, again.replaced) == (first, None)
    for number in (second, first, second, third):
        await promote_weights(database, generation, number, "ana", "by hand")
    await owner.execute(spoil, [first])
    assert await roll_back_weights(database, generation, "ana", "worse") is None
    assert await served_weights(database, generation) == SHIPPED


async def test_what_did_not_pass_needs_a_reason(database: Database, generation: Generation) -> None:
    """Refused by the gate, judged beside others than those served, or unknown: all stays."""
    refused = await learned(database, generation, 0.3, REFUSED)
    with pytest.raises(WeightsRefused, match="did not pass"):
        await promote_weights(database, generation, refused, "ana")
    with pytest.raises(UnknownWeights, match="no weights 999"):
        await promote_weights(database, generation, 999, "ana")
    first, second = await learned(database, generation), await learned(database, generation, 0.4)
    await promote_weights(database, generation, first, "ana")
    with pytest.raises(WeightsRefused, match="beside others"):
        await promote_weights(database, generation, second, "ana")
    assert (await served_weights(database, generation)).id == first
    forced = await promote_weights(database, generation, refused, "ana", "we like it")
    assert (forced.reason, (await served_weights(database, generation)).id) == (
        "we like it",
        refused,
    )


async def test_promotions_at_once_leave_one_served(
    database: Database, generation: Generation
) -> None:
    """Three admins at the same moment: each is followed, and one is served."""
    numbers = [await learned(database, generation, dense) for dense in (0.3, 0.4, 0.5)]
    await asyncio.gather(
        *(promote_weights(database, generation, one, "ana", "race") for one in numbers)
    )
    states = [one.state for one in await learned_weights(database, generation)]
    assert sorted(states) == ["retired", "retired", "served"]


async def test_the_index_is_another_one_after_a_promotion(
    database: Database, generation: Generation
) -> None:
    """So no answer that was kept is given again; after going back those of before count again."""
    before = await index_version(database, generation)
    await promote_weights(database, generation, await learned(database, generation), "ana")
    after = await index_version(database, generation)
    assert after != before
    await roll_back_weights(database, generation, "ana", "worse")
    assert await index_version(database, generation) == before


async def test_another_workspace_sees_and_changes_nothing(
    database: Database, owner: psycopg.AsyncConnection, generation: Generation
) -> None:
    """The database hides its rows, whoever asks by number."""
    number = await learned(database, generation)
    await promote_weights(database, generation, number, "ana")
    await owner.execute("update retriever_weights set workspace = 'elsewhere'")
    assert await learned_weights(database, generation) == []
    assert await served_weights(database, generation) == SHIPPED
    with pytest.raises(UnknownWeights):
        await promote_weights(database, generation, number, "ana", "not mine")
    async with database.connection() as connection:
        cursor = await connection.execute("update retriever_weights set dense = 0")
        assert cursor.rowcount == 0


async def test_weights_belong_to_their_embedder(
    database: Database, owner: psycopg.AsyncConnection, generation: Generation
) -> None:
    """Those of another embedder are neither listed nor served."""
    await promote_weights(database, generation, await learned(database, generation), "ana")
    await owner.execute("update retriever_weights set embedder = 'another'")
    assert await learned_weights(database, generation) == []
    assert (await served_weights(database, generation)).dense == DENSE_WEIGHT


async def test_what_had_to_leave_is_to_be_learned_anew(
    database: Database, generation: Generation
) -> None:
    """A forgotten person's and a deleted document's weights are named, and not served unasked."""
    gone, stays = await add_document(database, "gone"), await add_document(database, "stays")
    lesson = SearchLesson(
        "answer:1", "When?", "", HOME, (SourceSpan(stays),), people=frozenset({"U1"})
    )
    of_person = await learned(database, generation, lessons=[lesson])
    other = SearchLesson("answer:2", "Where?", "", HOME, (SourceSpan(stays),), (SourceSpan(gone),))
    of_document = await learned(database, generation, lessons=[other])
    untouched = SearchLesson("answer:3", "Who?", "", HOME, (SourceSpan(stays),))
    of_nobody = await learned(database, generation, lessons=[untouched])
    assert await weights_to_relearn(database) == []
    await forget(database, "U1")
    assert await weights_to_relearn(database) == [of_person]
    async with database.connection() as connection:
        await connection.execute("delete from documents where id = %s", [gone])
        cursor = await connection.execute(
            "select count(*) from retriever_weights where people @> array['U1']"
        )
        assert await cursor.fetchall() == [(0,)]
    await sweep(database)
    assert await weights_to_relearn(database) == [of_person, of_document]
    with pytest.raises(WeightsRefused, match="learned anew"):
        await promote_weights(database, generation, of_person, "ana")
    await promote_weights(database, generation, of_document, "ana", "for now")
    # Beside what is stale nobody need have been judged.
    assert (await promote_weights(database, generation, of_nobody, "ana")).state == "served"
