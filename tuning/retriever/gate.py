"""Compare candidate retrieval weights with the served ones on held-out golden questions."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from types import MappingProxyType

from database.database import Database
from retrieval.documents import Passage
from retrieval.embeddings.embedder import Embedder
from retrieval.index.generations import Generation
from retrieval.indexing.comparison import PASSAGES
from retrieval.indexing.golden_questions import GoldenQuestion
from retrieval.search.retriever import search
from retrieval.search.weights import Weights
from tuning.evaluation.gate import Margin, Verdict, judge

FEWEST_HELD_OUT = 20
"""With fewer the bootstrap's interval is much too narrow: one question gives a point."""
_LOOKED_AT = 20
_RANK, _RECALL = "reciprocal rank", f"recall@{PASSAGES}"
MARGINS: Mapping[str, Margin | None] = MappingProxyType({_RECALL: Margin(0.02, 0.1)})
"""What must not be lost."""
GAINS = (_RANK,)
"""What weights are trained for."""


def hold_out(golden: Iterable[GoldenQuestion]) -> list[GoldenQuestion]:
    """Return about half of the golden questions: those whose document's hash is even.

    The served weights may have learned from a document before a golden question named it; that can
    only favour them, never a candidate.
    """
    # Half, because most golden questions grow from the thumbs that are lessons too. By document, so
    # that none is on both sides; by hash, so that what is held out once always is.
    return [one for one in golden if _hash(one.document_id)[0] % 2 == 0]


async def judge_weights(
    database: Database,
    embedder: Embedder,
    generation: Generation,
    held_out: Sequence[GoldenQuestion],
    served: Weights,
    candidate: Weights,
) -> Verdict:
    """Search each question with both weights for its own audience, and apply the gate.

    A candidate passes if the reciprocal rank of the passage that completes the answer surely rises
    (0 below rank 20) and recall@5 is held, both without a cross-encoder. Raises EmbedderUnavailable
    and DatabaseUnavailable, ValueError without questions.
    """

    async def places(weights: Weights) -> list[float]:
        return [
            _place(
                one,
                await search(
                    *(database, embedder, one.question, one.audience, _LOOKED_AT),
                    generation=generation,
                    weights=weights,
                ),
            )
            for one in held_out
        ]

    before, after = _figures(await places(served)), _figures(await places(candidate))
    return judge(before, after, MARGINS, GAINS)


def _place(golden: GoldenQuestion, passages: Sequence[Passage]) -> float:
    """Return how many passages it takes to find the answer, infinity if none has it."""
    counts = range(1, len(passages) + 1)
    return next((float(n) for n in counts if golden.is_found(passages[:n])), inf)


def _figures(places: Sequence[float]) -> dict[str, list[float]]:
    return {
        _RANK: [1 / place for place in places],
        _RECALL: [float(place <= PASSAGES) for place in places],
    }


def _hash(document: int) -> bytes:
    return hashlib.sha256(f"document:{document}".encode()).digest()
