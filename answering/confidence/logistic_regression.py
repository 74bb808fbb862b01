"""Logistic regression on named features: fit, update, predict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

# L2 penalty for each row, from scratch and from earlier weights. The latter is higher, because
# weights fitted on many rows are better than what a few hundred rows say.
_STRENGTH, _STRENGTH_BEFORE = 0.05, 0.5
_BEFORE = 25.0  # penalty on moving fitted weights
_ROUNDS = 50
_SETTLED = 1e-8
_FARTHEST = 4.0  # standard deviations, so that one outlier does not decide

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Regression:
    """A logistic regression on standardised features; each tuple has one entry for each feature."""

    names: tuple[str, ...]
    centres: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Regression":
        """Make one of its JSON. Raises ValueError, TypeError and KeyError if it is wrong."""
        lists = {name: tuple(row[name]) for name in ("names", "centres", "scales", "weights")}
        if len({len(values) for values in lists.values()}) != 1:
            raise ValueError("the lists are of different lengths")
        return cls(**{**row, **lists})

    def of(self, signals: Mapping[str, float]) -> float:
        """Return the probability, 0 to 1, for one row of features.

        A missing feature counts as its mean in the fitted data; values are limited to 4 standard
        deviations from it.
        """
        return float(self.of_all([signals])[0])

    def of_all(self, rows: Sequence[Mapping[str, float]]) -> Floats:
        """Return the probability for each row."""
        logits: Floats = self.scaled(rows) @ np.array(self.weights) + self.intercept
        return expit(logits)

    def spread(self, slope: float, shift: float) -> "Regression":
        """Return the same with each logit multiplied by `slope` and `shift` added."""
        return replace(
            self,
            weights=tuple(slope * weight for weight in self.weights),
            intercept=slope * self.intercept + shift,
        )

    def scaled(self, rows: Sequence[Mapping[str, float]]) -> Floats:
        """Return features as standard deviations from the mean, 4 at most: (rows, features)."""
        found = np.array(
            [
                [
                    row.get(name, centre)
                    for name, centre in zip(self.names, self.centres, strict=True)
                ]
                for row in rows
            ],
            dtype=np.float64,
        ).reshape(len(rows), len(self.names))
        scaled = (found - np.array(self.centres)) / np.array(self.scales)
        return np.asarray(np.clip(np.nan_to_num(scaled), -_FARTHEST, _FARTHEST))


EMPTY = Regression((), (), (), (), 0.0)
"""A regression without features: probability 0.5 for any row."""


def fit_regression(
    rows: Sequence[Mapping[str, float]],
    right: Sequence[bool],
    names: Sequence[str] | None = None,
    strength: float | None = None,
    before: Regression | None = None,
) -> Regression:
    """Fit weights by penalised maximum likelihood (Newton's method).

    `names` are the features to use, all by default. `strength` is the L2 penalty for each row,
    not applied to the intercept. With `before`, the penalty is on the distance from those weights,
    so that few rows are enough. Raises ValueError if all rows are right or none is.
    """
    if len(rows) != len(right) or len(set(map(bool, right))) < 2:
        raise ValueError("a fit needs right answers and wrong ones, with signals for each")
    wanted = tuple(names) if names is not None else sorted({name for row in rows for name in row})
    start = _extended(before or EMPTY, rows, wanted)
    if strength is None:
        strength = _STRENGTH_BEFORE if before else _STRENGTH
    penalties = np.full(len(start.names) + 1, strength * len(rows))
    penalties[0] = _SETTLED
    return _moved(start, rows, right, penalties)


def move_regression(
    regression: Regression, rows: Sequence[Mapping[str, float]], right: Sequence[bool]
) -> Regression:
    """Update the weights by new rows, such as answers that people rated.

    The present weights count as much as some tens of rows: a few new rows change them little,
    hundreds decide. Without rows nothing changes.
    """
    return _moved(regression, rows, right, np.full(len(regression.names) + 1, _BEFORE))


def expit(x: Floats) -> Floats:
    """Return the probabilities of logits."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), dtype=np.float64)


def logit(p: Sequence[float] | Floats) -> Floats:
    """Return the logits of probabilities, clipped to 1e-9 from 0 and 1."""
    kept = np.clip(np.asarray(p, dtype=np.float64), 1e-9, 1 - 1e-9)
    return np.asarray(np.log(kept / (1 - kept)))


def _extended(
    before: Regression, rows: Sequence[Mapping[str, float]], names: Sequence[str]
) -> Regression:
    """Add the features that `before` lacks, standardised on these rows, with weight 0."""
    lacking = tuple(name for name in names if name not in before.names)
    found = np.array([[row.get(name, np.nan) for name in lacking] for row in rows])
    centres, scales = [], []
    for column in found.reshape(len(rows), len(lacking)).T:
        known = column[~np.isnan(column)]
        spread = float(known.std()) if len(known) else 0.0
        centres.append(float(known.mean()) if len(known) else 0.0)
        scales.append(spread if spread > _SETTLED else 1.0)
    return replace(
        before,
        names=before.names + lacking,
        centres=(*before.centres, *centres),
        scales=(*before.scales, *scales),
        weights=(*before.weights, *([0.0] * len(lacking))),
    )


def _moved(
    start: Regression,
    rows: Sequence[Mapping[str, float]],
    right: Sequence[bool],
    penalties: Floats,
) -> Regression:
    """Maximise the likelihood minus penalties on the squared distance from `start`.

    `penalties` begins with the intercept's.
    """
    columns = np.hstack([np.ones((len(rows), 1)), start.scaled(rows)])
    wanted, origin = (
        np.asarray(right, dtype=np.float64),
        np.array([start.intercept, *start.weights]),
    )
    weights = origin.copy()
    for _ in range(_ROUNDS):
        said = expit(columns @ weights)
        slope = columns.T @ (wanted - said) - penalties * (weights - origin)
        curve = (columns.T * (said * (1 - said))) @ columns + np.diag(penalties)
        step = np.linalg.solve(curve, slope)
        weights += step
        if np.abs(step).max() < _SETTLED:
            break
    return replace(start, weights=tuple(weights[1:].tolist()), intercept=float(weights[0]))
