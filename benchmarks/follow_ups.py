"""Compare ways to search for follow-ups, on the last turns of mtrag's conversations."""

import argparse
import asyncio
import gzip
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory

from langchain_core.language_models import BaseChatModel

from answering.conversation.follow_ups import background_of, resolve_follow_up
from answering.conversation.query_rewriting import rewrite
from answering.model.chat_model import open_chat_model
from answering.types.questions import Question, Turn
from benchmarks.machine import describe_machine
from benchmarks.page import write_section
from benchmarks.shared import DATA, write_result
from database.database import Database, open_database
from houselore.embedded.chat_model import embedded_chat_model
from houselore.embedded.postgres import embedded_postgres
from houselore.migrations import upgrade
from retrieval.audience import everyone
from retrieval.embeddings.embedder import EMBEDDED, Embedder
from retrieval.embeddings.open import open_embedder
from retrieval.evaluation.benchmark import Way, ask_all, indexed_corpus
from retrieval.evaluation.datasets import Corpus, document, gather
from retrieval.evaluation.metrics import ndcg, recall
from retrieval.search.retriever import search

_WORKSPACE = "home"
_PASSAGES = 20
Ask = Callable[[Question], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Figures:
    """One way's quality on follow-ups and on changed subjects, and its milliseconds."""

    ndcg: float
    recall: float
    changed_ndcg: float
    changed_recall: float
    milliseconds: float


def follow_ups() -> tuple[Corpus, dict[str, Question]]:
    """Return mtrag's tasks with earlier turns, and the passages of all tasks."""
    path = DATA / "mtrag" / "mtragun_reference.jsonl.gz"
    tasks = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    documents, asked, grades = {}, {}, {}
    for task in tasks:
        for passage in task["contexts"]:
            key = passage["document_id"]
            documents[key] = document(key, passage.get("title") or "", passage["text"])
        *before, last = task["input"]
        if before and task["contexts"]:
            turns = [
                Turn("person" if turn["speaker"] == "user" else "bot", turn["text"])
                for turn in before
            ]
            id_ = task["task_id"]
            asked[id_] = Question(last["text"], everyone(_WORKSPACE), tuple(turns))
            grades[id_] = {passage["document_id"]: 1 for passage in task["contexts"]}
    return gather(documents, {id_: id_ for id_ in asked}, grades), asked


def with_changed_subjects(
    corpus: Corpus, asked: Mapping[str, Question], seed: int = 7
) -> tuple[Corpus, dict[str, Question]]:
    """Return each thread with another thread's last turn, to be answered without the thread."""
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    changed, grades = {}, {}
    for id_, question in asked.items():
        others = [
            other
            for other in asked
            if len(asked[other].thread) <= 2
            and not corpus.grades[other].keys() & corpus.grades[id_].keys()
        ]
        other = chance.choice(others)
        changed[id_] = Question(asked[other].text, question.audience, question.thread)
        grades[id_] = corpus.grades[other]
    questions = {id_: id_ for id_ in changed}
    return Corpus(corpus.documents, questions, grades), changed


def ways_to_ask(
    database: Database, embedder: Embedder, model: BaseChatModel | None
) -> dict[str, Ask]:
    """Return each way to search for a question in its thread."""

    async def find(text: str, background: str = "") -> list[str]:
        found = await search(
            database, embedder, text, everyone(_WORKSPACE), _PASSAGES, background=background
        )
        return list(dict.fromkeys(passage.key for passage in found))

    async def rewritten(question: Question) -> list[str]:
        assert model is not None  # noqa: S101 - only offered where there is one
        return await find(await rewrite(model, question))

    async def rewritten_before_background(question: Question) -> list[str]:
        assert model is not None  # noqa: S101 - as above
        return await find(await rewrite(model, question), background_of(question))

    async def drawn_if_it_follows(question: Question) -> list[str]:
        follows = resolve_follow_up(question.text, question.thread).is_follow_up
        return await find(question.text, background_of(question) if follows else "")

    async def with_topic(question: Question) -> list[str]:
        return await find(resolve_follow_up(question.text, question.thread).text_for_search)

    ways: dict[str, Ask] = {
        "the last turn alone": lambda question: find(question.text),
        "joined to the question before": lambda question: find(_with_question_before(question)),
        "drawn towards its background": lambda question: find(
            question.text, background_of(question)
        ),
        "drawn where it seems to follow": drawn_if_it_follows,
        "with the topic of the thread": with_topic,
    }
    if model is not None:
        ways["rewritten by the embedded model"] = rewritten
        ways["rewritten, and drawn"] = rewritten_before_background
    return ways


async def measure(limit: int, *, with_model: bool) -> tuple[int, dict[str, Figures]]:
    """Return the number of follow-ups and each way's figures."""
    embedder = open_embedder(EMBEDDED)
    whole, asked = follow_ups()
    corpus = whole.sample(limit)
    changed_corpus, changed = with_changed_subjects(whole, asked)
    changed_corpus = changed_corpus.sample(limit)
    with TemporaryDirectory() as folder:
        async with (
            embedded_postgres(Path(folder, "postgres"), durable=False) as url,
            embedded_chat_model(Path(folder, "chat")) as chat_url,
        ):
            upgrade(url)
            model = open_chat_model(chat_url) if with_model else None
            async with (
                open_database(url, _WORKSPACE) as database,
                indexed_corpus(database, whole, embedder),
            ):
                ways = ways_to_ask(database, embedder, model)
                plain = await ask_all(_by_id(ways, asked), corpus)
                other = await ask_all(_by_id(ways, changed), changed_corpus)
    figures = {}
    for name in ways:
        ranked, moved = plain[name].rankings, other[name].rankings
        figures[name] = Figures(
            mean(ndcg(ranked[id_], corpus.grades[id_], 10) for id_ in ranked),
            mean(recall(ranked[id_], corpus.grades[id_], 5) for id_ in ranked),
            mean(ndcg(moved[id_], changed_corpus.grades[id_], 10) for id_ in moved),
            mean(recall(moved[id_], changed_corpus.grades[id_], 5) for id_ in moved),
            median(plain[name].milliseconds),
        )
    return len(corpus.questions), figures


def _by_id(ways: Mapping[str, Ask], asked: Mapping[str, Question]) -> dict[str, Way]:
    async def one(ask: Ask, id_: str) -> list[str]:
        return await ask(asked[id_])

    return {name: partial(one, ask) for name, ask in ways.items()}


def section(count: int, figures: Mapping[str, Figures]) -> str:
    """Return the section of docs/benchmarks.md."""
    rows = [
        f"| {name} | {of.ndcg:.3f} | {of.recall:.3f} | {of.changed_ndcg:.3f} "
        f"| {of.changed_recall:.3f} | {of.milliseconds:.0f} |"
        for name, of in figures.items()
    ]
    return "\n".join(
        (
            "## Follow-ups",
            "",
            f"`make bench-follow-ups`: {count} last turns of mtrag's conversations, searched among "
            "the passages of all of them. The subject is changed by giving a thread the last turn "
            "of another one, which must be found as if nothing had been said before.",
            "",
            f"Measured on {describe_machine()}.",
            "",
            "| searched for | nDCG@10 | recall@5 | subject changed: nDCG@10 | recall@5 | p50 ms |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
        )
    )


def main() -> None:
    """Measure; write the page's section and the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=1_000, help="at most so many follow-ups")
    parser.add_argument("--no-model", action="store_true", help="leave the rewriting out")
    given = parser.parse_args()
    count, figures = asyncio.run(measure(given.questions, with_model=not given.no_model))
    write_section("follow-ups", section(count, figures))
    write_result(
        "follow_ups",
        {
            "questions": count,
            "ways": {
                name: {
                    "ndcg@10": round(of.ndcg, 4),
                    "recall@5": round(of.recall, 4),
                    "changed_ndcg@10": round(of.changed_ndcg, 4),
                    "changed_recall@5": round(of.changed_recall, 4),
                    "p50_ms": round(of.milliseconds, 1),
                }
                for name, of in figures.items()
            },
        },
    )


def _with_question_before(question: Question) -> str:
    asked = [turn.text for turn in question.thread if turn.speaker == "person"]
    return "\n".join((question.text, *asked[-1:]))


if __name__ == "__main__":
    main()
