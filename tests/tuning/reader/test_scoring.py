"""The figures a reader is measured by, on numbers that can be reckoned by hand."""

import pytest

from tuning.reader.scoring import area, compare


def test_answers_are_compared_as_squad_does() -> None:
    """Case, signs and articles do not count; the best gold answer does."""
    assert compare("The 10th century.", ["10th century", "10th"]).exact == 1
    found = compare("in the 10th century", ["10th century"])
    assert (found.exact, found.contains) == (0, 1)
    assert found.f1 == pytest.approx(2 * 2 / (3 + 2))
    assert compare("eleven", ["ten"]).f1 == 0
    assert compare("tenth", ["ten"]).contains == 0


def test_the_area_counts_ordered_pairs() -> None:
    """1 where all right ones are above, 0 where all are below, .5 for ties."""
    assert area([3, 4], [1, 2]) == 1
    assert area([1], [2, 3]) == 0
    assert area([1, 1], [1]) == 0.5
    assert area([1, 3], [2]) == 0.5
