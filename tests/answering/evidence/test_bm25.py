"""BM25 in memory: what Okapi's formula says, for the few texts of one question."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.evidence.bm25 import bm25

TEXTS = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=8), min_size=1, max_size=6)


def test_one_text_by_hand() -> None:
    """The formula, worked out for two texts of equal length."""
    rarity = math.log(1 + 1.5 / 1.5)
    scores = bm25({"a": rarity}, [["a", "b"], ["b", "b"]])
    assert scores == pytest.approx([rarity, 0.0])


@given(TEXTS)
def test_more_of_a_term_scores_more(texts: list[list[str]]) -> None:
    """Of two texts of one length the one with more of the question's term is ahead."""
    rest = ["x"] * 3
    scores = bm25({"a": 1.0}, [["a", "a", *rest], ["a", "b", *rest], *texts])
    assert scores[0] > scores[1] > 0


@given(TEXTS)
def test_only_what_shares_a_term_scores(texts: list[list[str]]) -> None:
    """A text scores above zero exactly when it has one of the question's terms."""
    scores = bm25({"a": 0.5}, texts)
    assert [score > 0 for score in scores] == ["a" in text for text in texts]
