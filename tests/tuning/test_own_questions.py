"""A team's own held-out questions: those of the test part whose documents are still there."""

from psycopg_pool import AsyncConnectionPool

from tests.tuning.office import ASKER, add_answer, add_document, nothing, say
from tuning.collecting import collect
from tuning.datasets import freeze_dataset, lines_of
from tuning.own_questions import own_questions


async def judged(pool: AsyncConnectionPool, number: int) -> None:
    """A question of its own about a document of its own, whose answer was wished to be shorter."""
    asked = f"When is lunch {number} served?"
    prompt = [{"role": "user", "content": f"Notes:\n[1] Lunch: At noon.\n\nQuestion: {asked}"}]
    document = await add_document(pool, f"lunch-{number}")
    answer = await add_answer(pool, document, question=asked, prompt=prompt, thread_ts=f"{number}")
    await say(pool, answer, ASKER, "bad", ["style"], f"Noon, {number}. [1]")


async def test_the_test_part_alone(pool: AsyncConnectionPool) -> None:
    """Each question once, with its documents and right answer; exemplars of both manners."""
    for number in range(40):
        await judged(pool, number)
    await collect(pool, "home", nothing, str)
    frozen = await freeze_dataset(pool, "home", "ben", unreviewed=True)
    held = await own_questions(pool, "home", frozen.hash)
    lines = await lines_of(pool, "home", frozen.hash)
    right = {one["chosen"] for one in lines if (one["kind"], one["split"]) == ("sft", "test")}
    assert 4 <= len(right) < 20
    assert set(held.house) == right
    assert all(question.answerable and question.documents for question in held.questions)
    assert {question.answers[0] for question in held.questions} <= {
        one.removesuffix(" [1]") for one in right
    }
    trained = {one["rejected"] for one in lines if one["split"] == "train" and one["rejected"]}
    assert set(held.others) == trained


async def test_few_exemplars_are_none(pool: AsyncConnectionPool) -> None:
    """Three answers tell no style."""
    for number in range(3):
        await judged(pool, number)
    await collect(pool, "home", nothing, str)
    frozen = await freeze_dataset(pool, "home", "ben", unreviewed=True)
    held = await own_questions(pool, "home", frozen.hash)
    assert held.house == held.others == ()
