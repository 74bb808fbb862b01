"""The dense arm's weight goes where the lessons point, and no further than it may."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.fusion import DENSE_WEIGHT
from tuning.retriever.features import Case
from tuning.retriever.fit_fusion import LEAST, MOST, fit_dense_weight

Row = tuple[float, float, str]


def case_of(rows: list[Row]) -> Case:
    """A case of chunks: dense share, lexical share, and whether it `answered` or `misled`."""
    return Case(
        question=np.zeros(2, dtype=np.float32),
        vectors=np.zeros((len(rows), 2), dtype=np.float32),
        shares=np.array([row[:2] for row in rows], dtype=np.float32),
        found=np.ones(len(rows), dtype=bool),
        answered=np.array([row[2] == "answered" for row in rows]),
        misled=np.array([row[2] == "misled" for row in rows]),
    )


SHARE = st.floats(0, 1, width=32)
ROWS = st.lists(
    st.tuples(SHARE, SHARE, st.sampled_from(["answered", "misled", ""])), min_size=1, max_size=6
)
BY_WORDS = case_of([(0.5, 1.0, "answered"), (1.0, 0.4, ""), (0.9, 0.3, "")])
BY_MEANING = case_of([(1.0, 0.4, "answered"), (0.5, 1.0, ""), (0.4, 0.9, "")])


@pytest.mark.parametrize(("case", "sign"), [(BY_WORDS, -1), (BY_MEANING, 1)])
def test_it_moves_towards_the_arm_that_was_right(case: Case, sign: int) -> None:
    """Where words find what answered the dense arm weighs less, where vectors do it weighs more."""
    before = 0.5 if sign > 0 else 0.6
    assert sign * (fit_dense_weight([case] * 40, before) - before) > 0.02


def test_what_misled_is_moved_away_from() -> None:
    """Without anything that answered, the arm that led astray loses weight."""
    misled = case_of([(1.0, 0.3, "misled"), (0.7, 0.8, "")])
    assert fit_dense_weight([misled] * 40, 0.6) < 0.58


def test_a_few_lessons_move_it_little() -> None:
    """One thumb against the weight as shipped moves it less than forty do."""
    one, forty = fit_dense_weight([BY_WORDS]), fit_dense_weight([BY_WORDS] * 40)
    assert abs(one - DENSE_WEIGHT) < abs(forty - DENSE_WEIGHT)


@given(st.lists(ROWS.map(case_of), max_size=8))
def test_it_is_within_bounds_and_always_the_same(cases: list[Case]) -> None:
    """Whatever the cases say, and however often they are asked."""
    weight = fit_dense_weight(cases)
    assert LEAST <= weight <= MOST
    assert fit_dense_weight(cases) == weight


@given(st.floats(LEAST, MOST))
def test_no_cases_change_nothing(before: float) -> None:
    """What was stays, to the last digit."""
    assert fit_dense_weight([], before) == before
