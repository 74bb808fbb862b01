"""A thread's turns that say what a follow-up is about."""

from answering.conversation.follow_ups import background_of, with_question_before
from answering.types.questions import Question, Turn
from retrieval.audience import everyone

HOME = everyone("home")
THREAD = (
    Turn("person", "When do we deploy?"),
    Turn("bot", "On Tuesdays. [1]"),
    Turn("person", "Who approves it?"),
    Turn("bot", f"Priya does. [1] {'And so on. ' * 50}"),
)


def test_the_first_question_of_a_thread_stands_alone() -> None:
    """Without turns before it there is no background."""
    asked = Question("When do we deploy?", HOME)
    assert background_of(asked) == ""
    assert with_question_before(asked) == "When do we deploy?"


def test_the_question_before_and_the_beginning_of_the_last_answer_are_the_background() -> None:
    """Earlier turns, and the long tail of an answer, are not."""
    background = background_of(Question("And when she is away?", HOME, THREAD))
    assert background.startswith("Who approves it?\nPriya does.")
    assert len(background) == len("Who approves it?\n") + 200
    assert "Tuesdays" not in background


def test_sentences_are_chosen_for_the_question_and_the_one_before() -> None:
    """Of the answers none is asked for again."""
    asked = Question("And when she is away?", HOME, THREAD)
    assert with_question_before(asked) == "And when she is away?\nWho approves it?"
