"""How well a confidence tells right answers from wrong ones, on answers it has not seen. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from answering.confidence import Confidence, choose_bar, expit, fit_confidence, logit
from answering.evaluation import Outcome, calibration_error

_FOLDS = 5
BINS = 10


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A fit, and what it said of each draft when it had not seen those of the same documents.

    The lists have an entry for each draft: the probability, whether it was right, whether its
    question has an answer, whether it was abstained from anyway, for lack of support.
    """

    confidence: Confidence
    probabilities: tuple[float, ...]
    right: tuple[bool, ...]
    answerable: tuple[bool, ...]
    abstained: tuple[bool, ...]

    @property
    def auc(self) -> float:
        """The chance that a right draft has a higher probability than a wrong one."""
        return rank_auc(self.probabilities, self.right)

    @property
    def answerable_auc(self) -> float | None:
        """The same for questions with and without an answer, or None where all are of one kind."""
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
            abstained or p < self.confidence.bar
            for p, kind, abstained in zip(
                self.probabilities, self.answerable, self.abstained, strict=True
            )
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
    outcomes: Sequence[Outcome], refused_at_most: float, before: Confidence | None = None
) -> Calibrated:
    """Fit on all drafts that have signals; the bar and the figures are from cross-validation.

    The fit starts from the weights `before`, if any. The bar refuses at most this share of the
    right drafts. Drafts of questions about the same documents are held out together. Raises
    ValueError where all drafts are right or all wrong.
    """
    drafts = [outcome for outcome in outcomes if outcome.signals]
    rows = [draft.signals for draft in drafts]
    right = tuple(draft.right for draft in drafts)
    answerable = tuple(draft.question.answerable for draft in drafts)
    fit = fit_confidence(rows, right, before=before)
    groups = [min(draft.question.documents, default="") for draft in drafts]
    said = _held_out(rows, right, groups, fit, before)
    slope, shift = _spread(said, right)
    fit = fit.spread(slope, shift)
    said = [float(p) for p in expit(slope * logit(said) + shift)]
    abstained = tuple(draft.abstained for draft in drafts)
    wanted = [good and not out for good, out in zip(right, abstained, strict=True)]
    bar = choose_bar(said, wanted, refused_at_most)
    return Calibrated(replace(fit, bar=bar), tuple(said), right, answerable, abstained)


def _spread(said: Sequence[float], right: Sequence[bool]) -> tuple[float, float]:
    """What to multiply logits by and add to them so that they say how often one is right.

    The penalty of a fit draws all probabilities together; this undoes it (Platt 1999).
    """
    line = fit_confidence([{"logit": float(x)} for x in logit(said)], right, strength=1e-3)
    slope = max(0.0, line.weights[0]) / line.scales[0]
    return slope, line.intercept - slope * line.centres[0]


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


def _held_out(
    rows: Sequence[Mapping[str, float]],
    right: Sequence[bool],
    groups: Sequence[str],
    fit: Confidence,
    before: Confidence | None,
) -> list[float]:
    """What a fit on the other groups says of each; `fit`'s word where they are all of one kind."""
    names = sorted(set(groups))
    fold_of = {name: at % _FOLDS for at, name in enumerate(names)}
    said = fit.of_all(rows)
    for fold in range(_FOLDS):
        held = np.array([fold_of[group] == fold for group in groups])
        others = [at for at, out in enumerate(held) if not out]
        if held.any() and len({right[at] for at in others}) == 2:
            part = fit_confidence(
                [rows[at] for at in others],
                [right[at] for at in others],
                fit.names,
                before=before,
            )
            said[held] = part.of_all([row for row, out in zip(rows, held, strict=True) if out])
    return [float(p) for p in said]
