"""BM25 in memory: what Okapi's formula says, for the few texts of one question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.evidence.bm25 import bm25

TEXTS = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=8), min_size=1, max_size=6)


def test_two_texts_by_hand() -> None:
    """The formula for texts of equal length: a term that stands there once counts as it weighs."""
    assert bm25({"a": 0.7}, [["a", "b"], ["b", "b"]]) == pytest.approx([0.7, 0.0])
    twice = 0.7 * 2 * 2.2 / (2 + 1.2)
    assert bm25({"a": 0.7}, [["a", "a"], ["b", "b"]]) == pytest.approx([twice, 0.0])


@given(TEXTS)
def test_only_what_shares_a_term_scores(texts: list[list[str]]) -> None:
    """A text scores above zero exactly when it has one of the question's terms."""
    scores = bm25({"a": 1.0}, texts)
    assert [score > 0 for score in scores] == ["a" in text for text in texts]


@given(TEXTS)
def test_a_rarer_term_weighs_more(texts: list[list[str]]) -> None:
    """What is weighed twice as much counts twice as much, and terms are added."""
    one, other = bm25({"a": 1.0}, texts), bm25({"b": 2.0}, texts)
    both = bm25({"a": 1.0, "b": 2.0}, texts)
    assert both == pytest.approx([x + y for x, y in zip(one, other, strict=True)])
    assert bm25({"a": 2.0}, texts) == pytest.approx([2 * x for x in one])


def test_texts_without_words_score_nothing() -> None:
    """Nor does a question without any."""
    assert bm25({"a": 1.0}, [[], []]) == [0, 0]
    assert bm25({}, [["a"]]) == [0]
    assert bm25({"a": 1.0}, []) == []
