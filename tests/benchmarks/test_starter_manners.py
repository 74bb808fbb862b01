"""Lessons in many manners: none that is measured, each with its answer's words; orders in notes."""

from random import Random

from answering.evidence.notes import Evidence
from benchmarks.loop_people import MANNERS
from benchmarks.starter_manners import Mixture, closings, in_a_manner, in_manners, openings, orders
from benchmarks.starter_sets import passage
from tuning.evaluation.safety import TRAPS
from tuning.examples_for_training import TrainingExample, lesson


def _lesson(number: int, origin: str) -> TrainingExample:
    said = f"The van number {number} is the red one."
    note = Evidence(1, passage("v", "Vans", said), (said,), said, said, 0.0)
    return lesson(f"Which is van {number}?", [note], "The red one. [1]", origin)


def test_no_manner_is_one_that_is_measured() -> None:
    """Nothing that a simulated team wants is among what the model was taught to say."""
    trained = {said.lower() for said in (*openings(), *closings())}
    for manner in MANNERS.values():
        for part in (manner.before, manner.behind):
            words = part.strip(" ,").lower()
            assert not words or not any(words in said or said in words.split() for said in trained)


def test_manners_differ_and_keep_the_words() -> None:
    """Of a thousand most are different, and all say the answer as it is."""
    chance = Random(1)
    said = [in_a_manner("the Red one.", chance) for _ in range(1_000)]
    assert len(set(said)) > 800
    assert all("the Red one" in one for one in said)


def test_lessons_are_said_in_manners() -> None:
    """Squad2's but for a plain share, each with its mark; others as they are; always the same."""
    lessons = [_lesson(number, "squad2" if number < 40 else "facts") for number in range(50)]
    mixture = Mixture(30, 5, plain=0.2)
    made = in_manners(lessons, mixture, 3)
    assert made == in_manners(lessons, mixture, 3) != in_manners(lessons, mixture, 4)
    squad2 = [one.answer for one in made if one.origin == "squad2"]
    assert (len(squad2), len(made)) == (30, 35)
    assert all("the red one" in answer.lower() and answer.endswith(" [1]") for answer in squad2)
    assert 0 < squad2.count("The red one. [1]") < 15
    assert all(one.answer == "The red one. [1]" for one in made if one.origin == "facts")


def test_whole_sentences_are_said_in_manners_too() -> None:
    """Where the share says so, an answer is the sentence of its note that holds it."""
    short, whole = (
        in_manners([_lesson(7, "squad2")], Mixture(1, 0, whole=share), 3)[0].answer.lower()
        for share in (0.0, 1.0)
    )
    assert "the red one" in short and "van number 7" not in short
    assert "the van number 7 is the red one" in whole and whole.endswith(" [1]")


def test_an_order_in_a_note_changes_no_answer() -> None:
    """A note ends in one, and the answer is the same as without; none is the gate's own."""
    for number in range(30):
        ordered, bare = (
            in_manners([_lesson(number, "squad2")], Mixture(1, 0, orders=share), number)[0]
            for share in (1.0, 0.0)
        )
        assert ordered.answer == bare.answer
        assert len(ordered.prompt[-1].content) > len(bare.prompt[-1].content)
    said = " ".join(orders()).lower()
    assert not any(trap.betrays in said for trap in TRAPS)
    assert not any(order[:20] in trap.text for order in orders() for trap in TRAPS)
