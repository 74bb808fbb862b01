"""Ask questions about real documents: the whole chain, the first chunk, LangChain's tutorial."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from rich.console import Console

from answering.conversation.follow_ups import background_of
from answering.evaluation.document_scores import DocumentScores, score_replies
from answering.evaluation.document_threads import Respond, answers_from_documents, ask_in_threads
from answering.evaluation.documents import DocumentQuestion, DocumentReply
from answering.types.questions import Question, Turn
from benchmarks.documents_page import FIRST_CHUNK, HOUSELORE, TUTORIAL, describe, write_page
from benchmarks.machine import describe_machine
from benchmarks.shared import DATA, write_result
from benchmarks.tutorial_chain import tutorial_chain, tutorial_retriever
from database.database import Database
from houselore.cli.eval.documents import DocumentsToAsk
from houselore.cli.eval.source_apart import Apart, source_apart
from houselore.models.chat_models import open_base_model
from houselore.settings import Settings, open_settings
from retrieval.audience import everyone
from retrieval.documents import Document
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import RetrievalError, UnreadableDocument
from retrieval.progress import IndexProgress
from retrieval.search.retriever import search
from retrieval.sources.files import FilesSource

_SET = DATA / "real_documents"
_WAYS: Mapping[str, str] = MappingProxyType(
    {"house": HOUSELORE, "chunk": FIRST_CHUNK, "tutorial": TUTORIAL}
)
_FOUND = 10  # as many as for the figures; only the first is shown


@dataclass(frozen=True, slots=True)
class Measured:
    """The replies of each system, in the order of the questions, and the size of the index."""

    questions: tuple[DocumentQuestion, ...]
    replies: Mapping[str, list[DocumentReply]]
    documents: int
    passages: int

    @property
    def scores(self) -> dict[str, DocumentScores]:
        """The scores of each system."""
        return {name: score_replies(self.questions, of) for name, of in self.replies.items()}


async def measure(asked: DocumentsToAsk, names: Sequence[str]) -> Measured:
    """Put each question to each system in turn, so that a busy moment affects all alike."""
    chosen, questions = asked.read()
    source = FilesSource(asked.folder)
    console = Console(stderr=True)
    with TemporaryDirectory() as folder, console.status("Indexing…") as status:
        settings = open_settings(data_dir=Path(folder))
        async with (
            source_apart(settings, source, _quietly) as apart,
            _ways(settings, apart, source, names) as ways,
        ):
            threads = {
                name: ask_in_threads(respond, chosen, questions) for name, respond in ways.items()
            }
            replies: dict[str, list[DocumentReply]] = {name: [] for name in threads}
            for number, question in enumerate(chosen, 1):
                status.update(f"{number} of {len(chosen)}: {question.id}")
                for name, thread in threads.items():
                    replies[name].append(await anext(thread))
    return Measured(chosen, replies, apart.report.added, apart.report.chunks)


@asynccontextmanager
async def _ways(
    settings: Settings, apart: Apart, source: FilesSource, names: Sequence[str]
) -> AsyncIterator[dict[str, Respond]]:
    """Open the named systems and what they need."""
    services = apart.services
    async with AsyncExitStack() as stack:
        ways: dict[str, Respond] = {}
        if HOUSELORE in names:
            answerer = services.answerer.over(apart.database)
            ways[HOUSELORE] = await answers_from_documents(apart.database, answerer)
        if FIRST_CHUNK in names:
            ways[FIRST_CHUNK] = first_chunk(apart.database, services.embedder)
        if TUTORIAL in names:
            store = tutorial_retriever(services.database_url, _documents(source), services.embedder)
            retriever = await stack.enter_async_context(store)
            ways[TUTORIAL] = tutorial_chain(retriever, open_base_model(settings, services.chat))
        yield ways


def first_chunk(database: Database, embedder: Embedder) -> Respond:
    """Return a system that shows the first chunk our search finds; a follow-up uses its thread."""

    async def respond(question: DocumentQuestion, thread: tuple[Turn, ...]) -> DocumentReply:
        started = time.perf_counter()
        asked = Question(question.text, everyone(database.workspace), thread)
        background = background_of(asked)
        found = await search(
            database, embedder, question.text, asked.audience, _FOUND, background=background
        )
        return DocumentReply(
            id=question.id,
            reply=found[0].text if found else "",
            abstained=not found,
            sources=tuple(passage.key for passage in found[:1]),
            seconds=time.perf_counter() - started,
            shown="chunk",
        )

    return respond


def _documents(source: FilesSource) -> list[Document]:
    """Read the documents that our index holds, in the same way."""
    read = []
    for listed in source.listing():
        try:
            read += [source.read(listed.key)] if listed.left_out is None else []
        except UnreadableDocument:  # the index leaves it out, too
            continue
    return read


async def _quietly(_: IndexProgress) -> None:
    """Show no progress, as the status line does."""


def _keep(folder: Path, measured: Measured) -> None:
    """Write the replies of each system to a file for a person to read."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, replies in measured.replies.items():
        lines = (json.dumps(reply.as_object(), ensure_ascii=False) + "\n" for reply in replies)
        path = folder / f"{name.replace(' ', '_')}.jsonl"
        path.write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """Measure; write the results and the page if all systems were measured, else print them."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folder", type=Path, default=_SET / "docs")
    arguments.add_argument("--questions", type=Path, default=_SET / "questions.jsonl")
    arguments.add_argument("--limit", type=int, help="at most so many questions")
    arguments.add_argument("--kind", action="append", default=[], help="only such questions")
    arguments.add_argument("--replies", type=Path, help="a folder for the replies of each way")
    arguments.add_argument("--ways", default=",".join(_WAYS), help="some of them, by comma")
    given = arguments.parse_args()
    names = given.ways.split(",")
    if unknown := [name for name in names if name not in _WAYS]:
        arguments.error(f"there is no way {', '.join(unknown)}; there are {', '.join(_WAYS)}")
    asked = DocumentsToAsk(given.folder, given.questions, None, tuple(given.kind), given.limit)
    try:
        measured = asyncio.run(measure(asked, [_WAYS[name] for name in names]))
    except RetrievalError as error:
        sys.exit(f"{error} (SHARED_DATA names the folder of the measuring data.)")
    if given.replies:
        _keep(given.replies, measured)
    machine = describe_machine(["xllamacpp", "langchain-core", "langchain-postgres"])
    scores = measured.scores
    found = {
        "machine": machine,
        "questions": len(measured.questions),
        "documents": measured.documents,
        "passages": measured.passages,
        "ways": {name: of.as_object() for name, of in scores.items()},
    }
    if len(scores) < len(_WAYS):
        sys.stdout.write(describe(machine, scores, measured.documents))
        return
    write_result("documents", found)
    write_page(machine, scores, measured.documents)


if __name__ == "__main__":
    main()
