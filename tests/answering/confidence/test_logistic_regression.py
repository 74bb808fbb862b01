"""The regression: its fit, how it moves, and that its probabilities are what they say."""

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.confidence.logistic_regression import (
    Regression,
    fit_regression,
    logit,
    move_regression,
)

ONE = Regression(("a", "b"), (1.0, 0.0), (2.0, 1.0), (1.0, -0.5), 0.25)


def drawn(
    weights: Sequence[float], count: int, seed: int = 7
) -> tuple[list[dict[str, float]], list[bool]]:
    """Answers whose chance to be right is a logistic function of their signals."""
    chance = random.Random(seed)
    weight_of = {f"s{n}": weight for n, weight in enumerate(weights)}
    rows = [{name: chance.gauss(0, 1) for name in weight_of} for _ in range(count)]
    logits = [sum(weight * row[name] for name, weight in weight_of.items()) for row in rows]
    return rows, [chance.random() < 1 / (1 + math.exp(-logit)) for logit in logits]


def test_a_fit_finds_the_weights_that_made_the_answers() -> None:
    """From 4,000 answers, weakly penalised, each weight is within .15 of the true one."""
    rows, right = drawn((1.5, -0.7, 0.0), 4000)
    fit = fit_regression(rows, right, strength=1e-6)
    assert fit.weights == pytest.approx((1.5, -0.7, 0.0), abs=0.15)
    assert fit.intercept == pytest.approx(0, abs=0.15)


def test_its_probabilities_are_what_they_say() -> None:
    """On answers it has not seen, the mean probability is the share that is right."""
    fit = fit_regression(*drawn((2.0,), 2000))
    rows, right = drawn((2.0,), 2000, seed=8)
    assert fit.of_all(rows).mean() == pytest.approx(sum(right) / len(right), abs=0.03)


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_it_rises_with_what_speaks_for_it(low: float, high: float, other: float) -> None:
    """Monotone in each signal by the sign of its weight, and always a probability."""
    low, high = sorted((low, high))
    rising = ONE.of({"a": low, "b": other}), ONE.of({"a": high, "b": other})
    falling = ONE.of({"a": other, "b": low}), ONE.of({"a": other, "b": high})
    assert 0 <= rising[0] <= rising[1] <= 1
    assert 0 <= falling[1] <= falling[0] <= 1


def test_what_is_missing_counts_as_usual() -> None:
    """A signal that cannot be had is at its mean, one that is no number too; others are nothing."""
    usual = ONE.of({"a": 1.0, "b": 0.0})
    assert usual == pytest.approx(1 / (1 + math.exp(-0.25)))
    assert ONE.of({}) == ONE.of({"a": math.nan}) == ONE.of({"c": 9.0}) == usual


def test_a_fit_without_a_signal_in_some_answers() -> None:
    """Where some answers lack a signal the others' weights are found; one lacking in all is 0."""
    rows, right = drawn((1.5, -0.7), 2000)
    rows = [row if at % 2 else {"s0": row["s0"]} for at, row in enumerate(rows)]
    fit = fit_regression(rows, right, ("s0", "s1", "never"), strength=1e-6)
    assert fit.weights[0] == pytest.approx(1.5, abs=0.3)
    assert fit.weights[1] < -0.2
    assert fit.weights[2] == 0


@pytest.mark.parametrize("right", [[True, True], [False, False], [True]])
def test_one_kind_alone_teaches_nothing(right: list[bool]) -> None:
    """Answers that are all right, all wrong or not judged are refused."""
    with pytest.raises(ValueError, match="right answers and wrong ones"):
        fit_regression([{"a": 1.0}, {"a": 2.0}], right)


def test_a_fit_starts_from_what_is_known() -> None:
    """With few answers the weights stay near those before; a signal they lack is added."""
    known = fit_regression(*drawn((2.0,), 2000), strength=1e-6)
    rows, right = drawn((2.0, -1.5), 60, seed=9)
    few = fit_regression(rows, right, before=known)
    assert few.names == ("s0", "s1")
    assert few.scales[0] == known.scales[0]
    assert few.weights[1] < -0.3
    fresh = fit_regression(rows, right)
    assert abs(few.weights[0] - known.weights[0]) < abs(fresh.weights[0] - known.weights[0])


def test_feedback_moves_it_little_by_little() -> None:
    """Nothing changes nothing; two bad marks move it a bit; hundreds turn it round."""
    fit = fit_regression(*drawn((2.0,), 1000))
    assert move_regression(fit, [], []) == fit
    few = move_regression(fit, [{"s0": 1.0}] * 2, [False] * 2)
    assert fit.of({"s0": 1.0}) - 0.1 < few.of({"s0": 1.0}) < fit.of({"s0": 1.0})
    many = move_regression(fit, *drawn((-2.0,), 1500, seed=9))
    assert many.weights[0] < 0 < fit.weights[0]


def test_spreading_keeps_the_order_and_moves_the_rest() -> None:
    """Logits are multiplied and shifted, so that who is surer than whom stays."""
    rows = [{"a": float(n), "b": 0.5} for n in range(5)]
    before, after = logit(ONE.of_all(rows).tolist()), logit(ONE.spread(2, 1).of_all(rows).tolist())
    assert after == pytest.approx(2 * before + 1)
