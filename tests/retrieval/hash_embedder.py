"""A small embedder that is real: words hashed into 64 numbers. It knows words, not meanings."""

import math
import threading
from zlib import crc32

from retrieval.embeddings.embedder import Embedder
from retrieval.lexical.analyzer import terms


class Hashed(Embedder):
    """Texts that share words are near each other (feature hashing, Weinberger et al. 2009).

    `read` are the texts it was given. While its `gate` is shut it waits at the next of them, to let
    a test look at an index that is being built.
    """

    name = "hashed-words"
    dimensions = 64

    def __init__(self) -> None:
        self.read: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.waits = threading.Event()

    def count_tokens(self, text: str) -> int:
        """Its words."""
        return len(text.split())

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, once the gate is open."""
        if not self.gate.is_set():
            self.waits.set()
            self.gate.wait(30)
        self.read += texts
        return [self._vector(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """A question's vector."""
        return self._vector(text)

    def _vector(self, text: str) -> list[float]:
        numbers = [1e-3] * self.dimensions
        for term in terms(text):
            number = crc32(term.encode())
            numbers[number % self.dimensions] += 1.0 if number & 1024 else -1.0
        length = math.sqrt(sum(each * each for each in numbers))
        return [each / length for each in numbers]
