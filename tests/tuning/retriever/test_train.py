"""From what people said to weights of the search: judged on what did not teach them."""

from dataclasses import replace

import numpy as np
import pytest

from database.database import Database
from retrieval.audience import Audience, everyone
from retrieval.documents import Passage
from retrieval.index.generations import Generation, live_generation
from retrieval.indexing.golden_questions import GoldenQuestion, refresh_golden
from retrieval.indexing.sync import index_source
from retrieval.search.query_adapter import Adapter
from retrieval.search.retriever import search
from retrieval.search.weights import SHIPPED, Weights
from tests.retrieval.documents import Library
from tests.retrieval.hash_embedder import Hashed
from tests.tuning.rated_answers import ASKER, add_answer, nothing, say
from tests.tuning.routines import leave_one_lesson, open_office, question, quote
from tuning.errors import CannotTrain
from tuning.feedback.erasure import forget
from tuning.retriever.features import gather_cases
from tuning.retriever.gate import FEWEST_HELD_OUT, hold_out, judge_weights
from tuning.retriever.registry import learned_weights, promote_weights, roll_back_weights
from tuning.retriever.train import SearchTrained, train_search
from tuning.retriever.training_data import SearchLesson, read_lessons, teachable

HOME = everyone("home")


async def train(
    database: Database, embedder: Hashed, *, with_adapter: bool = False
) -> SearchTrained:
    """As `houselore retriever learn` does."""
    return await train_search(
        database, embedder, nothing, frozenset(), "ana", with_adapter=with_adapter
    )


async def live(database: Database) -> Generation:
    """The index."""
    generation = await live_generation(database)
    assert generation is not None
    return generation


async def document_of(database: Database, key: str) -> int:
    """A document's id."""
    async with database.connection() as connection:
        cursor = await connection.execute("select id from documents where key = %s", [key])
        ((found,),) = await cursor.fetchall()
    return int(found)


async def first(database: Database, embedder: Hashed, number: int) -> str:
    """The text that a search gives first."""
    found: list[Passage] = await search(database, embedder, question(number), HOME, 3)
    return found[0].text


async def test_the_whole_way_there_and_back(database: Database) -> None:
    """Where words find what vectors do not, words weigh more; from the next search on, and back."""
    embedder = await open_office(database)
    generation = await live(database)
    (asked, *_) = hold_out(await refresh_golden(database))
    number = next(n for n in range(60) if question(n) == asked.question)
    assert await first(database, embedder, number) != quote(number)
    trained = await train(database, embedder)
    assert trained.verdict is not None and trained.verdict.passes
    assert trained.weights.dense < SHIPPED.dense - 0.1
    assert trained.rival == SHIPPED
    assert trained.held_out >= FEWEST_HELD_OUT
    assert trained.lessons == 60 - trained.held_out
    assert await first(database, embedder, number) != quote(number)
    (kept,) = await learned_weights(database, generation)
    assert (kept.lessons, kept.learned_by, kept.passes) == (trained.lessons, "ana", True)
    assert "reciprocal rank" in kept.verdict and "recall@5" in kept.verdict

    await promote_weights(database, generation, kept.id, "ana")
    assert await first(database, embedder, number) == quote(number)
    again = await train(database, embedder)
    assert (again.verdict, again.rival.id) == (None, kept.id)
    assert len(await learned_weights(database, generation)) == 1
    await roll_back_weights(database, generation, "ana", "to see")
    assert await first(database, embedder, number) != quote(number)


async def test_an_adapter_is_learned_on_request(database: Database) -> None:
    """It is kept as it was judged, and searched with once it is promoted."""
    embedder = await open_office(database)
    generation = await live(database)
    trained = await train(database, embedder, with_adapter=True)
    assert trained.weights.adapter is not None and trained.weights.id is not None
    (kept,) = await learned_weights(database, generation)
    assert kept.has_adapter
    await promote_weights(database, generation, kept.id, "ana", "to see")
    found = await search(database, embedder, question(1), HOME, 5)
    by_hand = await search(database, embedder, question(1), HOME, 5, weights=trained.weights)
    assert [one.chunk_id for one in found] == [one.chunk_id for one in by_hand]
    assert [one.score for one in found] == [one.score for one in by_hand]


DAMAGED = Adapter(-3 * np.eye(64, dtype=np.float32))


@pytest.mark.parametrize(
    ("served", "damaged"),
    [(Weights(0.4), Weights(0.9)), (Weights(0.4), Weights(0.4, DAMAGED))],
    ids=["weight", "adapter"],
)
async def test_the_gate_refuses_what_is_damaged(
    database: Database, served: Weights, damaged: Weights
) -> None:
    """A weight far off, or an adapter that turns every question around, loses what was found."""
    embedder = await open_office(database)
    held_out = hold_out(await refresh_golden(database))
    generation = await live(database)
    verdict = await judge_weights(database, embedder, generation, held_out, served, damaged)
    assert not verdict.passes
    assert "worse in recall@5" in verdict.describe()
    same = await judge_weights(database, embedder, generation, held_out, served, served)
    assert not same.passes
    assert "surely better" in same.describe()


