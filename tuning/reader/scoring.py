"""How alike two short answers are, as SQuAD scores it, and how well scores part two kinds."""

import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_SIGNS = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class Likeness:
    """An answer beside the gold ones: equal, its best F1, and whether one of them is in it."""

    exact: float
    f1: float
    contains: float


def normalize(answer: str) -> str:
    """Lower case, without signs and articles, blanks made one: SQuAD's own evaluation."""
    return " ".join(_ARTICLES.sub(" ", answer.lower().translate(_SIGNS)).split())


def compare(answer: str, golds: Sequence[str]) -> Likeness:
    """The best of `answer` beside each of the gold answers."""
    found = normalize(answer)
    wanted = [normalize(gold) for gold in golds]
    return Likeness(
        float(found in wanted),
        max(_f1(found, gold) for gold in wanted),
        float(any(f" {gold} " in f" {found} " for gold in wanted)),
    )


def area(right: Sequence[float], wrong: Sequence[float]) -> float:
    """The share of pairs of a right and a wrong one that the scores order rightly; ties count half.

    It is the area under the ROC curve (Mann and Whitney's U).
    """
    values = np.array([*right, *wrong])
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    summed = float(ranks[places[: len(right)]].sum()) - len(right) * (len(right) + 1) / 2
    return summed / (len(right) * len(wrong))


def _f1(found: str, gold: str) -> float:
    one, other = found.split(), gold.split()
    shared = sum((Counter(one) & Counter(other)).values())
    if not shared:
        return float(one == other)
    return 2 * shared / (len(one) + len(other))
