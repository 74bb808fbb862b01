"""`houselore eval answers`: answer questions in a separate index and score the answers."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from answering.evaluation.datasets import GoldSet, read_clapnq, read_mtrag, read_squad2
from answering.evaluation.metrics import (
    LONG_SHARES,
    SHARES,
    Outcome,
    Share,
    estimate,
    outcomes_error,
)
from answering.evaluation.run import ask_all, the_model_alone, through_the_chain
from houselore.cli.eval.source_apart import Apart, progress_bars, served_name, source_apart
from houselore.errors import WrongUse
from houselore.models.chat_models import open_base_model
from houselore.services import open_services
from houselore.settings import Settings
from retrieval.evaluation.benchmark import CorpusSource
from retrieval.progress import OnProgress


@dataclass(frozen=True, slots=True)
class GoldFiles:
    """The dataset files given: SQuAD 2's two, or CLAPnq's, or MTRAG's."""

    passages: Path | None = None
    questions: Path | None = None
    clapnq: tuple[Path, ...] = ()
    mtrag: Path | None = None

    def read(self) -> GoldSet:
        """Read the questions. Raises WrongUse for missing files, and UnreadableCorpus."""
        match self:
            case GoldFiles(Path() as passages, Path() as questions, (), None):
                return read_squad2(passages, questions)
            case GoldFiles(None, None, (_, *_) as files, None):
                return read_clapnq(files)
            case GoldFiles(None, None, (), Path() as file):
                return read_mtrag(file)
        raise WrongUse("Name either --passages and --questions, or --clapnq, or --mtrag.")

    @property
    def shares(self) -> Mapping[str, Share]:
        """The metrics for such answers."""
        return {**SHARES, **LONG_SHARES} if self.clapnq or self.mtrag else SHARES


async def evaluate_answers(
    settings: Settings,
    files: GoldFiles,
    limit: int | None,
    seed: int,
    *,
    closed_book: bool,
    as_json: bool,
) -> None:
    """Index the documents in a separate workspace, answer the questions, print the scores.

    `limit` questions are drawn by `seed`, half of them unanswerable. The index is dropped.
    """
    gold = files.read()
    gold = gold if limit is None else gold.sample(limit, seed)
    with progress_bars(Console(stderr=True)) as bars:
        outcomes, model = await answer_all(settings, gold, bars, closed_book=closed_book)
    out = Console(highlight=False)
    if as_json:
        out.print_json(json.dumps(_as_object(outcomes, model, files.shares)))
    else:
        _show(out, outcomes, model, files.shares)


async def answer_all(
    settings: Settings,
    gold: GoldSet,
    bars: tuple[OnProgress, OnProgress],
    *,
    closed_book: bool = False,
) -> tuple[list[Outcome], str]:
    """Return the outcome of each question, and the model's name."""
    if closed_book:
        async with open_services(settings) as services:
            model = open_base_model(settings, services.chat)
            outcomes = await ask_all(the_model_alone(model), gold, bars[1])
            return outcomes, await served_name(services)
    async with indexed_apart(settings, gold, bars[0]) as apart:
        answerer = apart.services.answerer.over(apart.database)
        ask = await through_the_chain(apart.database, answerer)
        return await ask_all(ask, gold, bars[1]), await served_name(apart.services)


@asynccontextmanager
async def indexed_apart(
    settings: Settings, gold: GoldSet, on_indexed: OnProgress
) -> AsyncIterator[Apart]:
    """Open the services and a separate index of `gold`'s documents, dropped with the block."""
    source = CorpusSource({document.key: document for document in gold.documents})
    async with source_apart(settings, source, on_indexed) as apart:
        yield apart


def _as_object(
    outcomes: Sequence[Outcome], model: str, shares: Mapping[str, Share]
) -> dict[str, object]:
    error = _error(outcomes, shares)
    found = {name: estimate(outcomes, share) for name, share in shares.items()}
    return {
        "n": len(outcomes),
        **{name: round(one.value, 4) if one else None for name, one in found.items()},
        "ece": None if error is None else round(error, 4),
        "first_token_s": round(median(one.first_token_s for one in outcomes), 3),
        "last_token_s": round(median(one.last_token_s for one in outcomes), 3),
        "model": model,
    }


def _error(outcomes: Sequence[Outcome], shares: Mapping[str, Share]) -> float | None:
    """Return the calibration error; None for long answers, which are not compared word for word."""
    return outcomes_error(outcomes) if shares is SHARES else None


def _show(
    out: Console, outcomes: Sequence[Outcome], model: str, shares: Mapping[str, Share]
) -> None:
    answerable = sum(outcome.question.answerable for outcome in outcomes)
    out.print(
        f"{model}: {len(outcomes):,} questions, {answerable:,} of them with an answer",
        markup=False,
    )
    table = Table("", "", "95% interval", box=SIMPLE)
    for name, share in shares.items():
        found = estimate(outcomes, share)
        if found:
            bounds = f"{found.low:.3f} to {found.high:.3f}"
            table.add_row(name.replace("_", " "), f"{found.value:.3f}", bounds)
    error = _error(outcomes, shares)
    if error is not None:
        table.add_row("calibration error", f"{error:.3f}", "")
    out.print(table)
    first, last = (
        median(getattr(one, name) for one in outcomes) for name in ("first_token_s", "last_token_s")
    )
    out.print(f"p50: {first:.2f} s to the first words, {last:.2f} s to the last")
    read, written = (
        mean(getattr(one, name) for one in outcomes)
        for name in ("prompt_tokens", "completion_tokens")
    )
    asked = sum(one.prompt_tokens > 0 for one in outcomes)
    out.print(
        f"tokens a question: {read:.0f} read, {written:.0f} written; the model was asked {asked:,} "
        f"of {len(outcomes):,} times"
    )
