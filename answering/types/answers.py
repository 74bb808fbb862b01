"""An answer, and its record in Postgres."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from psycopg.rows import dict_row, tuple_row
from psycopg.types.json import Jsonb

from answering.types.questions import Question
from database.database import Database
from database.statements import load_statements
from retrieval.audience import Audience

_SQL = load_statements("answering.types")

DRAFTED = "drafted"
"""A signal of answers for which a model was asked."""
SUPPORTED = "supported"
"""A signal of answers where a note supports what the model wrote, shown or not."""
LEAD_IN = "lead_in"
"""A signal of answers whose messages ask for a lead-in to a block that is shown as written."""
_BLOCK = re.compile(r"(?:^|\n\n)\*\*[^\n]*\*\* \[\d+\]\n")


@dataclass(frozen=True, slots=True)
class Citation:
    """The n-th source of an answer: where it is, and the beginning of the text that was used."""

    n: int
    document_id: int
    chunk_id: int
    title: str
    url: str
    quote: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer: Markdown with `[n]` marks, its citations, and how it was made.

    `messages` are the exact messages the model was sent (role and content), or would have been if
    the answer is a quotation. `abstained` is true if the reply only quotes the closest text or
    says that there is none.
    `timings_ms`: milliseconds until each step ended (`retrieve`, `read`, `first_words`, …).
    `shown` is the kind of answer: `phrased` by the model, `quoted`, `closest`, `not_found`,
    `conflict` or `small_talk`.
    `confidence` is the probability, 0 to 1, that what is shown answers the question, computed from
    `signals` (answering/confidence/features.py); None if nothing was found. `withheld` is what the
    model wrote if a quotation is shown instead.
    """

    text: str
    citations: tuple[Citation, ...]
    abstained: bool
    model: str
    generation: int
    prompt_version: str
    messages: tuple[Mapping[str, str], ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    evidence: tuple[Mapping[str, Any], ...] = ()
    confidence: float | None = None
    signals: Mapping[str, float] = field(default_factory=dict)
    withheld: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A recorded answer, with its question, its audience and its place in Slack."""

    id: int
    answer: Answer
    question: str
    audience: Audience
    channel: str | None
    thread_ts: str | None
    ts: str | None
    person: str | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "StoredAnswer":
        """Make one of a row of the answers table."""
        return cls(
            id=row["id"],
            answer=Answer(
                text=row["text"],
                citations=tuple(Citation(**citation) for citation in row["citations"]),
                abstained=row["abstained"],
                model=row["model"],
                generation=row["generation"],
                prompt_version=row["prompt_version"],
                messages=tuple(row["messages"]),
                timings_ms=row["timings_ms"],
                evidence=tuple(row["evidence"]),
                confidence=row["confidence"],
                signals=row["signals"],
                withheld=row["withheld"],
                shown=row["shown"],
            ),
            question=row["question"],
            audience=Audience(row["workspace"], frozenset(row["readers"])),
            channel=row["channel"],
            thread_ts=row["thread_ts"],
            ts=row["ts"],
            person=row["person"],
        )


def phrased_part(text: str, shown: str) -> str:
    """Return the part of an answer that the model phrased: the text above quoted blocks.

    "" if it was not `phrased`. An answer of an older version, with `shown` "", counts as phrased.
    """
    return _BLOCK.split(text)[0] if shown in ("phrased", "") else ""


@dataclass(frozen=True, slots=True)
class PostedAt:
    """Where an answer was asked for and posted, and who asked; None where there is no such."""

    inbox_id: int | None = None
    channel: str | None = None
    thread_ts: str | None = None
    ts: str | None = None
    person: str | None = None


NOWHERE = PostedAt()


async def save_answer(
    database: Database, question: Question, answer: Answer, posted: PostedAt = NOWHERE
) -> int:
    """Save an answer and return its id; another answer to the same inbox row replaces it."""
    values = {
        "workspace": question.audience.workspace,
        **asdict(posted),
        "question": question.text,
        "thread": Jsonb([asdict(turn) for turn in question.thread]),
        "readers": sorted(question.audience.readers),
        "messages": Jsonb(list(answer.messages)),
        "evidence": Jsonb(list(answer.evidence)),
        "text": answer.text,
        "citations": Jsonb([asdict(citation) for citation in answer.citations]),
        "abstained": answer.abstained,
        "model": answer.model,
        "generation": answer.generation,
        "prompt_version": answer.prompt_version,
        "timings_ms": Jsonb(dict(answer.timings_ms)),
        "confidence": answer.confidence,
        "signals": Jsonb(dict(answer.signals)),
        "withheld": answer.withheld,
        "shown": answer.shown,
    }
    row = await database.fetch_one(_SQL["save_answer"], tuple_row, **values)
    assert row is not None  # noqa: S101 - `returning` always gives a row
    return int(row[0])


async def place_answer(database: Database, answer_id: int, channel: str, ts: str) -> None:
    """Record which Slack message shows the answer."""
    await database.execute(_SQL["place_answer"], id=answer_id, channel=channel, ts=ts)


async def answer_of_inbox(database: Database, inbox_id: int) -> StoredAnswer | None:
    """Return the answer to the question in an inbox row, None if there is none."""
    return await _one(database, "answer_of_inbox", inbox_id=inbox_id)


async def answer_by_id(database: Database, answer_id: int) -> StoredAnswer | None:
    """Return an answer of a workspace by its id, None if there is none."""
    return await _one(database, "answer_by_id", workspace=database.workspace, id=answer_id)


async def judged_answers(database: Database) -> list[tuple[Mapping[str, float], bool]]:
    """Return the signals of rated answers that did not abstain, and whether most liked them."""
    return await database.fetch_all(_SQL["judged_answers"], tuple_row)


async def _one(database: Database, statement: str, **values: object) -> StoredAnswer | None:
    row = await database.fetch_one(_SQL[statement], dict_row, **values)
    return StoredAnswer.from_row(row) if row else None
