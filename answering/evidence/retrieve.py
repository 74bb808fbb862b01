"""Retrieve the passages for a question, and load their pages."""

from dataclasses import dataclass

from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from answering.conversation.understand import Understood
from answering.errors import NotIndexed
from answering.types.reader_links import SourceLinks
from database.database import Database
from retrieval.audience import Audience
from retrieval.documents import Passage
from retrieval.embeddings.embedder import Embedder
from retrieval.index.generations import Generation, live_generation
from retrieval.search.hybrid_retriever import HybridRetriever, to_passage
from retrieval.search.pages import Page, load_pages
from retrieval.search.reranker import Reranker

PASSAGES = 10
"""The number of passages retrieved for a question."""


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """The index to search, its embedder and reranker, and the links to sources."""

    database: Database
    embedder: Embedder
    links: SourceLinks
    reranker: Reranker | None = None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A question, and what was found for it: passages, best first, and their pages."""

    understood: Understood
    generation: Generation
    passages: tuple[Passage, ...] = ()
    pages: tuple[Page, ...] = ()


def retrieve(index: SearchIndex) -> Runnable[Understood, Retrieved]:
    """Make the chain step that finds passages and pages which the question's audience may read.

    Running it raises NotIndexed, EmbedderUnavailable and DatabaseUnavailable.
    """

    async def search(understood: Understood, config: RunnableConfig) -> Retrieved:
        audience = understood.question.audience
        generation = await searched_generation(index.database, audience)
        if understood.reply:
            return Retrieved(understood, generation)
        retriever = HybridRetriever(
            database=index.database,
            embedder=index.embedder,
            audience=audience,
            k=PASSAGES,
            background=understood.background,
            reranker=index.reranker,
        )
        documents = await retriever.ainvoke(understood.asked, config)
        passages = tuple(map(to_passage, documents))
        pages = await load_pages(index.database, generation, audience, passages)
        return Retrieved(understood, generation, passages, tuple(pages))

    return RunnableLambda(search, name="retrieve")


async def searched_generation(database: Database, audience: Audience) -> Generation:
    """Return the live generation of a workspace's index. Raises NotIndexed if there is none."""
    is_ours = audience.workspace == database.workspace
    generation = await live_generation(database) if is_ours else None
    if generation is None:
        raise NotIndexed("Nothing is indexed yet. An admin can run `houselore index PATH`.")
    return generation
