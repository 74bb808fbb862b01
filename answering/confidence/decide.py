"""Decide what is shown for a question, and how sure it is. Pure: reads nothing, asks nobody."""

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
_ROW_WORTH = 0.8  # of the best row's probability: so good a row of its table is shown with it
_MORE = 2
_MORE_WORTH = 0.25
_COMPARED = 4  # of the likeliest excerpts that may disagree
_SHARED_WORDS = 0.5  # of a question in a language that the reader does not know
_SHOWN_WORDS = 150  # of all excerpts together, where there is more than one


@dataclass(frozen=True, slots=True)
class Decision:
    """What is shown for one question: excerpts in the order in which they are shown.

    `probability` is how likely they answer it, from their `features`; None where none was found or
    they disagree. `conflict` are the two statements of them that cannot both hold, the newest
    first.
    """

    read: Read
    verdict: Verdict
    shown: tuple[ReadExcerpt, ...] = ()
    probability: float | None = None
    features: Mapping[str, float] = field(default_factory=dict)
    conflict: tuple[Statement, ...] = ()


def decide(confidence: Confidence) -> Runnable[Read, Decision]:
    """The step from excerpts that were read to what is shown of them."""
    return RunnableLambda(lambda read: decide_on(read, confidence), name="decide")


def decide_on(read: Read, confidence: Confidence) -> Decision:
    """The excerpts to show, and whether they are an answer, the closest, or not worth showing."""
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
    """Whether a text may be English, which the reader was taught on alone."""
    letters = [letter for letter in text if letter.isalpha()]
    is_latin = sum(letter < "\u0250" for letter in letters) * 2 >= len(letters)
    return is_latin and language_in(text) == ENGLISH


def _decide_by_rank(read: Read) -> Decision:
    """What the search found first is the closest, if it shares the question's words."""
    best = max(read.excerpts, key=lambda one: one.features["passage_share"])
    is_close = best.features["words"] >= _SHARED_WORDS
    return Decision(read, "closest", (best,)) if is_close else Decision(read, "not_found")


def _find_conflict(asked: str, ranked: Ranked) -> tuple[Statement, ...]:
    """The two statements of the likeliest excerpts that cannot both hold, by place in `ranked`."""
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
    """The best excerpt with the rows of its table, and up to two others that may be as good."""
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
    """The best row with others of its table; what was read of it stays where it stands."""
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
