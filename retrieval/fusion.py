"""Two rankings of chunks to one. Asks no database."""

from collections.abc import Sequence

from retrieval.searching import Hit

_DENSE_WEIGHT = 0.6  # of .3 to .7 the one that is nowhere worse than the better arm alone


def fuse(dense: Sequence[Hit], lexical: Sequence[Hit]) -> dict[int, float]:
    """Chunks with their fused scores, 0 to 1, best first; each arm's hits come best first.

    Each arm's scores are divided by its best, then weighed and added. A chunk that an arm does not
    name counts there as its last one, for that is where the arm was cut off; as nothing where the
    arm had so little to say that it named fewer chunks than the other.
    """
    scores = dict.fromkeys([chunk for chunk, _ in (*dense, *lexical)], 0.0)
    for hits, others, weight in (
        (dense, lexical, _DENSE_WEIGHT),
        (lexical, dense, 1 - _DENSE_WEIGHT),
    ):
        best = hits[0][1] if hits else 0.0
        if best > 0:
            last = hits[-1][1] if len(hits) >= len(others) else 0.0
            known = dict(hits)
            for chunk in scores:
                scores[chunk] += weight * max(0.0, known.get(chunk, last)) / best
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))
