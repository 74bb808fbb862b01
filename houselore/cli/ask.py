"""`houselore ask`: answer a question in the terminal."""

import json
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from answering.types.answers import Answer, Citation
from answering.types.progress import Finished, Restarted, SourcesFound, Words
from answering.types.questions import QUESTION_LIMIT, Question, is_wordless
from bot.rendering.mrkdwn import one_line
from bot.rendering.plain_text import plain_text
from houselore.cli.terminal import AnswerPrinter, without_controls
from houselore.errors import WrongUse
from houselore.people.lookup import Asker, find_audience
from houselore.services import Services, open_services
from houselore.settings import Settings


async def ask_question(settings: Settings, text: str, asker: Asker, *, as_json: bool) -> None:
    """Answer `text` from what the asker may read; print it as it comes, or as one JSON object."""
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
            out = Console(highlight=False)
            with AnswerPrinter(out) as printer:
                answer = await _hear(services, question, None if as_json else printer, status)
    if as_json:
        out.print_json(json.dumps(_as_object(answer)))
    else:
        _show_sources(out, answer.citations)


async def _hear(
    services: Services, question: Question, printer: AnswerPrinter | None, status: Any
) -> Answer:
    """Print the answer's words as they come, and return the answer."""
    async for progress in services.answerer.answer(question):
        match progress:
            case SourcesFound(titles=titles):
                status.update(f"Reading {escape(', '.join(titles[:3]))}…")
            case Words(text=words) if printer is not None:
                status.stop()
                printer.add(words)
            case Restarted() if printer is not None:
                printer.finish()
                printer.add("A document changed meanwhile; once more:")
                printer.finish()
            case Finished(answer=answer):
                if printer is not None:
                    printer.finish()
                return answer
    raise AssertionError("an answer ends with Finished")


def _show_sources(out: Console, citations: tuple[Citation, ...]) -> None:
    for citation in citations:
        lines = (
            (f"[{citation.n}] {citation.title}", "bold"),
            (f"    {one_line(plain_text(citation.quote))}", "dim"),
            (f"    {citation.url}", "blue"),
        )
        out.print()
        for line, style in lines:
            out.print(Text(without_controls(line), style=style), soft_wrap=True)


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
