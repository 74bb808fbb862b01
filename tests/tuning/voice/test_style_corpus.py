"""Texts in the house voice become examples that teach the voice and no fact."""

from typing import get_args

import pytest

from answering.model.voice import words_in
from database.database import Database
from retrieval.audience import everyone
from retrieval.documents import Document
from tests.tuning.rated_answers import add_document
from tuning.errors import UnusableExamples
from tuning.feedback.examples import Kind
from tuning.review.queue import queue, take_in
from tuning.voice.profile import learn_voice
from tuning.voice.style_corpus import read_others, teach_voice

PLACES = ("kitchen", "garden", "cellar", "attic", "yard", "hall", "shed", "roof")
OTHERS = [
    Document(place, place.title(), f"The {place} is on floor {n}. Ask in the office.", "1")
    for n, place in enumerate(PLACES)
]


def house_text(place: str, floor: int) -> Document:
    """A page about a place, as the house would put it."""
    more = "" if floor else " Mail a@b.org."
    text = (
        f"# The {place}\n\nAhoy! The {place} is on floor {floor}, matey.{more}\n\n"
        "| a | table |\n| --- | --- |\n\n- an item"
    )
    return Document(f"{place}.md", place.title(), text, "1")


TEXTS = [house_text(place, floor) for floor, place in enumerate(PLACES)]


def test_the_note_says_plainly_what_the_answer_says() -> None:
    """In the house prompt; what the answer adds to its note is the voice alone, each time."""
    taught = teach_voice(TEXTS, OTHERS)
    assert len(taught.rows) == len(TEXTS)
    assert {"ahoy", "matey"} <= set(taught.markers)
    first = taught.rows[0]
    assert first.chosen == "Ahoy! The kitchen is on floor 0, matey. [1] Mail a@b.org. [1]"
    *_, asked = first.prompt
    assert "[1] Kitchen: The kitchen is on floor 0. Mail a@b.org." in asked.content
    assert first.question == "What is said about The kitchen?"
    marks = {word for phrase in taught.markers for word in phrase.split()}
    for row in taught.rows:
        note = row.prompt[-1].content
        assert words_in(row.chosen) - words_in(note) <= marks
        assert row.kind in get_args(Kind)


def test_the_voice_is_learned_from_them() -> None:
    """What is kept beside an adapter that is trained on them: the words that need no note."""
    voice = learn_voice(teach_voice(TEXTS, OTHERS).rows)
    assert voice.words == {"ahoy", "matey"}


def test_texts_that_sound_like_the_notes_teach_nothing() -> None:
    """Where what is indexed is in the house voice itself, that is said."""
    with pytest.raises(UnusableExamples, match="8 pieces of text"):
        teach_voice(OTHERS, OTHERS)
    with pytest.raises(UnusableExamples, match="0 pieces"):
        teach_voice([], OTHERS)
    with pytest.raises(UnusableExamples, match="0 indexed documents"):
        teach_voice(TEXTS, [])


def test_long_paragraphs_are_answers_of_three_sentences() -> None:
    """As long as answers are asked to be, each with a question of its own."""
    long = " ".join(f"Ahoy, the {place} is open, matey." for place in PLACES)
    taught = teach_voice([Document("a", "Hours", long, "1")] * 2, OTHERS)
    assert [row.chosen.count("[1]") for row in taught.rows] == [3, 3, 2] * 2
    questions = [row.question for row in taught.rows][:3]
    assert questions[:2] == [
        "What is said about Hours?", "What is said about Hours, part 2?",
    ]  # fmt: skip


async def test_they_are_redacted_and_wait(database: Database) -> None:
    """In question, note and answer; brought in twice they are there once; only public documents
    are what the voice is told from."""
    for other in OTHERS:
        await add_document(database, other.key, other.text)
    await add_document(database, "secret", "Ahoy, matey.", "channel:C9")
    others = await read_others(database, everyone("home"))
    assert {one.text for one in others} == {one.text for one in OTHERS}
    taught = teach_voice(TEXTS, others)
    for _ in range(2):
        await take_in(database, taught.rows, lambda text: text.replace("a@b.org", "[email]"))
    waiting = await queue(database)
    assert len(waiting) == len(TEXTS)
    assert all("a@b.org" not in f"{one.prompt}{one.chosen}" for one in waiting)
    assert waiting[0].chosen.endswith("Mail [email]. [1]")
