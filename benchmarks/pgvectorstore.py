"""Search langchain-postgres' PGVectorStore with the same chunks, as its documentation says."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from langchain_core.documents import Document
from langchain_postgres import PGEngine, PGVectorStore
from langchain_postgres.v2.hybrid_search_config import (
    HybridSearchConfig,
    reciprocal_rank_fusion,
    weighted_sum_ranking,
)
from langchain_postgres.v2.indexes import HNSWIndex, HNSWQueryOptions
from sqlalchemy.ext.asyncio import create_async_engine

from retrieval.embeddings.embedder import Embedder
from retrieval.evaluation.benchmark import PASSAGES, Way

TABLE = "peer"
_TSV = "content_tsv"
_CANDIDATES = 60  # as many of each arm as ours; the default of 4 cannot fill ten places
_EF_SEARCH = 100  # as ours; the default of 40 would find less
_FUSIONS: Mapping[str, Callable[..., Any]] = {
    "weighted": weighted_sum_ranking,
    "rrf": reciprocal_rank_fusion,
}


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk's text as it is embedded, and its document's key."""

    key: str
    text: str


@asynccontextmanager
async def filled_store(
    url: str, chunks: Sequence[Chunk], embedder: Embedder
) -> AsyncIterator[tuple[PGVectorStore, float]]:
    """Yield a store in the database at `url` with `chunks` and both indexes, and the seconds."""
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    own = PGEngine.from_engine(engine)
    try:
        started = time.perf_counter()
        await own.ainit_vectorstore_table(
            TABLE, embedder.dimensions, hybrid_search_config=_config("weighted")
        )
        store = await PGVectorStore.create(
            own,
            embedder,
            TABLE,
            index_query_options=HNSWQueryOptions(ef_search=_EF_SEARCH),
            hybrid_search_config=_config("weighted"),
        )
        documents = [Document(chunk.text, metadata={"key": chunk.key}) for chunk in chunks]
        await store.aadd_documents(documents)
        await store.aapply_vector_index(HNSWIndex())
        await store.aapply_hybrid_search_index()
        yield store, time.perf_counter() - started
    finally:
        await engine.dispose()


def ways_to_search(store: PGVectorStore) -> Mapping[str, Way]:
    """Return its dense search, and its hybrid search with each of its fusions."""

    async def ask(fusion: str | None, question: str) -> list[str]:
        config = _config(fusion) if fusion else None
        found = await store.asimilarity_search(question, PASSAGES, hybrid_search_config=config)
        return list(dict.fromkeys(document.metadata["key"] for document in found))

    return {"dense": partial(ask, None), **{name: partial(ask, name) for name in _FUSIONS}}


def _config(fusion: str) -> HybridSearchConfig:
    """Return a new config."""
    # Not shared: a config keeps the first question it was used for (langchain-postgres 0.0.19).
    return HybridSearchConfig(
        tsv_column=_TSV,
        fusion_function=_FUSIONS[fusion],
        primary_top_k=_CANDIDATES,
        secondary_top_k=_CANDIDATES,
    )
