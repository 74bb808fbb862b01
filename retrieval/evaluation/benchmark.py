"""Index a dataset alone in a workspace, query it with each kind of search, and drop it again."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from database.database import Database
from database.statements import load_statements
from retrieval.audience import PUBLIC, everyone
from retrieval.documents import Document
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import EmptyDocument
from retrieval.evaluation.datasets import Corpus
from retrieval.evaluation.metrics import Ranked
from retrieval.index.partitions import drop_generation_at_last
from retrieval.index.source_catalog import forget_source, list_sources
from retrieval.indexing.sync import index_source
from retrieval.progress import IndexProgress, IndexReport, OnProgress
from retrieval.search.reranker import Reranker
from retrieval.search.retriever import ARMS, Arm, search, search_reranked
from retrieval.sources.source import Listed, Source

_SQL = load_statements("retrieval.evaluation")

_ARMS: Mapping[str, frozenset[Arm]] = MappingProxyType(
    {"dense": frozenset({"dense"}), "lexical": frozenset({"lexical"}), "fused": ARMS}
)
PASSAGES = 20
"""Passages per query: enough for ten documents, and about as many as an answer's search takes."""
Way = Callable[[str], Awaitable[list[str]]]
"""Takes a question and returns the keys of the documents found, best first, each once."""


@dataclass(frozen=True, slots=True)
class CorpusSource:
    """A dataset's documents as a source."""

    documents: Mapping[str, Document]
    kind: str = "corpus"
    location: str = "corpus"
    readers: frozenset[str] = frozenset({PUBLIC})
    url_prefix: str | None = None

    def listing(self) -> Iterator[Listed]:
        """List all documents."""
        return (Listed(key, document.version) for key, document in self.documents.items())

    def read(self, key: str) -> Document:
        """Return a document. Raises EmptyDocument if it has no text."""
        if not self.documents[key].text:
            raise EmptyDocument(f"{key} is empty.")
        return self.documents[key]


@asynccontextmanager
async def indexed_corpus(
    database: Database,
    corpus: Corpus,
    embedder: Embedder,
    on_progress: OnProgress | None = None,
) -> AsyncIterator[IndexReport]:
    """Like `indexed_alone`, with a dataset's documents as the source."""
    source = CorpusSource({document.key: document for document in corpus.documents})
    async with indexed_alone(database, source, embedder, on_progress) as report:
        yield report


@asynccontextmanager
async def indexed_alone(
    database: Database,
    source: Source,
    embedder: Embedder,
    on_progress: OnProgress | None = None,
) -> AsyncIterator[IndexReport]:
    """Index `source` into an empty `workspace`, and empty it again when the block ends.

    Everything in `workspace` is deleted, so use one for this purpose only. A second run waits for
    the first; the next run cleans up after a killed one. Raises SourceNotFound,
    EmbedderUnavailable and DatabaseUnavailable.
    """
    async with database.advisory_lock(f"{database.workspace}/measuring"):
        await _drop(database)
        try:
            yield await index_source(database, source, embedder, on_progress)
        finally:
            await _drop(database)


def ways_to_search(
    database: Database,
    embedder: Embedder,
    reranker: Reranker | None = None,
) -> dict[str, Way]:
    """Return the searches to compare: dense, lexical, fused, and reranked if there is a reranker.

    Each embeds the question itself, as the search for an answer does.
    """

    async def ask(arms: frozenset[Arm], question: str) -> list[str]:
        passages = await search(
            database, embedder, question, everyone(database.workspace), PASSAGES, arms
        )
        return list(dict.fromkeys(passage.key for passage in passages))

    async def ask_reranked(question: str) -> list[str]:
        assert reranker is not None  # noqa: S101 - only offered where there is one
        audience = everyone(database.workspace)
        find = partial(search, database, embedder, question, audience)
        passages = await search_reranked(find, reranker, question, PASSAGES)
        return list(dict.fromkeys(passage.key for passage in passages))

    ways: dict[str, Way] = {name: partial(ask, arms) for name, arms in _ARMS.items()}
    return {**ways, "reranked": ask_reranked} if reranker else ways


async def ask_all(
    ways: Mapping[str, Way], corpus: Corpus, on_progress: OnProgress | None = None
) -> dict[str, Ranked]:
    """Ask every question with every search, one at a time, and record rankings and times."""
    rankings: dict[str, dict[str, list[str]]] = {name: {} for name in ways}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number, (id_, question) in enumerate(corpus.questions.items(), 1):
        # The searches take turns, so that a busy moment of the machine slows all of them.
        for name, way in ways.items():
            started = time.perf_counter()
            rankings[name][id_] = await way(question)
            times[name].append(1000 * (time.perf_counter() - started))
        if on_progress:
            await on_progress(IndexProgress(number, len(corpus.questions), question))
    return {name: Ranked(rankings[name], times[name]) for name in ways}


async def _drop(database: Database) -> None:
    """Delete the workspace's generations, then its sources and documents."""
    place = {"workspace": database.workspace}
    async with database.connection() as connection:
        cursor = await connection.execute(_SQL["retire_generations"], place)
        retired = [generation for (generation,) in await cursor.fetchall()]
        await connection.commit()
        for generation in retired:
            await drop_generation_at_last(connection, generation)
    for source in await list_sources(database):
        await forget_source(database, source.id)
    await database.execute(_SQL["forget_reader_sets"], **place)
