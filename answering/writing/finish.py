"""Assemble the parts shown into an answer, with its citations and evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from answering.evidence.notes import Evidence
from answering.evidence.retrieve import SearchIndex
from answering.marks import marks_in
from answering.model.house_model import HouseModel
from answering.prompts import version_of
from answering.types.answers import DRAFTED, LEAD_IN, SUPPORTED, Answer, Citation
from answering.types.progress import Finished
from answering.writing.write import PartBegun
from text.plain import shorten

_QUOTE_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Part:
    """One question's part of the answer, as shown."""

    begun: PartBegun
    text: str
    shown: str
    withheld: str = ""
    supported: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0
    failed: bool = False


def finish(parts: Sequence[Part], model: HouseModel, index: SearchIndex) -> Finished:
    """Combine the parts into one answer, with the confidence of the least confident part."""
    text = "\n\n".join(part.text for part in parts)
    notes = [note for part in parts for note in part.begun.notes]
    marked = marks_in(text)
    sure = {at: p for at, one in enumerate(parts) if (p := one.begun.decision.probability)}
    least = parts[min(sure, key=lambda at: sure[at], default=0)]
    first = max(parts, key=lambda part: (part.begun.is_asked, bool(part.begun.messages)))
    answer = Answer(
        text=text,
        citations=tuple(_cite(note, index) for note in notes if note.n in marked),
        abstained=all(part.shown in ("closest", "not_found") for part in parts),
        model=model.name,
        generation=first.begun.decision.read.retrieved.generation.id,
        prompt_version=version_of(model),
        messages=first.begun.messages,
        evidence=tuple(_record(note) for note in notes),
        confidence=least.begun.decision.probability,
        signals=_signals(least, first),
        withheld=first.withheld,
        shown=first.shown,
    )
    return Finished(
        answer,
        sum(part.prompt_tokens for part in parts),
        sum(part.completion_tokens for part in parts),
        model_failed=any(part.failed for part in parts),
    )


def _signals(least: Part, first: Part) -> Mapping[str, float]:
    """Return the features of the least confident part, and signals of the model's draft."""
    marks = {
        DRAFTED: least.begun.is_asked,
        SUPPORTED: least.supported,
        LEAD_IN: first.begun.wanted == "lead-in",
    }
    return {
        **least.begun.decision.features,
        **{name: 1.0 for name, is_so in marks.items() if is_so},
    }


def _cite(note: Evidence, index: SearchIndex) -> Citation:
    passage = note.passage
    return Citation(
        n=note.n,
        document_id=passage.document_id,
        chunk_id=passage.chunk_id,
        title=note.label,
        url=passage.url or index.links.link(passage.document_id, passage.chunk_id, passage.readers),
        quote=shorten(note.quote, _QUOTE_CHARACTERS),
    )


def _record(note: Evidence) -> Mapping[str, object]:
    """Return a note as stored with the answer: enough to explain the answer later."""
    return {
        "n": note.n,
        "document_id": note.passage.document_id,
        "chunk_id": note.passage.chunk_id,
        "quote": note.quote,
        "best": note.best,
        "score": round(note.score, 4),
        "retrieval_score": round(note.passage.score, 6),
    }
