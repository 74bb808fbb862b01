"""Find the embedder of a generation, and open it again if it is not the configured one.

While the index moves to a new embedder, questions still need the previous one. Only embedders in
this process or on the configured server are opened, so that texts are sent to no second server.
"""

import asyncio
import logging
import threading
import time

from retrieval.embeddings.embedder import EMBEDDED, Embedder
from retrieval.embeddings.open import open_embedder
from retrieval.errors import EmbedderUnavailable
from retrieval.index.generations import Generation

_PATIENCE = 60.0  # seconds until an embedder that failed to open is tried again

_log = logging.getLogger(__name__)


class _Shelf:
    """A cache of opened embedders by URL. One that failed is tried again after 60 seconds."""

    def __init__(self) -> None:
        self._opened: dict[str, Embedder] = {}
        self._failed: dict[str, float] = {}
        self._opening = threading.Lock()

    def find(self, url: str) -> Embedder | None:
        """Return an embedder that is already open."""
        return self._opened.get(url)

    def open(self, url: str, at_hand: Embedder) -> Embedder | None:
        """Open the embedder at `url`; None if that fails or failed within the last minute."""
        # Opening takes seconds: a second caller waits, and finds what the first one opened.
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
    """Return the embedder that made the vectors of `generation`; None if it cannot be opened."""
    if generation.reads(at_hand):
        return at_hand
    url = generation.embedder_url
    if not url:
        return None
    found = _SHELF.find(url) or await asyncio.to_thread(_SHELF.open, url, at_hand)
    return found if found and generation.reads(found) else None
