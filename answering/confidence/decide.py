"""Decide what is shown for a question, and how sure it is. Pure: reads nothing, asks nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from langchain_core.runnables import Runnable, RunnableLambda

from answering.confidence.confidence import Confidence
from answering.confidence.features import features_of_answer
from answering.evidence.read import Read, ReadExcerpt

Verdict = Literal["answer", "closest", "not_found", "small_talk"]

_ROWS = 5
_ROW_WORTH = 0.8  # of the best row's probability: so good a row of its table is shown with it
_MORE = 2
_MORE_WORTH = 0.25
_SHOWN_WORDS = 180  # of all excerpts together, where there is more than one


@dataclass(frozen=True, slots=True)
class Decision:
    """What is shown for one question: excerpts in the order in which they are shown.

    `probability` is how likely they answer it, from their `features`; None where none was found.
    """

    read: Read
    verdict: Verdict
    shown: tuple[ReadExcerpt, ...] = ()
    probability: float | None = None
    features: Mapping[str, float] = field(default_factory=dict)


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
    worth = [confidence.choice.of(one.features) for one in read.excerpts]
    order = sorted(range(len(worth)), key=lambda at: -worth[at])
    ranked = [(read.excerpts[at], worth[at]) for at in order]
    features = features_of_answer(understood.asked, ranked)
    probability = confidence.answer.of(features)
    bar = confidence.bar if understood.question.bar is None else understood.question.bar
    verdict: Verdict = "answer" if probability >= bar else "closest"
    if probability < confidence.related and verdict == "closest":
        return Decision(read, "not_found", (), probability, features)
    return Decision(read, verdict, choose_shown(ranked), probability, features)


def choose_shown(ranked: Sequence[tuple[ReadExcerpt, float]]) -> tuple[ReadExcerpt, ...]:
    """The best excerpt with the rows of its table, and up to two others that may be as good.

    `ranked` are excerpts with what each is worth, best first.
    """
    (best, most), *others = ranked
    first = best
    if best.excerpt.kind == "table":
        rows = [one for one, worth in others if worth >= _ROW_WORTH * most]
        first = _with_rows(best, [one for one in rows if _same_table(one, best)][: _ROWS - 1])
    shown, words = [first], _words(first)
    for one, worth in others:
        if len(shown) > _MORE or worth < _MORE_WORTH * most:
            break
        if any(_overlaps(one, other) for other in shown) or words + _words(one) > _SHOWN_WORDS:
            continue
        if not (one.excerpt.head and best.excerpt.head):
            shown.append(one)
            words += _words(one)
    return tuple(shown)


def _with_rows(best: ReadExcerpt, rows: Sequence[ReadExcerpt]) -> ReadExcerpt:
    """The best row with others of its table; what was read of it stays where it stands."""
    whole = best.excerpt.with_rows(one.excerpt for one in rows)
    moved = whole.plain.find(best.excerpt.plain.rpartition("\n")[2])
    before = best.excerpt.plain.rfind("\n") + 1
    reading = best.reading
    shifted = replace(
        reading, start=reading.start + moved - before, end=reading.end + moved - before
    )
    return replace(best, excerpt=whole, reading=shifted)


def _same_table(one: ReadExcerpt, other: ReadExcerpt) -> bool:
    first, second = one.excerpt, other.excerpt
    return (
        first.kind == second.kind == "table"
        and first.page.document_id == second.page.document_id
        and (first.headings, first.head) == (second.headings, second.head)
    )


def _overlaps(one: ReadExcerpt, other: ReadExcerpt) -> bool:
    first, second = one.excerpt, other.excerpt
    return (
        first.page.document_id == second.page.document_id
        and first.start < second.end
        and second.start < first.end
    )


def _words(one: ReadExcerpt) -> int:
    return len(one.excerpt.text.split())
