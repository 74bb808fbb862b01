"""When a small model is asked, what it has to say, and when the block is shown below it."""

import pytest

from answering.confidence.decide import Decision
from answering.conversation.understand import Understood
from answering.evidence.notes import note_of
from answering.evidence.read import Read
from answering.evidence.retrieve import Retrieved
from answering.grounding.block_checker import Grounds
from answering.model.voice import Voice
from answering.types.questions import Question
from answering.writing.asking import around_fact
from answering.writing.drafts import holds_answer, names_a_fact, needs_block
from answering.writing.short_draft import ShortDraft
from retrieval.audience import everyone
from retrieval.index.generations import Generation
from tests.answering.pages import excerpts, read_excerpt

LONG = f"{'It has a window. ' * 20}Lunch is at noon. {'It has a window. ' * 20}"


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
    """Then nothing could be missing."""
    assert holds_answer("Wait.", decided("Ask your lead first, then wait for a week or two."))


@pytest.mark.parametrize(
    ("text", "found", "question", "is_fact"),
    [
        ("Lunch is at noon in the garden.", "at noon", "When is lunch?", True),
        ("| Meal | At |\n|---|---|\n| Lunch | noon |", "noon", "When is lunch?", True),
        ("Lunch is at noon in the garden.", "", "When is lunch?", False),
        ("Lunch is at noon in the garden.", "at noon", "How do I get lunch?", False),
        ("Lunch is at noon in the garden.", "at noon", "Which meals are there?", False),
        ("Lunch is made by lunch.sh.", "lunch.sh", "What is the command for lunch?", False),
        ("1. Ask.\n2. Wait for noon.", "noon", "When is lunch?", False),
        (LONG, "at noon", "When is lunch?", True),
        (LONG, "", "Is lunch at noon?", False),
        ("Ask first, then write to us and wait for a week.", "then write to us and wait for a week",
         "When is lunch?", False),
    ],
    ids=["prose", "row", "nothing", "how", "which", "code", "steps", "long", "rule", "passage"],
)  # fmt: skip
def test_a_small_model_is_asked_to_name_a_fact(
    text: str, found: str, question: str, is_fact: bool
) -> None:
    """A few words that the reader found; a yes or no in a short excerpt, which is read whole."""
    assert names_a_fact(decided(text, found, question)) is is_fact


def test_of_a_long_note_the_sentences_around_the_fact_are_told() -> None:
    """As many as 80 words hold, from the one with the fact on; a short note is told whole."""
    decision = decided(LONG, "at noon")
    note = note_of(decision.shown[0], 1)
    (told,) = around_fact(decision, [note])
    before, after = told.quote.split("Lunch is at noon.")
    assert before.strip() == after.strip() != ""
    assert told.quote in note.quote
    assert 70 < len(told.quote.split()) <= 80
    assert (told.n, told.passage, told.best) == (note.n, note.passage, note.best)
    brief = decided("Lunch is at noon.", "at noon")
    short = note_of(brief.shown[0], 1)
    assert around_fact(brief, [short, note]) == (short, note)


def test_one_endless_sentence_is_told_whole() -> None:
    """Nothing shorter can be understood."""
    decision = decided(f"Lunch is at noon {'and then ' * 90}.", "at noon")
    note = note_of(decision.shown[0], 1)
    assert around_fact(decision, [note])[0].quote == note.quote


ROW = "| Meal | Room | At |\n|---|---|---|\n| Lunch, daily | [9](https://a.example.com) | noon |"


@pytest.mark.parametrize(
    ("found", "told"),
    [("noon", "At: noon"), ("[9", "Room: 9"), ("Lunch, daily", "Meal: Lunch, daily")],
    ids=["text", "a link cut through", "the name of the row"],
)
def test_of_a_row_the_cell_with_the_fact_is_told(found: str, told: str) -> None:
    """Behind its column's name: told all cells, a small model says the first."""
    decision = decided(ROW, found)
    note = note_of(decision.shown[0], 1)
    assert [one.quote for one in around_fact(decision, [note, note])] == [told]


def test_of_a_row_without_a_fact_all_is_told() -> None:
    """As for a yes or no that the reader points to no words for."""
    decision = decided(ROW, "", "Is lunch daily?")
    note = note_of(decision.shown[0], 1)
    assert around_fact(decision, [note]) == (note,)


def test_a_draft_may_leave_an_exception_to_the_block_below() -> None:
    """What is shown below is said together with it; where nothing is, the exception is missed."""
    rule = "You may bring a dog. However, a dog may not stay overnight."
    for question, draft, is_shown in (
        ("May I bring a dog?", "Yes, you may bring a dog.", True),
        ("What may I bring?", "You may bring a dog.", False),
    ):
        decision = decided(rule, "a dog", question)
        notes = [note_of(decision.shown[0], 1)]
        words, _ = ShortDraft(Grounds(question, notes, Voice()), decision).settle(draft, ended=True)
        assert words == (f"{draft} [1]" if is_shown else "")


def test_what_is_no_prose_is_shown_below_the_sentence() -> None:
    """A row, a list, code; the rule behind a yes or no; a long paragraph."""
    assert needs_block(decided(LONG))
    assert not needs_block(decided("Lunch is at noon."))
    assert needs_block(decided("| Meal | At |\n|---|---|\n| Lunch | noon |"))
    assert needs_block(decided("- soup\n- bread"))
    assert needs_block(decided("Lunch is at noon.", question="Is lunch at noon?"))
