"""A corpus in an index of its own, asked by each arm, and dropped again. Reckons no metric."""

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
"""The passages asked for: enough for ten documents, few enough to search as an answer does."""
Way = Callable[[str], Awaitable[list[str]]]
"""A question to the keys of the documents found, best first and each once."""


@dataclass(frozen=True, slots=True)
class CorpusSource:
    """A corpus as a source of its own."""

    documents: Mapping[str, Document]
    kind: str = "corpus"
    location: str = "corpus"
    readers: frozenset[str] = frozenset({PUBLIC})
    url_prefix: str | None = None

    def listing(self) -> Iterator[Listed]:
        """All documents."""
        return (Listed(key, document.version) for key, document in self.documents.items())

    def read(self, key: str) -> Document:
        """A document. Raises EmptyDocument for one without a word."""
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
    """As `indexed_alone`, with a corpus for a source."""
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
    """`source` alone in the index of `workspace` while the block lasts, whatever was there before.

    `workspace` must be for this purpose only; a second run in it waits for the first. What a
    killed run has left is dropped by the next. Raises SourceNotFound, EmbedderUnavailable and
    DatabaseUnavailable.
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
    """Each arm alone and both fused, as an answer's search does it, the embedding included.

    Where there is a reranker, both fused and reranked as well.
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
    """Every question in every way, one after the other.

    The ways take turns, so that a busy moment of the machine is shared by all.
    """
    rankings: dict[str, dict[str, list[str]]] = {name: {} for name in ways}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number, (id_, question) in enumerate(corpus.questions.items(), 1):
        for name, way in ways.items():
            started = time.perf_counter()
            rankings[name][id_] = await way(question)
            times[name].append(1000 * (time.perf_counter() - started))
        if on_progress:
            await on_progress(IndexProgress(number, len(corpus.questions), question))
    return {name: Ranked(rankings[name], times[name]) for name in ways}


async def _drop(database: Database) -> None:
    """Take the workspace's generations, then its documents, out of the database."""
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
