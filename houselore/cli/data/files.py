"""`houselore data export` and `import`: write and read examples as files."""

import asyncio
from pathlib import Path

from rich.console import Console

from houselore.errors import WrongUse
from houselore.people.members import open_redactor
from houselore.services import open_store
from houselore.settings import Settings
from retrieval.audience import everyone
from retrieval.documents import Document
from retrieval.errors import UnreadableDocument
from retrieval.sources.files import FilesSource
from tuning.datasets.formats import DatasetRow, Form, read_rows, write_rows
from tuning.datasets.store import rows_of
from tuning.review.queue import queue, take_in
from tuning.voice.style_corpus import read_others, teach_voice

_SHOWN = 20


async def export_dataset(
    settings: Settings, file: Path, form: Form, kind: str, split: str | None, dataset: str
) -> None:
    """Write a dataset's examples of one kind to a file."""
    async with open_store(settings) as store:
        rows = await rows_of(store.database, kind, split, dataset)
    await _write(file, rows, form)


async def export_queue(settings: Settings, file: Path) -> None:
    """Write the examples that await review as Argilla records."""
    async with open_store(settings) as store:
        rows = [one.as_row() for one in await queue(store.database)]
    await _write(file, rows, "argilla")


async def import_file(settings: Settings, file: Path, form: Form) -> None:
    """Import a file's examples and reviews, redacted; nothing if a line is broken."""
    try:
        text = await asyncio.to_thread(file.read_bytes)
        rows = read_rows(text.decode("utf-8"), form)
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{file} cannot be read: {error}.") from error
    redact = await open_redactor(settings)
    async with open_store(settings) as store:
        new, reviews = await take_in(store.database, rows, redact)
    Console(stderr=True, highlight=False).print(
        f"Taken in: {new:,} examples, {reviews:,} reviews.", markup=False
    )


async def import_texts(settings: Settings, folder: Path) -> None:
    """Import a folder's texts in the team's voice as redacted examples of that voice.

    Raises SourceNotFound, and UnusableExamples when they sound like the indexed documents.
    """
    err = Console(stderr=True, highlight=False, soft_wrap=True)
    texts, left_out = await asyncio.to_thread(_read_texts, folder)
    for reason in left_out:
        err.print(f"Left out: {reason}", markup=False)
    redact = await open_redactor(settings)
    async with open_store(settings) as store:
        others = await read_others(store.database, everyone(store.workspace))
        taught = teach_voice(texts, others)
        new, _ = await take_in(store.database, taught.rows, redact)
    err.print(f"Taken in: {new:,} examples; {taught.alike:,} pieces have no mark of a voice.")
    shown = ", ".join(f"“{phrase}”" for phrase in taught.markers[:_SHOWN])
    err.print(
        f"What marks the voice, which the notes are told without: {shown}. Is a fact among them? "
        "Then reject the examples that have it: `houselore data list`.",
        markup=False,
    )


def _read_texts(folder: Path) -> tuple[list[Document], list[str]]:
    """Read a folder's documents; return them and why others were left out."""
    source, texts, left_out = FilesSource(folder), [], []
    for listed in source.listing():
        if listed.left_out:
            left_out.append(listed.left_out)
            continue
        try:
            texts.append(source.read(listed.key))
        except UnreadableDocument as error:
            left_out.append(str(error))
    return texts, left_out


async def _write(file: Path, rows: list[DatasetRow], form: Form) -> None:
    text = write_rows(rows, form)
    try:
        await asyncio.to_thread(file.write_bytes, text.encode())
    except OSError as error:
        raise WrongUse(f"{file} cannot be written: {error.strerror}.") from error
    Console(stderr=True, highlight=False).print(f"Written: {len(rows):,} examples.", markup=False)
