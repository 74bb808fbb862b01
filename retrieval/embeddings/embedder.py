"""The embedder interface, and the function that opens the embedder at a URL."""

from abc import abstractmethod
from urllib.parse import urldefrag

from langchain_core.embeddings import Embeddings

from retrieval.errors import EmbedderUnavailable

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


def open_embedder(url: str, api_key: str | None = None) -> Embedder:
    """Open the embedder at `url`: `embedded:`, or `https://host/v1#model`, OpenAI-compatible.

    Embeds one text on a server to learn the size of its vectors. Raises EmbedderUnavailable.
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
