"""What is said of a fit: curves, areas and shares, against values reckoned by hand."""

import random

import pytest

from answering.confidence.confidence import DRAFTED, Confidence
from answering.confidence.logistic_regression import EMPTY
from answering.evaluation.calibration import Calibrated, calibrate, rank_auc
from answering.evaluation.datasets import GoldQuestion
from answering.evaluation.metrics import Outcome

BLANK = Confidence(EMPTY, EMPTY, EMPTY, bar=0.5)


def test_the_area_under_the_curve_by_hand() -> None:
    """Three of four pairs are in order, a tie is half of one."""
    assert rank_auc([0.9, 0.4, 0.6, 0.1], [True, True, False, False]) == 3 / 4
    assert rank_auc([0.5, 0.5], [True, False]) == 0.5
    with pytest.raises(ValueError, match="both kinds"):
        rank_auc([0.5], [True])


def test_curves_and_shares_by_hand() -> None:
    """Risk by coverage from the surest on; each bin's mean, share, size; what the bar refuses."""
    found = Calibrated(
        BLANK,
        evidence=(0.9, 0.3, 0.4, 0.8),
        sentences=((0.95, True), (0.85, False), (0.45, False), (0.9, False)),
        drafts=(None, (0.99, True), None, (0.91, True)),
        answerable=(True, True, False, False),
    )
    assert found.replies == [(0.95, True), (0.85, False), (0.45, False), (0.91, True)]
    assert found.risk_by_coverage() == [(0.25, 0), (0.5, 0), (0.75, 1 / 3), (1.0, 0.5)]
    said, was, sizes = zip(*found.reliability(), strict=True)
    assert said == pytest.approx((0.45, 0.85, 0.93))
    assert (was, sizes) == ((0, 0, 1), (1, 1, 2))
    assert found.error == pytest.approx((0.45 + 0.85 + 2 * 0.07) / 4)
    assert found.auc == 1
    assert found.answerable_auc == 0.5
    assert (found.refused(answerable=True), found.refused(answerable=False)) == (0.5, 0.5)


def test_a_sentence_twice_as_sure_stands_instead_of_its_draft() -> None:
    """By the same figures that are shown to people."""
    found = Calibrated(BLANK, (0.9,), ((0.8, True),), ((0.39, False),), (True,))
    assert (found.probabilities, found.right) == ((0.8,), (True,))


def outcomes(count: int) -> list[Outcome]:
    """Drafts of questions with and without an answer; the signal tells them apart now and then."""
    chance = random.Random(7)
    made = []
    for n in range(count):
        answerable = n % 2 == 0
        question = GoldQuestion(
            str(n),
            "When?",
            ("noon",) if answerable else (),
            frozenset({str(n // 4)}),
            wanted="answer" if answerable else "abstain",
        )
        signals = {"clear": chance.gauss(1.0 if answerable else -1.0, 1), "noise": chance.random()}
        if n % 5:
            signals[DRAFTED] = 2.0
        made.append(Outcome(question, "At noon.", False, "At noon.", "At noon.", 0.5, signals))
    return made


def test_a_calibration_says_what_it_will_do() -> None:
    """What the bar refuses is what was allowed, and the fit tells the two kinds apart."""
    found = calibrate(outcomes(400), 0.2, BLANK)
    assert found.refused(answerable=True) == pytest.approx(0.2, abs=0.01)
    assert (found.refused(answerable=False) or 0) > 0.7
    assert (found.answerable_auc or 0) > 0.85
    assert found.auc > 0.85
    assert found.error < 0.08
    assert {"clear", "noise"} <= set(found.confidence.evidence.names)
    assert sum(draft is None for draft in found.drafts) == 80


def test_it_is_measured_on_what_it_has_not_seen() -> None:
    """Signals that are chance alone tell nothing, however many there are for few answers."""
    chance = random.Random(3)
    made = [
        Outcome(
            one.question, one.text, False, one.evidence, one.sentence, 0.5,
            {DRAFTED: 2.0, **{f"s{n}": chance.random() for n in range(40)}},
        )
        for one in outcomes(120)
    ]  # fmt: skip
    assert (calibrate(made, 0.2, BLANK).answerable_auc or 0) < 0.65


def test_one_kind_alone_teaches_nothing() -> None:
    """Where every question has an answer there is nothing to tell apart."""
    with pytest.raises(ValueError, match="right answers and wrong ones"):
        calibrate([one for one in outcomes(8) if one.question.answerable], 0.2, BLANK)
