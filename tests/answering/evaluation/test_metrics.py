"""Metrics of answers against values reckoned by hand, and what always holds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.evaluation.datasets import GoldQuestion
from answering.evaluation.metrics import (
    LONG_SHARES,
    SHARES,
    Outcome,
    calibration_error,
    contains,
    estimate,
    exact,
    f1,
    normalise,
    outcomes_error,
    rouge_l,
)

ANSWERED = GoldQuestion("1", "When is lunch?", ("at noon", "12:00"), frozenset({"lunch"}))
UNANSWERED = GoldQuestion("2", "Who is king?", (), frozenset({"lunch"}), wanted="abstain")
VAGUE = GoldQuestion("3", "When is it?", (), frozenset(), wanted="ask back")


def outcome(question: GoldQuestion, text: str, *cited: str, **more: object) -> Outcome:
    """What came of a question; abstained where there is no text."""
    made = Outcome(question, text, abstained=not text, cited=cited)
    return replace(made, **more)  # type: ignore[arg-type]  # the tests name fields of their types


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The Garden, at noon! [1]", "garden at noon"),
        ("a  theatre\nan anthem", "theatre anthem"),
        ("U.S.A.", "usa"),
        ("The", "the"),
        ("", ""),
    ],
)
def test_normalisation_is_squads(text: str, normal: str) -> None:
    """Small letters, no punctuation, no articles, one blank; marks go, and something stays."""
    assert normalise(text) == normal


def test_metrics_by_hand() -> None:
    """The best of the gold answers counts: 2 of 4 words said, 2 of 2 wanted give F1 2/3."""
    golds = ("half past noon", "at noon")
    assert exact("At noon. [1]", golds) == 1
    assert exact("It is at noon.", golds) == 0
    assert f1("It is at noon.", golds) == pytest.approx(2 * 2 / (4 + 2))
    assert contains("It is at noon. [1]", golds) == 1
    assert contains("It is noon.", golds) == 0
    assert rouge_l("noon at", ("at noon",)) == pytest.approx(0.5)
    assert f1("noon at", ("at noon",)) == 1
    assert f1("anything", ()) == exact("anything", ()) == contains("anything", ()) == 0
    assert f1("图书馆周日关闭", ("周日",)) == pytest.approx(2 * 2 / (7 + 2))


@given(st.text(), st.text())
def test_metrics_agree_with_each_other(said: str, gold: str) -> None:
    """All are from 0 to 1; what is exact is contained, and no order can beat none."""
    figures = [metric(said, (gold,)) for metric in (exact, contains, f1, rouge_l)]
    assert all(0 <= figure <= 1 for figure in figures)
    assert figures[0] <= figures[1]
    assert figures[3] <= figures[2] + 1e-9
    assert exact(gold, (gold,)) == contains(gold, (gold,)) == 1


def test_shares_by_hand() -> None:
    """Each share counts the questions, or the citations, that it is about, and no others."""
    outcomes = [
        outcome(ANSWERED, "At noon. [1]", "lunch"),
        outcome(ANSWERED, "At dusk. [1][2]", "dinner", "lunch"),
        outcome(ANSWERED, ""),
        outcome(ANSWERED, "At dawn. [1]", "breakfast"),
        outcome(UNANSWERED, "At noon. [1]", "lunch"),
        outcome(UNANSWERED, ""),
        outcome(VAGUE, "Which lunch do you mean?"),
    ]
    figures = {
        name: found.value
        for name, share in {**SHARES, **LONG_SHARES}.items()
        if (found := estimate(outcomes, share))
    }
    assert figures["exact"] == figures["contains"] == 1 / 4
    assert figures["f1"] == pytest.approx((1 + 1 / 2 + 0 + 1 / 2) / 4)
    assert figures["citation_precision"] == 2 / 4
    assert figures["citation_recall"] == 2 / 3
    assert figures["abstained_unanswerable"] == 1 / 2
    assert figures["refused_answerable"] == 1 / 4
    assert figures["asked_back"] == 1


def test_a_share_of_nothing_is_none() -> None:
    """Without answerable questions nothing is said of answers, without any question nothing."""
    assert estimate([outcome(UNANSWERED, "")], SHARES["contains"]) is None
    assert estimate([], SHARES["contains"]) is None
    assert outcomes_error([]) is None


def test_the_interval_holds_the_share_and_shrinks() -> None:
    """The bounds are about it; four times as many questions halve them; the same seed, the same."""
    few = [outcome(ANSWERED, "At noon." if n % 2 else "") for n in range(40)]
    one, more = (estimate(of, SHARES["contains"]) for of in (few, few * 4))
    assert one is not None and more is not None
    assert one.low < one.value == 0.5 < one.high
    assert more.high - more.low == pytest.approx((one.high - one.low) / 2, rel=0.25)
    assert estimate(few, SHARES["contains"]) == one


def test_the_calibration_error_by_hand() -> None:
    """Two bins: .9 said and half right, .2 said and none right, weighed by their size."""
    error = calibration_error([0.9, 0.9, 0.2], [True, False, False])
    assert error == pytest.approx((2 * 0.4 + 1 * 0.2) / 3)
    assert calibration_error([1.0, 0.0], [True, False]) == 0
    assert calibration_error([], []) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_the_calibration_error_has_bounds(pairs: list[tuple[float, bool]]) -> None:
    """From 0 to 1, and never under the distance of the whole's mean from its share of right."""
    said, right = [p for p, _ in pairs], [r for _, r in pairs]
    error = calibration_error(said, right)
    assert error is not None
    whole = abs(sum(said) - sum(right)) / len(said)
    assert whole - 1e-9 <= error <= 1


def test_quotations_count_for_the_calibration() -> None:
    """A quotation holds the answer or does not, whatever it is called; nothing found is neither."""
    quoted = "The closest I found:\n\n> Lunch is at noon. [1]"
    outcomes = [
        replace(outcome(ANSWERED, quoted, confidence=0.4), abstained=True),
        replace(outcome(UNANSWERED, quoted, confidence=0.3), abstained=True),
        outcome(ANSWERED, ""),
    ]
    assert outcomes[0].right and not outcomes[1].right
    assert outcomes_error(outcomes) == pytest.approx((0.6 + 0.3) / 2)
