"""Score short answers as SQuAD does, and compute the area under the ROC curve."""

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
    """An answer compared with the gold ones: equal, best F1, whether it contains one of them."""

    exact: float
    f1: float
    contains: float


def normalize(answer: str) -> str:
    """Normalize as SQuAD does: lower case, no punctuation, no articles, single spaces."""
    return " ".join(_ARTICLES.sub(" ", answer.lower().translate(_SIGNS)).split())


def compare(answer: str, golds: Sequence[str]) -> Likeness:
    """Return the best scores of `answer` over the gold answers."""
    found = normalize(answer)
    wanted = [normalize(gold) for gold in golds]
    return Likeness(
        float(found in wanted),
        max(_f1(found, gold) for gold in wanted),
        float(any(f" {gold} " in f" {found} " for gold in wanted)),
    )


def area(right: Sequence[float], wrong: Sequence[float]) -> float:
    """Return the area under the ROC curve: the share of (right, wrong) pairs ordered rightly.

    Ties count half (Mann and Whitney's U).
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
