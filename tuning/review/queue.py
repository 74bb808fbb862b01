"""The review queue: examples that people approve, edit or reject, and how far reviewers agree."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from psycopg.rows import dict_row, tuple_row

from database.database import Database
from database.statements import load_statements
from tuning.datasets.formats import DatasetRow
from tuning.errors import UnknownExample, UnusableExamples
from tuning.examples_for_training import ChatMessage
from tuning.feedback.erasure import sweep
from tuning.feedback.examples import Example, key_of

State = Literal["waiting", "approved", "rejected"]
Verdict = Literal["approve", "reject", "edit"]

_SQL = load_statements("tuning.review")
_FEEDBACK_SQL = load_statements("tuning.feedback")


@dataclass(frozen=True, slots=True)
class Queued:
    """An example with its number and the state of its review."""

    id: int
    key: str
    kind: Literal["sft", "preference", "kto"]
    origin: str
    question: str
    prompt: tuple[ChatMessage, ...]
    chosen: str
    rejected: str | None
    label: bool | None
    cause: str | None
    state: State
    is_edited: bool

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Queued":
        """Build it from a row of the statement `queue`."""
        return cls(**{**row, "prompt": tuple(ChatMessage(**one) for one in row["prompt"])})

    def as_row(self) -> DatasetRow:
        """Return it as a row that the formats can write."""
        return DatasetRow(self.kind, self.prompt, self.chosen, self.rejected, self.label, self.key)


@dataclass(frozen=True, slots=True)
class ReviewerAgreement:
    """How far two reviewers agree on the examples that both reviewed: Cohen's kappa."""

    one: str
    other: str
    examples: int
    kappa: float


async def queue(
    database: Database,
    state: State | None = "waiting",
    ids: Sequence[int] | None = None,
) -> list[Queued]:
    """Return the examples in a state, None for any; only those of the numbers `ids` if given."""
    await sweep(database)
    values = {
        "state": state,
        "ids": None if ids is None else list(ids),
    }
    rows = await database.fetch_all(_SQL["queue"], dict_row, **values)
    return [Queued.from_row(row) for row in rows]


async def find(database: Database, numbers: Sequence[int]) -> list[Queued]:
    """Return the examples of these numbers, in any state. Raises UnknownExample."""
    found = await queue(database, None, numbers)
    there = {one.id for one in found}
    for number in numbers:
        if number not in there:
            raise _unknown(number)
    return found


async def review(
    database: Database,
    example: int,
    reviewer: str,
    verdict: Verdict,
    chosen: str | None = None,
) -> None:
    """Approve, reject or edit an example; the last verdict decides. Raises UnknownExample.

    An edit needs the new words, `chosen`, redacted. Raises UnusableExamples without them, and for
    an edit of a thumb, which was given to other words.
    """
    if (verdict == "edit") != bool(chosen and chosen.strip()):
        raise UnusableExamples("An edit needs the new answer, and nothing else has one.")
    values = {
        "workspace": database.workspace,
        "id": example,
        "reviewer": reviewer,
        "verdict": verdict,
    }
    state: State = "rejected" if verdict == "reject" else "approved"
    if verdict == "edit":
        (found,) = await find(database, [example])
        if found.kind == "kto":
            raise UnusableExamples(
                f"Example {example} is a thumb on an answer: approve it or reject it."
            )
    async with database.connection() as connection:
        cursor = await connection.execute(
            _SQL["decide_example"], {**values, "state": state, "chosen": chosen}
        )
        if await cursor.fetchone() is None:
            raise _unknown(example)
        await connection.execute(_SQL["keep_review"], values)


async def agreements(database: Database) -> list[ReviewerAgreement]:
    """Return the agreement of each two reviewers with examples in common, most examples first."""
    async with database.connection() as connection:
        cursor = await connection.execute(_SQL["reviews"], {"workspace": database.workspace})
        said: dict[str, dict[int, bool]] = {}
        for example, reviewer, keeps in await cursor.fetchall():
            said.setdefault(reviewer, {})[example] = keeps
    found = []
    for one, other in combinations(sorted(said), 2):
        both = said[one].keys() & said[other].keys()
        if both:
            pairs = [(said[one][example], said[other][example]) for example in both]
            found.append(ReviewerAgreement(one, other, len(pairs), kappa(pairs)))
    return sorted(found, key=lambda each: -each.examples)


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Return Cohen's kappa (1960): agreement beyond chance; 1 if both always said one thing."""
    count = len(pairs)
    agreed = sum(one == other for one, other in pairs) / count
    first, second = (sum(pair[side] for pair in pairs) / count for side in (0, 1))
    chance = first * second + (1 - first) * (1 - second)
    return 1.0 if chance == 1 else (agreed - chance) / (1 - chance)


async def take_in(
    database: Database, rows: Sequence[DatasetRow], redact: Callable[[str], str]
) -> tuple[int, int]:
    """Import examples and reviews; return how many examples were new and how many reviews came.

    New examples wait for a review; a record that is ours adds its reviews to our example.
    """
    new = reviews = 0
    for row in rows:
        found = await _number(database, row.key) if row.key else None
        if found is None:
            found = await _add(database, row, redact)
            new += 1
        for said in row.responses:
            # A thumb was given to the old words: only its verdict counts.
            text = redact(said.answer) if said.answer and row.kind != "kto" else None
            edits = bool(text and text != row.chosen and said.verdict != "reject")
            verdict: Verdict = "edit" if edits else said.verdict or "approve"
            reviewer = f"argilla:{said.person}"
            await review(database, found, reviewer, verdict, text if edits else None)
            reviews += 1
    return new, reviews


def _unknown(example: int) -> UnknownExample:
    return UnknownExample(f"There is no example {example}: `houselore data list`.")


async def _add(database: Database, row: DatasetRow, redact: Callable[[str], str]) -> int:
    key = key_of(row.kind, row.question, row.chosen, row.rejected, row.label)
    example = Example(
        key=key,
        kind=row.kind,
        origin="import",
        question=redact(row.question),
        prompt=tuple(ChatMessage(one.role, redact(one.content)) for one in row.prompt),
        chosen=redact(row.chosen),
        rejected=None if row.rejected is None else redact(row.rejected),
        label=row.label,
        thread=f"import:{key}",
        sources=(),
        readers=frozenset(),
        labels=(),
        people=frozenset(),
    )
    await database.execute(_FEEDBACK_SQL["keep_example"], **example.values(database.workspace))
    number = await _number(database, key)
    assert number is not None  # noqa: S101 - it was kept just now
    return number


async def _number(database: Database, key: str) -> int | None:
    row = await database.fetch_one(_SQL["example_by_key"], tuple_row, key=key)
    return int(row[0]) if row else None
