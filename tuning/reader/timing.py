"""Measure how long the reader takes for one question's blocks."""

import time

from retrieval.embeddings.minilm import open_tokenizer
from retrieval.reader.reader import Reader, ReaderInput

PAIRS, TOKENS = 10, 200
_ROUNDS = 15
_QUESTION = "Who approves orders above 400 euros?"
_SENTENCE = "The office manager approves every order above 400 euros before Friday. "


def time_pairs(reader: Reader) -> float:
    """Return the seconds for a question with 10 texts, 200 tokens a pair: the best of 15 rounds."""
    words = (_SENTENCE * TOKENS).split()
    count = open_tokenizer().encode
    size = next(n for n in range(1, TOKENS) if len(count(_QUESTION, _text(words, n)).ids) >= TOKENS)
    texts = [ReaderInput((), _text(words, size)) for _ in range(PAIRS)]
    return min(_seconds(reader, texts) for _ in range(_ROUNDS))


def _text(words: list[str], size: int) -> str:
    return " ".join(words[:size])


def _seconds(reader: Reader, texts: list[ReaderInput]) -> float:
    begun = time.perf_counter()
    reader.read(_QUESTION, texts)
    return time.perf_counter() - begun
