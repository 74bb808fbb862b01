"""`houselore reindex`, `cancel` and `rollback`."""

from rich.console import Console

from houselore.cli.index import exit_code, progress_bar, show_report
from houselore.people.lookup import read_readers, terminal_user
from houselore.services import open_index, open_store
from houselore.settings import Settings
from retrieval.indexing.reindex import plan, reindex, rollback, switch
from retrieval.indexing.runs import cancel_run


async def reindex_sources(settings: Settings, word: str | None) -> int:
    """Reindex sources; return exit code 1 when none of their documents could be read."""
    word = await _meant(settings, word)
    console = Console(stderr=True)
    async with open_index(settings) as index:
        with progress_bar(console) as on_progress:
            report = await reindex(
                index.database, index.embedder, terminal_user(), word, on_progress
            )
    show_report(console, word or "All sources", report)
    return exit_code(report)


async def show_plan(settings: Settings, word: str | None) -> None:
    """Print what a reindex would do (`--dry-run`)."""
    word = await _meant(settings, word)
    out = Console(highlight=False, soft_wrap=True)
    async with open_index(settings) as index:
        with Console(stderr=True).status("Looking…"):
            planned = await plan(index.database, index.embedder, word)
    out.print(planned.describe(), markup=False)
    for failure in planned.failures:
        out.print(f"  {failure.reason}", style="yellow", markup=False)


async def take_candidate(settings: Settings) -> None:
    """Promote the candidate index that awaits a decision."""
    console = Console(stderr=True, highlight=False)
    async with open_index(settings) as index:
        with progress_bar(console) as on_progress:
            live = await switch(index.database, index.embedder, terminal_user(), on_progress)
    console.print(f"Generation {live.id} ({live.embedder}) is live.", markup=False)


async def go_back(settings: Settings) -> None:
    """Roll back to the previous index."""
    console = Console(stderr=True, highlight=False)
    async with open_index(settings) as index:
        with progress_bar(console) as on_progress:
            live = await rollback(index.database, index.embedder, terminal_user(), on_progress)
    console.print(
        f"Generation {live.id} ({live.embedder}) is live again, with the documents of today.",
        markup=False,
    )


async def cancel_reindexing(settings: Settings) -> None:
    """Cancel the running reindex, wherever it was started."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    async with open_store(settings) as store:
        run = await cancel_run(store.database, terminal_user())
    if run is None:
        console.print("No reindexing goes on.")
    else:
        console.print(
            f"Cancelling: {run.describe()}. It ends after the batch it is at.", markup=False
        )


async def _meant(settings: Settings, word: str | None) -> str | None:
    """Return the source as typed, a channel by its id."""
    if word is None or not word.startswith("#"):
        return word
    (reader,) = await read_readers(settings, [word])
    return reader
