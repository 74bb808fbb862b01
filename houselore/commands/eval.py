"""What the `eval` commands share: a workspace apart, and bars that show how far one is."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from houselore.settings import Settings
from retrieval.reports import IndexProgress, OnProgress


def workspace_apart(settings: Settings) -> str:
    """The workspace that is only for measuring: no index that answers is touched."""
    return f"{settings.workspace}/evaluation"


@contextmanager
def progress_bars(console: Console) -> Iterator[tuple[OnProgress, OnProgress]]:
    """A bar for the documents and one for the questions, and what moves each."""
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )

    def mover(name: str) -> OnProgress:
        task = bars.add_task(name, total=None)

        async def on_progress(progress: IndexProgress) -> None:
            bars.update(task, completed=progress.done, total=progress.total)

        return on_progress

    with bars:
        yield mover("Indexing"), mover("Asking")
