"""Read rated answers from Postgres: an answer with everything that people said of it.

A person counts once, by the last label. Experts outrank the asker, who outranks other readers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from psycopg.rows import dict_row

from answering.types.answers import LEAD_IN, phrased_part
from database.database import Database
from database.statements import load_statements
from retrieval.audience import Audience
from tuning.examples_for_training import ChatMessage

Role = Literal["expert", "asker", "reader"]

_SQL = load_statements("tuning.feedback")
_ROLES: tuple[Role, ...] = ("expert", "asker", "reader")


@dataclass(frozen=True, slots=True)
class Label:
    """One person's current rating: `good`, `bad`, or `better` for a correction."""

    person: str
    label: Literal["good", "bad", "better"]
    role: Role
    decides: bool = False


@dataclass(frozen=True, slots=True)
class Better:
    """A correction: what should have been answered.

    Another person than its author may have saved it.
    """

    id: int
    author: str
    saved_by: str
    text: str
    role: Role


@dataclass(frozen=True, slots=True)
class RatedSource:
    """A document that an answer rests on, as it is now; `has_changed` since the answer."""

    document_id: int
    title: str
    hash: str
    version: str
    has_changed: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What those whose word counts most think of an answer, and who of them says so."""

    is_good: bool
    role: Role
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RatedAnswer:
    """A rated answer: as it was served, with what people say of it.

    `prompt` is the exact messages that the model was sent, or would have been where the answer is a
    quotation; `phrased` the model's own words in `text`; `reasons` by person; `sources` those of
    `documents` that still exist; `train_on` whether an admin allowed training on its channel;
    `is_lead_in` whether the model only phrases the words before a quoted block.
    """

    id: int
    question: str
    text: str
    prompt: tuple[ChatMessage, ...]
    evidence: tuple[Mapping[str, Any], ...]
    abstained: bool
    audience: Audience
    channel: str | None
    thread: str
    person: str | None
    model: str
    prompt_version: str
    documents: tuple[int, ...]
    sources: tuple[RatedSource, ...]
    train_on: bool
    labels: tuple[Label, ...]
    reasons: Mapping[str, frozenset[str]]
    betters: tuple[Better, ...]
    shown: str = ""
    is_lead_in: bool = False

    @classmethod
    def from_row(cls, workspace: str, row: Mapping[str, Any]) -> "RatedAnswer":
        """Build it from a row of the statement `judged`."""
        thread = f"{row['channel']}:{row['thread_ts']}" if row["thread_ts"] else ""
        return cls(
            id=row["id"],
            question=row["question"],
            text=row["text"],
            prompt=tuple(ChatMessage(one["role"], one["content"]) for one in row["messages"]),
            evidence=tuple(row["evidence"]),
            abstained=row["abstained"],
            audience=Audience(workspace, frozenset(row["readers"])),
            channel=row["channel"],
            # Outside a thread, an answer is a thread of its own to the train-test split.
            thread=thread or f"answer:{row['id']}",
            person=row["person"],
            model=row["model"],
            prompt_version=row["prompt_version"],
            documents=tuple(row["documents"]),
            sources=tuple(RatedSource(**one) for one in row["sources"]),
            train_on=row["train_on"],
            labels=tuple(Label(**one) for one in row["labels"]),
            reasons={one["person"]: frozenset(one["reasons"]) for one in row["remarks"]},
            betters=tuple(Better(**one) for one in row["betters"]),
            shown=row["shown"],
            is_lead_in=LEAD_IN in row["signals"],
        )

    @property
    def phrased(self) -> str:
        """The part of the text that the model phrased."""
        return phrased_part(self.text, self.shown)

    @property
    def decision(self) -> Judgement | None:
        """The decision of those whose rating counts most, None if every role is tied or silent."""
        return decide(self.labels)

    @property
    def is_bad(self) -> bool:
        """Whether it is bad: by a correction, by the decision, else by anybody's reasons."""
        decision = self.decision
        if self.betters or decision is None:
            return bool(self.betters or self.reasons)
        return not decision.is_good

    @property
    def people(self) -> frozenset[str]:
        """Everybody involved: the asker, the raters, the authors and savers of corrections."""
        found = {label.person for label in self.labels} | set(self.reasons)
        found.update(person for one in self.betters for person in (one.author, one.saved_by))
        return frozenset(found | ({self.person} if self.person else set()))


def decide(labels: Iterable[Label]) -> Judgement | None:
    """Return the experts' majority; failing that the asker's rating, then the other readers'."""
    known = tuple(labels)
    for role in _ROLES:
        good = tuple(one.person for one in known if one.role == role and one.label == "good")
        bad = tuple(one.person for one in known if one.role == role and one.label == "bad")
        # A tie leaves the decision to the next role.
        if len(good) != len(bad):
            is_good = len(good) > len(bad)
            return Judgement(is_good, role, tuple(sorted(good if is_good else bad)))
    return None


async def read_judged(database: Database) -> list[RatedAnswer]:
    """Return every answer with feedback, oldest first, without people who asked for erasure."""
    rows = await database.fetch_all(_SQL["judged"], dict_row)
    return [RatedAnswer.from_row(database.workspace, row) for row in rows]
