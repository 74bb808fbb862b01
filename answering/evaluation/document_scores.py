"""Judge replies to questions about documents, and count them with confidence intervals."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from answering.evaluation.documents import DocumentQuestion, DocumentReply
from answering.evaluation.reply_rules import names_source

_Z95 = 1.959964
SHORT_WORDS = 100
"""The most words of a short reply."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """A count out of a total, with Wilson's 95% interval (1927)."""

    count: int
    of: int

    @property
    def share(self) -> float | None:
        """Return the share, 0 to 1; None of a total of 0."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the bounds of the 95% interval; None of a total of 0."""
        if not self.of:
            return None
        p, n, z = self.count / self.of, self.of, _Z95
        width = 1 + z * z / n
        middle = (p + z * z / (2 * n)) / width
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / width
        return max(0.0, middle - half), min(1.0, middle + half)

    def as_object(self) -> dict[str, object]:
        """Return it as a JSON object."""
        bounds = self.interval
        return {
            "k": self.count,
            "n": self.of,
            "share": None if self.share is None else round(self.share, 3),
            "wilson95": None if bounds is None else [round(bound, 3) for bound in bounds],
        }


@dataclass(frozen=True, slots=True)
class JudgedReply:
    """A question, its reply (None if there is none), and the reply's faults."""

    question: DocumentQuestion
    reply: DocumentReply | None
    faults: tuple[str, ...]

    @property
    def abstained(self) -> bool:
        """Return whether the reply says that it may not be the answer."""
        return self.reply is not None and self.reply.abstained

    @property
    def given(self) -> bool:
        """Return whether there is a reply that is given as the answer."""
        return self.reply is not None and not self.reply.abstained

    @property
    def right(self) -> bool:
        """Return whether the question is answerable and the reply has no fault."""
        return self.question.answerable and not self.faults

    @property
    def holds_answer(self) -> bool:
        """Return whether what is shown is right, even if the reply abstains."""
        of = self.question
        return of.answerable and bool(self.reply) and not of.rules.broken_by(self._text)

    @property
    def source_right(self) -> bool:
        """Return whether the reply cites a document with the answer."""
        return self.reply is not None and names_source(self.reply.sources, self.question.sources)

    @property
    def words(self) -> int:
        """Return the number of words of the reply."""
        return len(self._text.split())

    @property
    def _text(self) -> str:
        return self.reply.reply if self.reply else ""


def judge_reply(question: DocumentQuestion, reply: DocumentReply | None) -> JudgedReply:
    """Judge a reply by the question's rules."""
    if reply is None:
        faults: tuple[str, ...] = ("no reply",)
    elif question.answerable:
        faults = ("abstained",) if reply.abstained else question.rules.broken_by(reply.reply)
    else:
        faults = () if reply.abstained else ("invented: the documents do not say",)
    return JudgedReply(question, reply, faults)


@dataclass(frozen=True, slots=True)
class DocumentScores:
    """All judged replies, and figures over them."""

    judged: tuple[JudgedReply, ...]

    @property
    def answerable(self) -> list[JudgedReply]:
        """Return the replies to answerable questions."""
        return [one for one in self.judged if one.question.answerable]

    @property
    def misses(self) -> list[JudgedReply]:
        """Return the replies with faults."""
        return [one for one in self.judged if one.faults]

    def proportions(self) -> dict[str, Proportion]:
        """Return all shares by name.

        `right`, `refused_answerable` and `source_right` are shares of the answerable questions;
        `right_however_sure` also counts abstentions that show the right thing. `invented` is the
        share of the unanswerable questions that get an answer.
        """
        answerable, given = self.answerable, self._given
        nothing = [one for one in self.judged if not one.question.answerable]
        return {
            "right": _count(answerable, lambda one: one.right),
            "right_when_answered": _count(given, lambda one: one.right),
            "right_however_sure": _count(answerable, lambda one: one.holds_answer),
            "refused_answerable": _count(answerable, lambda one: one.abstained),
            "abstained_unanswerable": _count(nothing, lambda one: one.abstained),
            "invented": _count(nothing, lambda one: one.given),
            "source_right": _count(answerable, lambda one: one.source_right),
            "source_right_when_answered": _count(given, lambda one: one.source_right),
        }

    @property
    def by_kind(self) -> Mapping[str, list[JudgedReply]]:
        """Return the replies to answerable questions, by kind of question."""
        kinds: dict[str, list[JudgedReply]] = {}
        for one in self.answerable:
            kinds.setdefault(one.question.kind, []).append(one)
        return kinds

    @property
    def _given(self) -> list[JudgedReply]:
        return [one for one in self.answerable if one.given]

    def seconds(self) -> tuple[float, float] | None:
        """Return the percentiles 50 and 95 of the replies' seconds; None without replies."""
        times = [one.reply.seconds for one in self.judged if one.reply]
        p50, p95 = np.percentile(times, [50, 95]) if times else (0.0, 0.0)
        return (float(p50), float(p95)) if times else None

    def as_object(self, short: int = SHORT_WORDS) -> dict[str, object]:
        """Return every figure as a JSON object; a reply of at most `short` words is short."""
        given, times = self._given, self.seconds()
        brief = _count(self.answerable, lambda one: one.right and one.words <= short)
        return {
            **{name: of.as_object() for name, of in self.proportions().items()},
            "right_short": {**brief.as_object(), "max_words": short},
            "right_by_kind": {
                kind: _count(of, lambda one: one.right).as_object()
                for kind, of in self.by_kind.items()
            },
            "reply_words": reply_words(given),
            "reply_words_unordered": reply_words(
                one for one in given if not one.question.rules.ordered
            ),
            "seconds": times and {"p50": round(times[0], 3), "p95": round(times[1], 3)},
            "missing": sum(one.reply is None for one in self.judged),
        }


def score_replies(
    questions: Sequence[DocumentQuestion], replies: Iterable[DocumentReply]
) -> DocumentScores:
    """Judge the reply to each question; a missing reply is a fault."""
    by_id = {reply.id: reply for reply in replies}
    return DocumentScores(tuple(judge_reply(one, by_id.get(one.id)) for one in questions))


def reply_words(judged: Iterable[JudgedReply]) -> dict[str, int] | None:
    """Return the median and the 90th percentile of the replies' words; None without replies."""
    counts = sorted(one.words for one in judged)
    if not counts:
        return None
    return {"median": counts[len(counts) // 2], "p90": counts[int(len(counts) * 0.9)]}


def _count(judged: Sequence[JudgedReply], true: Callable[[JudgedReply], bool]) -> Proportion:
    return Proportion(sum(map(true, judged)), len(judged))
