"""How good a ranking is, and how sure a difference. Asks no index."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import mean
from types import MappingProxyType

import numpy as np

Grades = Mapping[str, int]
"""A question's judged documents; above 0 is right, the more the better."""
Metric = Callable[[Sequence[str], Grades], float]
"""A ranking of documents, best first and each once, and its grades to a figure from 0 to 1."""


def ndcg(ranking: Sequence[str], grades: Grades, k: int) -> float:
    """Normalised discounted cumulative gain of the first `k`; the gain is the grade itself.

    Järvelin and Kekäläinen 2002, as trec_eval and BEIR reckon it. 0 where nothing is right.
    """
    gained = [max(0, grades.get(key, 0)) for key in ranking[:k]]
    best = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:k]
    return _discounted(gained) / _discounted(best) if best else 0.0


def recall(ranking: Sequence[str], grades: Grades, k: int) -> float:
    """The part of the right documents that is among the first `k`. 0 where nothing is right."""
    right = {key for key, grade in grades.items() if grade > 0}
    return len(right.intersection(ranking[:k])) / len(right) if right else 0.0


def reciprocal_rank(ranking: Sequence[str], grades: Grades) -> float:
    """1 over the place of the first right document; 0 where none is there."""
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
"""What a retriever is measured by; each is a question's, and a mean over all of them."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a retriever gave: each question's documents, best first, and the milliseconds of each.

    The order of the questions is that of the figures.
    """

    rankings: Mapping[str, Sequence[str]]
    milliseconds: Sequence[float]

    def figures(self, grades: Mapping[str, Grades]) -> dict[str, list[float]]:
        """Each metric of every question."""
        return {
            name: [metric(ranking, grades[id_]) for id_, ranking in self.rankings.items()]
            for name, metric in METRICS.items()
        }

    def summary(self, grades: Mapping[str, Grades]) -> dict[str, float]:
        """Each metric's mean, and `p50_ms` and `p95_ms`. Raises ValueError without questions."""
        means = {name: round(mean(of), 4) for name, of in self.figures(grades).items()}
        p50, p95 = np.percentile(self.milliseconds, [50, 95])
        return {**means, "p50_ms": round(float(p50), 1), "p95_ms": round(float(p95), 1)}


@dataclass(frozen=True, slots=True)
class Difference:
    """How much larger one mean is than another, and the bounds it lies within at 95%."""

    mean: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the bounds leave no doubt which of the two is larger."""
        return self.low > 0 or self.high < 0


def difference(
    one: Sequence[float], other: Sequence[float], seed: int = 7, samples: int = 2000
) -> Difference:
    """The mean of `one - other` over the same questions, with its paired bootstrap interval.

    Questions are drawn anew `samples` times; the bounds are the percentiles 2.5 and 97.5 of the
    means (Efron 1979; Sakai 2006 for retrieval). Raises ValueError for none or unequal lengths.
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
