"""Judge with our cross-encoder whether a text answers a question, and where.

It is a MiniLM in int8 on CTranslate2, so that PyTorch is not needed.
"""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.embeddings.cpu_count import usable_cores
from retrieval.embeddings.ctranslate2_encoder import open_encoder
from retrieval.embeddings.minilm import SHAPE, list_words, open_tokenizer
from retrieval.errors import EmbedderUnavailable, ReaderUnavailable
from retrieval.reader.heads import JudgedWindow, judge
from retrieval.reader.pairs import join_pair
from retrieval.reader.weights import SHIPPED, SHIPPED_SHA256, Heads, ReaderWeights, load_weights
from retrieval.reader.windows import Window, Windower

_BATCH_TOKENS = 512  # what a core's cache holds; larger batches are slower
_QUESTIONS = 2
"""Questions that `aread` reads at the same time; more wait."""
_NOTHING = -20.0
"""The logits of an empty text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The reader's judgement of one text for one question."""

    answers: float
    """The uncalibrated logit that the text answers the question."""
    span: float
    """The best span's logits minus those of the null span; above 0 the span is likelier."""
    start: int
    """The offset of the best span in the text, in characters."""
    end: int


@dataclass(frozen=True, slots=True)
class ReaderInput:
    """A text with its title and headings, outermost first."""

    headings: tuple[str, ...]
    text: str


class Reader:
    """Reads a question with texts. Threads may share it.

    A text that exceeds 256 tokens together with its question is read in overlapping windows; the
    best window counts, separately for the answer and for the span.
    """

    def __init__(self, weights: ReaderWeights) -> None:
        tokenizer = open_tokenizer()
        cores = usable_cores()
        self._windower = Windower(tokenizer)
        self._heads: Heads = weights.heads
        self._encoder: Any = open_encoder(weights.body, SHAPE, list_words(tokenizer), cores)
        self._batches = ThreadPoolExecutor(cores, thread_name_prefix="reader-batch")
        self._questions = ThreadPoolExecutor(_QUESTIONS, thread_name_prefix="reader-question")

    def read(self, question: str, inputs: Sequence[ReaderInput]) -> list[Reading]:
        """Return a reading of each text, in order."""
        pairs = [join_pair(question, one.headings, one.text) for one in inputs]
        windows = self._windower.cut(pairs)
        judged: list[list[JudgedWindow]] = [[] for _ in inputs]
        batches = list(_batches(windows))
        for batch, found in zip(batches, self._batches.map(self._judge, batches), strict=True):
            for window, one in zip(batch, found, strict=True):
                judged[window.text].append(one)
        return [_best_of(found) for found in judged]

    async def aread(self, question: str, inputs: Sequence[ReaderInput]) -> list[Reading]:
        """Like `read`, in a thread, so that the event loop is free."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._questions, self.read, question, inputs)

    def _judge(self, batch: list[Window]) -> list[JudgedWindow]:
        output = self._encoder.forward_batch(
            [window.ids for window in batch], token_type_ids=[window.types for window in batch]
        )
        hidden = np.array(output.last_hidden_state)
        return [
            judge(self._heads, window, rows[: len(window.ids)])
            for window, rows in zip(batch, hidden, strict=True)
        ]


def open_reader(path: Path | None = None, sha256: str | None = None) -> Reader:
    """Open the reader with the weights in `path`, by default the bundled ones.

    The bundled file is checked by its hash, another one by `sha256` if given. Raises
    ReaderUnavailable.
    """
    known = SHIPPED_SHA256 if path is None else sha256
    weights = load_weights(path or SHIPPED, known)
    try:
        return Reader(weights)
    except EmbedderUnavailable as error:
        raise ReaderUnavailable(f"The reader cannot be opened. {error}") from error


def _batches(windows: list[Window]) -> Iterator[list[Window]]:
    """Yield all windows in batches of similar length, with padding at most 512 tokens each."""
    batch: list[Window] = []
    # A batch is padded to its longest window: similar lengths waste little.
    for window in sorted(windows, key=lambda one: len(one.ids)):
        if batch and (len(batch) + 1) * len(window.ids) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def _best_of(judged: list[JudgedWindow]) -> Reading:
    if not judged:
        return Reading(_NOTHING, _NOTHING, 0, 0)
    place = max(judged, key=lambda one: (one.span, -one.start))
    return Reading(max(one.answers for one in judged), place.span, place.start, place.end)
