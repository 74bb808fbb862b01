"""Fit the shipped confidence: which excerpt to show, and how likely it answers.

Uses the development questions about real documents, six articles of squad2 that the reader never
saw, and off-topic questions, each evaluated by fits on other documents only.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from answering.chain import ChainParts, reading_chain
from answering.confidence.confidence import Confidence, choose_bar, save_confidence
from answering.confidence.decide import choose_shown
from answering.confidence.features import features_of_answer
from answering.confidence.logistic_regression import EMPTY, Regression, fit_regression
from answering.evaluation.calibration import Calibrated, fit_held_out, rank_auc
from answering.evaluation.datasets import GoldQuestion, read_clapnq, read_squad2
from answering.evaluation.documents import read_document_questions
from answering.evaluation.metrics import calibration_error, contains
from answering.evaluation.reply_rules import ReplyRules
from answering.evidence.read import Read
from answering.evidence.retrieve import SearchIndex
from answering.model.house_model import HouseModel
from answering.types.questions import Question, Turn
from answering.writing.render_block import show_excerpts
from benchmarks.shared import DATA, write_result
from houselore.cli.eval.plots import draw_calibration
from houselore.cli.eval.source_apart import source_apart
from houselore.settings import open_settings
from retrieval.audience import everyone
from retrieval.evaluation.benchmark import CorpusSource
from retrieval.progress import IndexProgress
from retrieval.reader.reader import open_reader
from retrieval.sources.files import FilesSource
from retrieval.sources.source import Source

HERE = Path(__file__).parent
DOCS = HERE / "document_questions" / "docs"
_OF_SQUAD = 900
_FOLDS = 5
_REFUSED = 0.11
_UNSHOWN = 0.02
_OFF_TOPIC = 120
_OFF_TOPIC_WEIGHT = 4
_STRENGTH = 0.1
_STRENGTH_ANSWER = 0.005

Judge = Callable[[str], bool]
"""Whether a text is a right answer."""


@dataclass(frozen=True, slots=True)
class Posed:
    """A question, its judge, and the document it is about; "" if it is off-topic."""

    question: Question
    is_right: Judge
    answerable: bool
    document: str


@dataclass(frozen=True, slots=True)
class Looked:
    """The excerpts that were read for a question, and which of them are right."""

    posed: Posed
    read: Read
    right: tuple[bool, ...]

    @property
    def fold(self) -> int:
        """The cross-validation fold; questions about one document are held out together."""
        return sum(map(ord, self.posed.document or self.posed.question.text)) % _FOLDS


async def look_all(source: Source, posed: Sequence[Posed]) -> list[Looked]:
    """Return what the chain reads for each question in an index of `source` alone."""
    found = []
    with TemporaryDirectory() as folder:
        async with source_apart(open_settings(data_dir=Path(folder)), source, _quietly) as apart:
            index = SearchIndex(apart.database, apart.services.embedder, apart.services.links)
            model = HouseModel(None, "none")  # type: ignore[arg-type] # none is asked to read
            chain = reading_chain(ChainParts(index, open_reader(), model, Confidence(EMPTY, EMPTY)))
            for one in posed:
                audience = everyone(apart.workspace)
                first, *_ = await chain.ainvoke(replace(one.question, audience=audience))
                right = tuple(one.is_right(shown.excerpt.text) for shown in first.excerpts)
                found.append(Looked(one, first, right))
    return found


def pose_documents(questions: Path) -> list[Posed]:
    """Return the development questions; a follow-up has its first question and answer as thread."""
    asked = {one.id: one for one in read_document_questions(questions)}
    posed = []
    for one in asked.values():
        before = asked[one.follow_up_of] if one.follow_up_of else None
        thread = (Turn("person", before.text), Turn("bot", before.gold)) if before else ()
        is_right = partial(_follows, one.rules, one.answerable)
        document = one.sources[0] if one.sources else one.id
        question = Question(one.text, everyone(""), thread)
        posed.append(Posed(question, is_right, one.answerable, document))
    return posed


def _follows(rules: ReplyRules, answerable: bool, text: str) -> bool:
    """Return whether a text satisfies the rules of an answerable question."""
    return answerable and not rules.broken_by(text)


def pose_squad(limit: int, seed: int = 7) -> tuple[Source, list[Posed]]:
    """Return squad2's six articles, and a sample of their questions."""
    gold = read_squad2(DATA / "squad2/passages.jsonl.gz", DATA / "squad2/questions.jsonl.gz")
    title = {document.key: document.title for document in gold.documents}
    posed = []
    for one in gold.sample(limit, seed).questions:
        question, is_right = Question(one.text, everyone("")), partial(_has_one, one.answers)
        posed.append(Posed(question, is_right, one.answerable, title[min(one.documents)]))
    return CorpusSource({document.key: document for document in gold.documents}), posed


