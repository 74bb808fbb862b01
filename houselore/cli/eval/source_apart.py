"""What the `eval` commands share: a separate workspace, and progress bars."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from database.database import Database, open_database
from houselore.services import Services, open_services
from houselore.settings import Settings
from retrieval.evaluation.benchmark import indexed_alone
from retrieval.progress import IndexProgress, IndexReport, OnProgress
from retrieval.sources.source import Source
from tuning.rollout.registry import served


@dataclass(frozen=True, slots=True)
class Apart:
    """The services, and the separate workspace's index with the report of how it was filled."""

    services: Services
    database: Database
    report: IndexReport

    @property
    def workspace(self) -> str:
        """The workspace that all of it is of."""
        return self.database.workspace


def workspace_apart(settings: Settings) -> str:
    """Return the name of the workspace for measurements, so that the live index stays untouched."""
    return f"{settings.workspace}/evaluation"


@asynccontextmanager
async def source_apart(
    settings: Settings, source: Source, on_indexed: OnProgress
) -> AsyncIterator[Apart]:
    """Open the services and a separate index of `source` alone, dropped with the block."""
    workspace = workspace_apart(settings)
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(open_services(settings))
        database = await stack.enter_async_context(open_database(services.database_url, workspace))
        report = await stack.enter_async_context(
            indexed_alone(database, source, services.embedder, on_indexed)
        )
        yield Apart(services, database, report)


async def served_name(services: Services) -> str:
    """Return the name of the served model."""
    model = await served(services.database)
    return model.name if model else "?"


@contextmanager
def progress_bars(console: Console) -> Iterator[tuple[OnProgress, OnProgress]]:
    """Show a bar for documents and one for questions; yield the callbacks that move them."""
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
