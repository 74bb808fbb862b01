"""Tokens become checked sentences, each with the note it stands on."""

from hypothesis import given, settings
from hypothesis import strategies as st

from answering.evidence import Evidence
from answering.writing import Writer
from retrieval.documents import Passage


def note(n: int, quote: str) -> Evidence:
    """A note that quotes a passage of its own."""
    passage = Passage(n, n, f"{n}.md", f"Page {n}", None, (), quote, 1.0, None)
    return Evidence(n, passage, (quote,), quote, quote, 1.0)


NOTES = (
    note(1, "We deploy on Tuesdays at 10:00 from the release branch."),
    note(2, "Lunch is at noon in the big kitchen."),
)


def write(question: str, text: str, *, cut_off: bool = False) -> str:
    """What is shown when a model writes `text` character by character."""
    writer = Writer(question, NOTES)
    shown = [words for token in text for words in writer.feed(token)]
    shown += writer.close(cut_off=cut_off)
    assert "".join(shown) == writer.text
    return writer.text


def test_a_supported_sentence_is_shown_with_its_note() -> None:
    """A sentence whose words stand in a note cites that note."""
    assert write("When do we deploy?", "We deploy on Tuesdays.") == "We deploy on Tuesdays. [1]"
    assert write("Where is lunch?", "Lunch is in the big kitchen.").endswith("[2]")


def test_what_no_note_says_is_left_out() -> None:
    """An invented sentence is dropped, the supported one beside it stays."""
    text = "We deploy on Tuesdays. The pipeline takes forty minutes on average."
    assert write("When do we deploy?", text) == "We deploy on Tuesdays. [1]"


def test_a_wrong_number_is_never_shown() -> None:
    """A sentence with a number that its note does not have is dropped."""
    assert write("When do we deploy?", "We deploy on Tuesdays at 11:00.") == ""


def test_a_wrong_name_is_never_shown() -> None:
    """A sentence with a name that neither its note nor the question has is dropped."""
    assert write("Where is lunch?", "Lunch is in the big Berlin kitchen.") == ""


def test_a_number_from_another_note_does_not_count() -> None:
    """Numbers are looked for in the one note that is cited."""
    assert write("When is lunch?", "Lunch is at 10:00 in the big kitchen.") == ""


def test_the_words_of_the_question_are_no_support() -> None:
    """A sentence made of the question and a word or two of a note is dropped."""
    text = "You can restore a broken backup server by using Tuesdays."
    assert write("How can you restore a broken backup server?", text) == ""


def test_the_opposite_of_a_note_is_dropped() -> None:
    """A sentence that denies what its note says, or says what it denies, is dropped."""
    assert write("When do we deploy?", "We never deploy on Tuesdays from the branch.") == ""
    writer = Writer("Can I deploy on Fridays?", (note(1, "You cannot deploy on Fridays."),))
    assert not list(writer.feed("Yes, you can deploy there on Fridays. "))
    assert not list(writer.close())


def test_what_answers_another_question_is_dropped() -> None:
    """A true sentence about something else than what was asked is no answer."""
    parking = note(1, "Employees park on deck 3.")
    writer = Writer("Where do visitors leave their bicycles?", (parking,))
    assert not list(writer.feed("Employees park on deck 3. "))
    assert not list(writer.close())


def test_saying_the_question_again_is_no_answer() -> None:
    """A sentence that adds nothing to the question is dropped."""
    assert write("When do we deploy?", "The question is when we deploy.") == ""


def test_the_models_own_marks_are_replaced() -> None:
    """A citation that the model wrote by itself is not believed."""
    assert write("When do we deploy?", "We deploy on Tuesdays [2].") == "We deploy on Tuesdays. [1]"


def test_a_sentence_that_was_cut_off_is_not_shown() -> None:
    """When the model runs out of tokens its last, broken sentence is dropped."""
    text = "We deploy on Tuesdays. We deploy from the release"
    assert write("When do we deploy?", text, cut_off=True) == "We deploy on Tuesdays. [1]"


def test_nothing_is_said_twice() -> None:
    """A small model that repeats itself is shown once."""
    text = "We deploy on Tuesdays. We deploy on Tuesdays. We deploy on Tuesdays."
    assert write("When do we deploy?", text) == "We deploy on Tuesdays. [1]"


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["We deploy on Tuesdays. ", "Mars is red. ", "Lunch", " at noon.\n"]))
)
def test_the_cut_of_the_tokens_does_not_matter(pieces: list[str]) -> None:
    """However the text is cut into tokens, the same sentences are shown."""
    text = "".join(pieces)
    by_piece = Writer("What happens?", NOTES)
    for piece in pieces:
        list(by_piece.feed(piece))
    list(by_piece.close())
    assert by_piece.text == write("What happens?", text)
