"""Compute the reader's heads in numpy: the best span, and whether the text answers."""

from dataclasses import dataclass

import numpy as np

from retrieval.reader.weights import Array, Heads
from retrieval.reader.windows import Window

_LONGEST_SPAN = 64
"""Tokens; a longer answer is shown as a whole block."""
_SQRT2 = np.float32(np.sqrt(2.0))


@dataclass(frozen=True, slots=True)
class JudgedWindow:
    """A window's logit of answering, and its best span in characters with its score over null."""

    answers: float
    span: float
    start: int
    end: int


def judge(heads: Heads, window: Window, hidden: Array) -> JudgedWindow:
    """Judge a window from the encoder's last layer, shape (tokens, 384)."""
    first, last = (hidden @ heads.span.T + heads.span_bias).T
    block = slice(window.block, len(window.ids) - 1)
    begin, end, sum_of = _best(first[block], last[block])
    # The null span, "no answer here", is the [CLS] token, as BERT has it for SQuAD 2.0.
    return JudgedWindow(
        _answers(heads, hidden, window.second),
        float(sum_of - first[0] - last[0]),
        window.offsets[begin][0],
        window.offsets[end][1],
    )


def _answers(heads: Heads, hidden: Array, second: int) -> float:
    loudest = hidden[second:-1].max(axis=0)  # over the passage, without the final [SEP]
    both = np.concatenate((hidden[0], loudest))
    inner = heads.dense @ both + heads.dense_bias
    return float((heads.answers @ _gelu(inner) + heads.answers_bias)[0])


def _best(first: Array, last: Array) -> tuple[int, int, float]:
    """Return first and last token of the span with the highest sum of logits, and that sum."""
    sums = first[:, None] + last[None, :]
    places = np.arange(len(first))
    length = places[None, :] - places[:, None]
    sums[(length < 0) | (length >= _LONGEST_SPAN)] = -np.inf
    begin, end = divmod(int(sums.argmax()), len(first))
    return begin, end, float(sums[begin, end])


def _gelu(values: Array) -> Array:
    found: Array = values * 0.5 * (1.0 + _erf(values / _SQRT2))
    return found


def _erf(values: Array) -> Array:
    """Approximate the error function to 1.5e-7 (Abramowitz and Stegun, 7.1.26)."""
    # numpy has no erf.
    size = np.abs(values)
    t = 1.0 / (1.0 + 0.3275911 * size)
    terms = 0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429
    series = sum(term * t**power for power, term in enumerate(terms, 1))
    found: Array = np.sign(values) * (1.0 - series * np.exp(-size * size))
    return found
