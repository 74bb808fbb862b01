"""What is counted about the chosen excerpt, its rivals and the question."""

import pytest

from answering.claims import names_in, speaks_against
from answering.confidence.features import Ranked, features_of_answer
from retrieval.lexical.analyzer import terms
from tests.answering.pages import excerpts, read_excerpt

LUNCH = "# Lunch\n\nLunch is served at noon in the garden. Ada Lund opened it in 1997.\n"
ROOMS = "# Rooms\n\n## Garden\n\nSix seats.\n\n## Attic\n\nTwo seats.\n"


def ranked(text: str, *worths: float, answers: float = 0.0) -> Ranked:
    """The excerpts of a page with what each is worth, in the page's order."""
    found = excerpts(text)[-len(worths) :]
    return [
        (read_excerpt(one, answers=answers), worth)
        for one, worth in zip(found, worths, strict=True)
    ]


def features(question: str, text: str = LUNCH, *worths: float) -> dict[str, float]:
    """The features of a question with the excerpts of a page."""
    return features_of_answer(question, ranked(text, *worths or (0.9,)))


def test_a_near_miss_is_counted() -> None:
    """A year or a name that the excerpt lacks is seen; one that it has is not."""
    right = features("Who opened the garden in 1997?")
    wrong = features("Which King opened the harbour in 1998?")
    assert (right["names_missing"], wrong["names_missing"]) == (0, 1)
    assert (right["numbers_missing"], wrong["numbers_missing"]) == (0, 1)


def test_the_first_word_of_a_question_is_no_name() -> None:
    """It has a capital letter wherever it comes from."""
    assert features("Dogs allowed?")["names_missing"] == 0
    assert features("May Dogs come?")["names_missing"] == 1


def test_a_heading_tells_what_a_block_is_of() -> None:
    """A name or number that stands in a heading is not missing."""
    text = "# Release 14\n\nIt came out in May.\n"
    assert features("When came release 14?", text)["numbers_missing"] == 0


def test_rivals_of_another_section_count() -> None:
    """How far the best is ahead of the first elsewhere, not of its own neighbours."""
    alone = features("How many seats?", ROOMS, 0.9)
    assert (alone["ahead"], alone["worth"]) == (0.9, 0.9)
    both = features("How many seats?", ROOMS, 0.9, 0.6)
    assert both["ahead"] == pytest.approx(0.3)
    within = "# Rooms\n\n| Room | Seats |\n|---|---|\n| Attic | 2 |\n| Garden | 6 |\n"
    assert features("How many seats?", within, 0.9, 0.8)["ahead"] == 0.9


def test_what_the_reader_holds_of_a_rival_counts() -> None:
    """And without a rival it is taken to be little."""
    first, other = ranked(ROOMS, 0.9, 0.6, answers=1.5)
    assert features_of_answer("Seats?", [first, other])["rival_answers"] == 1.5
    assert features_of_answer("Seats?", [first])["rival_answers"] == -5


def test_what_is_known_of_the_excerpt_is_kept() -> None:
    """Its own features come along."""
    (one, *_) = excerpts(LUNCH)
    found = features_of_answer("When?", [(read_excerpt(one, cosine=0.4), 0.5)])
    assert found["cosine"] == 0.4


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How do I open it?", "asks_how"),
        ("Which gardens are there?", "asks_which"),
        ("Is lunch at noon?", "asks_yes_or_no"),
    ],
)
def test_the_kind_of_question_is_known(question: str, kind: str) -> None:
    """Each by itself, and none of a plain question."""
    assert features(question)[kind] == 1
    assert features("When was it opened?")[kind] == 0


def test_a_name_keeps_its_apostrophe() -> None:
    """A name is one term as it stands in a text, so that the text is known to hold it."""
    assert names_in("Sant'Eufemia and the Qur\u2019an") == {"santeufemia", "quran"}
    assert names_in("Sant'Eufemia") <= set(terms("A monastery at Sant'Eufemia."))


def test_what_speaks_against_something_is_seen() -> None:
    """To reject is not what to serve is."""
    assert speaks_against("Who rejected the lunch?") and not speaks_against("Who served lunch?")
