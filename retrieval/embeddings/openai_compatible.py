"""Embed on a server with an OpenAI-compatible HTTP endpoint."""

import math

import openai
from langchain_openai import OpenAIEmbeddings
from pydantic import SecretStr

from retrieval.embeddings.embedder import Embedder
from retrieval.errors import EmbedderUnavailable

_CHARACTERS_A_TOKEN = 4
_BATCH = 64  # texts in one request


class ServedEmbedder(Embedder):
    """A model on a server such as vLLM, Ollama, llama.cpp or a hosted one.

    Token counts are estimates: a token is 4 ASCII characters, or 1 other character.
    """

    def __init__(self, address: str, model: str, api_key: str | None = None) -> None:
        self.name = model
        self.url = f"{address}#{model}"
        self._address = address
        self._api_key = api_key
        self._client = OpenAIEmbeddings(
            model=model,
            base_url=address,
            api_key=SecretStr(api_key or "none"),
            check_embedding_ctx_length=False,  # otherwise it sends OpenAI's token ids, not text
            chunk_size=_BATCH,
            max_retries=3,
        )
        self.dimensions = 0  # not known yet
        self.dimensions = len(self.embed_query("How long is a vector?"))

    def neighbour(self, url: str) -> Embedder | None:
        """Open another model of the same server with the same key; None for another server."""
        address, _, model = url.partition("#")
        return ServedEmbedder(address, model, self._api_key) if address == self._address else None

    def count_tokens(self, text: str) -> int:
        """Estimate the tokens in `text`."""
        ascii_characters = len(text.encode("ascii", "ignore"))
        return -(-ascii_characters // _CHARACTERS_A_TOKEN) + len(text) - ascii_characters

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector of length 1 for each text, in order."""
        try:
            return self._checked(texts, self._client.embed_documents(texts))
        except openai.OpenAIError as error:
            raise self._unavailable(error) from error

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return self.embed_documents([text])[0]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """Like `embed_documents`, without blocking."""
        try:
            return self._checked(texts, await self._client.aembed_documents(texts))
        except openai.OpenAIError as error:
            raise self._unavailable(error) from error

    async def aembed_query(self, text: str) -> list[float]:
        """Like `embed_query`, without blocking."""
        return (await self.aembed_documents([text]))[0]

    def _checked(self, texts: list[str], vectors: list[list[float]]) -> list[list[float]]:
        """Scale the vectors to length 1. Raises EmbedderUnavailable if number or size is wrong."""
        lengths = {len(vector) for vector in vectors}
        wanted = self.dimensions or max(lengths, default=0)
        if len(vectors) != len(texts) or lengths - {wanted} or (texts and not wanted):
            raise EmbedderUnavailable(
                f"The embedder {self.name} at {self._address} answers {len(texts)} texts with "
                f"{len(vectors)} vectors of {' and '.join(map(str, sorted(lengths))) or 'no'} "
                f"numbers; they had {self.dimensions} before. Has its model been replaced? Give "
                "the earlier one back, or start Houselore again and reindex with the new one."
            )
        if not all(math.isfinite(sum(vector)) for vector in vectors):
            raise EmbedderUnavailable(
                f"The embedder {self.name} at {self._address} answers with numbers that are none "
                "(NaN). Its server is at fault: restart it, or choose another model."
            )
        return [_unit(vector) for vector in vectors]

    def _unavailable(self, error: openai.OpenAIError) -> EmbedderUnavailable:
        return EmbedderUnavailable(
            f"The embedder {self.name} at {self._address} does not answer: {error} "
            "Check the address, the model's name and the key."
        )


def _unit(vector: list[float]) -> list[float]:
    length = math.sqrt(sum(x * x for x in vector)) or 1.0
    return [x / length for x in vector]
