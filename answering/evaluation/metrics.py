"""Metrics of answers against right ones, bootstrap intervals, and the calibration error."""

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
# Chinese and Japanese have no blanks: each character counts as a word, as in CMRC 2018.
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u9fff])")
_DRAWS = 1000


def normalise(text: str) -> str:
    """Lower-case text and remove `[n]`, punctuation, articles and extra blanks, as SQuAD does.

    A text that would become empty, such as "The", keeps its words.
    """
    plain = _MARKS.sub("", text).lower()
    words = " ".join(_ARTICLES.sub(" ", plain.translate(_PUNCTUATION)).split())
    return words or " ".join(plain.split())


def exact(answer: str, golds: Sequence[str]) -> float:
    """Return 1 if the normalised answer equals one of the normalised `golds`, else 0."""
    return float(normalise(answer) in {normalise(gold) for gold in golds})


def f1(answer: str, golds: Sequence[str]) -> float:
    """Return the harmonic mean of the words' precision and recall, best over `golds` (SQuAD)."""
    return max((_overlap(_words(answer), _words(gold)) for gold in golds), default=0.0)


def contains(answer: str, golds: Sequence[str]) -> float:
    """Return 1 if the normalised answer contains one of the normalised `golds`, else 0."""
    said = normalise(answer)
    return float(any(normalise(gold) in said for gold in golds))


def rouge_l(answer: str, golds: Sequence[str]) -> float:
    """Return the F1 of the longest common subsequence of words, best over `golds` (Lin 2004)."""
    return max((_ordered(_words(answer), _words(gold)) for gold in golds), default=0.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question and its reply.

    `evidence` is all that the model was shown, `sentence` the most relevant sentence of it; `cited`
    are the keys of the cited documents, each once. Seconds are from the question to the first and
    the last word shown. Tokens are those that the model read and wrote. `withheld` is what it
    wrote if something else is shown instead; `shown` is the kind of reply, as in `Answer`.
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
        """Return whether a right answer is in the reply; False for unanswerable questions."""
        return self.is_in(self.text)

    def is_in(self, text: str) -> bool:
        """Return whether a right answer is in this text."""
        return bool(contains(text, self.question.answers))

    @property
    def phrased(self) -> str:
        """Return the part of the reply that the model phrased."""
        return phrased_part(self.text, self.shown)

    @property
    def asks_back(self) -> bool:
        """Return whether the reply is a question."""
        return self.text.rstrip().endswith("?")


Share = Callable[[Outcome], tuple[float, float]]
"""Returns what an outcome adds to a share's numerator and denominator."""


def _of_answer(metric: Callable[[str, Sequence[str]], float]) -> Share:
    """Make a share of a metric over the answerable questions; an abstention scores 0."""

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
"""Shares from 0 to 1: citation precision is over citations, the others are over questions."""

LONG_SHARES: Mapping[str, Share] = MappingProxyType(
    {"rouge_l": _of_answer(rouge_l), "asked_back": _asked_back}
)
"""Additional shares for long answers and conversations."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% confidence interval."""

    value: float
    low: float
    high: float


def estimate(outcomes: Sequence[Outcome], share: Share, seed: int = 7) -> Estimate | None:
    """Return a share over all outcomes with its bootstrap interval; None if it is over nothing.

    Questions are resampled 1,000 times; the bounds are the percentiles 2.5 and 97.5 (Efron 1979).
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
    """Return the expected calibration error (Naeini and others 2015); None without probabilities.

    It is the mean distance of a bin's mean probability from its share of right answers, over bins
    of equal width from 0 to 1, weighted by their sizes.
    """
    if not probabilities:
        return None
    said, was = np.asarray(probabilities, dtype=float), np.asarray(right, dtype=float)
    bin_of = np.minimum((said * bins).astype(int), bins - 1)
    gaps = [abs((said[bin_of == b] - was[bin_of == b]).sum()) for b in np.unique(bin_of)]
    return float(sum(gaps) / len(said))


def outcomes_error(outcomes: Sequence[Outcome]) -> float | None:
    """Return the calibration error of the replies that have a confidence, quotations included."""
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
