"""Read the likeliest excerpts with the question: does one answer it, and where."""

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

_EMBEDDED = 2_000  # characters: more than an embedder reads, and no server refuses it
_MARKUP = " \n[]*_`"  # what is left of a link or of bold that the reader cut through
_KINDS = ("paragraph", "section", "list", "steps", "table", "code")


@dataclass(frozen=True, slots=True)
class ReadExcerpt:
    """An excerpt, what the reader makes of it, and all that is known of it by name."""

    excerpt: Excerpt
    reading: Reading
    features: Mapping[str, float]

    @property
    def fact(self) -> str:
        """The words that the reader points to as the answer, plain; "" where there are none."""
        found = self.excerpt.plain[self.reading.start : self.reading.end]
        return to_plain(found).strip(_MARKUP)


@dataclass(frozen=True, slots=True)
class Read:
    """What was found for a question, its likeliest excerpts read."""

    retrieved: Retrieved
    excerpts: tuple[ReadExcerpt, ...] = ()


def read(embedder: Embedder, reader: Reader | None) -> Runnable[Retrieved, Read]:
    """The step from pages to excerpts that were read with the question.

    Without a reader they are chosen by rank, words and meaning alone. Raises EmbedderUnavailable.
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
    """The candidates with what was read of each, and how far each is behind the best."""
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
    """What the reader says, by kind: it was taught on prose, and is less sure of steps and code."""
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
    """How near each excerpt is to the question in meaning, from -1 to 1."""
    texts = [
        to_plain(f"{' > '.join(one.excerpt.headings)}\n{one.excerpt.plain[:_EMBEDDED]}")
        for one in candidates
    ]
    vectors = np.asarray(await embedder.aembed_documents([question, *texts]), dtype=np.float32)
    return [float(x) for x in vectors[1:] @ vectors[0]]
