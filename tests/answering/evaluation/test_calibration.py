"""What is said of a fit: curves, areas and shares, against values reckoned by hand."""

import random
from dataclasses import replace

import pytest

from answering.confidence.confidence import Confidence
from answering.confidence.logistic_regression import EMPTY, Regression
from answering.evaluation.calibration import Calibrated, calibrate, rank_auc
from answering.evaluation.datasets import GoldQuestion
from answering.evaluation.metrics import Outcome

BLANK = Confidence(EMPTY, EMPTY, bar=0.5)
NOISE = tuple(f"s{n}" for n in range(40))


def start(*names: str) -> Confidence:
    """A confidence that knows these signals and makes nothing of them yet."""
    zeros, ones = (0.0,) * len(names), (1.0,) * len(names)
    return replace(BLANK, answer=Regression(names, zeros, ones, zeros, 0.0))


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
        probabilities=(0.95, 0.45, 0.85, 0.91),
        right=(True, False, False, True),
        answerable=(True, True, False, False),
    )
    assert found.risk_by_coverage() == [(0.25, 0), (0.5, 0), (0.75, 1 / 3), (1.0, 0.5)]
    said, was, sizes = zip(*found.reliability(), strict=True)
    assert said == pytest.approx((0.45, 0.85, 0.93))
    assert (was, sizes) == ((0, 0, 1), (1, 1, 2))
    assert found.error == pytest.approx((0.45 + 0.85 + 2 * 0.07) / 4)
    assert found.auc == 1
    assert found.answerable_auc == 0.5
    assert (found.refused(answerable=True), found.refused(answerable=False)) == (0.5, 0)


def test_one_kind_of_question_has_no_area() -> None:
    """Nor is a share of none refused; nothing asked is no error."""
    found = Calibrated(BLANK, (0.8,), (True,), (True,))
    assert found.answerable_auc is None
    assert found.refused(answerable=False) is None
    assert Calibrated(BLANK, (), (), ()).error == 0


def outcomes(count: int) -> list[Outcome]:
    """Answers to questions with and without one; the signal tells them apart now and then."""
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
        made.append(Outcome(question, "At noon.", False, "At noon.", "At noon.", 0.5, signals))
    return made


def test_a_calibration_says_what_it_will_do() -> None:
    """What the bar refuses is what was allowed, and the fit tells the two kinds apart."""
    found = calibrate(outcomes(400), 0.2, start("clear", "noise"))
    assert found.refused(answerable=True) == pytest.approx(0.2, abs=0.01)
    assert (found.refused(answerable=False) or 0) > 0.7
    assert (found.answerable_auc or 0) > 0.85
    assert found.auc > 0.85
    assert found.error < 0.08
    assert found.confidence.answer.names == ("clear", "noise")


def test_only_what_the_fit_knows_is_asked() -> None:
    """Signals that it has no weight for are of no account, such as that a model was asked."""
    made = [replace(one, signals={**one.signals, "drafted": 1.0}) for one in outcomes(200)]
    found = calibrate(made, 0.2, start("clear", "noise"))
    assert (
        found.probabilities == calibrate(outcomes(200), 0.2, start("clear", "noise")).probabilities
    )


def test_it_is_measured_on_what_it_has_not_seen() -> None:
    """Signals that are chance alone tell nothing, however many there are for few answers."""
    chance = random.Random(3)
    made = [
        Outcome(
            one.question, one.text, False, one.evidence, one.sentence, 0.5,
            {name: chance.random() for name in NOISE},
        )
        for one in outcomes(120)
    ]  # fmt: skip
    assert (calibrate(made, 0.2, start(*NOISE)).answerable_auc or 0) < 0.65


def test_one_kind_alone_teaches_nothing() -> None:
    """Where every question has an answer there is nothing to tell apart."""
    with pytest.raises(ValueError, match="right answers and wrong ones"):
        calibrate([one for one in outcomes(8) if one.question.answerable], 0.2, BLANK)
