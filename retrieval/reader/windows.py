"""A question and a block as runs of tokens that the reader takes at once. Computes no score."""

from collections.abc import Iterator
from dataclasses import dataclass

from tokenizers import Encoding, Tokenizer

from retrieval.reader.pairs import Pair

MOST_TOKENS = 256
"""As many the reader was taught with."""
_MOST_QUESTION = 64
_MOST_HEADING = 48
_OVERLAP = 64
"""Tokens that two windows of one text share, so that an answer is whole in one of them."""
_MOST_WINDOWS = 16
_MOST_CHARACTERS = 20_000

Offsets = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens of one text; those of the block begin at `block`, `offsets` are theirs in the text."""

    text: int
    ids: list[int]
    second: int
    block: int
    offsets: Offsets

    @property
    def types(self) -> list[int]:
        """0 for each token of the question, 1 for each of the passage."""
        return [0] * self.second + [1] * (len(self.ids) - self.second)


class Windower:
    """Cuts pairs to windows with MiniLM's tokenizer. Threads may share it."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._first, self._between = tokenizer.encode("").ids

    def cut(self, pairs: list[Pair]) -> list[Window]:
        """The windows of all pairs, in order; a block without a token has none.

        Of a block of more than 16 windows the rest is left out.
        """
        blocks = self._encode([_block_of(pair) for pair in pairs])
        paths = self._encode([pair.passage[: pair.offset] for pair in pairs])
        questions = self._encode([pair.question[: _MOST_QUESTION * 20] for pair in pairs])
        return [
            window
            for at, (question, path, block) in enumerate(zip(questions, paths, blocks, strict=True))
            for window in self._windows(at, question.ids, path.ids, block)
        ]

    def _encode(self, texts: list[str]) -> list[Encoding]:
        encoded: list[Encoding] = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        return encoded

    def _windows(
        self, text: int, question: list[int], path: list[int], block: Encoding
    ) -> Iterator[Window]:
        before = [self._first, *question[:_MOST_QUESTION], self._between]
        second = len(before)
        before += path[-_MOST_HEADING:]
        room = MOST_TOKENS - len(before) - 1
        for number, start in enumerate(range(0, len(block.ids), room - _OVERLAP)):
            if number == _MOST_WINDOWS or (number and start + _OVERLAP >= len(block.ids)):
                return
            ids = [*before, *block.ids[start : start + room], self._between]
            offsets = block.offsets[start : start + room]
            yield Window(text, ids, second, len(before), offsets)


def _block_of(pair: Pair) -> str:
    return pair.passage[pair.offset :][:_MOST_CHARACTERS]
