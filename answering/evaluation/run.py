"""Run a dataset's questions through an answerer, or a model without evidence, one at a time."""

import time
from collections.abc import Awaitable, Callable, Mapping
from statistics import mean

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage
from psycopg.rows import tuple_row

from answering.answerer import Answerer
from answering.evaluation.datasets import GoldQuestion, GoldSet
from answering.evaluation.metrics import Outcome, contains
from answering.evidence.candidates import find_candidates
from answering.evidence.retrieve import PASSAGES
from answering.model.chat_model import stream_reply
from answering.types.progress import Finished, Restarted, Words
from answering.types.questions import Question
from answering.writing.abstention import says_unknown
from database.database import Database
from database.statements import load_statements
from retrieval.audience import Audience, everyone
from retrieval.embeddings.embedder import Embedder
from retrieval.evaluation.datasets import Corpus
from retrieval.index.generations import live_generation
from retrieval.progress import IndexProgress, OnProgress
from retrieval.search.pages import load_pages
from retrieval.search.retriever import search
from text.plain import clean

_SQL = load_statements("answering.evaluation")

_EXCERPTS = 3
_ALONE = (
    "Answer in one to three short sentences. If you do not know the answer, reply: I don't know."
)

Asking = Callable[[GoldQuestion], Awaitable[Outcome]]
"""Asks a question and returns its outcome."""


async def ask_all(
    ask: Asking, gold: GoldSet, on_progress: OnProgress | None = None
) -> list[Outcome]:
    """Ask every question; return the outcomes in order. Raises what `ask` raises."""
    outcomes = []
    for number, question in enumerate(gold.questions, 1):
        outcomes.append(await ask(question))
        if on_progress:
            await on_progress(IndexProgress(number, len(gold.questions), question.text))
    return outcomes


async def through_the_chain(
    database: Database,
    answerer: Answerer,
    audience: Audience | None = None,
) -> Asking:
    """Return an Asking that asks `answerer`, for `audience` or everyone in `workspace`.

    It raises NotIndexed, ModelUnavailable and EvidenceChanged.
    """
    rows = await database.fetch_all(_SQL["document_keys"], tuple_row)
    keys: dict[int, str] = dict(rows)

    async def ask(gold: GoldQuestion) -> Outcome:
        question = Question(gold.text, audience or everyone(database.workspace), gold.thread)
        started = time.perf_counter()
        first: float | None = None
        async for step in answerer.answer(question):
            match step:
                case Words():
                    first = first or time.perf_counter() - started
                case Restarted():
                    first = None
                case Finished():
                    last = time.perf_counter() - started
                    return _outcome(gold, step, keys, first or last, last)
        raise AssertionError("an answer ends with Finished")

    return ask


async def shares_with_answer(
    database: Database,
    embedder: Embedder,
    corpus: Corpus,
    answers: Mapping[str, tuple[str, ...]],
) -> dict[str, float]:
    """Return `answer_in_evidence@1` to `@3`: how often the top excerpts contain a right answer.

    Over the dataset's questions with known answers; empty if there are none. The excerpts are
    those that the reader would read first.
    """
    generation = await live_generation(database)
    if generation is None:
        return {}
    audience = everyone(database.workspace)
    held: list[list[float]] = []
    for id_, text in corpus.questions.items():
        if id_ in answers:
            found = await search(database, embedder, text, audience, PASSAGES)
            pages = await load_pages(database, generation, audience, found)
            best = [one.excerpt.text for one in find_candidates(text, found, pages)]
            held.append(
                [contains("\n".join(best[: k + 1]), answers[id_]) for k in range(_EXCERPTS)]
            )
    return {
        f"answer_in_evidence@{k}": round(mean(one[k - 1] for one in held), 4)
        for k in range(1, _EXCERPTS + 1)
        if held
    }


def the_model_alone(model: BaseChatModel) -> Asking:
    """Return an Asking that asks a model without any evidence. It raises ModelUnavailable."""

    async def ask(gold: GoldQuestion) -> Outcome:
        started = time.perf_counter()
        first, said, read, written = 0.0, "", 0, 0
        messages = [SystemMessage(_ALONE), HumanMessage(gold.text)]
        async for chunk in stream_reply(model, messages):
            said += clean(str(chunk.text))
            first = first or (time.perf_counter() - started if said.strip() else 0.0)
            if usage := chunk.usage_metadata:
                read, written = usage["input_tokens"], usage["output_tokens"]
        last = time.perf_counter() - started
        return Outcome(
            question=gold,
            text=said.strip(),
            abstained=not said.strip() or says_unknown(said),
            first_token_s=first or last,
            last_token_s=last,
            prompt_tokens=read,
            completion_tokens=written,
        )

    return ask


def _outcome(
    gold: GoldQuestion, end: Finished, keys: Mapping[int, str], first: float, last: float
) -> Outcome:
    answer = end.answer
    cited = (keys.get(citation.document_id, "") for citation in answer.citations)
    return Outcome(
        question=gold,
        text=answer.text,
        abstained=answer.abstained,
        evidence="\n".join(str(note["quote"]) for note in answer.evidence),
        sentence=str(answer.evidence[0]["best"]) if answer.evidence else "",
        confidence=answer.confidence,
        signals=answer.signals,
        cited=tuple(dict.fromkeys(cited)),
        first_token_s=first,
        last_token_s=last,
        prompt_tokens=end.prompt_tokens,
        completion_tokens=end.completion_tokens,
        withheld=answer.withheld,
        shown=answer.shown,
    )
