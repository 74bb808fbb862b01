"""Evaluate the shipped reader on squad2's articles, which are held out from its training."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from retrieval.reader.reader import Reader, ReaderInput, Reading
from tuning.reader.data.make import HELD_OUT
from tuning.reader.data.questions import AskedPassage, ReaderQuestion, read_asked
from tuning.reader.data.words import Nearest
from tuning.reader.scoring import Likeness, area, compare

_NEAREST = 6
_SEED = 15

FIGURES = ("near_miss", "nearest_other", "other_article", "exact", "f1", "contains", "span")
"""The columns of the table.

The first three are areas under the ROC curve: answerable questions with their own passage against
near-misses, the nearest other passage, and a passage of another article. `exact`, `f1` and
`contains` compare the span with the gold answers. `span` is the area of the span's logit against
near-misses.
"""


@dataclass(frozen=True, slots=True)
class Asking:
    """The readings of one question with its own passage, and with two others."""

    article: str
    answerable: bool
    own: Reading
    nearest: Reading | None
    far: Reading | None
    likeness: Likeness | None


@dataclass(frozen=True, slots=True)
class ArticleFigures:
    """The figures over some questions, by their names in FIGURES."""

    name: str
    answerable: int
    near_misses: int
    figures: Mapping[str, float]


def evaluate_reader(reader: Reader, folder: Path, every: int = 1) -> list[ArticleFigures]:
    """Return the figures of each held-out article, then of all; from every `every`-th question.

    Raises CannotTrain if `folder` lacks the data set.
    """
    asked = read_asked(folder / HELD_OUT)
    others = _Others(asked)
    askings = [_ask(reader, one, others) for one in asked[::every]]
    by_article: dict[str, list[Asking]] = defaultdict(list)
    for one in askings:
        by_article[one.article].append(one)
    return [*(_figures(name, some) for name, some in by_article.items()), _figures("all", askings)]


def show_figures(measured: Sequence[ArticleFigures]) -> str:
    """Return the figures as a Markdown table."""
    lines = [
        "| article | answerable | near-misses | " + " | ".join(FIGURES) + " |",
        "| --- |" + " ---: |" * (len(FIGURES) + 2),
    ]
    for one in measured:
        shown = " | ".join(f"{one.figures[name]:.3f}".replace("0.", ".", 1) for name in FIGURES)
        lines.append(f"| {one.name} | {one.answerable} | {one.near_misses} | {shown} |")
    return "\n".join(lines)


def _ask(reader: Reader, one: ReaderQuestion, others: "_Others") -> Asking:
    passages = [one.passage]
    if one.span is not None:
        passages += [others.nearest(one), others.far(one)]
    inputs = [ReaderInput((passage.title,), passage.text) for passage in passages]
    own, *rest = reader.read(one.question, inputs)
    nearest, far = rest or (None, None)
    said = one.passage.text[own.start : own.end]
    likeness = compare(said, one.golds) if one.span is not None else None
    return Asking(one.passage.title, one.span is not None, own, nearest, far, likeness)


def _figures(name: str, askings: Sequence[Asking]) -> ArticleFigures:
    right = [one for one in askings if one.answerable]
    missed = [one for one in askings if not one.answerable]
    own = [one.own.answers for one in right]
    likeness = [one.likeness for one in right if one.likeness]
    figures = {
        "near_miss": area(own, [one.own.answers for one in missed]),
        "nearest_other": area(own, [one.nearest.answers for one in right if one.nearest]),
        "other_article": area(own, [one.far.answers for one in right if one.far]),
        "exact": mean(one.exact for one in likeness),
        "f1": mean(one.f1 for one in likeness),
        "contains": mean(one.contains for one in likeness),
        "span": area([one.own.span for one in right], [one.own.span for one in missed]),
    }
    return ArticleFigures(name, len(right), len(missed), figures)


class _Others:
    """Finds passages that do not answer a question: near ones of its article, others far away."""

    def __init__(self, asked: Sequence[ReaderQuestion]) -> None:
        self._groups: dict[str, list[AskedPassage]] = defaultdict(list)
        for passage in {one.passage.id: one.passage for one in asked}.values():
            self._groups[passage.title].append(passage)
        self._nearest = {
            title: Nearest([one.text for one in found]) for title, found in self._groups.items()
        }
        self._draw = random.Random(_SEED)  # noqa: S311 - a draw to repeat, no secret

    def nearest(self, one: ReaderQuestion) -> AskedPassage:
        """Return the article's passage that shares most with the question, without gold answers."""
        found = self._groups[one.passage.title]
        order = [found[at] for at in self._nearest[one.passage.title].rank(one.question, _NEAREST)]
        silent = [passage for passage in order if _is_silent(passage, one)]
        return silent[0] if silent else self.far(one)

    def far(self, one: ReaderQuestion) -> AskedPassage:
        """Return a random passage of another article."""
        title = self._draw.choice(sorted(set(self._groups) - {one.passage.title}))
        return self._draw.choice(self._groups[title])


def _is_silent(passage: AskedPassage, one: ReaderQuestion) -> bool:
    text = passage.text.lower()
    return passage.id != one.passage.id and not any(gold.lower() in text for gold in one.golds)
