"""`houselore ask`: a question answered in the terminal. Records nothing."""

import json
from typing import Any

from rich.console import Console
from rich.markup import escape

from answering.types.answers import Answer, Citation
from answering.types.progress import Finished, Reading, Restarted, Words
from answering.types.questions import QUESTION_LIMIT, Question, is_wordless
from houselore.errors import WrongUse
from houselore.people import Asker, find_audience
from houselore.services import Services, open_services
from houselore.settings import Settings


async def ask_question(settings: Settings, text: str, asker: Asker, *, as_json: bool) -> None:
    """Answer `text` from what the asker's audience may read, streamed or as one JSON object."""
    text = text.strip()
    if is_wordless(text):
        raise WrongUse('The question is empty: ask something, such as `houselore ask "…"`.')
    if len(text) > QUESTION_LIMIT:
        raise WrongUse(
            f"The question has {len(text):,} characters: ask in {QUESTION_LIMIT:,} or fewer."
        )
    audience = await find_audience(settings, asker)
    waiting = Console(stderr=True)
    with waiting.status("Opening the house…") as status:
        async with open_services(settings) as services:
            status.update("Searching…")
            question = Question(text, audience)
            out = Console(highlight=False, soft_wrap=True)
            answer = await _hear(services, question, None if as_json else out, status)
    if as_json:
        out.print_json(json.dumps(_as_object(answer)))
    else:
        _show_sources(out, answer.citations)


async def _hear(services: Services, question: Question, out: Console | None, status: Any) -> Answer:
    """Follow the answer's progress, its words shown as they come."""
    async for progress in services.answerer.answer(question):
        match progress:
            case Reading(titles=titles):
                status.update(f"Reading {escape(', '.join(titles[:3]))}…")
            case Words(text=words) if out is not None:
                status.stop()
                out.print(words, end="", markup=False)
            case Restarted() if out is not None:
                out.print("\n\nA document changed meanwhile; once more:\n", style="yellow")
            case Finished(answer=answer):
                return answer
    raise AssertionError("an answer ends with Finished")


def _show_sources(out: Console, citations: tuple[Citation, ...]) -> None:
    out.print()
    for citation in citations:
        out.print()
        out.print(f"[{citation.n}] {citation.title}", style="bold", markup=False)
        out.print(f"    {' '.join(citation.quote.split())}", style="dim", markup=False)
        out.print(f"    {citation.url}", style="blue", markup=False)


def _as_object(answer: Answer) -> dict[str, Any]:
    return {
        "answer": answer.text,
        "abstained": answer.abstained,
        "citations": [
            {
                "n": citation.n,
                "document": citation.document_id,
                "chunk": citation.chunk_id,
                "url": citation.url,
                "quote": citation.quote,
            }
            for citation in answer.citations
        ],
        "model": answer.model,
        "generation": answer.generation,
        "timings_ms": dict(answer.timings_ms),
    }
