"""What a small model's sentence has to say, and when the block is shown below it."""

from answering.confidence.decide import Decision
from answering.conversation.understand import Understood
from answering.evidence.read import Read
from answering.evidence.retrieve import Retrieved
from answering.types.questions import Question
from answering.writing.drafts import holds_answer, needs_block
from retrieval.audience import everyone
from retrieval.generations import Generation
from tests.answering.pages import excerpts, read_excerpt


def decided(text: str, found: str = "", question: str = "When?") -> Decision:
    """The first excerpt of a page, shown for a question, with the words that the reader found."""
    understood = Understood(Question(question, everyone("home")), question)
    generation = Generation(1, "home", "", 384, "", "", "live", "", None)
    shown = (read_excerpt(excerpts(text)[0], found),)
    return Decision(Read(Retrieved(understood, generation), shown), "answer", shown, 0.9)


def test_a_sentence_says_what_was_found() -> None:
    """Most of its words, in any form; another sentence of the block is no answer."""
    lunch = decided("Lunch is at noon in the big garden. It is free.", "in the big garden")
    assert holds_answer("It is served in the big garden.", lunch)
    assert holds_answer("In big gardens.", lunch)
    assert not holds_answer("It is free.", lunch)
    assert not holds_answer("Lunch is at noon.", lunch)


def test_a_number_that_was_found_has_to_be_said() -> None:
    """Whatever else is."""
    budget = decided("The travel budget is 3,000 euros a year for each person.", "3,000 euros")
    assert holds_answer("It is 3,000 euros.", budget)
    assert not holds_answer("It is 300 euros.", budget)
    assert not holds_answer("It is in euros.", budget)


def test_without_a_short_finding_any_sentence_may_be_one() -> None:
    """A passage is no fact that could be missing."""
    text = "Ask your lead first, then write to the office, then wait for a week or two for word."
    assert holds_answer("Wait.", decided(text))
    assert holds_answer("Wait.", decided(text, text))


def test_what_is_no_prose_is_shown_below_the_sentence() -> None:
    """A row, a list, code; and the rule behind a yes or no."""
    assert not needs_block(decided("Lunch is at noon."))
    assert needs_block(decided("| Meal | At |\n|---|---|\n| Lunch | noon |"))
    assert needs_block(decided("- soup\n- bread"))
    assert needs_block(decided("Lunch is at noon.", question="Is lunch at noon?"))
