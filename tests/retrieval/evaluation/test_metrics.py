"""The metrics agree with their definitions written out, and the interval with what it is for."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.evaluation.metrics import (
    METRICS,
    Ranked,
    difference,
    ndcg,
    recall,
    reciprocal_rank,
)

DOCUMENTS = [f"d{number}" for number in range(12)]
RANKINGS = st.permutations(DOCUMENTS).flatmap(
    lambda order: st.integers(0, len(order)).map(lambda count: order[:count])
)
GRADES = st.dictionaries(st.sampled_from([*DOCUMENTS, "unfound"]), st.integers(-1, 4))


def slow_dcg(gains: list[int]) -> float:
    """The sum of gain over log2 of the place plus one, place by place."""
    total = 0.0
    for place in range(1, len(gains) + 1):
        total += gains[place - 1] / math.log2(place + 1)
    return total


def slow_ndcg(ranking: list[str], grades: dict[str, int], k: int) -> float:
    """The definition: the gain of this order over that of the best order there is."""
    gains = [max(0, grades.get(key, 0)) for key in ranking][:k]
    every = sorted((max(0, grade) for grade in grades.values()), reverse=True)[:k]
    return slow_dcg(gains) / slow_dcg(every) if slow_dcg(every) else 0.0


@given(RANKINGS, GRADES, st.integers(1, 15))
def test_ndcg_is_its_definition(ranking: list[str], grades: dict[str, int], k: int) -> None:
    """Graded gains, discounted by place, over the best order of all judged documents."""
    assert ndcg(ranking, grades, k) == pytest.approx(slow_ndcg(ranking, grades, k))


@given(RANKINGS, GRADES, st.integers(1, 15))
def test_recall_and_reciprocal_rank_are_their_definitions(
    ranking: list[str], grades: dict[str, int], k: int
) -> None:
    """The part of the right ones that is found, and one over the first right place."""
    right = [key for key in grades if grades[key] > 0]
    found = sum(1 for key in right if key in ranking[:k])
    assert recall(ranking, grades, k) == (found / len(right) if right else 0)
    expected = 0.0
    for place, key in enumerate(ranking, 1):
        if key in right:
            expected = 1 / place
            break
    assert reciprocal_rank(ranking, grades) == expected


@given(RANKINGS, GRADES)
def test_every_metric_lies_between_nothing_and_everything(
    ranking: list[str], grades: dict[str, int]
) -> None:
    """No order is better than the best one, and that one has 1 where anything is right."""
    best = sorted(grades, key=lambda key: -grades[key])
    for metric in METRICS.values():
        assert 0 <= metric(ranking, grades) <= 1 + 1e-9
    if any(grade > 0 for grade in grades.values()):
        assert ndcg(best, grades, 10) == pytest.approx(1)
        assert reciprocal_rank(best, grades) == 1


def test_the_figures_of_a_known_example() -> None:
    """trec_eval's own gain: the grade itself, not two to its power."""
    grades = {"a": 3, "b": 2, "c": 0, "d": 1}
    got = 2 + 3 / math.log2(3) + 1 / math.log2(5)
    best = 3 + 2 / math.log2(3) + 1 / 2
    assert ndcg(["b", "a", "c", "d"], grades, 10) == pytest.approx(got / best)


def test_a_summary_is_the_mean_of_all_questions_and_the_percentiles_of_the_time() -> None:
    """A question without a single hit counts as much as any other."""
    ranked = Ranked({"1": ["a", "b"], "2": []}, [10.0, 30.0])
    grades = {"1": {"b": 1}, "2": {"c": 1}}
    assert ranked.figures(grades)["mrr"] == [0.5, 0]
    summary = ranked.summary(grades)
    assert list(summary) == ["ndcg@10", "recall@5", "recall@10", "mrr", "p50_ms", "p95_ms"]
    assert (summary["mrr"], summary["recall@5"]) == (0.25, 0.5)
    assert (summary["p50_ms"], summary["p95_ms"]) == (20, 29)


@settings(max_examples=20)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.integers(0, 99))
def test_an_interval_holds_its_mean_and_is_the_same_for_the_same_seed(
    figures: list[float], seed: int
) -> None:
    """It turns round with its arguments' order, and of equals it is nothing."""
    other = figures[::-1]
    found = difference(figures, other, seed, samples=200)
    assert found == difference(figures, other, seed, samples=200)
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9 or not found.is_sure
    turned = difference(other, figures, seed, samples=200)
    assert turned.mean == pytest.approx(-found.mean)
    assert turned.low == pytest.approx(-found.high)
    assert turned.high == pytest.approx(-found.low)
    nothing = difference(figures, figures, seed, samples=200)
    assert (nothing.mean, nothing.low, nothing.high, nothing.is_sure) == (0, 0, 0, False)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Of 100 samples of two arms that differ by .05, about 95% have .05 within their bounds."""
    chance = random.Random(3)
    held = 0
    for trial in range(100):
        other = [chance.random() for _ in range(80)]
        one = [figure + 0.05 + chance.gauss(0, 0.2) for figure in other]
        found = difference(one, other, seed=trial, samples=200)
        held += found.low <= 0.05 <= found.high
    assert 0.88 <= held / 100 <= 0.99


def test_figures_of_other_questions_are_refused() -> None:
    """A pair needs both."""
    with pytest.raises(ValueError, match="as many"):
        difference([1.0], [1.0, 0.0])
    with pytest.raises(ValueError, match="as many"):
        difference([], [])
