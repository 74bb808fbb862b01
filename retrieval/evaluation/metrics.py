"""Metrics of a ranking, and a bootstrap interval for the difference of two."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import mean
from types import MappingProxyType

import numpy as np

Grades = Mapping[str, int]
"""A question's judged documents with their grades; above 0 means relevant, higher is better."""
Metric = Callable[[Sequence[str], Grades], float]
"""Takes a ranking (best first, each document once) and grades; returns a value from 0 to 1."""


def ndcg(ranking: Sequence[str], grades: Grades, k: int) -> float:
    """Return the normalised discounted cumulative gain of the first `k`; the gain is the grade.

    Järvelin and Kekäläinen 2002, as in trec_eval and BEIR. 0 if no document is relevant.
    """
    gained = [max(0, grades.get(key, 0)) for key in ranking[:k]]
    best = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:k]
    return _discounted(gained) / _discounted(best) if best else 0.0


def recall(ranking: Sequence[str], grades: Grades, k: int) -> float:
    """Return the share of relevant documents among the first `k`; 0 if none is relevant."""
    right = {key for key, grade in grades.items() if grade > 0}
    return len(right.intersection(ranking[:k])) / len(right) if right else 0.0


def reciprocal_rank(ranking: Sequence[str], grades: Grades) -> float:
    """Return 1 / rank of the first relevant document; 0 if the ranking has none."""
    places = (place for place, key in enumerate(ranking, 1) if grades.get(key, 0) > 0)
    return 1 / next(places, math.inf)


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "ndcg@10": partial(ndcg, k=10),
        "recall@5": partial(recall, k=5),
        "recall@10": partial(recall, k=10),
        "mrr": reciprocal_rank,
    }
)
"""The metrics by name, each for one question; a retriever's figure is their mean."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A retriever's results: each question's documents, best first, and its milliseconds.

    The figures are in the order of the questions.
    """

    rankings: Mapping[str, Sequence[str]]
    milliseconds: Sequence[float]

    def figures(self, grades: Mapping[str, Grades]) -> dict[str, list[float]]:
        """Return each metric's value for every question."""
        return {
            name: [metric(ranking, grades[id_]) for id_, ranking in self.rankings.items()]
            for name, metric in METRICS.items()
        }

    def summary(self, grades: Mapping[str, Grades]) -> dict[str, float]:
        """Return each metric's mean, `p50_ms` and `p95_ms`. Raises ValueError without questions."""
        means = {name: round(mean(of), 4) for name, of in self.figures(grades).items()}
        p50, p95 = np.percentile(self.milliseconds, [50, 95])
        return {**means, "p50_ms": round(float(p50), 1), "p95_ms": round(float(p95), 1)}


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of two means with its 95% confidence interval."""

    mean: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Return whether the interval excludes 0, so that one mean is surely larger."""
        return self.low > 0 or self.high < 0


def difference(
    one: Sequence[float], other: Sequence[float], seed: int = 7, samples: int = 2000
) -> Difference:
    """Return the mean of `one - other` over the same questions, with a paired bootstrap interval.

    Questions are resampled `samples` times; the bounds are the percentiles 2.5 and 97.5 of the
    means (Efron 1979; Sakai 2006 for retrieval). Raises ValueError for empty or unequal lengths.
    """
    if len(one) != len(other) or not one:
        raise ValueError("a paired difference needs as many figures of the one as of the other")
    deltas = np.asarray(one, dtype=float) - np.asarray(other, dtype=float)
    chance = np.random.default_rng(seed)
    means = [chance.choice(deltas, len(deltas)).mean() for _ in range(samples)]
    low, high = np.percentile(means, [2.5, 97.5])
    return Difference(float(deltas.mean()), float(low), float(high))


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))
