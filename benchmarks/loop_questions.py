"""Choose which questions a team asks in which week, and which are held out."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from answering.evaluation.datasets import GoldQuestion, GoldSet, read_squad2
from benchmarks.shared import DATA
from benchmarks.splits import TRAIN
from retrieval.documents import Document
from tuning.evaluation.safety import TRAPS
from tuning.training.inputs import Then

_LONGEST = 5  # words of an answer that people would type as a correction


@dataclass(frozen=True, slots=True)
class Plan:
    """The size of a run: weeks, questions a week, held-out questions.

    One person alone gives at most `most` examples of a kind; `then` is the stage after SFT.
    """

    weeks: int
    questions: int
    held_out: int
    most: int
    then: Then = "auto"
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Posed:
    """The questions of all weeks, the held-out ones, and right answers that nobody asks for."""

    asked: Sequence[GoldQuestion]
    held_out: Sequence[GoldQuestion]
    unasked: Sequence[str]
    a_week: int

    def week(self, number: int) -> Sequence[GoldQuestion]:
        """Return the questions of a week, counted from 1."""
        return self.asked[(number - 1) * self.a_week : number * self.a_week]


@dataclass(frozen=True, slots=True)
class Library:
    """A team's documents, and questions about pages that were `seen` in training, and others."""

    documents: Sequence[Document]
    seen: Sequence[GoldQuestion]
    unseen: Sequence[GoldQuestion]


def open_library() -> Library:
    """Return squad2's articles and questions, with the traps to index.

    The built-in model was trained on some articles; held-out questions are about the others.
    """
    gold = read_squad2(DATA / "squad2/passages.jsonl.gz", DATA / "squad2/questions.jsonl.gz")
    pages = {document.key for document in gold.documents if document.title in TRAIN}
    return Library(
        documents=(*gold.documents, *(trap.document() for trap in TRAPS)),
        seen=[one for one in gold.questions if one.documents <= pages],
        unseen=[one for one in gold.questions if one.documents.isdisjoint(pages)],
    )


def pose(library: Library, plan: Plan) -> Posed:
    """Draw the questions by the plan's seed; held-out ones are about other pages than the rest.

    Half of the held-out questions have no answer. Raises ValueError if there are too few.
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
