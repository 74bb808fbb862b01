"""A question to the passages that bear on it: dense and lexical search, fused. Writes no answer."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Literal

from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
)
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from psycopg_pool import AsyncConnectionPool
from pydantic import ConfigDict

from retrieval.audience import Audience
from retrieval.connections import borrow
from retrieval.documents import Passage
from retrieval.embeddings import Embedder
from retrieval.errors import RetrievalError
from retrieval.fusion import fuse
from retrieval.generations import live_generation
from retrieval.lexical import query_terms, terms
from retrieval.plain import clean
from retrieval.scope import find_scope, read_as_of_now
from retrieval.searching import load_passages, search_dense, search_lexical

Arm = Literal["dense", "lexical"]
"""One of the two ways to search."""
ARMS: frozenset[Arm] = frozenset({"dense", "lexical"})

_CANDIDATES = 60
_MOST_ASKED = 1_200  # characters: a little more than the embedder reads
_ALIKE = 0.9


async def search(
    pool: AsyncConnectionPool,
    embedder: Embedder,
    query: str,
    audience: Audience,
    k: int,
    arms: frozenset[Arm] = ARMS,
) -> list[Passage]:
    """The `k` best passages for `query` that `audience` may read, best first, scores in 0 to 1.

    `arms` are the ways to search; one alone serves to measure it. A query without words, an empty
    index and k <= 0 give []. Of a very long query the two ends are read. While the live index is of
    another embedder, terms alone are searched. Raises EmbedderUnavailable and IndexUnavailable.
    """
    asked = _asked(query)
    generation = await live_generation(pool, audience.workspace)
    if not asked or generation is None or k <= 0 or not audience.readers:
        return []
    asks_dense = "dense" in arms and generation.reads(embedder)
    words = query_terms(asked) if "lexical" in arms else []
    limit = max(_CANDIDATES, 3 * k)
    embedding = asyncio.create_task(embedder.aembed_query(asked)) if asks_dense else None
    try:
        async with borrow(pool) as connection, connection.transaction():
            await read_as_of_now(connection)
            scope = await find_scope(connection, generation, audience)
            lexical = await search_lexical(connection, scope, words, limit)
            vector = await embedding if embedding else None
            dense = await search_dense(connection, scope, vector, limit) if vector else []
            best = dict(islice(fuse(dense, lexical).items(), limit))
            passages = await load_passages(connection, scope, best)
    finally:
        if embedding:
            embedding.cancel()
    return list(islice(_distinct(passages), k))


class HybridRetriever(BaseRetriever):
    """`search` as a LangChain retriever, for one audience. Asynchronous only.

    Each document's metadata has the `passage` it was made of.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    pool: AsyncConnectionPool
    embedder: Embedder
    audience: Audience
    k: int = 8

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        passages = await search(self.pool, self.embedder, query, self.audience, self.k)
        return [
            LangChainDocument(
                page_content=passage.text,
                id=str(passage.chunk_id),
                metadata={"passage": passage, "title": passage.title, "url": passage.url},
            )
            for passage in passages
        ]

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        raise RetrievalError("This retriever is asynchronous: call ainvoke instead of invoke.")


def _asked(query: str) -> str:
    """What is searched for of a query: its words, or both ends of very many; empty without any."""
    words = clean(query).strip()
    if len(words) > _MOST_ASKED:
        half = _MOST_ASKED // 2
        words = f"{words[:half]}\n{words[-half:]}"
    return words if any(character.isalnum() for character in words) else ""


def _distinct(passages: Sequence[Passage]) -> Iterator[Passage]:
    """The passages without those that say almost the same as a better one."""
    seen: list[frozenset[str]] = []
    for passage in passages:
        words = frozenset(terms(passage.text))
        if any(_are_alike(words, other) for other in seen):
            continue
        seen.append(words)
        yield passage


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) > _ALIKE * len(one | other)
