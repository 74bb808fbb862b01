"""Turn retrieval lessons into features: both arms' scores of each chunk, and which are right."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from database.database import Database
from retrieval.embeddings.embedder import Embedder
from retrieval.index.generations import Generation
from retrieval.indexing.golden_questions import share_held
from retrieval.search.candidates import CandidateChunk, Candidates, find_candidates
from retrieval.search.query import Query
from tuning.feedback.source_spans import SourceSpan
from tuning.retriever.training_data import SearchLesson

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
_HELD = 0.8  # share of a span's words that a chunk must hold


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One question's chunks, one row each.

    `question` is its vector, `vectors` those of the chunks, `shares` their normalized scores in the
    two arms (dense, lexical), 0 where `found` is not set: then neither arm found the chunk.
    `answered` and `misled` exclude each other.
    """

    question: Floats
    vectors: Floats
    shares: Floats
    found: Mask
    answered: Mask
    misled: Mask


async def gather_cases(
    database: Database,
    embedder: Embedder,
    generation: Generation,
    lessons: Iterable[SearchLesson],
    hidden: frozenset[int] = frozenset(),
) -> list[Case]:
    """Return the cases of the lessons whose source spans exist in this generation, in order.

    Each question is searched without an adapter, for its own audience. Raises EmbedderUnavailable
    and DatabaseUnavailable.
    """
    cases = []
    for lesson in lessons:
        query = Query.of(lesson.question, lesson.background)
        found = await find_candidates(
            database, embedder, generation, query, lesson.audience, lesson.documents
        )
        if case := case_of(lesson, found, hidden):
            cases.append(case)
    return cases


def case_of(
    lesson: SearchLesson, found: Candidates, hidden: frozenset[int] = frozenset()
) -> Case | None:
    """Return the case of a lesson, or None if no chunk that answered or misled exists any more.

    Chunks of a `hidden` document are left out.
    """
    answered = _chunks_at(lesson.answered, found.chunks)
    misled = _chunks_at(lesson.misled, found.chunks) - answered
    if not answered and not misled:
        return None
    # Other chunks of a document that answered may be right as well, and held-out documents must not
    # be learned as wrong: neither may be a negative.
    out = hidden.union(place.document_id for place in lesson.answered)
    rows = [
        id_
        for id_, chunk in found.chunks.items()
        if id_ in answered
        or id_ in misled
        or (id_ in found.shares and chunk.document_id not in out)
    ]
    return Case(
        question=found.vector,
        vectors=np.array([found.chunks[id_].vector for id_ in rows], dtype=np.float32),
        shares=np.array([found.shares.get(id_, (0.0, 0.0)) for id_ in rows], dtype=np.float32),
        found=np.array([id_ in found.shares for id_ in rows]),
        answered=np.array([id_ in answered for id_ in rows]),
        misled=np.array([id_ in misled for id_ in rows]),
    )


def _chunks_at(places: Sequence[SourceSpan], chunks: Mapping[int, CandidateChunk]) -> set[int]:
    """Return the chunks that hold a span's words; if the words were split, those with most of them.

    A span without a quote means all chunks of its document.
    """
    found: set[int] = set()
    for place in places:
        held = {
            id_: share_held(place.quote, [chunk.text]) if place.quote else 1.0
            for id_, chunk in chunks.items()
            if chunk.document_id == place.document_id
        }
        most = max(held.values(), default=0.0)
        if most > 0.5:
            found.update(id_ for id_, share in held.items() if share >= min(most, _HELD))
    return found
