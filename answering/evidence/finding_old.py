"""A question to the evidence that its model can read: searched and condensed. Answers none."""

from dataclasses import dataclass
from typing import Literal

from langchain_core.language_models import BaseChatModel
from psycopg_pool import AsyncConnectionPool

from answering.conversation.follow_ups import background_of, with_question_before
from answering.conversation.query_rewriting import rewrite
from answering.evidence import Condensed, Evidence, condense, widen
from answering.types.questions import Question
from answering.types.stopwatch import Stopwatch
from retrieval.documents import Passage
from retrieval.embeddings import Embedder
from retrieval.reranking import Reranker
from retrieval.retriever import HybridRetriever

PASSAGES = 5
"""So many passages are looked at for an answer."""
SENTENCES = 3
"""So many of their sentences are its evidence."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a chat model is able to do: read whole passages or sentences alone, and rewrite."""

    reads: Literal["sentences", "passages"] = "sentences"
    rewrites: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was searched for, the passages found, best first, and the evidence made of them."""

    asked: str
    passages: tuple[Passage, ...]
    condensed: Condensed

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The notes."""
        return self.condensed.notes


async def find_evidence(
    pool: AsyncConnectionPool,
    embedder: Embedder,
    question: Question,
    model: BaseChatModel,
    abilities: Abilities,
    reranker: Reranker | None,
    stopwatch: Stopwatch,
) -> Found:
    """The evidence for a question; none where nothing its audience may read is related to it."""
    retriever = HybridRetriever(
        pool=pool,
        embedder=embedder,
        audience=question.audience,
        k=PASSAGES,
        background=background_of(question),
        reranker=reranker,
    )
    asked = question.text
    if abilities.rewrites:
        asked = await rewrite(model, question)
        stopwatch.mark("rewrite")
    documents = await retriever.ainvoke(asked)
    stopwatch.mark("retrieve")
    passages = tuple(document.metadata["passage"] for document in documents)
    wanted = with_question_before(question) if asked == question.text else asked
    condensed = await condense(wanted, passages, embedder, SENTENCES)
    if abilities.reads == "passages":
        condensed = widen(condensed, passages)
    stopwatch.mark("condense")
    return Found(wanted, passages, condensed)
