"""A question to a grounded answer, step by step and streamed. Knows no Slack."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from psycopg_pool import AsyncConnectionPool

from answering.answers import Answer, Citation
from answering.errors import EvidenceChanged, ModelUnavailable, NotIndexed
from answering.evidence import Evidence, condense
from answering.follow_ups import background_of, with_question_before
from answering.links import SourceLinks
from answering.progress import Finished, Progress, Reading, Restarted, Searching, Words
from answering.prompts import HOUSE_PROMPT, PROMPT_VERSION, format_notes, format_thread
from answering.questions import Question
from answering.rewriting import rewrite
from answering.writing import Writer
from retrieval.documents import Passage
from retrieval.embeddings import Embedder
from retrieval.generations import Generation, live_generation
from retrieval.plain import clean
from retrieval.reranking import Reranker
from retrieval.retriever import HybridRetriever, still_stand

_PASSAGES = 5
_SENTENCES = 3
_QUOTE_CHARACTERS = 400
_ATTEMPTS = 3
_NOTHING = (
    "I found nothing about this in what everyone here may read. "
    "Try other words, or ask an admin to index the documents that say it."
)
_CLOSEST = "The closest I found:\n\n> {quote} [1]"


class Answerer:
    """Answers questions from one workspace's index with one chat model.

    `rewrites` says whether that model is able to rewrite a follow-up so that it stands alone.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool,
        embedder: Embedder,
        model: BaseChatModel,
        model_name: str,
        links: SourceLinks,
        *,
        rewrites: bool = False,
        reranker: Reranker | None = None,
    ) -> None:
        self._pool = pool
        self._embedder = embedder
        self._chat_model = model
        self._model = HOUSE_PROMPT | model
        self._rewrites = rewrites
        self._reranker = reranker
        self._model_name = model_name
        self._links = links

    async def answer(self, question: Question) -> AsyncIterator[Progress]:
        """Searching, then Reading, then Words as they are written and checked, then Finished.

        Without related evidence the answer says so; when no sentence of the model is supported, it
        is the nearest quotation. When a document that it rests on changes meanwhile, it is
        Restarted. Raises NotIndexed, ModelUnavailable and EvidenceChanged.
        """
        clock = _Clock()
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                async for step in self._attempt(question, clock):
                    yield step
                return
            except EvidenceChanged:
                if not attempts_left:
                    raise
                yield Restarted()

    async def _attempt(self, question: Question, clock: "_Clock") -> AsyncIterator[Progress]:
        """The whole answer once. Raises EvidenceChanged before anything outdated is said."""
        yield Searching()
        generation = await live_generation(self._pool, question.audience.workspace)
        if generation is None:
            raise NotIndexed("Nothing is indexed yet. An admin can run `houselore index PATH`.")
        evidence = await self._evidence(question, clock)
        draft = _Draft(question, evidence)
        if evidence:
            yield Reading(tuple(dict.fromkeys(note.passage.title for note in evidence)))
            async for words in self._write(draft, clock):
                await self._check_stands(generation, draft)
                yield Words(words)
        await self._check_stands(generation, draft)
        if not draft.text:
            yield Words(draft.abstain())
        clock.mark("total")
        yield Finished(
            Answer(
                text=draft.text,
                citations=tuple(self._cite(note) for note in evidence),
                abstained=draft.abstained,
                model=self._model_name,
                generation=generation.id,
                prompt_version=PROMPT_VERSION,
                messages=tuple(draft.messages),
                timings_ms=clock.marks,
                evidence=tuple(_record(note) for note in evidence),
            )
        )

    async def _check_stands(self, generation: Generation, draft: "_Draft") -> None:
        chunks = {note.passage.chunk_id for note in draft.evidence}
        audience = draft.question.audience
        if not await still_stand(self._pool, generation, audience, chunks):
            raise EvidenceChanged(
                "The documents about this are being changed just now. Please ask again in a minute."
            )

    async def _evidence(self, question: Question, clock: "_Clock") -> tuple[Evidence, ...]:
        retriever = HybridRetriever(
            pool=self._pool,
            embedder=self._embedder,
            audience=question.audience,
            k=_PASSAGES,
            background=background_of(question),
            reranker=self._reranker,
        )
        asked = question.text
        if self._rewrites:
            asked = await rewrite(self._chat_model, question)
            clock.mark("rewrite")
        documents = await retriever.ainvoke(asked)
        clock.mark("retrieve")
        passages: list[Passage] = [document.metadata["passage"] for document in documents]
        wanted = with_question_before(question) if asked == question.text else asked
        evidence = await condense(wanted, passages, self._embedder, _SENTENCES)
        clock.mark("condense")
        return evidence

    async def _write(self, draft: "_Draft", clock: "_Clock") -> AsyncIterator[str]:
        prompt = {
            "notes": format_notes(draft.evidence),
            "question": draft.question.text,
            "thread": format_thread(draft.question.thread),
        }
        draft.messages = [_plain(m) for m in HOUSE_PROMPT.format_messages(**prompt)]
        cut_off = False
        try:
            async for chunk in self._model.astream(prompt):
                clock.mark_once("first_token")
                cut_off = chunk.response_metadata.get("finish_reason") == "length" or cut_off
                for words in draft.writer.feed(clean(str(chunk.text))):
                    yield words
        except _model_errors() as error:
            raise ModelUnavailable(
                "The language model does not answer. `houselore doctor` says what is wrong with it."
            ) from error
        for words in draft.writer.close(cut_off=cut_off):
            yield words

    def _cite(self, note: Evidence) -> Citation:
        passage = note.passage
        return Citation(
            n=note.n,
            document_id=passage.document_id,
            chunk_id=passage.chunk_id,
            title=note.label,
            url=passage.url
            or self._links.link(passage.document_id, passage.chunk_id, passage.readers),
            quote=_shortened(note.quote),
        )


