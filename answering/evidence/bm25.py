"""BM25 of a few texts against a question, in memory. The index ranks by itself, in Postgres."""

from collections import Counter
from collections.abc import Mapping, Sequence

_K1, _B = 1.2, 0.75


def bm25(weights: Mapping[str, float], texts: Sequence[Sequence[str]]) -> list[float]:
    """The Okapi BM25 (Robertson and Walker 1994) of each text, its query's terms so weighed."""
    mean = sum(map(len, texts)) / max(1, len(texts)) or 1.0
    scores = []
    for text in texts:
        count, length = Counter(text), 1 - _B + _B * len(text) / mean
        scores.append(
            sum(
                weight * count[term] * (_K1 + 1) / (count[term] + _K1 * length)
                for term, weight in weights.items()
            )
        )
    return scores
