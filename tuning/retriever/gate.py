"""Weights of the search beside those served, on golden questions held out. Serves none."""

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
"""Of fewer the bootstrap's interval is much too narrow: of one question it is a point."""
_LOOKED_AT = 20
_RANK, _RECALL = "reciprocal rank", f"recall@{PASSAGES}"
MARGINS: Mapping[str, Margin | None] = MappingProxyType({_RECALL: Margin(0.02, 0.1)})
"""What must not be lost."""
GAINS = (_RANK,)
"""What weights are for."""


def hold_out(golden: Iterable[GoldenQuestion]) -> list[GoldenQuestion]:
    """About half of the golden questions: those whose document's hash is even.

    Most grow from the thumbs that are the lessons, too: were all held out, little would be left to
    learn. Documents decide, so that none is in both halves; and hashes, so that what is held out
    once always is. What is served may have learned from a document before a golden question named
    it: that is to its advantage, never to a candidate's.
    """
    return [one for one in golden if _hash(one.document_id)[0] % 2 == 0]


async def judge_weights(
    database: Database,
    embedder: Embedder,
    generation: Generation,
    held_out: Sequence[GoldenQuestion],
    served: Weights,
    candidate: Weights,
) -> Verdict:
    """Each question searched with both for its own audience, without a cross-encoder.

    A candidate passes where the words that answer surely come earlier (one over the place of the
    passage with which they are complete, 0 below the twentieth), and the first five passages hold
    them as often. Raises EmbedderUnavailable and DatabaseUnavailable, ValueError without questions.
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
    """How many of the passages it takes to find the answer, infinitely many where none has it."""
    counts = range(1, len(passages) + 1)
    return next((float(n) for n in counts if golden.is_found(passages[:n])), inf)


def _figures(places: Sequence[float]) -> dict[str, list[float]]:
    return {
        _RANK: [1 / place for place in places],
        _RECALL: [float(place <= PASSAGES) for place in places],
    }


def _hash(document: int) -> bytes:
    return hashlib.sha256(f"document:{document}".encode()).digest()
