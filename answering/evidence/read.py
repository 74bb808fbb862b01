"""Read the likeliest excerpts with the reader: does one answer the question, and where."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from langchain_core.runnables import Runnable, RunnableLambda

from answering.evidence.candidates import Candidate, find_candidates
from answering.evidence.excerpts import Excerpt
from answering.evidence.retrieve import Retrieved
from retrieval.embeddings.embedder import Embedder
from retrieval.reader.reader import Reader, ReaderInput, Reading
from text.plain import to_plain

_EMBEDDED = 2_000  # characters: more than an embedder reads, few enough for any server
_MARKUP = " \n[]*_`"  # left over from a link or bold text that the reader's span cuts through
_KINDS = ("paragraph", "section", "list", "steps", "table", "code")


@dataclass(frozen=True, slots=True)
class ReadExcerpt:
    """An excerpt, the reader's judgement of it, and its features by name."""

    excerpt: Excerpt
    reading: Reading
    features: Mapping[str, float]

    @property
    def fact(self) -> str:
        """Return the reader's span as plain words; "" if it is empty."""
        found = self.excerpt.plain[self.reading.start : self.reading.end]
        return to_plain(found).strip(_MARKUP)


@dataclass(frozen=True, slots=True)
class Read:
    """What was found for a question, and its likeliest excerpts as read."""

    retrieved: Retrieved
    excerpts: tuple[ReadExcerpt, ...] = ()


def read(embedder: Embedder, reader: Reader | None) -> Runnable[Retrieved, Read]:
    """Make the chain step that reads excerpts of the pages found with the question.

    Without a reader, only rank, words and embeddings are known of them. Running it raises
    EmbedderUnavailable.
    """

    async def look(retrieved: Retrieved) -> Read:
        understood = retrieved.understood
        candidates = await asyncio.to_thread(
            find_candidates,
            understood.asked,
            retrieved.passages,
            retrieved.pages,
            understood.before,
        )
        if not candidates:
            return Read(retrieved)
        readings = await _readings(reader, understood.in_context, candidates)
        cosines = await _cosines(embedder, understood.in_context, candidates)
        return Read(retrieved, read_excerpts(candidates, readings, cosines))

    return RunnableLambda(look, name="read")


def read_excerpts(
    candidates: Sequence[Candidate],
    readings: Sequence[Reading | None],
    cosines: Sequence[float],
) -> tuple[ReadExcerpt, ...]:
    """Add to each candidate its reading, and features such as its distance to the best one."""
    scores = {"cosine": list(cosines), "words": [one.features["words"] for one in candidates]}
    known = [reading for reading in readings if reading is not None]
    if known:
        scores["answers"] = [reading.answers for reading in known]
        scores["span"] = [reading.span for reading in known]
    best = {name: max(values) for name, values in scores.items()}
    own = [{name: values[at] for name, values in scores.items()} for at in range(len(candidates))]
    return tuple(
        ReadExcerpt(
            candidate.excerpt,
            reading or Reading(0.0, 0.0, 0, 0),
            {
                **candidate.features,
                **said,
                **{f"{name}_behind": best[name] - value for name, value in said.items()},
                **_by_kind(candidate.excerpt, said),
            },
        )
        for candidate, reading, said in zip(candidates, readings, own, strict=True)
    )


def _by_kind(excerpt: Excerpt, scores: Mapping[str, float]) -> dict[str, float]:
    """Return the reader's scores as features of their own for each kind of excerpt."""
    # The reader was trained on prose, so its scores mean less for steps and code.
    return {
        f"{name}_of_{kind}": scores[name] if excerpt.kind == kind else 0.0
        for name in ("answers", "span")
        if name in scores
        for kind in _KINDS
    }


async def _readings(
    reader: Reader | None, question: str, candidates: Sequence[Candidate]
) -> list[Reading | None]:
    if reader is None:
        return [None] * len(candidates)
    inputs = [ReaderInput(one.excerpt.headings, one.excerpt.plain) for one in candidates]
    return list(await reader.aread(question, inputs))


async def _cosines(
    embedder: Embedder, question: str, candidates: Sequence[Candidate]
) -> list[float]:
    """Return the cosine of each excerpt's embedding with the question's, -1 to 1."""
    texts = [
        to_plain(f"{' > '.join(one.excerpt.headings)}\n{one.excerpt.plain[:_EMBEDDED]}")
        for one in candidates
    ]
    vectors = np.asarray(await embedder.aembed_documents([question, *texts]), dtype=np.float32)
    return [float(x) for x in vectors[1:] @ vectors[0]]
