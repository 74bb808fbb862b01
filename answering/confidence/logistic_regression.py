"""A logistic regression on named signals: fitted, moved, asked. Knows nothing of answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

# The weight of the penalty for each row: what was fitted on many more holds better than what a few
# hundred would say.
_STRENGTH, _STRENGTH_BEFORE = 0.05, 0.5
_BEFORE = 25.0
_ROUNDS = 50
_SETTLED = 1e-8
_FARTHEST = 4.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Regression:
    """A logistic regression on standardised signals; the lists have an entry for each signal."""

    names: tuple[str, ...]
    centres: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Regression":
        """One as JSON keeps it. Raises ValueError, TypeError and KeyError where it is none."""
        lists = {name: tuple(row[name]) for name in ("names", "centres", "scales", "weights")}
        if len({len(values) for values in lists.values()}) != 1:
            raise ValueError("the lists are of different lengths")
        return cls(**{**row, **lists})

    def of(self, signals: Mapping[str, float]) -> float:
        """The probability, from 0 to 1, for these signals.

        A signal that is missing counts as its mean did when this was fitted; one far outside of
        what was seen then counts as its border.
        """
        return float(self.of_all([signals])[0])

    def of_all(self, rows: Sequence[Mapping[str, float]]) -> Floats:
        """The probability of each."""
        logits: Floats = self.scaled(rows) @ np.array(self.weights) + self.intercept
        return expit(logits)

    def spread(self, slope: float, shift: float) -> "Regression":
        """The same with each logit multiplied by `slope`, and `shift` added to it."""
        return replace(
            self,
            weights=tuple(slope * weight for weight in self.weights),
            intercept=slope * self.intercept + shift,
        )

    def scaled(self, rows: Sequence[Mapping[str, float]]) -> Floats:
        """Rows by signals: how many standard deviations each is from the mean, 4 at most."""
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
"""No signal at all: one in two, whatever there is."""


def fit_regression(
    rows: Sequence[Mapping[str, float]],
    right: Sequence[bool],
    names: Sequence[str] | None = None,
    strength: float | None = None,
    before: Regression | None = None,
) -> Regression:
    """Weights for these rows' signals by penalised maximum likelihood (Newton's method).

    `names` are the signals to use, all by default. `strength` is the weight of the L2 penalty for
    each row, the intercept free of it: on the weights, or where they were `before` on how far
    they move from there, so that few rows are enough. Raises ValueError where all are right or
    none is.
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
    """The same moved by further rows, such as answers that people have judged.

    The weights so far count as much as some tens of rows would: a few new ones move them little,
    hundreds rule them. Nothing changes without new ones.
    """
    return _moved(regression, rows, right, np.full(len(regression.names) + 1, _BEFORE))


def expit(x: Floats) -> Floats:
    """The probabilities of these logits."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), dtype=np.float64)


def logit(p: Sequence[float] | Floats) -> Floats:
    """The logits of these probabilities, those of 0 and 1 as far as a fit goes."""
    kept = np.clip(np.asarray(p, dtype=np.float64), 1e-9, 1 - 1e-9)
    return np.asarray(np.log(kept / (1 - kept)))


def _extended(
    before: Regression, rows: Sequence[Mapping[str, float]], names: Sequence[str]
) -> Regression:
    """`before` with the signals that it lacks, scaled by these rows, at the weight 0."""
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
    """The weights at the maximum of the likelihood, less the penalties on their distance from here.

    `penalties` has the intercept's first.
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
