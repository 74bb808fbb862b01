"""Build a new generation beside the live one, compare both, and promote it if it is good enough."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

from psycopg import AsyncConnection

from database.database import Database
from retrieval.documents import Passage
from retrieval.embeddings.embedder import Embedder
from retrieval.index.embedder_resolver import embedder_of
from retrieval.index.generations import (
    Generation,
    ensure_generation,
    find_live,
    find_same,
    keep_as_candidate,
    lock_of,
)
from retrieval.index.writer import fill_generation
from retrieval.indexing.comparison import PASSAGES, Comparison, compare
from retrieval.indexing.golden_questions import GoldenQuestion, refresh_golden
from retrieval.indexing.promotion import move_pointer
from retrieval.progress import OnProgress
from retrieval.search.retriever import search


@dataclass(frozen=True, slots=True)
class Built:
    """The outcome of `ready_generation`: the generation and what became of it.

    `switched`: it is live. `held`: it was built and found less, so it is a candidate. `waiting`:
    it was built before and waits for a decision. `kept`: it was live before and is kept for a
    rollback.
    """

    generation: Generation
    end: Literal["switched", "held", "waiting", "kept"]
    comparison: Comparison

    def describe(self) -> str:
        """Say what happened, with the figures, and what can be done."""
        number, decide = self.generation.id, "`reindex --switch` takes it all the same."
        match self.end:
            case "switched":
                return f"Generation {number} is live. {self.comparison.describe()}"
            case "held":
                return (
                    f"Generation {number} is built and not in use: it finds less. "
                    f"{self.comparison.describe()} {decide}"
                )
            case "waiting":
                return f"Generation {number} is built and waits for your decision. {decide}"
            case "kept":
                return (
                    f"The index of {self.generation.embedder} was in use before and is kept: "
                    "`rollback` goes back to it."
                )


async def is_due(database: Database, embedder: Embedder) -> bool:
    """Return whether a generation for the current embedder and splitter has still to be built."""
    async with database.connection() as connection:
        same = await find_same(connection, database.workspace, embedder)
    return same is None or same.state == "building"


async def ready_generation(
    database: Database,
    embedder: Embedder,
    on_progress: OnProgress | None = None,
) -> Built | None:
    """Build a generation for the current embedder and splitter if none exists.

    Returns None if the live one matches. Resumes an interrupted build. The live generation answers
    questions meanwhile; the new one replaces it unless it finds too few golden questions.
    """
    async with database.connection() as connection:
        same = await find_same(connection, database.workspace, embedder)
    if same is not None and same.state != "building":
        return _left(same)
    async with database.advisory_lock(lock_of(database.workspace)) as connection:
        generation = await ensure_generation(database, embedder)
        if generation.state != "building":
            return _left(generation)
        await fill_generation(connection, generation, embedder, on_progress)
        comparison = await compare_with_live(database, connection, generation, embedder)
        if not comparison.is_good_enough:
            await keep_as_candidate(connection, generation, comparison.describe())
            return Built(generation, "held", comparison)
        await move_pointer(connection, generation, embedder)
        return Built(generation, "switched", comparison)


def _left(generation: Generation) -> Built | None:
    """Return the outcome for a generation that already exists; None if it is live."""
    match generation.state:
        case "candidate":
            return Built(generation, "waiting", Comparison())
        case "retired":
            return Built(generation, "kept", Comparison())
    return None


async def compare_with_live(
    database: Database,
    connection: AsyncConnection,
    generation: Generation,
    embedder: Embedder,
) -> Comparison:
    """Search the live generation and `generation` for all golden questions, and compare."""
    live = await find_live(connection, generation.workspace)
    if live is None:
        return Comparison()
    before = await embedder_of(live, embedder)
    return await compare(
        await refresh_golden(database),
        partial(_find, database, live, before or embedder),
        partial(_find, database, generation, embedder),
        by_words=before is None,
    )


async def _find(
    database: Database, generation: Generation, embedder: Embedder, golden: GoldenQuestion
) -> list[Passage]:
    return await search(
        database, embedder, golden.question, golden.audience, PASSAGES, generation=generation
    )
