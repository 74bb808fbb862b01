"""Where sources disagree: the same statement with another value. Says which, decides none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations

from answering.evidence.notes import Evidence
from answering.grounding.claims import denies, in_order, names_in, numbers_in
from answering.writing.abstention import shorten
from retrieval.lexical import terms

# Two sentences say the same about the same when so many of their words are the same, in order, and
# so many of the question's stand in both.
_SAME, _ASKED = 0.7, 0.5
_FEWEST_WORDS = 4
_QUOTE_CHARACTERS = 300
_DISAGREE = "The sources disagree, the newest first:"


@dataclass(frozen=True, slots=True)
class Statement:
    """One side of a disagreement: a sentence and the note that it stands in."""

    note: Evidence
    text: str


def find_conflict(
    question: str, evidence: Sequence[Evidence]
) -> tuple[Statement, Statement] | None:
    """The two statements on what is asked that cannot both hold, the newest first.

    They stand in different documents and are alike but for one thing: a number, a name, or that one
    denies it; and it is not what the question itself names. Undated ones come last.
    """
    asked = set(terms(question))
    given = numbers_in(question)
    for one, other in combinations(_statements(evidence), 2):
        if one.note.passage.document_id == other.note.passage.document_id:
            continue
        if _disagree(one.text, other.text, asked, given):
            newest, older = sorted((one, other), key=_date, reverse=True)
            return newest, older
    return None


def say_conflict(statements: Sequence[Statement]) -> str:
    """The statements as quotations with their places and dates, each citing its note."""
    lines = [_DISAGREE]
    for statement in statements:
        modified_at = statement.note.passage.modified_at
        day = f", {modified_at:%Y-%m-%d}" if modified_at else ""
        quote = shorten(statement.text, _QUOTE_CHARACTERS)
        lines.append(f"- {statement.note.label}{day}: {quote} [{statement.note.n}]")
    return "\n".join(lines)


def _statements(evidence: Sequence[Evidence]) -> Iterator[Statement]:
    for note in evidence:
        for text in note.sentences:
            if len(terms(text)) >= _FEWEST_WORDS:
                yield Statement(note, text)


def _disagree(one: str, other: str, asked: set[str], given: set[str]) -> bool:
    words, others = terms(one), terms(other)
    if len(asked.intersection(words, others)) < _ASKED * len(asked):
        return False
    if in_order(words, others) < _SAME * max(len(words), len(others)):
        return False
    changed = [
        (ours - theirs, theirs - ours)
        for ours, theirs in (
            (numbers_in(one), numbers_in(other)),
            (names_in(one), names_in(other)),
        )
        if ours != theirs
    ]
    if denies(one) != denies(other):
        return not changed
    return (
        len(changed) == 1
        and all(len(side) == 1 for side in changed[0])
        and not any(side & (asked | given) for side in changed[0])
    )


def _date(statement: Statement) -> datetime:
    return statement.note.passage.modified_at or datetime.min.replace(tzinfo=UTC)
