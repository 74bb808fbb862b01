"""How well a confidence tells right answers from wrong ones, on answers it has not seen."""

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

_FOLDS = 5
BINS = 10


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A fit, and what it said of each question when it had not seen those of the same documents.

    The lists have an entry for each question for which something was found: how likely what is
    shown answers it, whether it does, and whether the question has an answer.
    """

    confidence: Confidence
    probabilities: tuple[float, ...]
    right: tuple[bool, ...]
    answerable: tuple[bool, ...]

    @property
    def auc(self) -> float:
        """The chance that a right reply has a higher probability than a wrong one."""
        return rank_auc(self.probabilities, self.right)

    @property
    def answerable_auc(self) -> float | None:
        """The same of questions with and without an answer; None for one kind."""
        if len(set(self.answerable)) < 2:
            return None
        return rank_auc(self.probabilities, self.answerable)

    @property
    def error(self) -> float:
        """The expected calibration error."""
        return calibration_error(self.probabilities, self.right, BINS) or 0.0

    def refused(self, answerable: bool) -> float | None:
        """The share of the questions with, or without, an answer that are not answered."""
        of_kind = [
            p < self.confidence.bar
            for p, kind in zip(self.probabilities, self.answerable, strict=True)
            if kind is answerable
        ]
        return sum(of_kind) / len(of_kind) if of_kind else None

    def risk_by_coverage(self) -> list[tuple[float, float]]:
        """The share of wrong ones among the surest drafts, by how many are given (El-Yaniv 2010).

        From the surest alone to all of them.
        """
        order = np.argsort(-np.asarray(self.probabilities), kind="stable")
        wrong = 1 - np.asarray(self.right, dtype=float)[order]
        counts = np.arange(1, len(wrong) + 1)
        risks = np.cumsum(wrong) / counts
        return list(zip((counts / len(wrong)).tolist(), risks.tolist(), strict=True))

    def reliability(self) -> list[tuple[float, float, int]]:
        """Each bin's mean probability, its share of right ones, and how many are in it."""
        said, was = np.asarray(self.probabilities), np.asarray(self.right, dtype=float)
        bin_of = np.minimum((said * BINS).astype(int), BINS - 1)
        return [
            (float(said[bin_of == b].mean()), float(was[bin_of == b].mean()), int(n))
            for b, n in zip(*np.unique(bin_of, return_counts=True), strict=True)
        ]


def calibrate(
    outcomes: Sequence[Outcome], refused_at_most: float, before: Confidence
) -> Calibrated:
    """Fit on questions that were asked without a bar; bar and figures are from cross-validation.

    The fit starts from the weights `before`. The bar refuses at most this share of the questions
    that have an answer, as far as something was found. Questions about the same documents are held
    out together. Raises ValueError where all replies are right or all wrong.
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
    """The area under the ROC curve, ties counted half (Mann and Whitney 1947).

    Raises ValueError without one of each kind.
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
    """A fit on all rows, and for each row the probability by a fit on other groups alone.

    The penalty of a fit draws all probabilities together; what the held-out ones show of that is
    undone (Platt 1999). Raises ValueError as `fit_regression` does.
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
    slope, shift = _spread(said, right)
    return fit.spread(slope, shift), expit(slope * logit(said) + shift).tolist()


def _spread(said: Floats, right: Sequence[bool]) -> tuple[float, float]:
    """What to multiply logits by and add to them so that they say how often one is right."""
    line = fit_regression([{"logit": float(x)} for x in logit(said)], right, strength=1e-3)
    slope = max(0.0, line.weights[0]) / line.scales[0]
    return slope, line.intercept - slope * line.centres[0]
