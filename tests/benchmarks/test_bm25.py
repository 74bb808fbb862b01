"""BM25 in memory: what Okapi's formula says, for the few texts of one question."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.bm25 import bm25, rarity

TEXTS = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=8), min_size=1, max_size=6)


def test_one_text_by_hand() -> None:
    """The formula, worked out for two texts of equal length."""
    weights = rarity({"a"}, [["a", "b"], ["b", "b"]])
    assert weights["a"] == pytest.approx(math.log(1 + 1.5 / 1.5))
    assert bm25(weights, [["a", "b"], ["b", "b"]]) == pytest.approx([weights["a"], 0.0])


@given(TEXTS)
def test_a_rarer_term_weighs_more(texts: list[list[str]]) -> None:
    """Terms in fewer texts weigh at least as much, and no weight is below zero."""
    weights = rarity(set("abcd"), texts)
    seen = {term: sum(term in text for text in texts) for term in "abcd"}
    for one in weights:
        assert weights[one] >= 0
        for other in weights:
            assert seen[one] <= seen[other] or weights[one] <= weights[other]


@given(TEXTS)
def test_only_what_shares_a_term_scores(texts: list[list[str]]) -> None:
    """A text scores above zero exactly when it has one of the question's terms."""
    scores = bm25(rarity({"a"}, texts), texts)
    assert [score > 0 for score in scores] == ["a" in text for text in texts]
