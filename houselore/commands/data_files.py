"""`houselore data export` and `import`: examples to and from files. Trains on none."""

import asyncio
from pathlib import Path

from rich.console import Console

from houselore.commands.data_collect import open_redactor
from houselore.errors import WrongUse
from houselore.services import open_store
from houselore.settings import Settings
from tuning.datasets import rows_of
from tuning.forms import Form, Row, read_rows, write_rows
from tuning.review import queue, take_in


async def export_dataset(
    settings: Settings, file: Path, form: Form, kind: str, split: str | None, dataset: str
) -> None:
    """Write one kind of a dataset's examples."""
    async with open_store(settings) as store:
        rows = await rows_of(store.pool, store.workspace, kind, split, dataset)
    await _write(file, rows, form)


async def export_queue(settings: Settings, file: Path) -> None:
    """Write the examples that wait for a review as Argilla's records."""
    async with open_store(settings) as store:
        rows = [one.as_row() for one in await queue(store.pool, store.workspace)]
    await _write(file, rows, "argilla")


async def import_file(settings: Settings, file: Path, form: Form) -> None:
    """Take in a file's examples and reviews, redacted; nothing of a file with a broken line."""
    try:
        text = await asyncio.to_thread(file.read_bytes)
        rows = read_rows(text.decode("utf-8"), form)
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{file} cannot be read: {error}.") from error
    redact = await open_redactor(settings)
    async with open_store(settings) as store:
        new, reviews = await take_in(store.pool, store.workspace, rows, redact)
    Console(stderr=True, highlight=False).print(
        f"Taken in: {new:,} examples, {reviews:,} reviews.", markup=False
    )


async def _write(file: Path, rows: list[Row], form: Form) -> None:
    text = write_rows(rows, form)
    try:
        await asyncio.to_thread(file.write_bytes, text.encode())
    except OSError as error:
        raise WrongUse(f"{file} cannot be written: {error.strerror}.") from error
    Console(stderr=True, highlight=False).print(f"Written: {len(rows):,} examples.", markup=False)
