"""An embedder behind an OpenAI-like HTTP endpoint. Starts no server."""

import math

import openai
from langchain_openai import OpenAIEmbeddings
from pydantic import SecretStr

from retrieval.embeddings.embedder import Embedder
from retrieval.errors import EmbedderUnavailable

_CHARACTERS_A_TOKEN = 4
_BATCH = 64


class ServedEmbedder(Embedder):
    """A model on a server such as vLLM, Ollama, llama.cpp or a hosted one.

    Its tokens are reckoned, not counted: four characters of ASCII, or one other character, are one.
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
            check_embedding_ctx_length=False,  # else it sends OpenAI's token numbers, not text
            chunk_size=_BATCH,
            max_retries=3,
        )
        self.dimensions = 0  # not known yet
        self.dimensions = len(self.embed_query("How long is a vector?"))

    def neighbour(self, url: str) -> Embedder | None:
        """Another model of the same server, with the same key."""
        address, _, model = url.partition("#")
        return ServedEmbedder(address, model, self._api_key) if address == self._address else None

    def count_tokens(self, text: str) -> int:
        """About how many tokens `text` is."""
        ascii_characters = len(text.encode("ascii", "ignore"))
        return -(-ascii_characters // _CHARACTERS_A_TOKEN) + len(text) - ascii_characters

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector of length 1 for each text, in order."""
        try:
            return self._checked(texts, self._client.embed_documents(texts))
        except openai.OpenAIError as error:
            raise self._unavailable(error) from error

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        return self.embed_documents([text])[0]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """As `embed_documents`, without blocking."""
        try:
            return self._checked(texts, await self._client.aembed_documents(texts))
        except openai.OpenAIError as error:
            raise self._unavailable(error) from error

    async def aembed_query(self, text: str) -> list[float]:
        """As `embed_query`, without blocking."""
        return (await self.aembed_documents([text]))[0]

    def _checked(self, texts: list[str], vectors: list[list[float]]) -> list[list[float]]:
        """The vectors at length 1, if they are as many and as long as they must be."""
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
