"""A question and its background as they are searched for."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.embeddings.embedder import Embedder
from retrieval.search.query import Query


def cosine(one: list[float], other: list[float]) -> float:
    """Of two vectors of the length 1."""
    return sum(a * b for a, b in zip(one, other, strict=True))


@given(st.text(max_size=5_000), st.text(max_size=5_000))
def test_any_text_can_be_asked(text: str, background: str) -> None:
    """What is searched for is short, and empty where there is no letter and no digit."""
    query = Query.of(text, background)
    assert len(query.text) <= 1_201
    assert bool(query.text) == any(c.isalnum() for c in text.replace("\x00", ""))
    assert all(0 < weight <= 1.24 for weight in query.terms().values())


def test_both_ends_of_a_long_question_are_asked() -> None:
    """People put the question first or last, around what they paste."""
    query = Query.of(f"deploying {'x ' * 5_000} rollback")
    assert query.text.startswith("deploying")
    assert query.text.endswith("rollback")


def test_terms_of_the_background_weigh_less() -> None:
    """A term of both weighs most, one of the background alone least."""
    terms = Query.of("who approves releases", "when are releases deployed").terms()
    assert terms["releas"] > terms["approv"] == 1 > terms["deploy"] > 0


async def test_the_vector_is_drawn_towards_the_background(minilm: Embedder) -> None:
    """It has the length 1, and is nearer to the question than to what was said before."""
    asked, before = "Who approves it?", "When do we deploy to production?"
    drawn = await Query.of(asked, before).vector(minilm)
    alone = await Query.of(asked).vector(minilm)
    other = await Query.of(before).vector(minilm)
    assert math.hypot(*drawn) == pytest.approx(1, abs=1e-3)
    assert cosine(drawn, alone) > cosine(drawn, other) > cosine(alone, other)
