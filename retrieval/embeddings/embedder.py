"""What an index must know of an embedder."""

from abc import abstractmethod

from langchain_core.embeddings import Embeddings

EMBEDDED = "embedded:"
"""The URL of the embedder that runs in this process."""


class Embedder(Embeddings):
    """LangChain's Embeddings with what an index must know of it: `name`, `dimensions`, tokens.

    `url` is what `open_embedder` takes for it, empty where that cannot open it. Vectors have the
    length 1. The `a…` methods leave the event loop free. Raises EmbedderUnavailable where it cannot
    answer.
    """

    name: str
    dimensions: int
    url: str = ""

    @abstractmethod
    def count_tokens(self, text: str) -> int:
        """How many of the model's tokens `text` is, its marks of begin and end left out."""

    def neighbour(self, url: str) -> "Embedder | None":
        """The embedder at `url` where it is on this one's own server; None for any other place."""
        del url
        return None
