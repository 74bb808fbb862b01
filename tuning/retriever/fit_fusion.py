"""Fit the weight of the dense arm in score fusion to lessons."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.search.fusion import DENSE_WEIGHT
from tuning.retriever.features import Case

LEAST, MOST = 0.2, 0.9
"""The weight stays between these."""
_STEP = 0.01
_SMOOTH = 0.02  # of a fused score: chunks closer than this share a rank
# Penalty, in questions, of the squared distance from the shipped weight: a move by .1 costs one
# question that rises from nowhere to rank one. Ten thumbs seldom are worth that.
_PRIOR = 100.0

Floats = NDArray[np.float64]


def fit_dense_weight(cases: Sequence[Case], before: float = DENSE_WEIGHT) -> float:
    """Return the weight with the greatest gain, less a penalty on its distance from `before`.

    A case gains the reciprocal rank of the best chunk that answered and loses that of the best that
    misled, so each counts alike. Ranks are smooth, as in Qin et al. 2010. Deterministic; returns
    `before` without cases.
    """
    weights = np.round(np.arange(LEAST, MOST + _STEP / 2, _STEP), 2)
    worth = -_PRIOR * (weights - before) ** 2
    for case in cases:
        worth = worth + gains(case, weights)
    best = int(np.argmax(worth))
    nothing_gained = worth[best] <= sum(float(gains(case, np.array([before]))[0]) for case in cases)
    return before if nothing_gained else float(weights[best])


def gains(case: Case, weights: Floats) -> Floats:
    """Return what a case is worth at each weight, -1 to 1."""
    dense, lexical = case.shares[case.found].T.astype(np.float64)
    scores = weights[:, None] * dense + (1 - weights)[:, None] * lexical
    answered, misled = case.answered[case.found], case.misled[case.found]
    return _nearness(scores, answered, ~answered) - _nearness(scores, misled, ~misled)


def _nearness(scores: Floats, wanted: NDArray[np.bool_], others: NDArray[np.bool_]) -> Floats:
    """Return the smooth reciprocal rank of the best wanted chunk, at each weight."""
    if not wanted.any():
        return np.zeros(len(scores))
    best = scores[:, wanted].max(axis=1, keepdims=True)
    ahead = 1 / (1 + np.exp(np.clip((best - scores[:, others]) / _SMOOTH, -30, 30)))
    return np.asarray(1 / (1 + ahead.sum(axis=1)))
