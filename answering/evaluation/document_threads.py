"""Ask an answerer questions about documents, each in its thread."""

import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence

from psycopg.rows import tuple_row

from answering.answerer import Answerer
from answering.evaluation.documents import DocumentQuestion, DocumentReply
from answering.types.progress import Finished
from answering.types.questions import Question, Turn
from database.database import Database
from database.statements import load_statements
from retrieval.audience import everyone

_SQL = load_statements("answering.evaluation")

_MARK = re.compile(r"[ \t]*\[(\d+)\](?!\()")
_FENCED = re.compile(r"(^```.*?^```|`[^`\n]*`)", re.MULTILINE | re.DOTALL)

Respond = Callable[[DocumentQuestion, tuple[Turn, ...]], Awaitable[DocumentReply]]
"""Answers a question after the turns of its thread."""


async def ask_in_threads(
    respond: Respond,
    chosen: Sequence[DocumentQuestion],
    questions: Sequence[DocumentQuestion],
) -> AsyncIterator[DocumentReply]:
    """Yield the reply to each chosen question, in order.

    A follow-up is asked after the one of `questions` that it follows, chosen or not. Each question
    is asked once. Raises what `respond` raises.
    """
    known = {question.id: question for question in questions}
    replies: dict[str, DocumentReply] = {}
    threads: dict[str, tuple[Turn, ...]] = {}

    async def reply_to(question: DocumentQuestion) -> DocumentReply:
        if question.id not in replies:
            before: tuple[Turn, ...] = ()
            if question.follow_up_of is not None:
                await reply_to(known[question.follow_up_of])
                before = threads[question.follow_up_of]
            reply = replies[question.id] = await respond(question, before)
            said = Turn("person", question.text), Turn("bot", reply.reply)
            threads[question.id] = (*before, *(turn for turn in said if turn.text.strip()))
        return replies[question.id]

    for question in chosen:
        yield await reply_to(question)


async def answers_from_documents(database: Database, answerer: Answerer) -> Respond:
    """Return a Respond that asks `answerer`, for the audience of everyone in `workspace`.

    It raises NotIndexed, ModelUnavailable and EvidenceChanged.
    """
    rows = await database.fetch_all(_SQL["document_keys"], tuple_row)
    keys: dict[int, str] = dict(rows)

    async def respond(question: DocumentQuestion, thread: tuple[Turn, ...]) -> DocumentReply:
        started = time.perf_counter()
        asked = Question(question.text, everyone(database.workspace), thread)
        async for step in answerer.answer(asked):
            if isinstance(step, Finished):
                answer, seconds = step.answer, time.perf_counter() - started
                cited = (keys.get(citation.document_id, "") for citation in answer.citations)
                return DocumentReply(
                    id=question.id,
                    reply=without_marks(answer.text, {c.n for c in answer.citations}),
                    abstained=answer.abstained,
                    sources=tuple(dict.fromkeys(key for key in cited if key)),
                    confidence=answer.confidence,
                    seconds=seconds,
                    shown=answer.shown,
                )
        raise AssertionError("an answer ends with Finished")

    return respond


def without_marks(text: str, numbers: Collection[int]) -> str:
    """Remove the `[n]` of these source numbers from a reply, except in code."""

    def unless_cited(mark: re.Match[str]) -> str:
        return "" if int(mark[1]) in numbers else mark[0]

    parts = _FENCED.split(text)  # every second one is code
    parts[::2] = [_MARK.sub(unless_cited, part) for part in parts[::2]]
    return "".join(parts).strip()
