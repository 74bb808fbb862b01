"""A question to a grounded answer, step by step and streamed. Knows no Slack."""

import copy
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace

from langchain_core.language_models import BaseChatModel
from psycopg_pool import AsyncConnectionPool

from answering.abstaining import say_where_nothing_was, shorten
from answering.answers import Answer, Citation
from answering.cache import AnswerCache, Scope
from answering.clock import Clock
from answering.confidence import Confidence
from answering.conflicts import Statement, find_conflict, say_conflict
from answering.drafting import Draft
from answering.errors import EvidenceChanged, NotIndexed
from answering.evidence import Evidence
from answering.finding import Abilities, Found, find_evidence
from answering.links import SourceLinks
from answering.models import stream_reply
from answering.progress import Finished, Progress, Reading, Restarted, Searching, Words
from answering.prompts import (
    HOUSE_PROMPT,
    as_sent,
    format_notes,
    format_thread,
    in_style,
    version_in_style,
)
from answering.questions import Question
from answering.tokens import tokens_of
from answering.voice import NO_VOICE, Voice
from retrieval.catalog import readable_sources
from retrieval.embeddings import Embedder
from retrieval.generations import Generation, index_version, live_generation
from retrieval.plain import clean
from retrieval.reranking import Reranker
from retrieval.retriever import still_stand

_QUOTE_CHARACTERS = 400
_ATTEMPTS = 3
_SMALL = Abilities()


