"""Two rankings of chunks to one. Asks no database."""

from collections.abc import Sequence

from retrieval.search.arms import Hit

DENSE_WEIGHT = 0.6
"""Of .3 to .7 the one that is nowhere worse than the better arm alone."""

Shares = tuple[float, float]
"""How near a chunk is to each arm's best, dense and lexical, 0 to 1."""


def fuse(
    dense: Sequence[Hit], lexical: Sequence[Hit], dense_weight: float = DENSE_WEIGHT
) -> dict[int, float]:
    """Chunks with their fused scores, 0 to 1, best first; each arm's hits come best first.

    A chunk's share of each arm's best, weighed and added; the lexical arm weighs what is left to 1.
    """
    scores = {
        chunk: dense_weight * near + (1 - dense_weight) * alike
        for chunk, (near, alike) in shares(dense, lexical).items()
    }
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def shares(dense: Sequence[Hit], lexical: Sequence[Hit]) -> dict[int, Shares]:
    """Each arm's scores divided by its best, for every chunk that either names.

    A chunk that an arm does not name counts there as its last one, for that is where the arm was
    cut off; as nothing where the arm had so little to say that it named fewer chunks than the
    other.
    """
    chunks = dict.fromkeys(chunk for chunk, _ in (*dense, *lexical))
    near, alike = _scaled(dense, lexical, chunks), _scaled(lexical, dense, chunks)
    return {chunk: (near[chunk], alike[chunk]) for chunk in chunks}


def _scaled(
    hits: Sequence[Hit], others: Sequence[Hit], chunks: dict[int, None]
) -> dict[int, float]:
    best = hits[0][1] if hits else 0.0
    if best <= 0:
        return dict.fromkeys(chunks, 0.0)
    last = hits[-1][1] if len(hits) >= len(others) else 0.0
    known = dict(hits)
    return {chunk: max(0.0, known.get(chunk, last)) / best for chunk in chunks}
