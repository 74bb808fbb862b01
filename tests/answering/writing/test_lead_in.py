"""What a small model says before a block: shown only where it claims nothing of its own."""

import pytest

from answering.confidence.decide import Decision
from answering.conversation.understand import Understood
from answering.evidence.notes import note_of
from answering.evidence.read import Read
from answering.evidence.retrieve import Retrieved
from answering.grounding.block_checker import Grounds
from answering.model.voice import Voice
from answering.types.questions import Question
from answering.writing.lead_in import LeadInDraft, announced, shows_block
from retrieval.audience import everyone
from retrieval.index.generations import Generation
from tests.answering.pages import excerpts, read_excerpt

ASKED = "How do I clean the oven?"
STEPS = "# Clean the oven\n\nTo clean the oven:\n\n1. Turn it off.\n2. Scrub it for 20 minutes.\n"
VOICE = Voice.of(["ahoy", "matey"])


def decided(text: str) -> Decision:
    """The first excerpt of a page, shown."""
    understood = Understood(Question(ASKED, everyone("home")), ASKED)
    generation = Generation(1, "home", "", 384, "", "", "live", "", None)
    shown = (read_excerpt(excerpts(text)[0], ""),)
    return Decision(Read(Retrieved(understood, generation), shown), "answer", shown, 0.9)


def settled(words: str, *, cut_off: bool = False) -> str:
    """What is shown of these words before the steps."""
    notes = (note_of(decided(STEPS).shown[0], 1),)
    draft = LeadInDraft(Grounds(ASKED, notes, VOICE))
    said, draft = draft.settle(words[: len(words) // 2])
    assert said == ""
    said, draft = draft.settle(words[len(words) // 2 :], ended=True, cut_off=cut_off)
    assert draft.supported is bool(said)
    return said


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("To clean the oven: [1]", "To clean the oven: [1]"),
        ("Ahoy, matey! To clean the oven:", "Ahoy, matey! To clean the oven: [1]"),
        ("Here are the steps:\n1. Turn it on.", "Here are the steps: [1]"),
        ("Ahoy!", "Ahoy! [1]"),
    ],
)
def test_a_lead_in_is_one_line_with_the_mark_of_its_note(words: str, shown: str) -> None:
    """In the words of the note, of the question or of the voice."""
    assert settled(words) == shown


@pytest.mark.parametrize(
    "words",
    [
        "",
        "To paint the fence:",
        "Never clean the oven:",
        "Clean the oven for 90 minutes:",
        "To clean the oven: " + "clean the oven " * 20,
    ],
    ids=["silent", "another", "denial", "number", "endless"],
)
def test_what_claims_more_is_withheld(words: str) -> None:
    """The block below says what is so."""
    assert settled(words) == ""


def test_a_line_that_was_cut_off_is_withheld() -> None:
    """It might have gone on."""
    assert settled("To clean the oven:", cut_off=True) == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (STEPS, "To clean the oven: (2 steps)"),
        ("# Tools\n\n- Brush\n- Soap\n- Rag\n", "(3 items)"),
        ("# Run\n\nBuild it first:\n\n```\nmake\n```\n", "Build it first: (code)"),
        ("# Meals\n\n| Meal | At |\n|---|---|\n| Lunch | noon |\n", "(1 rows)"),
    ],
    ids=["steps", "list", "code", "table"],
)
def test_the_model_is_told_what_stands_before_a_block(text: str, told: str) -> None:
    """And what follows; not a word of it."""
    decision = decided(text)
    notes = (note_of(decision.shown[0], 1),)
    (note,) = announced(decision, notes)
    assert (note.quote, note.n, note.passage) == (told, 1, notes[0].passage)


def test_prose_is_no_block() -> None:
    """Nothing is announced of a paragraph, or of a section of several blocks."""
    assert not shows_block(decided("# Lunch\n\nLunch is at noon.\n"))
    assert not shows_block(decided("# Lunch\n\nAt noon.\n\nIn the garden.\n\n- Soup\n- Bread\n"))
