"""An embedder that somebody else runs, asked through a LangChain integration."""

import math

from langchain_core.embeddings import Embeddings

from retrieval.embeddings.embedder import Embedder
from retrieval.errors import EmbedderUnavailable

_CHARACTERS_A_TOKEN = 4


class RemoteEmbedder(Embedder):
    """A model behind `client`, asked once for the size of its vectors.

    `where` says in messages who serves it. Its tokens are estimated: four characters of ASCII, or
    one other character, are one. Raises EmbedderUnavailable.
    """

    def __init__(self, name: str, url: str, where: str, client: Embeddings) -> None:
        self.name, self.url = name, url
        self._where, self._client = where, client
        self.dimensions = 0  # not known yet
        self.dimensions = len(self.embed_query("How long is a vector?"))

    def count_tokens(self, text: str) -> int:
        """About how many tokens `text` is."""
        ascii_characters = len(text.encode("ascii", "ignore"))
        return -(-ascii_characters // _CHARACTERS_A_TOKEN) + len(text) - ascii_characters

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector of length 1 for each text, in order."""
        try:
            vectors = self._client.embed_documents(texts)
        except Exception as error:  # each provider's SDK has errors of its own
            raise self._unavailable(error) from error
        return self._checked(texts, vectors)

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question; some models embed it in another way than a passage."""
        try:
            vector = self._client.embed_query(text)
        except Exception as error:  # as above
            raise self._unavailable(error) from error
        return self._checked([text], [vector])[0]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """As `embed_documents`, without blocking."""
        try:
            vectors = await self._client.aembed_documents(texts)
        except Exception as error:  # as above
            raise self._unavailable(error) from error
        return self._checked(texts, vectors)

    async def aembed_query(self, text: str) -> list[float]:
        """As `embed_query`, without blocking."""
        try:
            vector = await self._client.aembed_query(text)
        except Exception as error:  # as above
            raise self._unavailable(error) from error
        return self._checked([text], [vector])[0]

    def _checked(self, texts: list[str], vectors: list[list[float]]) -> list[list[float]]:
        """The vectors at length 1, if they are as many and as long as they must be."""
        lengths = {len(vector) for vector in vectors}
        wanted = self.dimensions or max(lengths, default=0)
        if len(vectors) != len(texts) or lengths - {wanted} or (texts and not wanted):
            raise EmbedderUnavailable(
                f"The embedder {self.name} at {self._where} answers {len(texts)} texts with "
                f"{len(vectors)} vectors of {' and '.join(map(str, sorted(lengths))) or 'no'} "
                f"numbers; they had {self.dimensions} before. Has its model been replaced? Give "
                "the earlier one back, or start Houselore again and reindex with the new one."
            )
        if not all(math.isfinite(sum(vector)) for vector in vectors):
            raise EmbedderUnavailable(
                f"The embedder {self.name} at {self._where} answers with numbers that are none "
                "(NaN). Its server is at fault: restart it, or choose another model."
            )
        return [_unit(vector) for vector in vectors]

    def _unavailable(self, error: Exception) -> EmbedderUnavailable:
        return EmbedderUnavailable(
            f"The embedder {self.name} at {self._where} does not answer: {error} "
            "Check the address, the model's name and the key."
        )


def _unit(vector: list[float]) -> list[float]:
    length = math.sqrt(sum(x * x for x in vector)) or 1.0
    return [x / length for x in vector]
