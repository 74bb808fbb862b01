"""`houselore eval calibrate`: fit the confidence on known answers and on feedback."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from answering.confidence.confidence import Confidence, open_confidence, save_confidence
from answering.evaluation.calibration import Calibrated, calibrate
from answering.evaluation.metrics import Outcome
from answering.evaluation.run import ask_all, through_the_chain
from answering.types.answers import judged_answers
from database.database import Database
from houselore.cli.eval.answers import GoldFiles, indexed_apart
from houselore.cli.eval.plots import check_plotting, draw_calibration
from houselore.cli.eval.source_apart import progress_bars, served_name
from houselore.errors import WrongUse
from houselore.models.factory import CONFIDENCE
from houselore.services import open_services
from houselore.settings import Settings


@dataclass(frozen=True, slots=True)
class Calibration:
    """The options: data to fit on, the share of answerable questions to refuse, where to plot."""

    files: GoldFiles
    refused_at_most: float
    plots: Path | None = None
    limit: int | None = None
    seed: int = 7
    feedback: bool = False


async def calibrate_confidence(settings: Settings, wanted: Calibration, *, as_json: bool) -> None:
    """Fit the confidence, save its weights in the data folder, and print the figures.

    Without files, feedback alone updates the current weights.
    """
    path = settings.folder() / CONFIDENCE
    found: Calibrated | None = None
    if wanted.files == GoldFiles():
        if not wanted.feedback:
            raise WrongUse("Name --passages and --questions, or --feedback, or all of them.")
        async with open_services(settings) as services:
            model = await served_name(services)
            confidence = open_confidence(path, model)
            confidence, judged = await _moved(services.database, confidence)
    else:
        found, model, judged = await _from_files(settings, wanted)
        confidence = found.confidence
    save_confidence(path, replace(confidence, model=model))
    figures = _figures(found, confidence, judged)
    out = Console(highlight=False)
    if as_json:
        out.print_json(json.dumps({**figures, "model": model, "weights": str(path)}))
        return
    for name, figure in figures.items():
        out.print(f"{name.replace('_', ' ')}: {figure if figure is not None else 'not known'}")
    out.print(f"The weights for {model} are in {path}.", markup=False, soft_wrap=True)


async def _from_files(settings: Settings, wanted: Calibration) -> tuple[Calibrated, str, int]:
    """Answer the files' questions without a threshold and fit; then use feedback, if wanted."""
    if wanted.plots:
        check_plotting()
    gold = wanted.files.read()
    gold = gold if wanted.limit is None else gold.sample(wanted.limit, wanted.seed)
    with progress_bars(Console(stderr=True)) as (on_indexed, on_asked):
        async with indexed_apart(settings, gold, on_indexed) as apart:
            services = apart.services
            model = await served_name(services)
            answerer = services.answerer.over(apart.database, open_confidence().never_refusing())
            ask = await through_the_chain(apart.database, answerer)
            found = _calibrated(await ask_all(ask, gold, on_asked), wanted)
            judged = 0
            if wanted.feedback:
                confidence, judged = await _moved(services.database, found.confidence)
                found = replace(found, confidence=confidence)
    if wanted.plots:
        draw_calibration(wanted.plots, found)
    return found, model, judged


def _calibrated(outcomes: list[Outcome], wanted: Calibration) -> Calibrated:
    try:
        return calibrate(outcomes, wanted.refused_at_most, open_confidence())
    except ValueError as error:
        raise WrongUse(
            "These questions do not tell right answers from wrong ones: all replies were right, or "
            "all wrong. Give more questions, with and without an answer."
        ) from error


async def _moved(database: Database, confidence: Confidence) -> tuple[Confidence, int]:
    """Update the weights by feedback; return them and the number of rated answers."""
    judged = await judged_answers(database)
    rows, good = [signals for signals, _ in judged], [is_good for _, is_good in judged]
    return (confidence.moved(rows, good) if judged else confidence), len(judged)


def _figures(
    found: Calibrated | None, confidence: Confidence, judged: int
) -> Mapping[str, float | None]:
    """Return the figures to print; the rates are those of held-out questions."""
    figures: dict[str, float | None] = {"bar": round(confidence.bar, 4), "judged": judged}
    if found is None:
        return figures
    shares = {
        "auc": found.auc,
        "auc_answerable": found.answerable_auc,
        "ece": found.error,
        "refused_answerable": found.refused(answerable=True),
        "abstained_unanswerable": found.refused(answerable=False),
    }
    rounded = {name: None if v is None else round(v, 4) for name, v in shares.items()}
    return {"n": len(found.probabilities), **rounded, **figures}
