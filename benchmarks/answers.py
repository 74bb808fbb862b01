"""squad2 through retrieval, evidence and the embedded model: what is found, shown, and right."""

import argparse
import asyncio
import time
from collections import Counter
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from answering.answerer import Answerer
from answering.answers import Answer
from answering.links import SourceLinks
from answering.models import open_chat_model
from answering.progress import Finished
from answering.questions import Question
from benchmarks.shared import Asked, squad2_index, squad2_questions, write_result
from houselore.embedded.chat_model import embedded_chat_model
from retrieval.audience import everyone
from retrieval.embeddings import open_embedder

LINKS = SourceLinks("http://127.0.0.1", b"a benchmark needs no secret")


async def measure(answerable: int, unanswerable: int) -> dict[str, float | int | str]:
    """Shares of the answerable and of the unanswerable questions; seconds as medians."""
    embedder = open_embedder("embedded:")
    questions = squad2_questions(answerable, unanswerable)
    counted: Counter[str] = Counter()
    seconds: list[float] = []
    with TemporaryDirectory() as folder:
        async with squad2_index(embedder) as pool, embedded_chat_model(Path(folder)) as url:
            answerer = Answerer(pool, embedder, open_chat_model(url), "embedded", LINKS)
            for asked in questions:
                started = time.perf_counter()
                answer = await _answer(answerer, asked)
                seconds.append(time.perf_counter() - started)
                counted.update(_verdicts(asked, answer))
    return {
        "answerable": answerable,
        "unanswerable": unanswerable,
        "evidence_holds_answer": round(counted["held"] / answerable, 3),
        "shown_right": round(counted["right"] / answerable, 3),
        "shown_wrong": round(counted["wrong"] / answerable, 3),
        "quotation_right": round(counted["quoted"] / answerable, 3),
        "nothing_related": round(counted["nothing"] / answerable, 3),
        "shown_unanswerable": round(counted["invented"] / max(1, unanswerable), 3),
        "seconds_p50": round(median(seconds), 2),
    }


async def _answer(answerer: Answerer, asked: Asked) -> Answer:
    async for step in answerer.answer(Question(asked.text, everyone("home"))):
        if isinstance(step, Finished):
            return step.answer
    raise AssertionError("an answer ends with Finished")


def _verdicts(asked: Asked, answer: Answer) -> list[str]:
    if not asked.answers:
        return [] if answer.abstained else ["invented"]
    right = asked.is_answered_by(answer.text)
    held = asked.is_answered_by(" ".join(str(note["quote"]) for note in answer.evidence))
    if not answer.abstained:
        shown = ["right" if right else "wrong"]
    elif answer.citations:
        shown = ["quoted"] if right else []
    else:
        shown = ["nothing"]
    return shown + (["held"] if held else [])


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--answerable", type=int, default=60)
    arguments.add_argument("--unanswerable", type=int, default=40)
    given = arguments.parse_args()
    write_result("answers", asyncio.run(measure(given.answerable, given.unanswerable)))
