"""BM25 written down as it is defined, slowly, to hold the fast one against. Not a test itself."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pytest import approx


def plain_bm25(chunks: Mapping[int, Sequence[str]], asked: Iterable[str]) -> dict[int, float]:
    """The score of each chunk that holds an asked term; chunks without terms do not count."""
    bags = {chunk: Counter(terms) for chunk, terms in chunks.items() if terms}
    average = sum(bag.total() for bag in bags.values()) / len(bags) if bags else 0.0
    scores: defaultdict[int, float] = defaultdict(float)
    for term in set(asked):
        holders = [chunk for chunk, bag in bags.items() if bag[term]]
        idf = math.log(1 + (len(bags) - len(holders) + 0.5) / (len(holders) + 0.5))
        for chunk in holders:
            count, length = bags[chunk][term], bags[chunk].total()
            scores[chunk] += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length / average))
    return dict(scores)


def assert_ranked(hits: Sequence[tuple[int, float]], scores: Mapping[int, float]) -> None:
    """`hits` are the best of `scores`, best first, as exactly as single precision can say."""
    assert len({chunk for chunk, _ in hits}) == len(hits)
    assert [score for _, score in hits] == approx(
        sorted(scores.values(), reverse=True)[: len(hits)], rel=1e-4
    )
    for chunk, score in hits:
        assert score == approx(scores[chunk], rel=1e-4)
