"""The embedder that reads a generation, opened again where it is not the one at hand.

While the index moves to another embedder, questions need the one before. Only what runs in this
process, or on the server that is used anyway, is opened: texts go to no other server.
"""

import asyncio
import logging
import threading
import time

from retrieval.embeddings.embedder import EMBEDDED, Embedder
from retrieval.embeddings.open import open_embedder
from retrieval.errors import EmbedderUnavailable
from retrieval.index.generations import Generation

_PATIENCE = 60.0

_log = logging.getLogger(__name__)


class _Shelf:
    """Embedders that were opened again, by URL; one that cannot be is left alone for a while."""

    def __init__(self) -> None:
        self._opened: dict[str, Embedder] = {}
        self._failed: dict[str, float] = {}
        self._opening = threading.Lock()

    def find(self, url: str) -> Embedder | None:
        """One that was opened before."""
        return self._opened.get(url)

    def open(self, url: str, at_hand: Embedder) -> Embedder | None:
        """The embedder at `url`; None where it cannot be had."""
        with self._opening:
            if url in self._opened:
                return self._opened[url]
            if time.monotonic() < self._failed.get(url, 0.0):
                return None
            try:
                found = open_embedder(url) if url == EMBEDDED else at_hand.neighbour(url)
            except EmbedderUnavailable as error:
                _log.warning("the embedder of an index cannot be opened again: %s", error)
                found = None
            if found is None:
                self._failed[url] = time.monotonic() + _PATIENCE
            else:
                self._opened[url] = found
            return found


_SHELF = _Shelf()


async def embedder_of(generation: Generation, at_hand: Embedder) -> Embedder | None:
    """The embedder whose vectors `generation` holds; None where it cannot be had here."""
    if generation.reads(at_hand):
        return at_hand
    url = generation.embedder_url
    if not url:
        return None
    found = _SHELF.find(url) or await asyncio.to_thread(_SHELF.open, url, at_hand)
    return found if found and generation.reads(found) else None
