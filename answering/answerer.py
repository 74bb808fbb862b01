"""Answer questions with the chain, from the cache if possible, and again if documents change."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.runnables import RunnableConfig

from answering.answer_cache import AnswerCache, CacheScope
from answering.chain import ChainParts, answer_chain
from answering.confidence.confidence import Confidence
from answering.errors import EvidenceChanged
from answering.evidence.retrieve import searched_generation
from answering.prompts import version_of
from answering.types.answers import Answer
from answering.types.progress import Finished, Progress, Restarted, Searching, Words
from answering.types.questions import Question
from answering.types.stopwatch import Stopwatch
from database.database import Database
from retrieval.index.generations import Generation, index_version
from retrieval.search.retriever import still_stand

_ATTEMPTS = 3


class Answerer:
    """Answers questions from one workspace's index with one chat model."""

    def __init__(self, parts: ChainParts, cache: AnswerCache | None = None) -> None:
        self._parts = parts
        self._cache = cache
        self._chain = answer_chain(parts)

    def over(self, database: Database, confidence: Confidence | None = None) -> "Answerer":
        """Return an answerer over another index, without a cache; `confidence` replaces its own."""
        index = replace(self._parts.index, database=database)
        confidence = confidence or self._parts.confidence
        return Answerer(replace(self._parts, index=index, confidence=confidence))

    async def answer(self, question: Question, bar: float | None = None) -> AsyncIterator[Progress]:
        """Stream Searching, Reading, checked Words, then Finished.

        `bar` is the confidence threshold: below it, what is shown is called the closest that was
        found. By default it is that of the fitted confidence. If a document used as evidence
        changes meanwhile, Restarted is sent and the answer begins again. Raises NotIndexed,
        EvidenceChanged, EmbedderUnavailable and DatabaseUnavailable.
        """
        asked = question if bar is None else replace(question, bar=bar)
        stopwatch = Stopwatch()
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                steps = self._attempt(asked, stopwatch)
                async with aclosing(cast("AsyncGenerator[Progress, None]", steps)):
                    async for step in steps:
                        yield step
                return
            except EvidenceChanged:
                if not attempts_left:
                    raise
                yield Restarted()

    async def _attempt(self, question: Question, stopwatch: Stopwatch) -> AsyncIterator[Progress]:
        """Answer once. Raises EvidenceChanged before it shows anything outdated."""
        yield Searching()
        generation = await searched_generation(self._parts.index.database, question.audience)
        scope = await self._scope(generation, question)
        if (kept := await self._recall(generation, scope, question)) is not None:
            yield Words(kept.text)
            yield self._finished(Finished(kept), stopwatch)
            return
        steps = self._chain.astream(question, RunnableConfig(callbacks=[_StepTimes(stopwatch)]))
        async with aclosing(cast("AsyncGenerator[Progress, None]", steps)):
            async for step in steps:
                if isinstance(step, Words):
                    stopwatch.mark_once("first_words")
                if isinstance(step, Finished):
                    # If the model failed it may answer next time, so its quotation is not cached.
                    if self._cache and scope and not step.model_failed:
                        await self._cache.keep(scope, question, step.answer)
                    step = self._finished(step, stopwatch)
                yield step

    def _finished(self, end: Finished, stopwatch: Stopwatch) -> Finished:
        stopwatch.mark("total")
        return replace(end, answer=replace(end.answer, timings_ms=dict(stopwatch.marks)))

    async def _scope(self, generation: Generation, question: Question) -> CacheScope | None:
        """Return everything an answer depends on except the question; None without a cache."""
        if self._cache is None:
            return None
        index, model = self._parts.index, self._parts.model
        settings = (
            *(model.name, version_of(model), model.abilities, self._parts.confidence),
            *(question.bar, index.reranker is not None, index.links.base_url),
        )
        return CacheScope(
            workspace=question.audience.workspace,
            readers=question.audience.readers,
            index=await index_version(index.database, generation),
            settings=repr(settings),
        )

    async def _recall(
        self, generation: Generation, scope: CacheScope | None, question: Question
    ) -> Answer | None:
        """Return a cached answer if all its evidence is still current and readable."""
        kept = await self._cache.find(scope, question) if self._cache and scope else None
        if kept is None:
            return None
        # A document's readers may have changed without a new version of the index.
        chunks = {int(str(note["chunk_id"])) for note in kept.evidence}
        database = self._parts.index.database
        stands = await still_stand(database, generation, question.audience, chunks)
        return kept if stands else None


class _StepTimes(AsyncCallbackHandler):
    """Records when each step of the chain ended."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        self._stopwatch = stopwatch
        self._names: dict[Any, str] = {}

    async def on_chain_start(self, *args: Any, run_id: Any, **given: Any) -> None:
        self._names[run_id] = str(given.get("name") or "")

    async def on_chain_end(self, *args: Any, run_id: Any, **given: Any) -> None:
        name = self._names.pop(run_id, "")
        if name in ("understand", "retrieve", "read", "decide"):
            self._stopwatch.mark(name)
