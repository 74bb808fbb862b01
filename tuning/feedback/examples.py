"""Turn a rated answer into training examples: SFT, preference pairs, KTO."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from psycopg.types.json import Jsonb

from tuning.examples_for_training import ChatMessage
from tuning.feedback.attribution import Cause
from tuning.feedback.cited_evidence import cite, cite_alike, cite_lead_in
from tuning.feedback.rated_answers import Better, Label, RatedAnswer, RatedSource

Kind = Literal["sft", "preference", "kto"]
Origin = Literal["better", "accepted", "thumbs", "import"]

_MARKS_AND_SIGNS = re.compile(r"\[\d+\]|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Example:
    """The messages that were sent, and what should follow them.

    `sft`: `chosen` should; `preference`: `chosen` rather than `rejected`; `kto`: `chosen` should if
    `label`, else it should not. `people` are the ids of everybody involved, which only the database
    keeps.
    """

    key: str
    kind: Kind
    origin: Origin
    question: str
    prompt: tuple[ChatMessage, ...]
    chosen: str
    rejected: str | None
    label: bool | None
    thread: str
    sources: tuple[RatedSource, ...]
    readers: frozenset[str]
    labels: tuple[Label, ...]
    people: frozenset[str]
    cause: str | None = None
    answer_id: int | None = None
    model: str = ""
    prompt_version: str = ""

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Example":
        """Build an example from a row of the examples table."""
        return cls(
            key=row["key"],
            kind=row["kind"],
            origin=row["origin"],
            question=row["question"],
            prompt=tuple(ChatMessage(**one) for one in row["prompt"]),
            chosen=row["chosen"],
            rejected=row["rejected"],
            label=row["label"],
            thread=row["thread"],
            sources=tuple(RatedSource(**one) for one in row["sources"]),
            readers=frozenset(row["readers"]),
            labels=tuple(Label(**one) for one in row["labels"]),
            people=frozenset(row["people"]),
            cause=row["cause"],
            answer_id=row["answer_id"],
            model=row["model"],
            prompt_version=row["prompt_version"],
        )

    def values(self, workspace: str) -> dict[str, Any]:
        """Return the parameters of the statement that stores it."""
        prompt = [asdict(one) for one in self.prompt]
        fields = {name: getattr(self, name) for name in self.__slots__}
        return fields | {
            "workspace": workspace,
            "prompt": Jsonb(prompt),
            "sources": Jsonb([asdict(one) for one in self.sources]),
            "documents": [one.document_id for one in self.sources],
            "labels": Jsonb([asdict(one) for one in self.labels]),
            "readers": sorted(self.readers),
            "people": sorted(self.people),
        }


@dataclass(frozen=True, slots=True)
class Learned:
    """The examples that an answer gives, or the reason why it gives none."""

    examples: tuple[Example, ...] = ()
    left_out: str | None = None


def learn(judged: RatedAnswer, cause: Cause | None) -> Learned:
    """Return the examples of an answer; `cause` is why it was bad, None if it was not."""
    if not judged.prompt:
        return Learned(left_out="no model was asked")
    # The prompt quotes a document that is gone, so it must not be kept.
    if len(judged.sources) < len(judged.documents):
        return Learned(left_out="a document is gone")
    if cause is not None and not cause.teaches:
        return Learned(left_out=f"{cause.value}: cured by {cause.cure}")
    if cause is not None and judged.betters:
        return _from_better(judged, judged.betters[0], cause)
    return _from_thumbs(judged, cause)


def key_of(
    kind: str, question: str, chosen: str, rejected: str | None = None, label: bool | None = None
) -> str:
    """Return a key of question and answers that ignores case, citations and punctuation."""
    parts = [kind, plain(question), plain(chosen), plain(rejected or ""), label]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def plain(text: str) -> str:
    """Return only the words: folded case, without punctuation and citations."""
    bare = _MARKS_AND_SIGNS.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(bare.split())


def _from_better(judged: RatedAnswer, better: Better, cause: Cause) -> Learned:
    """Return the correction as an SFT example, and the pair with what the model had written."""
    chosen = cite_lead_in(better.text, judged) if judged.is_lead_in else cite(better.text, judged)
    if chosen is None and judged.is_lead_in:
        return Learned(left_out="the quotation was corrected, not what is said before it")
    if chosen is None and cause is Cause.STYLE:
        # The same facts in other words: the answer's citations still hold.
        chosen = cite_alike(better.text, judged)
    if chosen is None:
        return Learned(left_out="the better answer stands on no note")
    given = Label(better.author, "better", better.role, decides=True)
    labels = (*judged.labels, given)
    found = [_example(judged, _Taught("sft", "better", chosen), labels, cause)]
    said = "" if judged.abstained else judged.phrased
    if said and plain(chosen) != plain(said):
        pair = _example(judged, _Taught("preference", "better", chosen, said), labels, cause)
        found.append(pair)
    return Learned(tuple(found))


def _from_thumbs(judged: RatedAnswer, cause: Cause | None) -> Learned:
    """Return a KTO example, and an SFT example if the asker or an expert accepted the answer."""
    decision = judged.decision
    if decision is None:
        return Learned(left_out="people are of two minds, or none decides")
    said = "" if judged.abstained else judged.phrased
    if not said:
        return Learned(left_out="the answer was a quotation")
    labels = tuple(
        replace(label, decides=label.person in decision.people) for label in judged.labels
    )
    is_good = decision.is_good
    thumb = _example(judged, _Taught("kto", "thumbs", said, label=is_good), labels, cause)
    if not is_good or decision.role == "reader":
        return Learned((thumb,))
    return Learned((_example(judged, _Taught("sft", "accepted", said), labels), thumb))


@dataclass(frozen=True, slots=True)
class _Taught:
    kind: Kind
    origin: Origin
    chosen: str
    rejected: str | None = None
    label: bool | None = None


def _example(
    judged: RatedAnswer, taught: _Taught, labels: tuple[Label, ...], cause: Cause | None = None
) -> Example:
    return Example(
        key=key_of(taught.kind, judged.question, taught.chosen, taught.rejected, taught.label),
        kind=taught.kind,
        origin=taught.origin,
        question=judged.question,
        prompt=judged.prompt,
        chosen=taught.chosen,
        rejected=taught.rejected,
        label=taught.label,
        thread=judged.thread,
        sources=judged.sources,
        readers=judged.audience.readers,
        labels=labels,
        people=judged.people,
        cause=cause.value if cause else None,
        answer_id=judged.id,
        model=judged.model,
        prompt_version=judged.prompt_version,
    )
