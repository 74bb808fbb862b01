"""`houselore index`: index files and folders, with a progress bar."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from houselore.people.lookup import read_readers
from houselore.services import open_index
from houselore.settings import Settings
from retrieval.indexing.eta import in_words
from retrieval.indexing.reindex import RunProgress
from retrieval.indexing.sync import index_source
from retrieval.progress import IndexProgress, IndexReport
from retrieval.sources.files import FilesSource

OnProgress = Callable[[IndexProgress], Awaitable[None]]


async def index_paths(
    settings: Settings, paths: list[Path], url_prefix: str | None, readers: list[str] | None
) -> int:
    """Index each file and folder; return exit code 1 when none of the documents could be read."""
    audience = await read_readers(settings, readers)
    sources = [FilesSource(path, audience, url_prefix) for path in paths]
    total = IndexReport()
    async with open_index(settings) as index:
        for source in sources:
            with progress_bar(Console(stderr=True)) as on_progress:
                report = await index_source(index.database, source, index.embedder, on_progress)
            show_report(Console(stderr=True), source.location, report)
            total += report
    return exit_code(total)


def exit_code(report: IndexReport) -> int:
    """Return 1 when no document could be read."""
    # A single broken or empty file is listed, but must not stop a script.
    read = report.added + report.changed + report.unchanged
    return 1 if report.failures and not read else 0


@contextmanager
def progress_bar(console: Console) -> Iterator[OnProgress]:
    """Show a progress bar while the block runs; yield the callback that moves it."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[title]}", markup=False),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task("Indexing", total=None, title="", left="")

        async def on_progress(progress: IndexProgress) -> None:
            step, left = "Indexing", ""
            if isinstance(progress, RunProgress):
                step = progress.step.capitalize()
                if progress.seconds_left:
                    left = f"{in_words(progress.seconds_left)} left"
            bar.update(
                task,
                description=step,
                completed=progress.done,
                total=progress.total,
                title=progress.title[:40],
                left=left,
            )

        yield on_progress


def show_report(console: Console, name: str, report: IndexReport) -> None:
    """Print what changed, notes on a new index, and why documents could not be read."""
    counts = {
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "deleted": report.deleted,
    }
    said = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
    console.print(
        f"{name}: {said or 'no documents'}; {report.chunks:,} passages, {report.seconds:.1f} s",
        markup=False,
        highlight=False,
    )
    for note in report.notes:
        console.print(note, markup=False, highlight=False, soft_wrap=True)
    for failure in report.failures:
        console.print(f"  {failure.reason}", style="yellow", markup=False, soft_wrap=True)
