"""Cut a question and a block into windows of at most 256 tokens for the reader."""

from collections.abc import Iterator
from dataclasses import dataclass

from tokenizers import Encoding, Tokenizer

from retrieval.reader.pairs import Pair

MOST_TOKENS = 256
"""The length the reader was trained with."""
_MOST_QUESTION = 64  # tokens; the end of a longer question is cut off
_MOST_HEADING = 48  # tokens; the beginning of a longer heading path is cut off
_OVERLAP = 64
"""Tokens that two neighbouring windows share, so that an answer is whole in one of them."""
_MOST_WINDOWS = 16
_MOST_CHARACTERS = 20_000

Offsets = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Window:
    """The token `ids` of one window of a text, the `text`-th.

    The passage begins at token `second`, its block at token `block`; `offsets` are the places of
    the block's tokens in its text, in characters.
    """

    text: int
    ids: list[int]
    second: int
    block: int
    offsets: Offsets

    @property
    def types(self) -> list[int]:
        """Return the token types: 0 for the question, 1 for the passage."""
        return [0] * self.second + [1] * (len(self.ids) - self.second)


class Windower:
    """Cuts pairs into windows with MiniLM's tokenizer. Threads may share it."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._first, self._between = tokenizer.encode("").ids

    def cut(self, pairs: list[Pair]) -> list[Window]:
        """Return the windows of all pairs, in order; a block without a token has none.

        A block gets at most 16 windows; the rest of it is left out.
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
            # The last tokens may all be in the overlap with the window before.
            if number == _MOST_WINDOWS or (number and start + _OVERLAP >= len(block.ids)):
                return
            ids = [*before, *block.ids[start : start + room], self._between]
            offsets = block.offsets[start : start + room]
            yield Window(text, ids, second, len(before), offsets)


def _block_of(pair: Pair) -> str:
    return pair.passage[pair.offset :][:_MOST_CHARACTERS]
