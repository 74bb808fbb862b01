"""How much the dense arm weighs, fitted to lessons. Searches nothing."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.search.fusion import DENSE_WEIGHT
from tuning.retriever.features import Case

LEAST, MOST = 0.2, 0.9
"""The weight stays between these."""
_STEP = 0.01
_SMOOTH = 0.02  # of a fused score: two chunks that near share a place
# What a move of one from the weight as shipped must be worth, squared, in whole questions: one of
# .1 a question that rises from nowhere to the first place. Ten thumbs seldom are.
_PRIOR = 100.0

Floats = NDArray[np.float64]


def fit_dense_weight(cases: Sequence[Case], before: float = DENSE_WEIGHT) -> float:
    """The weight at which most is gained, less a penalty for how far it is from `before`.

    A case gains one over the place of the best chunk that answered and loses one over that of the
    best that misled, so that none counts more than another. The places are smooth, as in Qin et
    al. 2010. The same cases give the same weight; none give `before`.
    """
    weights = np.round(np.arange(LEAST, MOST + _STEP / 2, _STEP), 2)
    worth = -_PRIOR * (weights - before) ** 2
    for case in cases:
        worth = worth + gains(case, weights)
    best = int(np.argmax(worth))
    nothing_gained = worth[best] <= sum(float(gains(case, np.array([before]))[0]) for case in cases)
    return before if nothing_gained else float(weights[best])


def gains(case: Case, weights: Floats) -> Floats:
    """What a case is worth at each weight, -1 to 1."""
    dense, lexical = case.shares[case.found].T.astype(np.float64)
    scores = weights[:, None] * dense + (1 - weights)[:, None] * lexical
    answered, misled = case.answered[case.found], case.misled[case.found]
    return _nearness(scores, answered, ~answered) - _nearness(scores, misled, ~misled)


def _nearness(scores: Floats, wanted: NDArray[np.bool_], others: NDArray[np.bool_]) -> Floats:
    """One over the place of the best that is wanted, among the others, at each weight."""
    if not wanted.any():
        return np.zeros(len(scores))
    best = scores[:, wanted].max(axis=1, keepdims=True)
    ahead = 1 / (1 + np.exp(np.clip((best - scores[:, others]) / _SMOOTH, -30, 30)))
    return np.asarray(1 / (1 + ahead.sum(axis=1)))
