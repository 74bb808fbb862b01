"""An embedder `provider:model`, by LangChain's integration package for that provider."""

from typing import Any

from langchain.embeddings import init_embeddings

from retrieval.embeddings.embedder import Embedder
from retrieval.embeddings.remote import RemoteEmbedder
from retrieval.errors import EmbedderUnavailable
from retrieval.provider_errors import say_not_opened


class ProviderEmbedder(RemoteEmbedder):
    """A provider's model, such as `cohere:embed-v4.0`.

    Without `api_key` the integration reads the provider's own variable. Raises EmbedderUnavailable
    for an unknown provider, a package that is not installed, and a missing key.
    """

    def __init__(self, name: str, api_key: str | None = None) -> None:
        self._provider, self._api_key = name.partition(":")[0], api_key
        given: dict[str, Any] = {"api_key": api_key} if api_key else {}
        if self._provider in ("openai", "azure_openai"):
            given["check_embedding_ctx_length"] = False  # else it downloads a tokenizer
        try:
            client = init_embeddings(name, **given)
        except Exception as error:  # each SDK has its own for a missing key
            keys = "HOUSELORE_EMBEDDINGS_API_KEY"
            sentence = say_not_opened("HOUSELORE_EMBEDDINGS", keys, name, error)
            raise EmbedderUnavailable(sentence) from None  # its traceback may hold the key
        super().__init__(name, name, self._provider, client)

    def neighbour(self, url: str) -> Embedder | None:
        """Another model of the same provider, with the same key."""
        is_there = url.partition(":")[0] == self._provider
        return ProviderEmbedder(url, self._api_key) if is_there else None
