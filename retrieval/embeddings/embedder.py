"""The embedder interface, and the function that opens the embedder at a URL."""

from abc import abstractmethod

from langchain_core.embeddings import Embeddings

EMBEDDED = "embedded:"
"""The URL of the embedder that runs in this process."""


class Embedder(Embeddings):
    """LangChain's Embeddings with what an index needs: `name`, `dimensions` and a token count.

    `url` opens it with `open_embedder`, "" if that is not possible. Vectors have length 1. The
    `a…` methods do not block the event loop. Its methods raise EmbedderUnavailable.
    """

    name: str
    dimensions: int
    url: str = ""

    @abstractmethod
    def count_tokens(self, text: str) -> int:
        """Count the model's tokens in `text`, without special tokens."""

    def neighbour(self, url: str) -> "Embedder | None":
        """Open another model on the same server; None if `url` points elsewhere."""
        # Texts never go to a second server.
        del url
        return None
