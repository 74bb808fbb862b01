"""`houselore eval documents`: score answers to a team's questions about its own documents."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from answering.evaluation.document_scores import DocumentScores, score_replies
from answering.evaluation.document_threads import answers_from_documents, ask_in_threads
from answering.evaluation.documents import (
    DocumentQuestion,
    DocumentReply,
    choose_questions,
    doubt,
    read_document_questions,
)
from houselore.cli.eval.documents_shown import misses_as_objects, show_misses, show_scores
from houselore.cli.eval.source_apart import Apart, progress_bars, served_name, source_apart
from houselore.errors import WrongUse
from houselore.settings import Settings
from retrieval.progress import IndexProgress, OnProgress
from retrieval.sources.files import FilesSource

Keep = Callable[[DocumentReply], None]
"""Writes a reply to the file."""


@dataclass(frozen=True, slots=True)
class DocumentsToAsk:
    """The options: the documents, the questions, the replies' file, and which questions to ask."""

    folder: Path
    questions: Path
    replies: Path | None = None
    kinds: tuple[str, ...] = ()
    limit: int | None = None
    seed: int = 7

    def read(self) -> tuple[tuple[DocumentQuestion, ...], tuple[DocumentQuestion, ...]]:
        """Read the questions; return those to ask, and all of them.

        Raises SourceNotFound, UnreadableCorpus, and WrongUse when no document can be read.
        """
        listed = list(FilesSource(self.folder).listing())
        if all(one.left_out for one in listed):
            raise WrongUse(f"{self.folder} holds no document that can be read.")
        questions = read_document_questions(self.questions, frozenset(one.key for one in listed))
        return choose_questions(questions, self.kinds, self.limit, self.seed), questions


async def evaluate_documents(
    settings: Settings, asked: DocumentsToAsk, *, show_misses: bool, as_json: bool
) -> None:
    """Index the folder in a separate workspace, ask the questions, print the scores.

    Replies are written to their file as they come. The index is dropped.
    """
    chosen, questions = asked.read()
    _warn(*filter(None, map(doubt, chosen)))
    with _kept(asked.replies) as keep, progress_bars(Console(stderr=True)) as bars:
        async with source_apart(settings, FilesSource(asked.folder), bars[0]) as apart:
            replies = await _ask(apart, chosen, questions, keep, bars[1])
            model = await served_name(apart.services)
    scores = score_replies(chosen, replies)
    _warn(*(failure.reason for failure in apart.report.failures))
    out = Console(highlight=False)
    if as_json:
        out.print_json(json.dumps(_as_object(scores, apart, model, misses=show_misses)))
    else:
        _show(out, scores, apart, model, misses=show_misses)


async def _ask(
    apart: Apart,
    chosen: tuple[DocumentQuestion, ...],
    questions: tuple[DocumentQuestion, ...],
    keep: Keep,
    on_asked: OnProgress,
) -> list[DocumentReply]:
    answerer = apart.services.answerer.over(apart.database)
    respond = await answers_from_documents(apart.database, answerer)
    replies: list[DocumentReply] = []
    async for reply in ask_in_threads(respond, chosen, questions):
        replies.append(reply)
        keep(reply)
        await on_asked(IndexProgress(len(replies), len(chosen), reply.id))
    return replies


def _warn(*sentences: str) -> None:
    for sentence in sentences:
        Console(stderr=True).print(sentence, style="yellow", markup=False, soft_wrap=True)


@contextmanager
def _kept(path: Path | None) -> Iterator[Keep]:
    """Yield a function that writes each reply at once. Raises WrongUse if it cannot."""
    if path is None:
        yield lambda _: None
        return
    try:
        file = path.open("w", encoding="utf-8", buffering=1)
    except OSError as error:
        raise WrongUse(f"{path} cannot be written: {error.strerror}.") from error
    with file:
        yield lambda reply: print(json.dumps(reply.as_object(), ensure_ascii=False), file=file)


def _as_object(
    scores: DocumentScores, apart: Apart, model: str, *, misses: bool
) -> dict[str, object]:
    return {
        "n": len(scores.judged),
        **scores.as_object(),
        "documents": apart.report.added,
        "passages": apart.report.chunks,
        "index_s": round(apart.report.seconds, 2),
        "model": model,
        **({"misses": misses_as_objects(scores)} if misses else {}),
    }


def _show(out: Console, scores: DocumentScores, apart: Apart, model: str, *, misses: bool) -> None:
    if misses:
        show_misses(out, scores)
    report = apart.report
    out.print(
        f"{model}; questions: {len(scores.judged):,}, of them with an answer: "
        f"{len(scores.answerable):,}; documents: {report.added:,} ({report.chunks:,} passages, "
        f"indexed in {report.seconds:.1f} s)",
        markup=False,
        soft_wrap=True,
    )
    show_scores(out, scores)
