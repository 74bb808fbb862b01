"""Embed on a server with an OpenAI-compatible HTTP endpoint."""

from langchain_openai import OpenAIEmbeddings
from pydantic import SecretStr

from retrieval.embeddings.embedder import Embedder
from retrieval.embeddings.remote import RemoteEmbedder

_BATCH = 64


class ServedEmbedder(RemoteEmbedder):
    """A model on a server such as vLLM, Ollama, llama.cpp or a hosted one.

    Token counts are estimates: a token is 4 ASCII characters, or 1 other character.
    """

    def __init__(self, address: str, model: str, api_key: str | None = None) -> None:
        self._address, self._api_key = address, api_key
        client = OpenAIEmbeddings(
            model=model,
            base_url=address,
            api_key=SecretStr(api_key or "none"),
            check_embedding_ctx_length=False,  # otherwise it sends OpenAI's token ids, not text
            chunk_size=_BATCH,
            max_retries=3,
        )
        super().__init__(model, f"{address}#{model}", address, client)

    def neighbour(self, url: str) -> Embedder | None:
        """Open another model of the same server with the same key; None for another server."""
        address, _, model = url.partition("#")
        return ServedEmbedder(address, model, self._api_key) if address == self._address else None