def _has_one(answers: tuple[str, ...], text: str) -> bool:
    """Return whether a text contains one of the answers."""
    return bool(contains(text, answers))


def fits_on(question: GoldQuestion) -> bool:
    """Return whether an off-topic question is for fitting; the others are for the test."""
    return question.id.encode()[-1] % 2 == 0


def pose_off_topic(limit: int) -> list[Posed]:
    """Return off-topic questions: the half of clapnq's that is for fitting."""
    files = [DATA / "clapnq/answerable.jsonl", DATA / "clapnq/unanswerable.jsonl"]
    asked = [one for one in read_clapnq(files).questions if fits_on(one)]
    return [
        Posed(Question(one.text, everyone("")), lambda _: False, False, "") for one in asked[:limit]
    ]


def fit_choice(looked: Sequence[Looked]) -> Regression:
    """Fit which excerpt is right, on answerable questions about real documents."""
    # squad2's passages are one paragraph each, which would teach nothing true about kinds of
    # blocks.
    pairs = [
        (one.features, right)
        for asked in looked
        if asked.posed.answerable and asked.posed.document.endswith(".md")
        for one, right in zip(asked.read.excerpts, asked.right, strict=True)
    ]
    return fit_regression([row for row, _ in pairs], [good for _, good in pairs], None, _STRENGTH)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is shown for a question, chosen by a fit that has not seen its document."""

    looked: Looked
    features: dict[str, float]
    right: bool
    words: int


def choose(looked: Sequence[Looked]) -> list[Chosen]:
    """Return what each question is shown; questions without excerpts are left out."""
    chosen = []
    for fold in range(_FOLDS):
        choice = fit_choice([one for one in looked if one.fold != fold])
        for one in looked:
            if one.fold == fold and one.read.excerpts:
                chosen.append(_chosen(one, choice))
    return chosen


def _chosen(one: Looked, choice: Regression) -> Chosen:
    excerpts = one.read.excerpts
    worth = choice.of_all([each.features for each in excerpts]).tolist()
    order = sorted(range(len(worth)), key=lambda at: -worth[at])
    ranked = [(excerpts[at], worth[at]) for at in order]
    shown = choose_shown(ranked)
    text = show_excerpts(shown, range(1, len(shown) + 1))
    features = features_of_answer(one.read.retrieved.understood.asked, ranked)
    return Chosen(one, features, one.posed.is_right(text), len(text.split()))


def fit(looked: Sequence[Looked]) -> tuple[Confidence, list[Chosen], list[float]]:
    """Return the weights and thresholds, what was chosen, and its held-out probabilities."""
    chosen = choose(looked)
    posed = [one.looked.posed for one in chosen]
    rows = [
        (one, at)
        for at, one in enumerate(chosen)
        for _ in range(1 if one.looked.posed.document else _OFF_TOPIC_WEIGHT)
    ]
    answer, weighed = fit_held_out(
        [one.features for one, _ in rows],
        [one.right for one, _ in rows],
        [one.looked.posed.document or one.looked.posed.question.text for one, _ in rows],
        strength=_STRENGTH_ANSWER,
    )
    said = [0.0] * len(chosen)
    for (_, at), p in zip(rows, weighed, strict=True):
        said[at] = p
    of_documents = [one.document.endswith(".md") for one in posed]
    # The threshold is set on real documents alone: squad2's answers are found much more easily.
    wanted = [one.answerable and is_in for one, is_in in zip(posed, of_documents, strict=True)]
    bar = choose_bar(said, wanted, _REFUSED)
    related = choose_bar(said, wanted, _UNSHOWN)
    return Confidence(fit_choice(looked), answer, bar, related), chosen, said


def figures(chosen: Sequence[Chosen], said: Sequence[float], bar: float) -> dict[str, float]:
    """Return how good the shown answers are, and how well their probability separates them."""
    rows = list(zip(chosen, said, strict=True))
    with_answer = [(one, p) for one, p in rows if one.looked.posed.answerable]
    without = [(one, p) for one, p in rows if not one.looked.posed.answerable]
    given = [(one, p) for one, p in with_answer if p >= bar]
    found = {
        "n": len(with_answer),
        "right_shown": _share([one.right for one, _ in with_answer]),
        "right": _share([one.right and p >= bar for one, p in with_answer]),
        "right_when_answered": _share([one.right for one, _ in given]),
        "refused": _share([p < bar for _, p in with_answer]),
        "near_misses": len(without),
        "near_misses_answered": _share([p >= bar for _, p in without]),
        "ece": calibration_error(list(said), [one.right for one in chosen]) or 0.0,
        "auc_right": rank_auc(list(said), [one.right for one in chosen]),
        "words": sorted(one.words for one in chosen)[len(chosen) // 2],
    }
    return {name: round(value, 3) for name, value in found.items()}


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


async def fit_shipped(
    docs: Path, limit: int, to: Path, plots: Path | None
) -> dict[str, dict[str, float]]:
    """Write the weights to the file `to`; return held-out figures for documents and squad2.

    Draws risk by coverage and reliability, on both together, in `plots`.
    """
    documents = pose_documents(HERE / "document_questions" / "questions.jsonl")
    off_topic = pose_off_topic(_OFF_TOPIC)
    looked = await look_all(FilesSource(docs), [*documents, *off_topic])
    source, posed = pose_squad(limit)
    looked += await look_all(source, posed)
    confidence, chosen, said = fit(looked)
    save_confidence(to, confidence)
    if plots:
        draw_calibration(plots, _calibrated(confidence, chosen, said))
    titles = {one.document for one in posed}
    parts = {
        "documents": [one.looked.posed.document not in titles for one in chosen],
        "squad2": [one.looked.posed.document in titles for one in chosen],
    }
    return {
        name: figures(
            [one for one, is_in in zip(chosen, flags, strict=True) if is_in],
            [p for p, is_in in zip(said, flags, strict=True) if is_in],
            confidence.bar,
        )
        for name, flags in parts.items()
    }


def _calibrated(
    confidence: Confidence, chosen: Sequence[Chosen], said: Sequence[float]
) -> Calibrated:
    """Return the probabilities of the questions that are not off-topic."""
    rows = [(one, p) for one, p in zip(chosen, said, strict=True) if one.looked.posed.document]
    return Calibrated(
        confidence,
        tuple(p for _, p in rows),
        tuple(one.right for one, _ in rows),
        tuple(one.looked.posed.answerable for one, _ in rows),
    )


async def _quietly(_: IndexProgress) -> None:
    """Show no progress."""


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--docs", type=Path, default=DOCS)
    arguments.add_argument("--limit", type=int, default=_OF_SQUAD, help="Of squad2's questions.")
    arguments.add_argument("--to", type=Path, required=True, help="The file of weights.")
    arguments.add_argument("--plots", type=Path, help="The folder to draw two plots in.")
    given = arguments.parse_args()
    if not given.docs.is_dir():
        sys.exit(f"No pages in {given.docs}: `python -m benchmarks.document_questions.pages`.")
    measured = asyncio.run(fit_shipped(given.docs, given.limit, given.to, given.plots))
    write_result("confidence", measured)
