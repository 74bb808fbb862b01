"""Open the embedder that a URL or a `provider:model` names."""

import re
from urllib.parse import urldefrag

from retrieval.embeddings.embedder import EMBEDDED, Embedder
from retrieval.errors import EmbedderUnavailable

PROVIDER_MODEL = re.compile(r"[a-z][a-z0-9_]*:(?!/)\S+")
"""How `provider:model` is written."""


def open_embedder(url: str, api_key: str | None = None) -> Embedder:
    """Open `embedded:`, `https://host/v1#model` (an OpenAI-compatible server) or `provider:model`.

    A server is asked once for the size of its vectors. Raises EmbedderUnavailable.
    """
    # Each of these loads a library that the others' users do not need.
    if url == EMBEDDED:
        from retrieval.embeddings.minilm import MiniLM

        return MiniLM()
    address, model = urldefrag(url)
    if address.startswith(("http://", "https://")) and model:
        from retrieval.embeddings.openai_compatible import ServedEmbedder

        return ServedEmbedder(address, model, api_key)
    if PROVIDER_MODEL.fullmatch(url):
        from retrieval.embeddings.provider import ProviderEmbedder

        return ProviderEmbedder(url, api_key)
    raise EmbedderUnavailable(
        f"The embedder {url!r} is not understood: write embedded:, https://host/v1#model-name or "
        "provider:model."
    )
