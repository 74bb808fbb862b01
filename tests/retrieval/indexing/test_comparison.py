"""When one index may take another's place."""

import pytest

from retrieval.indexing.comparison import Comparison


@pytest.mark.parametrize(
    ("questions", "before", "after", "is_good"),
    [
        (0, 0, 0, True),
        (3, 3, 3, True),
        (3, 2, 3, True),
        (3, 3, 2, False),
        (49, 40, 39, False),
        (50, 40, 39, True),
        (50, 40, 38, False),
        (200, 150, 146, True),
        (200, 150, 145, False),
    ],
)
def test_two_in_a_hundred_may_be_lost(
    questions: int, before: int, after: int, *, is_good: bool
) -> None:
    """Of fewer than fifty questions, none."""
    assert Comparison(questions, before, after).is_good_enough is is_good


def test_the_figures_are_said() -> None:
    """Also that there were none, and that the index before was searched by words alone."""
    assert Comparison(42, 39, 40).describe() == ("Golden questions: 42; found before 39, after 40.")
    assert "by words alone" in Comparison(42, 39, 40, by_words=True).describe()
    assert "no golden questions yet" in Comparison().describe()