class Answerer:
    """Answers questions from one workspace's index with one chat model."""

    def __init__(
        self,
        pool: AsyncConnectionPool,
        embedder: Embedder,
        model: BaseChatModel,
        model_name: str,
        links: SourceLinks,
        confidence: Confidence,
        *,
        abilities: Abilities = _SMALL,
        cache: AnswerCache | None = None,
        reranker: Reranker | None = None,
        voice: Voice = NO_VOICE,
        guide: str = "",
    ) -> None:
        self._pool = pool
        self._embedder = embedder
        self._chat_model = model
        self._model_name = model_name
        self._links = links
        self._confidence = confidence
        self._abilities = abilities
        self._cache = cache
        self._reranker = reranker
        self._voice = voice
        self._guide = guide
        self._prompt_version = version_in_style(guide)

    def over(self, pool: AsyncConnectionPool, confidence: Confidence | None = None) -> "Answerer":
        """The same over another index, without a cache; `confidence` replaces that of this one."""
        other = copy.copy(self)
        other._pool, other._cache = pool, None
        other._confidence = confidence or self._confidence
        return other

    async def answer(self, question: Question, bar: float | None = None) -> AsyncIterator[Progress]:
        """Searching, then Reading, then Words as they are written and checked, then Finished.

        The probability that the evidence holds the answer has to reach `bar`, by default that of
        the confidence. Where it does not, no model is asked, and the best sentence is said to be
        the closest. Where what the model writes is not supported, or much less sure than that
        sentence, the sentence itself is the answer, as a quotation. Without related evidence it is
        said where was looked; and where the evidence disagrees, that. When a document that it rests
        on changes meanwhile, it is Restarted. Raises NotIndexed, ModelUnavailable, EvidenceChanged.
        """
        clock = Clock()
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                async for step in self._attempt(question, bar, clock):
                    yield step
                return
            except EvidenceChanged:
                if not attempts_left:
                    raise
                yield Restarted()

    async def _attempt(
        self, question: Question, bar: float | None, clock: Clock
    ) -> AsyncIterator[Progress]:
        """The whole answer once. Raises EvidenceChanged before anything outdated is said."""
        yield Searching()
        generation = await live_generation(self._pool, question.audience.workspace)
        if generation is None:
            raise NotIndexed("Nothing is indexed yet. An admin can run `houselore index PATH`.")
        scope = await self._scope(generation, question, bar) if self._cache else None
        answer = await self._recall(generation, scope, question)
        tokens = (0, 0)
        if answer:
            yield Words(answer.text)
        else:
            found = await self._find(question, clock)
            draft = Draft(found, self._confidence, bar, self._voice)
            if found.evidence:
                yield Reading(tuple(dict.fromkeys(note.passage.title for note in found.evidence)))
            async for words in self._compose(question, found, draft, clock):
                await self._check_stands(generation, question, found)
                yield Words(words)
            answer = self._answer(generation, found, draft)
            tokens = (draft.prompt_tokens, draft.completion_tokens)
            if self._cache and scope:
                await self._cache.keep(scope, question, answer)
        clock.mark("total")
        yield Finished(replace(answer, timings_ms=dict(clock.marks)), *tokens)

    async def _find(self, question: Question, clock: Clock) -> Found:
        return await find_evidence(
            self._pool,
            self._embedder,
            question,
            self._chat_model,
            self._abilities,
            self._reranker,
            clock,
        )

    async def _compose(
        self, question: Question, found: Found, draft: Draft, clock: Clock
    ) -> AsyncIterator[str]:
        """The words of the answer: the model's where they may be shown, else ours."""
        if not found.evidence:
            sources = await readable_sources(self._pool, question.audience)
            yield draft.settle(say_where_nothing_was(question.text, sources), abstains=True)
        elif conflict := find_conflict(found.asked, _statements(found.evidence)):
            yield draft.settle(say_conflict(conflict), abstains=False)
        else:
            for words in draft.begin():
                yield words
            if not draft.text:
                async for words in self._write(question, found, draft, clock):
                    yield words

    async def _write(
        self, question: Question, found: Found, draft: Draft, clock: Clock
    ) -> AsyncIterator[str]:
        told = HOUSE_PROMPT.format_messages(
            notes=format_notes(found.evidence),
            question=question.text,
            thread=format_thread(question.thread),
        )
        messages = in_style(told, self._guide)
        draft.messages = as_sent(messages)
        cut_off = False
        async with aclosing(stream_reply(self._chat_model, messages)) as reply:
            async for chunk in reply:
                clock.mark_once("first_token")
                cut_off = chunk.response_metadata.get("finish_reason") == "length" or cut_off
                draft.count(chunk.usage_metadata)
                for words in draft.feed(clean(str(chunk.text)), tokens_of(chunk)):
                    yield words
                if draft.is_refused:
                    break
        for words in draft.close(cut_off=cut_off):
            yield words

    async def _check_stands(self, generation: Generation, question: Question, found: Found) -> None:
        chunks = {note.passage.chunk_id for note in found.evidence}
        if not await still_stand(self._pool, generation, question.audience, chunks):
            raise EvidenceChanged(
                "The documents about this are being changed just now. Please ask again in a minute."
            )

    async def _scope(self, generation: Generation, question: Question, bar: float | None) -> Scope:
        """All that an answer of ours depends on beside the question."""
        settings = (
            *(self._model_name, self._prompt_version, self._abilities, self._confidence, bar),
            *(self._reranker is not None, self._links.base_url),
        )
        return Scope(
            workspace=question.audience.workspace,
            readers=question.audience.readers,
            index=await index_version(self._pool, generation),
            settings=repr(settings),
        )

    async def _recall(
        self, generation: Generation, scope: Scope | None, question: Question
    ) -> Answer | None:
        """An answer that was given in this scope, if all its evidence still stands for it."""
        kept = await self._cache.find(scope, question) if self._cache and scope else None
        if kept is None:
            return None
        chunks = {int(str(note["chunk_id"])) for note in kept.evidence}
        stands = await still_stand(self._pool, generation, question.audience, chunks)
        return kept if stands else None

    def _answer(self, generation: Generation, found: Found, draft: Draft) -> Answer:
        return Answer(
            text=draft.text,
            citations=tuple(self._cite(note) for note in found.evidence),
            abstained=draft.abstains,
            model=self._model_name,
            generation=generation.id,
            prompt_version=self._prompt_version,
            messages=tuple(draft.messages),
            evidence=tuple(_record(note) for note in found.evidence),
            confidence=draft.probability,
            signals=draft.signals,
            withheld=draft.withheld,
        )

    def _cite(self, note: Evidence) -> Citation:
        passage = note.passage
        return Citation(
            n=note.n,
            document_id=passage.document_id,
            chunk_id=passage.chunk_id,
            title=note.label,
            url=passage.url
            or self._links.link(passage.document_id, passage.chunk_id, passage.readers),
            quote=shorten(note.quote, _QUOTE_CHARACTERS),
        )


def _record(note: Evidence) -> Mapping[str, object]:
    """A note as the answers table keeps it: enough to say later why this was the answer."""
    return {
        "n": note.n,
        "document_id": note.passage.document_id,
        "chunk_id": note.passage.chunk_id,
        "quote": note.quote,
        "best": note.best,
        "score": round(note.score, 4),
        "retrieval_score": round(note.passage.score, 6),
    }


def _statements(evidence: Sequence[Evidence]) -> list[Statement]:
    return [
        Statement(note.label, sentence, note.passage.modified_at, note.n)
        for note in evidence
        for sentence in note.sentences
    ]
