"""Score a few texts against a question with BM25, in memory (the index has its own BM25)."""

from collections import Counter
from collections.abc import Mapping, Sequence

_K1, _B = 1.2, 0.75


def bm25(weights: Mapping[str, float], texts: Sequence[Sequence[str]]) -> list[float]:
    """Return each text's Okapi BM25 (Robertson and Walker 1994).

    `weights` are the query's terms with their idf; `texts` are lists of terms.
    """
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
