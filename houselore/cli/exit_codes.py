"""End a command with an exit code and one sentence on stderr instead of a traceback."""

import asyncio
import sys
import tempfile
import time
import traceback
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from answering.errors import AnsweringError, NotIndexed
from bot.errors import BotError, NameNotFound
from database.errors import DatabaseUnavailable
from houselore.errors import HouseloreError, WrongUse
from retrieval.errors import (
    GoldenRefused,
    ReindexRefused,
    RetrievalError,
    RunGoesOn,
    SourceNotFound,
    UnreadableCorpus,
)
from tuning.errors import (
    CannotTrain,
    ModelPinned,
    NothingToFreeze,
    RolloutRefused,
    TuningError,
    UnknownDataset,
    UnknownExample,
    UnknownModel,
    UnknownWeights,
    UnusableAdapter,
    UnusableExamples,
    UnusableName,
    WeightsRefused,
)

# What the user can fix by asking differently.
_MENDABLE = (
    SourceNotFound,
    UnreadableCorpus,
    GoldenRefused,
    ReindexRefused,
    NotIndexed,
    NameNotFound,
    UnknownModel,
    ModelPinned,
    RolloutRefused,
    NothingToFreeze,
    UnknownDataset,
    UnknownExample,
    UnusableExamples,
    UnusableName,
    CannotTrain,
    UnusableAdapter,
    UnknownWeights,
    WeightsRefused,
)


def conclude(work: Coroutine[Any, Any, int | None]) -> None:
    """Run a command and exit with its code.

    0 for success, 1 for our failures, 2 for what the user can fix, 130 after Ctrl-C.
    """
    try:
        code = asyncio.run(work) or 0
    except KeyboardInterrupt:
        code = 130
    except Exception as error:
        code = complain(error)
    sys.exit(code)


def complain(error: Exception) -> int:
    """Print the error as one sentence; return the exit code."""
    from rich.console import Console

    sentence, code = _explain(error)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print("[bold red]✗[/] ", end="")
    console.print(sentence, markup=False)
    return code


def _explain(error: Exception) -> tuple[str, int]:
    if isinstance(error, HouseloreError):
        return str(error), error.exit_code
    if isinstance(error, _MENDABLE) and not isinstance(error, RunGoesOn):
        return str(error), WrongUse.exit_code
    if isinstance(
        error, DatabaseUnavailable | RetrievalError | AnsweringError | BotError | TuningError
    ):
        return str(error), HouseloreError.exit_code
    name = type(error).__name__
    return f"Something went wrong ({name}); the details are in {_write_down(error)}.", 1


def _write_down(error: Exception) -> Path:
    """Append the traceback to a log file that the user can send us; return its path."""
    try:
        from houselore.settings import open_settings

        folder = open_settings().folder() / "logs"
        folder.mkdir(mode=0o700, exist_ok=True)
    except (HouseloreError, OSError):
        # The data folder may be the very thing that is wrong.
        folder = Path(tempfile.mkdtemp(prefix="houselore-"))
    path = folder / "errors.log"
    with path.open("a", encoding="utf-8") as file:
        file.write(time.strftime("%Y-%m-%d %H:%M:%S\n"))
        file.writelines(traceback.format_exception(error))
    return path