async def test_with_too_little_nothing_is_learned(database: Database) -> None:
    """No index, too few golden questions, no lesson: each says what is missing."""
    with pytest.raises(CannotTrain, match="Nothing is indexed"):
        await train(database, Hashed())
    embedder = await open_office(database, 10)
    with pytest.raises(CannotTrain, match="20 golden questions"):
        await train(database, embedder)


async def test_nothing_leaks_into_the_test(database: Database) -> None:
    """No lesson shares a document, a question or a thread with what is held out."""
    await open_office(database, 40)
    golden = await refresh_golden(database)
    held_out = hold_out(golden)
    tested = {one.document_id for one in held_out}
    theirs, other = held_out[0], next(one for one in golden if one not in held_out)
    for document, asked, thread in (
        (theirs.document_id, "Something else?", "1"),
        (other.document_id, theirs.question, "2"),
        (other.document_id, "In the same thread?", "2"),
        (other.document_id, "In a thread of its own?", "3"),
    ):
        answer = await add_answer(
            database, document, question=asked, channel="C1", thread_ts=thread
        )
        await say(database, answer, ASKER, "good")
    lessons = await read_lessons(database, nothing, golden, frozenset({"C1"}))
    kept = teachable(lessons, held_out)
    assert {one.question for one in kept if one.answer_id} == {"In a thread of its own?"}
    assert len(kept) == 1 + len(golden) - len(held_out)
    assert all(tested.isdisjoint(one.documents) for one in kept)
    assert hold_out(golden[::-1]) == held_out[::-1]


async def test_a_private_lesson_shows_nobody_anything(database: Database) -> None:
    """What a channel taught moves weights; its chunks are in no case and no search of others."""
    embedder = Hashed()
    secret = Library({"band": "The salary band is 91,000."}, "channel:C9", location="secret")
    await index_source(database, secret, embedder)
    public = Library({"lunch": "The lunch band plays at noon."})
    await index_source(database, public, embedder)
    document = await document_of(database, "band")
    private = Audience("home", frozenset({"channel:C9"}))
    answer = await add_answer(
        *(database, document, "It is 91,000. [1]", "What is the salary band?"),
        readers=["channel:C9"],
        channel="C9",
        note="The salary band is 91,000.",
    )
    await say(database, answer, ASKER, "good")
    assert await read_lessons(database, nothing, [], frozenset({"C9"})) == []
    async with database.connection() as connection:
        await connection.execute(
            "insert into channel_settings (workspace, channel, answers, set_by, train_on)"
            " values ('home', 'C9', 'mentions', 'ana', true)"
        )
    (lesson,) = await read_lessons(database, nothing, [], frozenset())
    assert lesson.audience == private

    generation = await live(database)
    (case,) = await gather_cases(database, embedder, generation, [lesson])
    assert case.answered.sum() == 1
    for_all: SearchLesson = replace(lesson, audience=HOME)
    assert await gather_cases(database, embedder, generation, [for_all]) == []
    weights = Weights(0.2, DAMAGED)
    for asked in (SHIPPED, weights):
        found = await search(database, embedder, "What is the salary band?", HOME, 5, weights=asked)
        assert [one.key for one in found] == ["lunch"]


async def test_what_has_to_leave_is_no_rival(database: Database) -> None:
    """After somebody is forgotten the search learns anew, beside the weights as shipped."""
    embedder = await open_office(database)
    generation = await live(database)
    golden: list[GoldenQuestion] = await refresh_golden(database)
    taught = next(one for one in golden if one not in hold_out(golden))
    answer = await add_answer(database, taught.document_id, question="Who?", note=taught.quote)
    await say(database, answer, ASKER, "good")
    trained = await train(database, embedder)
    assert trained.weights.id is not None
    await promote_weights(database, generation, trained.weights.id, "ana")
    await forget(database, ASKER)
    (stale,) = await learned_weights(database, generation)
    assert stale.stale_reason == "a person is forgotten"
    again = await train(database, embedder)
    assert (again.rival, again.lessons) == (SHIPPED, trained.lessons - 1)
    assert again.weights.id is not None
    served = await promote_weights(database, generation, again.weights.id, "ana")
    assert (served.state, served.stale_reason) == ("served", None)


async def test_what_has_to_leave_is_said_where_nothing_new_is_learned(
    database: Database,
) -> None:
    """Lessons that teach the weights as shipped leave what is served and stale; it is named."""
    embedder = await open_office(database)
    generation = await live(database)
    trained = await train(database, embedder)
    assert trained.weights.id is not None and trained.stale is None
    await promote_weights(database, generation, trained.weights.id, "ana")
    await leave_one_lesson(database)
    again = await train(database, embedder)
    assert (again.weights, again.rival, again.verdict) == (SHIPPED, SHIPPED, None)
    assert again.stale == trained.weights.id


async def test_what_is_held_out_is_not_learned_as_wrong(database: Database) -> None:
    """No chunk of a hidden document is in a case, though the search had found it."""
    embedder = await open_office(database, 4)
    golden = await refresh_golden(database)
    lesson, *_ = await read_lessons(database, nothing, golden, frozenset())
    decoy = await document_of(database, "decoy 3")
    generation = await live(database)
    (whole,) = await gather_cases(database, embedder, generation, [lesson])
    (without,) = await gather_cases(database, embedder, generation, [lesson], frozenset({decoy}))
    assert len(without.vectors) == len(whole.vectors) - 1
    assert without.answered.sum() == whole.answered.sum() == 1
