"""Find the cause of a bad answer, and with it the remedy.

The first cause that holds is taken: people's reasons come first, then the cited evidence, changes
of its documents, and a search today.
"""

from collections.abc import Sequence
from enum import StrEnum

from retrieval.documents import Passage
from retrieval.lexical.analyzer import terms
from tuning.feedback.cited_evidence import holds, is_grounded
from tuning.feedback.rated_answers import RatedAnswer
from tuning.feedback.source_spans import Search, find_places

_RELATED = 0.3  # share of a question's terms, the same as the answerer's for related evidence


class Cause(StrEnum):
    """The cause of a bad answer."""

    NOT_INDEXED = "not_indexed"
    NOT_RETRIEVED = "not_retrieved"
    NOT_GROUNDED = "not_grounded"
    OUTDATED = "outdated"
    STYLE = "style"
    OTHER = "other"

    @property
    def cure(self) -> str:
        """The remedy, as it is named to people."""
        return _CURES[self]

    @property
    def teaches(self) -> bool:
        """Whether the model can learn from it: training changes words, documents hold facts."""
        return self in (Cause.STYLE, Cause.NOT_GROUNDED)


_CURES = {
    Cause.NOT_INDEXED: "gap",
    Cause.NOT_RETRIEVED: "golden question",
    Cause.NOT_GROUNDED: "training",
    Cause.OUTDATED: "refresh document",
    Cause.STYLE: "training",
    Cause.OTHER: "review",
}


async def attribute(judged: RatedAnswer, search: Search) -> Cause:
    """Return the cause of a bad answer. Raises what `search` raises."""
    said = frozenset().union(*judged.reasons.values())
    if "outdated" in said:
        return Cause.OUTDATED
    if said == {"style"}:
        return Cause.STYLE
    if judged.betters:
        return await _by_better(judged, said, search)
    if not judged.evidence:
        found = await search(judged.question, judged.audience)
        return Cause.NOT_RETRIEVED if _related(judged.question, found) else Cause.NOT_INDEXED
    if "unfounded" in said or not (judged.abstained or is_grounded(judged)):
        return Cause.NOT_GROUNDED
    # It may have been right by the text as it was then.
    if has_changed(judged) and said <= {"wrong"}:
        return Cause.OUTDATED
    if judged.abstained or said & {"wrong", "incomplete"}:
        found = await search(judged.question, judged.audience)
        if found and found[0].document_id not in judged.documents:
            return Cause.NOT_RETRIEVED
        if judged.abstained:
            return Cause.NOT_INDEXED
    return Cause.STYLE if "style" in said else Cause.OTHER


def has_changed(judged: RatedAnswer) -> bool:
    """Return whether a document that the answer rests on has changed since, or is gone."""
    there = {source.document_id for source in judged.sources}
    return there < set(judged.documents) or any(one.has_changed for one in judged.sources)


async def _by_better(judged: RatedAnswer, said: frozenset[str], search: Search) -> Cause:
    """Return the cause given a correction, by where it was known: evidence, answer or index."""
    better, question = judged.betters[0].text, judged.question
    if holds((str(note["quote"]) for note in judged.evidence), better, question):
        alike = holds([judged.text], better, question)
        is_style = alike and not judged.abstained and not said & {"wrong", "unfounded"}
        return Cause.STYLE if is_style else Cause.NOT_GROUNDED
    if judged.evidence and has_changed(judged):
        return Cause.OUTDATED
    if await find_places(judged, search):
        return Cause.NOT_RETRIEVED
    found = await search(question, judged.audience)
    if holds((passage.text for passage in found), better, question):
        return Cause.NOT_RETRIEVED
    return Cause.NOT_INDEXED


def _related(question: str, found: Sequence[Passage]) -> bool:
    asked = set(terms(question))
    return any(
        len(asked & set(terms(f"{one.title} {one.text}"))) > _RELATED * len(asked) for one in found
    )
