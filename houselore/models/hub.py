"""Pull and verify the Hugging Face hub files that the settings name."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from answering.errors import PullFailed
from answering.model.hub_file import HubFile
from answering.model.model_pull import OnBytes, pull_model
from answering.model.receipt import State, state_of
from houselore.errors import PartUnusable
from houselore.settings import HubModel, Settings

_WITHOUT: dict[HubModel, str] = {
    "chat model": "without HOUSELORE_CHAT_MODEL the built-in model answers",
    "reranker": "without HOUSELORE_RERANKER the search keeps its own order",
}
_WORST: tuple[State, ...] = ("missing", "altered", "unverified", "intact")
_REPORT_S = 10.0  # between two lines where no bar can be drawn


async def pull_missing(settings: Settings) -> None:
    """Pull the configured files that are missing; without any, use no network.

    Raises PartUnusable for a file that was altered or cannot be pulled; the message says how to go
    on without it.
    """
    for part, file in settings.hub_files.items():
        state = await asyncio.to_thread(state_of_all, settings, file)
        if state == "altered":
            raise PartUnusable(what_is_wrong(settings, part, state))
        if state == "missing":
            try:
                await pull_with_progress(settings, file)
            except PullFailed as error:
                raise PartUnusable(f"{error} Or {_WITHOUT[part]}.") from error


async def pull_with_progress(settings: Settings, file: HubFile) -> None:
    """Pull a file with a progress bar. Raises PullFailed."""
    settings.folder()  # made for its owner alone
    with _progress(str(file)) as on_bytes:
        await pull_model(file, settings.models_folder, on_bytes)


def state_of_all(settings: Settings, file: HubFile, *, reads_all: bool = False) -> State:
    """Return the worst state of a model's files; `reads_all` hashes them."""
    states = {
        state_of(part.place(settings.models_folder), reads_all=reads_all) for part in file.parts()
    }
    return next(state for state in _WORST if state in states)


def what_is_wrong(settings: Settings, part: HubModel, state: State) -> str:
    """Return a sentence on a missing or altered file: how to get it, or go on without it."""
    file = settings.hub_files[part]
    place = file.place(settings.models_folder)
    wrong = f"There is no {place}" if state == "missing" else f"{place} is not what was pulled"
    return f"{wrong}: `houselore models pull {file}` gets it; {_WITHOUT[part]}."


@contextmanager
def _progress(name: str) -> Iterator[OnBytes]:
    """Show a bar on a terminal, or print a line now and then to a log."""
    console = Console(stderr=True, highlight=False)
    if not sys.stderr.isatty():
        yield _lines(console, name)
        return
    bars = Progress(
        TextColumn("{task.description}"),
        *(BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()),
        console=console,
    )
    tasks: dict[str, TaskID] = {}

    def on_bytes(path: str, done: int, total: int) -> None:
        if path not in tasks:
            tasks[path] = bars.add_task(path, total=total)
        bars.update(tasks[path], completed=done)

    with bars:
        yield on_bytes


def _lines(console: Console, name: str) -> OnBytes:
    console.print(f"Pulling {name}…", markup=False)
    told_at = time.monotonic()

    def on_bytes(path: str, done: int, total: int) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= _REPORT_S or done == total:
            told_at = time.monotonic()
            console.print(f"{path}: {done / 1e6:,.0f} of {total / 1e6:,.0f} MB", markup=False)

    return on_bytes