class _Draft:
    """An answer while it is written."""

    def __init__(self, question: Question, evidence: Sequence[Evidence]) -> None:
        self.question = question
        self.evidence = evidence
        self.writer = Writer(question.text, evidence)
        self.messages: list[Mapping[str, str]] = []
        self.abstained = False
        self._instead = ""

    @property
    def text(self) -> str:
        """What was said."""
        return self.writer.text or self._instead

    def abstain(self) -> str:
        """What to say instead of an answer: the nearest quotation, or that there is none."""
        self.abstained = True
        self._instead = (
            _CLOSEST.format(quote=_shortened(self.evidence[0].best)) if self.evidence else _NOTHING
        )
        return self._instead


@dataclass(slots=True)
class _Clock:
    """Milliseconds since the question came, by step."""

    marks: dict[str, float] = field(default_factory=dict)
    _start: float = field(default_factory=time.perf_counter)

    def mark(self, step: str) -> None:
        self.marks[step] = round((time.perf_counter() - self._start) * 1000, 1)

    def mark_once(self, step: str) -> None:
        if step not in self.marks:
            self.mark(step)


def _shortened(quote: str) -> str:
    if len(quote) <= _QUOTE_CHARACTERS:
        return quote
    return quote[:_QUOTE_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _plain(message: BaseMessage) -> Mapping[str, str]:
    roles = {"human": "user", "ai": "assistant", "system": "system"}
    return {"role": roles[message.type], "content": str(message.content)}


def _record(note: Evidence) -> Mapping[str, object]:
    """A note as the answers table keeps it: enough to say later why this was the answer."""
    return {
        "n": note.n,
        "document_id": note.passage.document_id,
        "chunk_id": note.passage.chunk_id,
        "quote": note.quote,
        "score": round(note.score, 4),
        "retrieval_score": round(note.passage.score, 6),
    }


def _model_errors() -> tuple[type[Exception], ...]:
    """The errors of the endpoint and of the way to it."""
    import httpx
    import openai

    return (openai.OpenAIError, httpx.HTTPError, OSError)
