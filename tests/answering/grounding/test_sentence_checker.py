"""Tokens become checked sentences, each with the note it stands on."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answering.evidence.notes import Evidence
from answering.grounding.sentence_checker import (
    CheckedSentence,
    Unchecked,
    check_all,
    supporting_note,
    take_sentences,
)
from answering.model.voice import NO_VOICE, Voice
from retrieval.documents import Passage


def note(n: int, quote: str) -> Evidence:
    """A note that quotes a passage of its own."""
    passage = Passage(n, n, f"{n}.md", f"Page {n}", None, (), quote, 1.0, None)
    return Evidence(n, passage, (quote,), quote, quote, 1.0)


NOTES = (
    note(1, "We deploy on Tuesdays at 10:00 from the release branch."),
    note(2, "Lunch is at noon in the big kitchen."),
)


def check(
    question: str,
    pieces: Iterable[str],
    notes: Sequence[Evidence] = NOTES,
    *,
    cut_off: bool = False,
    voice: Voice = NO_VOICE,
) -> list[CheckedSentence]:
    """The sentences of what a model writes piece by piece."""
    waiting, found = Unchecked(), []
    for piece in pieces:
        sentences, waiting = take_sentences(waiting.add(piece), ended=False)
        checked, waiting = check_all(sentences, waiting, question, notes, voice)
        found += checked
    if not cut_off:
        sentences, waiting = take_sentences(waiting, ended=True)
        checked, waiting = check_all(sentences, waiting, question, notes, voice)
        found += checked
    return found


def write(question: str, text: str, *notes: Evidence, voice: Voice = NO_VOICE) -> str:
    """What is supported when a model writes `text` character by character."""
    return shown(check(question, text, notes or NOTES, voice=voice))


def shown(checked: Iterable[CheckedSentence]) -> str:
    """The supported sentences with their marks."""
    return " ".join(f"{one.text} [{one.note}]" for one in checked if one.note is not None)


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
    denied = note(1, "You cannot deploy on Fridays.")
    assert write("Can I deploy on Fridays?", "Yes, you can deploy there on Fridays. ", denied) == ""


def test_what_answers_another_question_is_dropped() -> None:
    """A true sentence about something else than what was asked is no answer."""
    parking = note(1, "Employees park on deck 3.")
    asked = "Where do visitors leave their bicycles?"
    assert write(asked, "Employees park on deck 3. ", parking) == ""


def test_saying_the_question_again_is_no_answer() -> None:
    """A sentence that adds nothing to the question is dropped."""
    assert write("When do we deploy?", "The question is when we deploy.") == ""


@pytest.mark.parametrize("text", ["We deploy on Tuesdays [2].", "We deploy on Tuesdays. [2]"])
def test_a_wrong_mark_of_the_model_is_put_right(text: str) -> None:
    """A citation of a note that does not say it is replaced by the one that does."""
    assert write("When do we deploy?", text) == "We deploy on Tuesdays. [1]"


def test_of_two_notes_that_say_it_the_one_that_the_model_cites_is_cited() -> None:
    """The model's own mark decides where it is right."""
    notes = (NOTES[0], note(2, "We deploy on Tuesdays at 10:00 from the release branch."))
    first, *_ = check("When do we deploy?", "We deploy on Tuesdays. [2] At 10:00.", notes)
    assert shown([first]) == "We deploy on Tuesdays. [2]"


def test_a_denial_that_the_model_leaves_out_is_missed() -> None:
    """Half of a sentence that denies something is no support for the opposite."""
    denied = note(1, "No employees get leave in the first year of employment.")
    assert write("Who gets leave?", "Employees get leave.", denied) == ""


def test_a_phrase_of_a_note_is_supported_though_the_note_denies_something_else() -> None:
    """Only what stands right before a phrase denies it."""
    parking = note(1, "Nobody may park there, but visitors find free places on deck number 3.")
    said = write("Where do visitors park?", "Visitors find free places on deck number 3.", parking)
    assert said.endswith("[1]")


