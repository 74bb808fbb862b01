"""The confidence: its fit, its bar, its file, and that it is what it says."""

import json
import math
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.confidence import (
    ANY,
    Confidence,
    choose_bar,
    fit_confidence,
    logit,
    open_confidence,
    refit_confidence,
    save_confidence,
)
from answering.errors import UnreadableWeights

ONE = Confidence(("a", "b"), (1.0, 0.0), (2.0, 1.0), (1.0, -0.5), 0.25, bar=0.4)


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
    fit = fit_confidence(rows, right, strength=1e-6)
    assert fit.weights == pytest.approx((1.5, -0.7, 0.0), abs=0.15)
    assert fit.intercept == pytest.approx(0, abs=0.15)


def test_its_probabilities_are_what_they_say() -> None:
    """On answers it has not seen, the mean probability is the share that is right."""
    fit = fit_confidence(*drawn((2.0,), 2000))
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
    fit = fit_confidence(rows, right, ("s0", "s1", "never"), strength=1e-6)
    assert fit.weights[0] == pytest.approx(1.5, abs=0.3)
    assert fit.weights[1] < -0.2
    assert fit.weights[2] == 0


@pytest.mark.parametrize("right", [[True, True], [False, False], [True]])
def test_one_kind_alone_teaches_nothing(right: list[bool]) -> None:
    """Answers that are all right, all wrong or not judged are refused."""
    with pytest.raises(ValueError, match="right answers and wrong ones"):
        fit_confidence([{"a": 1.0}, {"a": 2.0}], right)


def test_a_fit_starts_from_what_is_known() -> None:
    """With few answers the weights stay near those before; a signal they lack is added."""
    known = fit_confidence(*drawn((2.0,), 2000), strength=1e-6)
    rows, right = drawn((2.0, -1.5), 60, seed=9)
    few = fit_confidence(rows, right, before=known)
    assert few.names == ("s0", "s1")
    assert few.scales[0] == known.scales[0]
    assert few.weights[1] < -0.3
    fresh = fit_confidence(rows, right)
    assert abs(few.weights[0] - known.weights[0]) < abs(fresh.weights[0] - known.weights[0])


def test_feedback_moves_it_little_by_little() -> None:
    """Nothing changes nothing; two bad marks move it a bit; hundreds turn it round."""
    fit = fit_confidence(*drawn((2.0,), 1000))
    assert refit_confidence(fit, [], []) == fit
    few = refit_confidence(fit, [{"s0": 1.0}] * 2, [False] * 2)
    assert fit.of({"s0": 1.0}) - 0.1 < few.of({"s0": 1.0}) < fit.of({"s0": 1.0})
    many = refit_confidence(fit, *drawn((-2.0,), 1500, seed=9))
    assert many.weights[0] < 0 < fit.weights[0]


def test_spreading_keeps_the_order_and_moves_the_rest() -> None:
    """Logits are multiplied and shifted, so that who is surer than whom stays."""
    rows = [{"a": float(n), "b": 0.5} for n in range(5)]
    before, after = logit(ONE.of_all(rows).tolist()), logit(ONE.spread(2, 1).of_all(rows).tolist())
    assert after == pytest.approx(2 * before + 1)


def test_the_bar_refuses_no_more_than_allowed() -> None:
    """Of ten wanted answers at most two are under it, and it is as high as that allows."""
    probabilities = [n / 10 for n in range(10)]
    bar = choose_bar(probabilities, [True] * 10, 0.2)
    assert sum(p < bar for p in probabilities) == 2
    assert choose_bar(probabilities, [False] * 10, 0.2) == 0
    assert choose_bar([], [], 0.2) == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans())), st.floats(0, 1))
def test_a_bar_holds_its_promise(pairs: list[tuple[float, bool]], at_most: float) -> None:
    """Whatever the answers, the share of wanted ones under the bar is within what was allowed."""
    bar = choose_bar([p for p, _ in pairs], [want for _, want in pairs], at_most)
    wanted = [p for p, want in pairs if want]
    assert sum(p < bar for p in wanted) <= at_most * len(wanted) + 1e-9


def test_a_model_has_weights_of_its_own(tmp_path: Path) -> None:
    """A file keeps one fit a model; another prompt's is passed over; the shipped ones come last."""
    path = tmp_path / "folder" / "confidence.json"
    shipped = open_confidence(path, "mine", "p1")
    assert shipped.model == ANY and shipped.names
    mine = replace(ONE, model="mine", prompt="p1")
    for fit in (replace(ONE, model="other"), replace(mine, bar=0.9), mine):
        save_confidence(path, fit)
    assert open_confidence(path, "mine", "p1") == mine
    assert open_confidence(path, "mine", "p2") == shipped
    assert len(json.loads(path.read_text(encoding="utf-8"))) == 2
    assert mine.never_refusing().bar == 0


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"names": ["a"]}]', "not json"])
def test_a_broken_file_is_told_with_what_to_do(tmp_path: Path, text: str) -> None:
    """What is no file of weights names itself and the command that writes a new one."""
    path = tmp_path / "confidence.json"
    path.write_text(text, encoding="utf-8")
    if text == "{}":
        assert open_confidence(path).model == ANY
        return
    with pytest.raises(UnreadableWeights, match="eval calibrate"):
        open_confidence(path)
