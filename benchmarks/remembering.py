"""An embedder that caches passages' vectors, so that two stores share one embedding."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from retrieval.embeddings.embedder import Embedder


class Remembering(Embedder):
    """Another embedder with a cache for passages; `seconds` is what embedding them took."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self.seconds = 0.0
        self._running, self._since = 0, 0.0
        self._embedder = embedder
        self._known: dict[str, list[float]] = {}

    def count_tokens(self, text: str) -> int:
        """Count tokens with the embedder."""
        return self._embedder.count_tokens(text)

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embed the texts that are not in the cache; return all vectors."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        with self._timed():
            vectors = await self._embedder.aembed_documents(new) if new else []
        self._known.update(zip(new, vectors, strict=True))
        return [self._known[text] for text in texts]

    @contextmanager
    def _timed(self) -> Iterator[None]:
        if not self._running:
            self._since = time.perf_counter()
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                self.seconds += time.perf_counter() - self._since

    async def aembed_query(self, text: str) -> list[float]:
        """Embed the question, each time anew."""
        return await self._embedder.aembed_query(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embed with the embedder."""
        return self._embedder.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        """Embed with the embedder."""
        return self._embedder.embed_query(text)
