"""Fuse the dense and the lexical ranking by relative scores."""

from collections.abc import Sequence

from retrieval.search.arms import Hit

DENSE_WEIGHT = 0.6
"""Of the weights .3 to .7, the one that is on no dataset worse than the better arm alone."""

Shares = tuple[float, float]
"""A chunk's normalised scores, dense and lexical: its score divided by the arm's best, 0 to 1."""


def fuse(
    dense: Sequence[Hit], lexical: Sequence[Hit], dense_weight: float = DENSE_WEIGHT
) -> dict[int, float]:
    """Return chunks with their fused scores, 0 to 1, best first; each arm's hits come best first.

    The fused score is `dense_weight` * dense + (1 - `dense_weight`) * lexical, of the normalised
    scores.
    """
    scores = {
        chunk: dense_weight * near + (1 - dense_weight) * alike
        for chunk, (near, alike) in shares(dense, lexical).items()
    }
    # Equal scores by id, so that the order is reproducible.
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def shares(dense: Sequence[Hit], lexical: Sequence[Hit]) -> dict[int, Shares]:
    """Normalise each arm's scores by its best, for every chunk that either arm found.

    A chunk that one arm did not find gets that arm's lowest score, or 0 if that arm found fewer
    chunks than the other.
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
    # A missing chunk may be just below the cut-off, unless the arm ran out of hits before it.
    last = hits[-1][1] if len(hits) >= len(others) else 0.0
    known = dict(hits)
    return {chunk: max(0.0, known.get(chunk, last)) / best for chunk in chunks}
