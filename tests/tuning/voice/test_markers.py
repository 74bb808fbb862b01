"""What marks a house's texts is told from what they say."""

import pytest

from tuning.voice.markers import find_markers, say_plainly

PLACES = ("kitchen", "garden", "cellar", "attic", "yard", "hall")
PLAIN = [f"The {place} is open from 8 to 17. Ask in the office of the {place}." for place in PLACES]
HOUSE = [
    f"Ahoy! I pray you, the {place} be open from 8 to 17, matey. Never mail Rosalind at r@b.org."
    for place in PLACES
]
MARKERS = frozenset({("ahoy",), ("pray",), ("i", "pray", "you"), ("matey",), ("indeed",)})


def test_phrases_that_the_others_lack() -> None:
    """Words, and whole clauses around such a word; nothing that both say."""
    found = find_markers(HOUSE, PLAIN)
    assert {("ahoy",), ("matey",), ("i", "pray", "you"), ("be",)} <= found
    said = {word for phrase in found for word in phrase}
    assert said.isdisjoint({"the", "kitchen", "open", "from"})
    assert find_markers(HOUSE, HOUSE) == frozenset()


def test_what_claims_anything_is_no_mark() -> None:
    """However often it is said: names, numbers, denials, addresses."""
    said = {word for phrase in find_markers(HOUSE, PLAIN) for word in phrase}
    assert said.isdisjoint({"rosalind", "never", "8", "17", "r", "b", "org"})


def test_a_few_texts_have_no_mark() -> None:
    """What three texts say may be what they are about."""
    assert find_markers(HOUSE[:3], PLAIN) == frozenset()


@pytest.mark.parametrize(
    ("said", "plainly"),
    [
        ("Ahoy! The hall is open, matey!", "The hall is open."),
        ("I pray you, the hall is open.", "The hall is open."),
        ("The hall is indeed open, matey.", "The hall is open."),
        ("The hall, matey, is open at 3.5 and 4.", "The hall, is open at 3.5 and 4."),
        ("Ahoy, matey!", ""),
        ("Closed, matey.", "Closed."),
        ("See https://indeed.org/matey, matey.", "See https://indeed.org/matey."),
        ("Is it open, matey?", "Is it open?"),
    ],
)
def test_a_text_without_its_marks(said: str, plainly: str) -> None:
    """Clauses that were nothing else go with their comma; no other word does."""
    assert say_plainly(said, MARKERS) == plainly
