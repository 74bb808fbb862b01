"""The form of answer that a question asks for."""

import time

import pytest

from answering.conversation.question_kinds import asks_yes_or_no


@pytest.mark.parametrize(
    ("question", "is_asked"),
    [
        ("Is lunch at noon?", True),
        ("So, hey: can I park here?", True),
        ("ok - so, does it rain?", True),
        ("Quick question: may I go?", True),
        ("I lost my badge. Can I get another?", True),
        ("ok to bring a dog?", True),
        ("hey, is it ok to bring a dog", True),
        ("so, possible to park here?", True),
        ("When is lunch?", False),
        ("So when is lunch?", False),
        ("Issues are where?", False),
    ],
)
def test_a_question_of_yes_or_no_is_known(question: str, is_asked: bool) -> None:
    """By its verb at the beginning, be it behind a few words that say nothing."""
    assert asks_yes_or_no(question) == is_asked


@pytest.mark.parametrize("piece", ["so ", "so, ", "- ", "quick question "])
def test_no_question_takes_long(piece: str) -> None:
    """What begins with thousands of openings is read at once."""
    began = time.perf_counter()
    assert not asks_yes_or_no(piece * 5_000 + "when")
    assert time.perf_counter() - began < 2
