"""Rerank passages with a cross-encoder on a server."""

import logging
from collections.abc import Sequence
from urllib.parse import urldefrag

import aiohttp

from retrieval.documents import Passage
from retrieval.errors import RerankerUnavailable

RERANKED = 30
"""The number of passages that are reranked for one question."""
_SECONDS = 5.0  # a person waits

_log = logging.getLogger(__name__)


class Reranker:
    """A cross-encoder at `https://host/v1#model`, asked as vLLM, llama.cpp, Jina and Cohere are.

    Whether it helps depends on the embedder; `houselore eval retrieval` measures it. Raises
    RerankerUnavailable for another URL.
    """

    def __init__(self, url: str, api_key: str | None = None) -> None:
        address, self._model = urldefrag(url)
        if not address.startswith(("http://", "https://")) or not self._model:
            raise RerankerUnavailable(
                f"The reranker {url!r} is not understood: write https://host/v1#model-name."
            )
        self._address = f"{address.rstrip('/')}/rerank"
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}

    async def order(self, query: str, passages: Sequence[Passage]) -> list[Passage]:
        """Return the passages, most relevant to `query` first. Raises RerankerUnavailable."""
        if len(passages) < 2:
            return list(passages)
        texts = [
            "\n".join((*dict.fromkeys((each.title, *each.headings)), each.text))
            for each in passages
        ]
        scores = await self._scores(query, texts)
        places = sorted(range(len(passages)), key=lambda place: (-scores[place], place))
        return [passages[place] for place in places]

    async def order_if_up(self, query: str, passages: Sequence[Passage]) -> list[Passage]:
        """Like `order`, but keep the given order if the server does not answer."""
        try:
            return await self.order(query, passages)
        except RerankerUnavailable as error:
            _log.warning("%s", error)
            return list(passages)

    async def check(self) -> None:
        """Rerank two texts to see that the server works. Raises RerankerUnavailable."""
        await self._scores("When do we deploy?", ["We deploy on Tuesdays.", "The sea is blue."])

    async def _scores(self, query: str, texts: list[str]) -> list[float]:
        asked = {"model": self._model, "query": query, "documents": texts, "top_n": len(texts)}
        patience = aiohttp.ClientTimeout(total=_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(headers=self._headers, timeout=patience) as session,
                session.post(self._address, json=asked) as response,
            ):
                response.raise_for_status()
                # content_type=None accepts JSON under any media type.
                results = (await response.json(content_type=None))["results"]
                found = {int(r["index"]): float(r["relevance_score"]) for r in results}
                return [found[place] for place in range(len(texts))]
        except aiohttp.ClientResponseError as error:
            raise self._unavailable(f"it said {error.status}") from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise self._unavailable(str(error) or "it took too long") from error
        except (KeyError, TypeError, ValueError) as error:
            raise self._unavailable("its answer is not a reranker's") from error

    def _unavailable(self, reason: str) -> RerankerUnavailable:
        return RerankerUnavailable(
            f"The reranker {self._model} at {self._address} does not answer: {reason}. "
            "Check the address, the model's name and the key."
        )
