"""Text to vectors: the embedder behind a URL. Stores no vector."""

from abc import abstractmethod
from urllib.parse import urldefrag

from langchain_core.embeddings import Embeddings

from retrieval.errors import EmbedderUnavailable

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


def open_embedder(url: str, api_key: str | None = None) -> Embedder:
    """The embedder at `url`: `embedded:`, or `https://host/v1#model` for an OpenAI-like server.

    A server is asked once for the size of its vectors. Raises EmbedderUnavailable.
    """
    if url == EMBEDDED:
        from retrieval.embeddings.minilm import (
            MiniLM,
        )  # loads CTranslate2, which a server's user does not need

        return MiniLM()
    address, model = urldefrag(url)
    if not address.startswith(("http://", "https://")) or not model:
        raise EmbedderUnavailable(
            f"The embedder {url!r} is not understood: write embedded: or https://host/v1#model-name."
        )
    from retrieval.embeddings.openai_compatible import (
        ServedEmbedder,  # loads the OpenAI client, as above
    )

    return ServedEmbedder(address, model, api_key)
