"""The search as a LangChain retriever, for anybody's chain."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from functools import partial

from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
)
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from database.database import Database, open_database
from retrieval.audience import Audience
from retrieval.documents import Passage
from retrieval.embeddings.embedder import Embedder
from retrieval.search.reranker import Reranker
from retrieval.search.retriever import search, search_reranked


class HybridRetriever(BaseRetriever):
    """Find the `k` best passages that `audience` may read, by vectors and by terms.

    Each document's metadata is flat: `chunk_id`, `document_id`, `key`, `title`, `url`, `headings`,
    `score` (0 to 1), `modified_at`, `readers` and `start`. `background` is what was said just
    before the query; a `reranker` reads more passages and orders them. Raises EmbedderUnavailable
    and DatabaseUnavailable.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    database: Database
    embedder: Embedder
    audience: Audience
    k: int = 8
    background: str = ""
    reranker: Reranker | None = None

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [to_document(one) for one in await self._passages(self.database, query)]

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        # A loop may run in this thread, and the pool belongs to the loop that opened it.
        with ThreadPoolExecutor(1) as thread:
            passages = thread.submit(asyncio.run, self._passages_alone(query)).result()
        return [to_document(one) for one in passages]

    async def _passages_alone(self, query: str) -> list[Passage]:
        conninfo, workspace = str(self.database.pool.conninfo), self.database.workspace
        async with open_database(conninfo, workspace, max_size=1) as database:
            return await self._passages(database, query)

    async def _passages(self, database: Database, query: str) -> list[Passage]:
        find = partial(
            search, database, self.embedder, query, self.audience, background=self.background
        )
        if self.reranker is None:
            return await find(self.k)
        return await search_reranked(find, self.reranker, query, self.k)


def to_document(passage: Passage) -> Document:
    """A passage as LangChain's document: its text, and all else as metadata."""
    metadata = {one.name: getattr(passage, one.name) for one in fields(passage)}
    text = metadata.pop("text")
    metadata["headings"], metadata["readers"] = list(passage.headings), sorted(passage.readers)
    return Document(page_content=text, id=str(passage.chunk_id), metadata=metadata)


def to_passage(document: Document) -> Passage:
    """The passage that `to_document` made a document of."""
    metadata = document.metadata
    sets = {"headings": tuple(metadata["headings"]), "readers": frozenset(metadata["readers"])}
    return Passage(**{**metadata, "text": document.page_content, **sets})
