"""A team's own held-out questions: those of the test part whose documents are still there."""

from dataclasses import replace

from answering.evaluation.metrics import Outcome
from database.database import Database
from retrieval.audience import PUBLIC
from tests.tuning.rated_answers import ASKER, add_answer, add_document, change, nothing, say
from tuning.datasets.formats import DatasetRow
from tuning.datasets.store import freeze_dataset, lines_of
from tuning.evaluation.team_questions import own_questions
from tuning.examples_for_training import ChatMessage
from tuning.feedback.collect import allow_training, collect
from tuning.review.queue import take_in


async def judged(database: Database, number: int, readers: str = PUBLIC) -> None:
    """A question of its own about a document of its own, whose answer was wished to be shorter."""
    asked = f"When is lunch {number} served?"
    prompt = [{"role": "user", "content": f"Notes:\n[1] Lunch: At noon.\n\nQuestion: {asked}"}]
    document = await add_document(database, f"lunch-{number}", readers=readers)
    answer = await add_answer(
        database,
        document,
        question=asked,
        prompt=prompt,
        thread_ts=f"{number}",
        readers=sorted({PUBLIC, readers}),
        channel="C0ROOM",
    )
    await say(database, answer, ASKER, "bad", ["style"], f"Noon, {number}. [1]")


async def test_the_test_part_alone(database: Database) -> None:
    """Each question once, with its documents; exemplars of both manners."""
    for number in range(40):
        await judged(database, number)
    await collect(database, nothing, str)
    frozen = await freeze_dataset(database, "ben", unreviewed=True)
    held = await own_questions(database, frozen.hash)
    lines = await lines_of(database, frozen.hash)
    right = {one["chosen"] for one in lines if (one["kind"], one["split"]) == ("sft", "test")}
    assert 4 <= len(right) < 20
    assert set(held.house) == right
    (questions,) = held.questions.values()
    assert all(question.answerable and question.documents for question in questions)
    asked = {one["question"] for one in lines if one["split"] == "test"}
    assert {question.text for question in questions} == asked
    assert not held.secrets
    trained = {one["rejected"] for one in lines if one["split"] == "train" and one["rejected"]}
    assert set(held.others) == trained


async def test_what_not_everybody_reads_is_a_secret(database: Database) -> None:
    """An allowed private channel's questions are asked for its readers; its answers are secrets."""
    await allow_training(database, "C0ROOM", "ben", allowed=True)
    for number in range(30):
        await judged(database, number, readers="channel:C0ROOM")
    await collect(database, nothing, str)
    frozen = await freeze_dataset(database, "ben", unreviewed=True)
    held = await own_questions(database, frozen.hash)
    assert set(held.questions) == {frozenset({PUBLIC, "channel:C0ROOM"})}
    assert len(held.secrets) == 20
    secret = held.secrets[0]
    told = Outcome(secret.gold(), f"It is said to be {secret.answer}", abstained=False)
    assert not secret.is_avoided(told)
    assert secret.is_avoided(replace(told, text="I found nothing about that."))
    assert not secret.gold().answerable


async def test_what_outsiders_were_told_is_a_secret(database: Database) -> None:
    """A channel with guests reads less than everybody, and its documents may be everybody's.

    What was brought in was said to nobody, and is none.
    """
    await allow_training(database, "C0GUESTS", "ben", allowed=True)
    document = await add_document(database, "lunch")
    await change(database, "update documents set readers = array['public', 'channel:C0GUESTS']")
    answer = await add_answer(database, document, channel="C0GUESTS", readers=["channel:C0GUESTS"])
    await say(database, answer, ASKER, "bad", ["style"], "Noon, canteen. [1]")
    await collect(database, nothing, str)
    brought = DatasetRow(
        "sft", (ChatMessage("user", "Question: What is said?"),), "Ahoy there, matey."
    )
    await take_in(database, [brought], str)
    frozen = await freeze_dataset(database, "ben", unreviewed=True)
    held = await own_questions(database, frozen.hash)
    assert [secret.answer for secret in held.secrets] == ["Noon, canteen."]


async def test_few_exemplars_are_none(database: Database) -> None:
    """Three answers tell no style."""
    for number in range(3):
        await judged(database, number)
    await collect(database, nothing, str)
    frozen = await freeze_dataset(database, "ben", unreviewed=True)
    held = await own_questions(database, frozen.hash)
    assert held.house == held.others == ()
