"""Which questions a team asks in which week, and which are held out. Asks none."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from answering.evaluation.datasets import GoldQuestion, GoldSet, read_squad2
from benchmarks.shared import DATA
from benchmarks.splits import TRAIN
from retrieval.documents import Document
from tuning.evaluation.safety import TRAPS
from tuning.training.inputs import Then

_LONGEST = 5  # words of a right answer that people would type


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is done: weeks, questions a week and held out.

    `most` examples of a kind are of one person alone; `then` is the stage after SFT.
    """

    weeks: int
    questions: int
    held_out: int
    most: int
    then: Then = "auto"
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Posed:
    """The questions of all weeks, those held out, and right answers that nobody asked for."""

    asked: Sequence[GoldQuestion]
    held_out: Sequence[GoldQuestion]
    unasked: Sequence[str]
    a_week: int

    def week(self, number: int) -> Sequence[GoldQuestion]:
        """The questions of a week, the first of which is 1."""
        return self.asked[(number - 1) * self.a_week : number * self.a_week]


@dataclass(frozen=True, slots=True)
class Library:
    """What a team may read, and what is asked of it: about `seen` pages, and about others."""

    documents: Sequence[Document]
    seen: Sequence[GoldQuestion]
    unseen: Sequence[GoldQuestion]


def open_library() -> Library:
    """squad2's articles and their questions, with the traps to be indexed.

    The built-in model has seen some articles in its training; what is held out is about the others.
    """
    gold = read_squad2(DATA / "squad2/passages.jsonl.gz", DATA / "squad2/questions.jsonl.gz")
    pages = {document.key for document in gold.documents if document.title in TRAIN}
    return Library(
        documents=(*gold.documents, *(trap.document() for trap in TRAPS)),
        seen=[one for one in gold.questions if one.documents <= pages],
        unseen=[one for one in gold.questions if one.documents.isdisjoint(pages)],
    )


def pose(library: Library, plan: Plan) -> Posed:
    """The questions, drawn by the plan's seed; those held out are about other pages than all else.

    Half of those held out have no answer. Raises ValueError where there are too few.
    """
    chance = Random(plan.seed)  # noqa: S311 - a sample, not a secret
    rest = [one for one in library.seen if _is_short(one)]
    chance.shuffle(rest)
    needed = plan.weeks * plan.questions
    if len(rest) <= needed:
        raise ValueError(f"{needed:,} questions are wanted, {len(rest):,} are there")
    held_out = GoldSet((), tuple(library.unseen)).sample(plan.held_out, plan.seed).questions
    unasked = [one.answers[0] for one in rest[needed:]]
    return Posed(rest[:needed], held_out, unasked, plan.questions)


def _is_short(question: GoldQuestion) -> bool:
    return question.answerable and len(question.answers[0].split()) <= _LONGEST