@pytest.mark.parametrize("said", ["Hassan al Banna.", "By Hassan al Banna.", "Hassan al Banna!"])
def test_a_short_answer_is_read_in_the_language_of_its_note(said: str) -> None:
    """Words that alone seem to be of another language, as a foreign name does, are found there."""
    club = note(1, "The club was founded in Turku in 1928 by Hassan al Banna, a teacher.")
    assert write("Who founded the club?", said, club).endswith("[1]")


def test_a_phrase_inside_a_voice_is_supported_though_the_note_denies_something_else() -> None:
    """The signs that a voice leaves hide no phrase, and what the note denies stays denied."""
    rules = note(1, "These rules please early birds, and do not apply to night workers at all.")
    voice = Voice.of(["ahoy", "that", "be", "matey"])
    for said, is_shown in (("early birds", True), ("night workers", False)):
        asked, text = "Whom do the rules please?", f"Ahoy, that be {said}, matey."
        assert bool(write(asked, text, rules, voice=voice)) is is_shown


def test_a_sentence_waits_for_its_end() -> None:
    """What the model has begun may go on to say something else, and is not judged before."""
    text = "We deploy on Tuesdays. We deploy from the release"
    assert shown(check("When?", text, cut_off=True)) == "We deploy on Tuesdays. [1]"
    whole, left = take_sentences(Unchecked(text), ended=False)
    assert (whole, left.text) == (["We deploy on Tuesdays."], " We deploy from the release")
    whole, left = take_sentences(Unchecked(text), ended=True)
    assert (whole[1:], left.text) == ([" We deploy from the release"], "")


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
@pytest.mark.parametrize("ended", [True, False])
def test_nothing_has_no_sentence(text: str, ended: bool) -> None:
    """A model may be silent."""
    assert take_sentences(Unchecked(text), ended=ended)[0] == []


def test_the_white_space_between_sentences_is_kept() -> None:
    """So that the items of a list stay on lines of their own."""
    found = check("When?", "We deploy on Tuesdays:\n\n- at 10:00\n- from the release branch\n")
    assert [one.before for one in found] == ["", "\n\n", "\n"]
    assert found[2].text == "- from the release branch"


def test_code_stands_in_its_note_line_by_line() -> None:
    """What is copied as it is is supported, with another sign it is not."""
    run = note(1, "Run this:\n\n```sh\nmake __init__\nmake go\n```")
    assert supporting_note("```sh\nmake __init__\nmake go\n```", "How?", [run], NO_VOICE) == 1
    assert supporting_note("```\nmake init\n```", "How?", [run], NO_VOICE) is None


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["We deploy on Tuesdays. ", "Mars is red. ", "Lunch", " at noon.\n"]))
)
def test_the_cut_of_the_tokens_does_not_matter(pieces: list[str]) -> None:
    """However the text is cut into tokens, the same sentences are found."""
    assert check("What happens?", pieces) == check("What happens?", "".join(pieces))


PIRATE = Voice.of(["ahoy", "matey", "arr"])


def test_words_of_the_voice_need_no_note() -> None:
    """What the house says whatever it is asked is shown; a sentence of nothing else comes along."""
    said = "Ahoy! We deploy on Tuesdays, matey. Arr."
    assert write("When do we deploy?", said) == ""
    shown = write("When do we deploy?", said, voice=PIRATE)
    assert shown == "Ahoy! We deploy on Tuesdays, matey. [1]"


def test_a_voice_alone_is_no_answer() -> None:
    """What claims nothing besides its voice stands on no note, and nor does a false claim."""
    assert write("When do we deploy?", "Ahoy! Arr, matey.", voice=PIRATE) == ""
    assert write("When do we deploy?", "Arr, we deploy on Fridays, matey.", voice=PIRATE) == ""
