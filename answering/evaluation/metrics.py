"""Answers beside right ones: metrics, their intervals, the calibration error. Asks no model."""

import re
import string
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from answering.claims import in_order
from answering.evaluation.datasets import GoldQuestion
from answering.types.answers import phrased_part

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_MARKS = re.compile(r"\s*\[\d+\]")
# Chinese and Japanese set no blanks: there a character counts as a word, as CMRC 2018 does.
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u9fff])")
_DRAWS = 1000


def normalise(text: str) -> str:
    """Small letters, no punctuation, no articles, single blanks, as SQuAD's own script does.

    `[n]` marks go first. What would be nothing at all, such as "The", stays as it is.
    """
    plain = _MARKS.sub("", text).lower()
    words = " ".join(_ARTICLES.sub(" ", plain.translate(_PUNCTUATION)).split())
    return words or " ".join(plain.split())


def exact(answer: str, golds: Sequence[str]) -> float:
    """1 where the answer is one of `golds` once normalised, else 0."""
    return float(normalise(answer) in {normalise(gold) for gold in golds})


def f1(answer: str, golds: Sequence[str]) -> float:
    """The harmonic mean of the words' precision and recall, best over `golds` (SQuAD)."""
    return max((_overlap(_words(answer), _words(gold)) for gold in golds), default=0.0)


def contains(answer: str, golds: Sequence[str]) -> float:
    """1 where the normalised answer has one of the normalised `golds` in it, else 0."""
    said = normalise(answer)
    return float(any(normalise(gold) in said for gold in golds))


def rouge_l(answer: str, golds: Sequence[str]) -> float:
    """The F1 of the longest common subsequence of words, best over `golds` (Lin 2004)."""
    return max((_ordered(_words(answer), _words(gold)) for gold in golds), default=0.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question and what came of it.

    `evidence` is all that the model was shown, `sentence` the one that bears most on the question;
    `cited` are the keys of the documents of the answer's citations, one each. Seconds are counted
    from the question to the first and to the last of what is shown; tokens are those that a model
    read and wrote for it; `withheld` is what it wrote where something else is shown instead;
    `shown` is what kind of reply it is, as an `Answer` says it.
    """

    question: GoldQuestion
    text: str
    abstained: bool
    evidence: str = ""
    sentence: str = ""
    confidence: float | None = None
    signals: Mapping[str, float] = field(default_factory=dict)
    cited: tuple[str, ...] = ()
    first_token_s: float = 0.0
    last_token_s: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    withheld: str = ""
    shown: str = ""

    @property
    def right(self) -> bool:
        """Whether the answer is in the reply; nothing is right where there is no answer."""
        return self.is_in(self.text)

    def is_in(self, text: str) -> bool:
        """Whether the answer is in this text."""
        return bool(contains(text, self.question.answers))

    @property
    def phrased(self) -> str:
        """What of the reply are the model's words."""
        return phrased_part(self.text, self.shown)

    @property
    def asks_back(self) -> bool:
        """Whether the reply is a question."""
        return self.text.rstrip().endswith("?")


Share = Callable[[Outcome], tuple[float, float]]
"""An outcome to what it adds above and below the line of a share."""


def _of_answer(metric: Callable[[str, Sequence[str]], float]) -> Share:
    """A metric of the answerable questions; an abstention has 0."""

    def share(outcome: Outcome) -> tuple[float, float]:
        if not outcome.question.answerable:
            return 0.0, 0.0
        if outcome.abstained:
            return 0.0, 1.0
        return metric(outcome.text, outcome.question.answers), 1.0

    return share


def _given(outcome: Outcome) -> bool:
    return outcome.question.answerable and not outcome.abstained


def _citation_precision(outcome: Outcome) -> tuple[float, float]:
    if not _given(outcome):
        return 0.0, 0.0
    right = sum(key in outcome.question.documents for key in outcome.cited)
    return float(right), float(len(outcome.cited))


def _citation_recall(outcome: Outcome) -> tuple[float, float]:
    return float(_given(outcome) and not outcome.question.documents.isdisjoint(outcome.cited)), (
        float(_given(outcome))
    )


def _abstained(wanted: str) -> Share:
    def share(outcome: Outcome) -> tuple[float, float]:
        of_kind = outcome.question.wanted == wanted
        return float(of_kind and outcome.abstained), float(of_kind)

    return share


def _asked_back(outcome: Outcome) -> tuple[float, float]:
    of_kind = outcome.question.wanted == "ask back"
    return float(of_kind and outcome.asks_back), float(of_kind)


SHARES: Mapping[str, Share] = MappingProxyType(
    {
        "exact": _of_answer(exact),
        "f1": _of_answer(f1),
        "contains": _of_answer(contains),
        "citation_precision": _citation_precision,
        "citation_recall": _citation_recall,
        "abstained_unanswerable": _abstained("abstain"),
        "refused_answerable": _abstained("answer"),
    }
)
"""Shares from 0 to 1; precision is one of citations, the others are of questions."""

LONG_SHARES: Mapping[str, Share] = MappingProxyType(
    {"rouge_l": _of_answer(rouge_l), "asked_back": _asked_back}
)
"""What long answers and conversations are measured by as well."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and the bounds it lies within at 95%."""

    value: float
    low: float
    high: float


def estimate(outcomes: Sequence[Outcome], share: Share, seed: int = 7) -> Estimate | None:
    """A share over all outcomes with its bootstrap interval, or None where it is of nothing.

    Questions are drawn anew 1,000 times; the bounds are the percentiles 2.5 and 97.5 (Efron 1979).
    """
    above, below = np.array([share(outcome) for outcome in outcomes]).reshape(-1, 2).T
    if not below.sum():
        return None
    drawn = np.random.default_rng(seed).integers(0, len(above), (_DRAWS, len(above)))
    totals = below[drawn].sum(axis=1)
    shares = above[drawn].sum(axis=1)[totals > 0] / totals[totals > 0]
    low, high = np.percentile(shares, [2.5, 97.5])
    return Estimate(float(above.sum() / below.sum()), float(low), float(high))


def calibration_error(
    probabilities: Sequence[float], right: Sequence[bool], bins: int = 10
) -> float | None:
    """The expected calibration error: how far a bin's mean probability is from its share of right.

    Bins of equal width over 0 to 1, weighed by what is in them (Naeini and others 2015). None where
    there is nothing.
    """
    if not probabilities:
        return None
    said, was = np.asarray(probabilities, dtype=float), np.asarray(right, dtype=float)
    bin_of = np.minimum((said * bins).astype(int), bins - 1)
    gaps = [abs((said[bin_of == b] - was[bin_of == b]).sum()) for b in np.unique(bin_of)]
    return float(sum(gaps) / len(said))


def outcomes_error(outcomes: Sequence[Outcome]) -> float | None:
    """The calibration error of the replies that have a confidence, quotations too."""
    known = [outcome for outcome in outcomes if outcome.confidence is not None]
    return calibration_error(
        [outcome.confidence or 0.0 for outcome in known], [outcome.right for outcome in known]
    )


def _words(text: str) -> list[str]:
    return _UNSPACED.sub(r" \1 ", normalise(text)).split()


def _overlap(said: Sequence[str], gold: Sequence[str]) -> float:
    return _f1((Counter(said) & Counter(gold)).total(), len(said), len(gold))


def _ordered(said: Sequence[str], gold: Sequence[str]) -> float:
    return _f1(in_order(said, gold), len(said), len(gold))


def _f1(shared: int, said: int, gold: int) -> float:
    return 2 * shared / (said + gold) if shared else 0.0
