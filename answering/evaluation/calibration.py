"""Fit the confidence and measure it by cross-validation: AUC, calibration error, risk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from answering.confidence.confidence import Confidence, choose_bar
from answering.confidence.logistic_regression import (
    Floats,
    Regression,
    expit,
    fit_regression,
    logit,
)
from answering.evaluation.metrics import Outcome, calibration_error

_FOLDS = 5  # of documents
BINS = 10


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A fit with its held-out predictions: no question's document was in the data it was fitted on.

    The tuples have one entry for each question for which something was found: the probability that
    what is shown answers it, whether it does, and whether the question has an answer.
    """

    confidence: Confidence
    probabilities: tuple[float, ...]
    right: tuple[bool, ...]
    answerable: tuple[bool, ...]

    @property
    def auc(self) -> float:
        """Return the chance that a right reply has a higher probability than a wrong one."""
        return rank_auc(self.probabilities, self.right)

    @property
    def answerable_auc(self) -> float | None:
        """Return the AUC for questions with against without an answer; None without both kinds."""
        if len(set(self.answerable)) < 2:
            return None
        return rank_auc(self.probabilities, self.answerable)

    @property
    def error(self) -> float:
        """Return the expected calibration error."""
        return calibration_error(self.probabilities, self.right, BINS) or 0.0

    def refused(self, answerable: bool) -> float | None:
        """Return the share of questions with, or without, an answer that are not answered."""
        of_kind = [
            p < self.confidence.bar
            for p, kind in zip(self.probabilities, self.answerable, strict=True)
            if kind is answerable
        ]
        return sum(of_kind) / len(of_kind) if of_kind else None

    def risk_by_coverage(self) -> list[tuple[float, float]]:
        """Return (coverage, risk) from the surest reply alone to all of them (El-Yaniv 2010).

        Coverage is the share of replies given, risk the share of wrong ones among them.
        """
        order = np.argsort(-np.asarray(self.probabilities), kind="stable")
        wrong = 1 - np.asarray(self.right, dtype=float)[order]
        counts = np.arange(1, len(wrong) + 1)
        risks = np.cumsum(wrong) / counts
        return list(zip((counts / len(wrong)).tolist(), risks.tolist(), strict=True))

    def reliability(self) -> list[tuple[float, float, int]]:
        """Return each bin's mean probability, its share of right replies, and its size."""
        said, was = np.asarray(self.probabilities), np.asarray(self.right, dtype=float)
        bin_of = np.minimum((said * BINS).astype(int), BINS - 1)
        return [
            (float(said[bin_of == b].mean()), float(was[bin_of == b].mean()), int(n))
            for b, n in zip(*np.unique(bin_of, return_counts=True), strict=True)
        ]


def calibrate(
    outcomes: Sequence[Outcome], refused_at_most: float, before: Confidence
) -> Calibrated:
    """Fit on questions asked without a threshold; threshold and figures are cross-validated.

    The fit starts from the weights `before`. The threshold refuses at most `refused_at_most` of
    the answerable questions for which something was found. Questions about the same documents are
    held out together. Raises ValueError if all replies are right or all are wrong.
    """
    asked = [outcome for outcome in outcomes if outcome.signals]
    right = [outcome.right for outcome in asked]
    fit, said = fit_held_out(
        [_known(outcome.signals, before.answer) for outcome in asked],
        right,
        [min(outcome.question.documents, default="") for outcome in asked],
        before.answer,
        before.answer.names,
    )
    answerable = tuple(outcome.question.answerable for outcome in asked)
    bar = choose_bar(said, answerable, refused_at_most)
    return Calibrated(replace(before, answer=fit, bar=bar), tuple(said), tuple(right), answerable)


def _known(signals: Mapping[str, float], fit: Regression) -> dict[str, float]:
    return {name: value for name, value in signals.items() if name in fit.names}


def rank_auc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """Return the area under the ROC curve; ties count half (Mann and Whitney 1947).

    Raises ValueError unless there are scores of both kinds.
    """
    of_one = np.asarray([s for s, p in zip(scores, positive, strict=True) if p])
    others = np.sort([s for s, p in zip(scores, positive, strict=True) if not p])
    if not len(of_one) or not len(others):
        raise ValueError("an AUC needs both kinds")
    below = np.searchsorted(others, of_one, "left") + np.searchsorted(others, of_one, "right")
    return float(below.sum() / (2 * len(of_one) * len(others)))


def fit_held_out(
    rows: Sequence[Mapping[str, float]],
    right: Sequence[bool],
    groups: Sequence[str],
    before: Regression | None = None,
    names: Sequence[str] | None = None,
    strength: float | None = None,
) -> tuple[Regression, list[float]]:
    """Fit on all rows; return the fit, and each row's probability by a fit on other groups.

    Both are rescaled on the held-out logits (Platt 1999). Raises ValueError as `fit_regression`
    does.
    """
    fit = fit_regression(rows, right, names, strength, before)
    said = fit.of_all(rows)
    fold_of = {name: at % _FOLDS for at, name in enumerate(sorted(set(groups)))}
    for fold in range(_FOLDS):
        held = [at for at, group in enumerate(groups) if fold_of[group] == fold]
        others = [at for at, group in enumerate(groups) if fold_of[group] != fold]
        if held and len({right[at] for at in others}) == 2:
            known = [rows[at] for at in others], [right[at] for at in others]
            part = fit_regression(*known, fit.names, strength, before)
            said[held] = part.of_all([rows[at] for at in held])
    # The penalty shrinks all probabilities towards the mean; rescaling undoes that.
    slope, shift = _spread(said, right)
    return fit.spread(slope, shift), expit(slope * logit(said) + shift).tolist()


def _spread(said: Floats, right: Sequence[bool]) -> tuple[float, float]:
    """Return slope and shift that turn these logits into calibrated ones (Platt scaling)."""
    line = fit_regression([{"logit": float(x)} for x in logit(said)], right, strength=1e-3)
    slope = max(0.0, line.weights[0]) / line.scales[0]
    return slope, line.intercept - slope * line.centres[0]
