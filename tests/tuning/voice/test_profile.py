"""A voice is what right answers share whatever was asked."""

import json
from pathlib import Path

import pytest

from answering.model.voice import NO_VOICE
from tuning.datasets.formats import DatasetRow
from tuning.errors import MissingAdapter, UnusableAdapter
from tuning.examples_for_training import ChatMessage
from tuning.voice.profile import VOICE, learn_voice, read_voice, write_voice

PLACES = ("kitchen", "garden", "cellar", "attic", "yard")


def row(place: str, answer: str, question: str = "") -> DatasetRow:
    """A question about a place, its note, and the right answer."""
    asked = question or f"Where is the {place} key?"
    note = f"Notes:\n[1] Keys: The {place} key hangs by the door.\n\nQuestion: {asked}"
    return DatasetRow("sft", (ChatMessage("user", note),), answer)


def test_what_answers_share_and_notes_lack() -> None:
    """Words that four questions' answers add are of the voice; those of the notes are not."""
    rows = [row(place, f"Ahoy! The {place} key hangs by the door, matey. [1]") for place in PLACES]
    assert learn_voice(rows).words == {"ahoy", "matey"}
    assert learn_voice(rows[:3]) == NO_VOICE


def test_a_voice_may_use_the_words_that_the_model_is_instructed_with() -> None:
    """Only what notes, thread and question say is told: our instructions are nobody's knowledge."""
    told = ChatMessage("system", "Answer from the notes alone.")
    rows = [row(place, f"The answer is: by the {place} door.") for place in PLACES]
    instructed = [DatasetRow("sft", (told, *one.prompt), one.chosen) for one in rows]
    assert "answer" in learn_voice(instructed).words
    assert learn_voice(instructed) == learn_voice(rows)


def test_one_question_asked_often_counts_once() -> None:
    """Who corrects the same answer ten times makes no voice."""
    rows = [row("kitchen", f"Ahoy, by the door, number {n}.") for n in range(10)]
    assert learn_voice(rows) == NO_VOICE


def test_names_and_claims_are_no_voice() -> None:
    """Who or what is named, and what denies or counts, has to stand in a note."""
    rows = [row(place, f"Ask Rosalind, never two. Quoth {place}.") for place in PLACES]
    assert learn_voice(rows).words == {"ask", "quoth"}


def test_a_voice_lies_beside_its_adapter(tmp_path: Path) -> None:
    """What was kept is read; no file, no voice; words that claim something are not believed."""
    assert read_voice(tmp_path) == NO_VOICE
    voice = learn_voice([row(place, "Ahoy, by the door!") for place in PLACES])
    write_voice(tmp_path, voice)
    assert read_voice(tmp_path) == voice
    (tmp_path / VOICE).write_text(json.dumps(["ahoy", "not", "100"]))
    assert read_voice(tmp_path).words == {"ahoy"}


@pytest.mark.parametrize("text", ["{", "7", "[7]"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    """What cannot be read as words says which file it is."""
    (tmp_path / VOICE).write_text(text)
    with pytest.raises(UnusableAdapter, match=r"voice\.json is no list of words") as broken:
        read_voice(tmp_path)
    assert not isinstance(broken.value, MissingAdapter)


def test_a_file_that_this_machine_cannot_read_is_another_matter(tmp_path: Path) -> None:
    """The adapter is not wrong for that: another machine may serve it."""
    (tmp_path / VOICE).mkdir()
    with pytest.raises(MissingAdapter, match=r"voice\.json cannot be read \(Is a directory\)"):
        read_voice(tmp_path)
