"""How well a confidence tells right answers from wrong ones, on answers it has not seen. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from answering.confidence.confidence import DRAFTED, HELD, Confidence, choose_bar, prefers_draft
from answering.confidence.logistic_regression import (
    Floats,
    Regression,
    expit,
    fit_regression,
    logit,
)
from answering.evaluation.metrics import Outcome, calibration_error

_FOLDS = 5
# Drafts are few, and what their sentence is worth is known from many more.
_STRENGTH_DRAFT = 0.1
BINS = 10


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A fit, and what it said of each question when it had not seen those of the same documents.

    The lists have an entry for each question that had evidence: how sure it is that the evidence
    holds the answer; its best sentence, and the draft, None where none is supported, each as how
    sure it is and whether it is right; and whether the question has an answer.
    """

    confidence: Confidence
    evidence: tuple[float, ...]
    sentences: tuple[tuple[float, bool], ...]
    drafts: tuple[tuple[float, bool] | None, ...]
    answerable: tuple[bool, ...]

    @property
    def replies(self) -> list[tuple[float, bool]]:
        """The draft or the sentence, as the bar has it: how sure it is, and whether it is right."""
        bar = self.confidence.bar
        return [
            draft if draft and held >= bar and prefers_draft(draft[0], sentence[0]) else sentence
            for held, sentence, draft in zip(
                self.evidence, self.sentences, self.drafts, strict=True
            )
        ]

    @property
    def probabilities(self) -> tuple[float, ...]:
        """How sure each reply is."""
        return tuple(p for p, _ in self.replies)

    @property
    def right(self) -> tuple[bool, ...]:
        """Whether each reply is right."""
        return tuple(right for _, right in self.replies)

    @property
    def auc(self) -> float:
        """The chance that a right reply has a higher probability than a wrong one."""
        return rank_auc(self.probabilities, self.right)

    @property
    def answerable_auc(self) -> float | None:
        """The same of evidence for questions with and without an answer; None for one kind."""
        if len(set(self.answerable)) < 2:
            return None
        return rank_auc(self.evidence, self.answerable)

    @property
    def error(self) -> float:
        """The expected calibration error."""
        return calibration_error(self.probabilities, self.right, BINS) or 0.0

    def refused(self, answerable: bool) -> float | None:
        """The share of the questions with, or without, an answer that are not answered."""
        of_kind = [
            p < self.confidence.bar
            for p, kind in zip(self.evidence, self.answerable, strict=True)
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

    The fits start from the weights `before`. The bar refuses at most this share of the questions
    that have an answer, as far as they have evidence. Questions about the same documents are held
    out together. Raises ValueError where all evidence, sentences or drafts are right or all wrong.
    """
    asked = [outcome for outcome in outcomes if outcome.signals]
    groups = [min(outcome.question.documents, default="") for outcome in asked]
    evidence, held = fit_held_out(
        [outcome.signals for outcome in asked],
        [outcome.is_in(outcome.evidence) for outcome in asked],
        *(groups, before.evidence, before.evidence.names or None),
    )
    known = [{HELD: float(x)} for x in logit(held)]
    in_best = [outcome.is_in(outcome.sentence) for outcome in asked]
    sentence, of_best = fit_held_out(known, in_best, groups, before.sentence)
    places = [at for at, outcome in enumerate(asked) if DRAFTED in outcome.signals]
    in_draft = [asked[at].right for at in places]
    draft, of_draft = fit_held_out(
        [_of_draft(asked[at].signals) | known[at] for at in places],
        *(in_draft, [groups[at] for at in places], before.draft),
        strength=_STRENGTH_DRAFT,
    )
    answerable = tuple(outcome.question.answerable for outcome in asked)
    drafts = dict(zip(places, zip(of_draft, in_draft, strict=True), strict=True))
    bar = choose_bar(held, answerable, refused_at_most)
    return Calibrated(
        replace(before, evidence=evidence, sentence=sentence, draft=draft, bar=bar),
        tuple(held),
        tuple(zip(of_best, in_best, strict=True)),
        tuple(drafts.get(at) for at in range(len(asked))),
        answerable,
    )


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


def _of_draft(signals: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in signals.items() if name.startswith("draft_")}


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
