"""Read and select questions about a team's own documents."""

import random
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from answering.evaluation.reply_rules import ReplyRules
from retrieval.errors import UnreadableCorpus
from retrieval.evaluation.datasets import JsonLine, read_rows, text_in


@dataclass(frozen=True, slots=True)
class DocumentQuestion:
    """A question about a folder of documents, and the rules for a right reply.

    `sources` are the documents with the answer, the main one first, as paths below the folder.
    `follow_up_of` is the id of the question before it in the same thread. `gold` is a right answer
    in words, for people.
    """

    id: str
    text: str
    kind: str
    rules: ReplyRules
    answerable: bool = True
    sources: tuple[str, ...] = ()
    follow_up_of: str | None = None
    gold: str = ""


@dataclass(frozen=True, slots=True)
class DocumentReply:
    """What was shown for a question.

    `reply` is the answer without citations, `sources` are the cited documents in order, `shown` is
    the kind of answer, `seconds` is the time from the question to the last word.
    """

    id: str
    reply: str
    abstained: bool
    sources: tuple[str, ...] = ()
    confidence: float | None = None
    seconds: float = 0.0
    shown: str = ""

    def as_object(self) -> dict[str, object]:
        """Return it as a JSON object for a file of replies."""
        sure = None if self.confidence is None else round(self.confidence, 4)
        return {**asdict(self), "confidence": sure, "seconds": round(self.seconds, 3)}


def read_document_questions(
    path: Path, documents: frozenset[str] | None = None
) -> tuple[DocumentQuestion, ...]:
    """Read questions from a file of JSON lines, plain or gzipped.

    A line has `id`, `question`, `must` (regular expressions) and `source`, or `"answerable": false`
    instead of the last two. It may have `kind`, `must_not`, `ordered`, `also_in`, `follow_up_of`
    and `answer`. Raises UnreadableCorpus, which names the line, also if a source is not in
    `documents` or a follow-up comes before its question.
    """
    found: dict[str, DocumentQuestion] = {}
    for row in read_rows(path):
        question = _question(row)
        if question.id in found:
            raise UnreadableCorpus(
                f"{row.place} has the id {question.id} again: an id is one question's."
            )
        if question.follow_up_of is not None and question.follow_up_of not in found:
            raise UnreadableCorpus(
                f"{row.place} follows the question {question.follow_up_of}, which does not stand "
                "before it."
            )
        if documents is not None and (gone := set(question.sources) - documents):
            raise UnreadableCorpus(
                f"{row.place} names the document {min(gone)}, which is not in the folder: a source "
                "is a path below it."
            )
        found[question.id] = question
    if not found:
        raise UnreadableCorpus(f"{path} holds no question: nothing to measure.")
    return tuple(found.values())


def choose_questions(
    questions: Sequence[DocumentQuestion],
    kinds: Sequence[str] = (),
    limit: int | None = None,
    seed: int = 7,
) -> tuple[DocumentQuestion, ...]:
    """Select questions of some kinds, or all; draw `limit` of them by `seed` if there are more.

    The order is kept. Raises UnreadableCorpus for a kind that no question has.
    """
    there = list(dict.fromkeys(question.kind for question in questions))
    if unknown := [kind for kind in kinds if kind not in there]:
        raise UnreadableCorpus(
            f"No question is of the kind {unknown[0]!r}: there are {', '.join(there)}."
        )
    chosen = [question for question in questions if not kinds or question.kind in kinds]
    if limit is not None and limit < len(chosen):
        chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
        kept = set(chance.sample(range(len(chosen)), limit))
        chosen = [question for at, question in enumerate(chosen) if at in kept]
    return tuple(chosen)


def doubt(question: DocumentQuestion) -> str:
    """Return a warning if a question's rules refuse its own right answer, else ""."""
    broken = (
        question.rules.broken_by(question.gold) if question.answerable and question.gold else ()
    )
    if not broken:
        return ""
    return f"The question {question.id} refuses its own answer ({'; '.join(broken)})."


def _question(row: JsonLine) -> DocumentQuestion:
    answerable = _truth(row, "answerable", default=True)
    rules = ReplyRules(
        _patterns(row, "must"), _patterns(row, "must_not"), _truth(row, "ordered", default=False)
    )
    if answerable and not rules.must:
        raise UnreadableCorpus(
            f'{row.place} has neither a "must" nor "answerable": false, so that no reply to it can '
            "be judged."
        )
    if not answerable and rules.must:
        raise UnreadableCorpus(
            f'{row.place} has "answerable": false and a "must": a question without an answer is to '
            "be refused."
        )
    also = _texts(row, "also_in")
    return DocumentQuestion(
        id=text_in(row, "id"),
        text=text_in(row, "question"),
        kind=_text(row, "kind") or ("answerable" if answerable else "unanswerable"),
        rules=rules,
        answerable=answerable,
        sources=(text_in(row, "source"), *also) if answerable else (),
        follow_up_of=_text(row, "follow_up_of"),
        gold=_text(row, "answer") or "",
    )


def _text(row: JsonLine, field: str) -> str | None:
    return None if row.fields.get(field) is None else text_in(row, field)


def _texts(row: JsonLine, field: str) -> tuple[str, ...]:
    value = row.fields.get(field) or []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise UnreadableCorpus(f'{row.place} has a "{field}" that is not a list of texts.')
    return tuple(value)


def _truth(row: JsonLine, field: str, *, default: bool) -> bool:
    value = row.fields.get(field, default)
    if not isinstance(value, bool):
        raise UnreadableCorpus(f'{row.place} has a "{field}" that is neither true nor false.')
    return value


def _patterns(row: JsonLine, field: str) -> tuple[str, ...]:
    patterns = _texts(row, field)
    for pattern in patterns:
        try:
            re.compile(pattern, re.IGNORECASE)
        except (re.error, RecursionError, OverflowError) as error:
            raise UnreadableCorpus(
                f'{row.place} has a "{field}" that is no regular expression: {pattern}: {error}.'
            ) from error
    return patterns
