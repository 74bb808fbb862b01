"""Decide what is shown for a question: an answer, a conflict, the closest, or not found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from langchain_core.runnables import Runnable, RunnableLambda

from answering.confidence.confidence import Confidence
from answering.confidence.features import Ranked, features_of_answer
from answering.evidence.read import Read, ReadExcerpt
from answering.grounding.conflicts import Statement, find_conflict
from retrieval.lexical.analyzer import language_in
from text.language_detection import ENGLISH

Verdict = Literal["answer", "conflict", "closest", "not_found", "small_talk"]

_ROWS = 5
_ROW_WORTH = 0.8  # share of the best row's probability from which other rows are shown too
# Measured: two more excerpts raise the share of right replies from .735 to .773 (docs/log.md).
_MORE = 2
_MORE_WORTH = 0.25  # share of the best excerpt's probability that another one must have
_COMPARED = 4  # likeliest excerpts that are compared for a conflict
_SHARED_WORDS = 0.5  # share of the question's words, in a language that the reader does not know
_SHOWN_WORDS = 150  # of all excerpts together, if there are several


@dataclass(frozen=True, slots=True)
class Decision:
    """What is shown for one question: a verdict, and excerpts in order.

    `probability` is how likely the excerpts answer, from their `features`; None if nothing was
    found or they contradict each other. `conflict` has the two contradicting statements, the
    newest first.
    """

    read: Read
    verdict: Verdict
    shown: tuple[ReadExcerpt, ...] = ()
    probability: float | None = None
    features: Mapping[str, float] = field(default_factory=dict)
    conflict: tuple[Statement, ...] = ()


def decide(confidence: Confidence) -> Runnable[Read, Decision]:
    """Make the chain step that decides which of the excerpts read are shown."""
    return RunnableLambda(lambda read: decide_on(read, confidence), name="decide")


def decide_on(read: Read, confidence: Confidence) -> Decision:
    """Choose the excerpts to show, and whether they are an answer, the closest, or not shown."""
    understood = read.retrieved.understood
    if understood.reply:
        return Decision(read, "small_talk")
    if not read.excerpts:
        return Decision(read, "not_found")
    if not _is_english(understood.asked):
        return _decide_by_rank(read)
    worth = [confidence.choice.of(one.features) for one in read.excerpts]
    order = sorted(range(len(worth)), key=lambda at: -worth[at])
    ranked = [(read.excerpts[at], worth[at]) for at in order]
    features = features_of_answer(understood.asked, ranked)
    probability = confidence.answer.of(features)
    bar = confidence.bar if understood.question.bar is None else understood.question.bar
    verdict: Verdict = "answer" if probability >= bar else "closest"
    is_far = features["nearest"] < confidence.near
    if is_far or (verdict == "closest" and probability < confidence.related):
        return Decision(read, "not_found", (), probability, features)
    if verdict == "answer" and (found := _find_conflict(understood.asked, ranked)):
        sides = tuple(ranked[statement.n][0] for statement in found)
        return Decision(read, "conflict", sides, None, features, found)
    return Decision(read, verdict, choose_shown(ranked), probability, features)


def _is_english(text: str) -> bool:
    """Return whether a text may be English, the only language the reader was trained on."""
    letters = [letter for letter in text if letter.isalpha()]
    # Latin letters are below U+0250.
    is_latin = sum(letter < "\u0250" for letter in letters) * 2 >= len(letters)
    return is_latin and language_in(text) == ENGLISH


def _decide_by_rank(read: Read) -> Decision:
    """Show the top search result as the closest if it has half of the question's words."""
    best = max(read.excerpts, key=lambda one: one.features["passage_share"])
    is_close = best.features["words"] >= _SHARED_WORDS
    return Decision(read, "closest", (best,)) if is_close else Decision(read, "not_found")


def _find_conflict(asked: str, ranked: Ranked) -> tuple[Statement, ...]:
    """Find two contradicting statements in the likeliest excerpts; `n` is an index of `ranked`."""
    statements = [
        Statement(_place(one), one.excerpt.text, one.excerpt.page.modified_at, at)
        for at, (one, worth) in enumerate(ranked[:_COMPARED])
        if worth >= _MORE_WORTH * ranked[0][1]
    ]
    return find_conflict(asked, statements) or ()


def _place(one: ReadExcerpt) -> str:
    headings = one.excerpt.headings
    return ", ".join(dict.fromkeys((headings[0], headings[-1])) if headings else ())


def choose_shown(ranked: Ranked) -> tuple[ReadExcerpt, ...]:
    """Return the best excerpt with good rows of its table, and up to two others nearly as good."""
    (best, most), *others = ranked
    first = best
    if best.excerpt.kind == "table":
        good = [one for one, worth in others if worth >= _ROW_WORTH * most]
        rows = [one for one in good if one.excerpt.is_row_beside(best.excerpt)]
        first = _with_rows(best, rows[: _ROWS - 1])
    shown, words = [first], _words(first)
    for one, worth in others:
        if len(shown) > _MORE or worth < _MORE_WORTH * most:
            break
        is_shown = any(one.excerpt.overlaps(other.excerpt) for other in shown)
        if is_shown or words + _words(one) > _SHOWN_WORDS:
            continue
        if not (one.excerpt.head and best.excerpt.head):
            shown.append(one)
            words += _words(one)
    return tuple(shown)


def _with_rows(best: ReadExcerpt, rows: Sequence[ReadExcerpt]) -> ReadExcerpt:
    """Add rows of its table to the best row, and move the reading's span to its new place."""
    whole = best.excerpt.with_rows(one.excerpt for one in rows)
    *_, row = best.excerpt.plain.split("\n")
    lines = whole.plain.split("\n")
    before = len("\n".join(lines[: lines.index(row)])) + 1 if lines.index(row) else 0
    moved = before - (len(best.excerpt.plain) - len(row))
    reading = best.reading
    shifted = replace(reading, start=reading.start + moved, end=reading.end + moved)
    return replace(best, excerpt=whole, reading=shifted)


def _words(one: ReadExcerpt) -> int:
    return len(one.excerpt.text.split())
