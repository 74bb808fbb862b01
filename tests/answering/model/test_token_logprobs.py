"""How sure a model is of what it claims, whatever its manner."""

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessageChunk

from answering.model.token_logprobs import Token, claim_logprobs, tokens_of
from answering.model.voice import NO_VOICE, Voice

PIRATE = Voice.of(["ahoy", "matey"])
ALPHABET = st.text(alphabet="ahoymte AHXx.,", max_size=6)


def token(text: str, probability: float, others: Mapping[str, float] | None = None) -> Token:
    """A token, with probabilities in place of their logarithms."""
    likely = {other: math.log(p) for other, p in (others or {}).items()}
    return Token(text, math.log(probability), likely)


def test_tokens_are_read_from_a_stream() -> None:
    """Each token of a chunk has a probability and its rivals; the end's mark is none."""
    others = [{"token": "At", "logprob": -0.25}, {"token": "In", "logprob": -2.0}]
    content = [
        {"token": "At", "logprob": -0.25, "top_logprobs": others},
        {"token": "", "logprob": -9.0},
    ]
    chunk = AIMessageChunk(content="At", response_metadata={"logprobs": {"content": content}})
    assert tokens_of(chunk) == [Token("At", -0.25, {"At": -0.25, "In": -2.0})]
    assert tokens_of(AIMessageChunk(content="At")) == []
    assert tokens_of(AIMessageChunk(content="", response_metadata={"logprobs": None})) == []


def test_an_endpoint_may_tell_no_rivals() -> None:
    """A token without others is as likely as the endpoint says."""
    content = [{"token": "At", "logprob": -0.25}]
    chunk = AIMessageChunk(content="At", response_metadata={"logprobs": {"content": content}})
    assert list(claim_logprobs([("At", tokens_of(chunk))], PIRATE)) == [-0.25]


@pytest.mark.parametrize("rival", ["Ahoy", "Ah", " matey", "The"])
def test_how_a_house_talks_is_no_doubt(rival: str) -> None:
    """A word of the voice, its beginning or an article instead of a claim casts none on it."""
    said = token("Noon", 0.3, {rival: 0.6, "One": 0.1, "Noon": 0.3})
    assert math.exp(said.logprob_beside(PIRATE)) == pytest.approx(0.75)


def test_another_case_is_the_same_word() -> None:
    """What it could have been written like counts for it, another word against it."""
    said = token(" Noon", 0.3, {" noon": 0.2, " one": 0.5})
    assert math.exp(said.logprob_beside(PIRATE)) == pytest.approx(0.5)


def test_only_claims_are_told() -> None:
    """Nothing is told of the voice and of the signs beside it."""
    pieces = [
        ("Ah", [token("Ah", 0.5)]),
        ("oy", [token("oy", 0.5)]),
        (",", [token(",", 0.5)]),
        (" noon", [token(" noon", 0.25)]),
        (", matey.", [token(",", 0.5), token(" matey", 0.5), token(".", 0.5)]),
    ]
    assert list(claim_logprobs(pieces, PIRATE)) == [math.log(0.25)]
    assert len(list(claim_logprobs(pieces, NO_VOICE))) == 7


def test_what_is_all_but_impossible_is_as_likely_as_said() -> None:
    """Endpoints give such a token -9999, whose probability is too small for a number."""
    assert Token("Noon", -9999.0, {"Ahoy": -0.1}).logprob_beside(PIRATE) == -9999


def test_inside_a_word_nothing_is_said_otherwise() -> None:
    """What goes on with a word is as likely as the model says: no voice begins there."""
    pieces = [(" no", [token(" no", 0.5)]), ("on", [token("on", 0.5, {"a": 0.4, "ahoy": 0.1})])]
    assert list(claim_logprobs(pieces, PIRATE)) == [math.log(0.5)] * 2


@given(
    ALPHABET.filter(bool),
    st.floats(0.01, 1),
    st.dictionaries(ALPHABET, st.floats(0.001, 0.3)),
    st.data(),
)
def test_a_claim_is_at_least_as_likely_beside_its_voice(
    text: str, probability: float, others: dict[str, float], data: st.DataObject
) -> None:
    """Whatever else there was, it is a logarithm of a probability, no less than the model's own.

    Without a voice it is the model's own.
    """
    said = token(text, probability, others)
    voice = data.draw(st.sampled_from([PIRATE, Voice.of(["may"])]))
    assert said.logprob - 1e-9 <= said.logprob_beside(voice) <= 0
    assert list(claim_logprobs([(text, [said])], NO_VOICE)) == [said.logprob]
