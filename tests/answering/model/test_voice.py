"""Which words need no note: those that claim nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.claims import denies, numbers_in
from answering.model.voice import NO_VOICE, Voice, words_in

PIRATE = Voice.of(["Ahoy", "matey"])


def test_a_claim_is_what_is_left() -> None:
    """Words of the voice go, in whatever case; parts of other words stay."""
    assert PIRATE.claim("AHOY, the mateyness is open, matey.") == ", the mateyness is open, ."
    assert NO_VOICE.claim("Ahoy!") == "Ahoy!"


def test_a_sentence_of_the_voice_alone() -> None:
    """It has words, and no other ones."""
    assert PIRATE.is_all("Ahoy, matey!")
    assert not PIRATE.is_all("Ahoy, Ana!")
    assert not PIRATE.is_all("...")
    assert not NO_VOICE.is_all("")


@pytest.mark.parametrize(
    "word",
    ["not", "never", "7", "h2o", "always", "all", "except", "rejected", "two", "half", "a b"],
)
def test_what_changes_a_claim_is_no_style(word: str) -> None:
    """Denials, numbers, quantities and doubts are left out, however often they are said."""
    assert Voice.of([word]) == NO_VOICE


@given(st.lists(st.text(max_size=12)), st.text(max_size=60))
def test_no_voice_hides_a_number_or_a_denial(words: list[str], text: str) -> None:
    """Whatever is asked to be of the voice, the claim keeps the numbers and denials of a text."""
    voice = Voice.of(words)
    assert voice.words.isdisjoint(words_in("not no never 1 22"))
    claim = voice.claim(f"{text} 42 not")
    assert "42" in numbers_in(claim) and denies(claim)
