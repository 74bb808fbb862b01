"""Run the stages of a training, each once: SFT, DPO or KTO, then the held-out report.

PyTorch is imported when a stage begins.
"""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from psycopg.rows import scalar_row

from database.database import Database
from database.statements import load_statements
from tuning.adapters.files import CONFIG
from tuning.datasets.formats import DatasetRow
from tuning.errors import CannotTrain
from tuning.examples_for_training import TrainingExample
from tuning.training.held_out_report import compare
from tuning.training.inputs import Base, Material, TrainingPlan, remove_material, write_material
from tuning.training.launch import launch
from tuning.training.loss_log import LOSSES, read_losses, write_losses
from tuning.training.progress import Report

_SQL = load_statements("tuning.training")

HELD_OUT = "heldout.json"
TRAINING = "training"
"""The folder of a training inside its model's folder."""

# At 5e-4 a few corrections teach the voice faster, but the evidence then supports less of what is
# written: .85 instead of .90 (docs/log.md).
_RATE, _LATER_RATE = 2.5e-4, 5e-5
_FEWEST_STEPS, _FEWEST_EPOCHS = 40, 3.0  # fifty examples seen three times teach half a voice
_MOST_EPOCHS = 12.0  # a dozen seen more often make right answers wrong
_BATCH_OF_JUDGED = 4
_MOST_HELD_OUT = 200
_PLAN = "plan.json"


@dataclass(frozen=True, slots=True)
class Trained:
    """An adapter, the stages that made it, and the held-out report."""

    adapter: Path
    stages: tuple[str, ...]
    held_out: Mapping[str, Any] = field(default_factory=dict)


def run_stages(
    base: Base,
    material: Material,
    folder: Path,
    plan: TrainingPlan,
    rival: Path | None = None,
    report: Report | None = None,
    processes: int | None = None,
) -> Trained:
    """Run all stages in `folder`, resuming an interrupted call.

    `rival` is the adapter to compare with on held-out rows. `processes` is by default the number of
    GPUs. Files of `write_material` in the folder are removed when the stages have ended. Raises
    CannotTrain without PyTorch, with nothing to learn, and for a folder in which another plan was
    begun; TrainingFailed.
    """
    begin(base, material, folder, plan)
    stages = _stages(material, plan)
    if not all(_is_done(folder / stage) for stage in stages):
        from tuning.training.devices import count_gpus

        processes = processes or count_gpus()
        if processes > 1:
            write_material(folder, base, material, plan)
            try:
                launch(folder, processes, report)
            finally:
                remove_material(folder)
    adapter = train_stages(base, material, folder, plan, report)
    remove_material(folder)
    _join_losses(folder, stages)
    held_out = _look(base, rival, adapter, material.held_out, folder / HELD_OUT, report)
    return Trained(adapter, stages, held_out)


def begin(base: Base, material: Material, folder: Path, plan: TrainingPlan) -> None:
    """Write the plan to `folder`, or check it there. Raises CannotTrain as `run_stages` does."""
    method = material.method(plan.then)
    if not material.lessons and (method is None or base.start is None):
        raise CannotTrain(
            f"Dataset {material.dataset[:12]} has no answer to train on: `houselore data list` "
            "shows what waits for a review."
        )
    _check_plan(folder, {"dataset": material.dataset, "method": method, **asdict(plan)})
    try:
        import tuning.training.preference
        import tuning.training.sft  # noqa: F401 - both are tried before anything begins
    except ImportError as error:
        raise CannotTrain(
            f"Training needs more than serving does ({error.name} is missing): `pip install "
            "'.[tuning]'`."
        ) from None


def epochs_for(lessons: int, batch: int) -> float:
    """Return how often each of `lessons` examples is seen by default: the fewer, the more often.

    A step takes `batch` examples.
    """
    steps = -(-lessons // batch)
    return max(_FEWEST_EPOCHS, min(_FEWEST_STEPS / steps, _MOST_EPOCHS))


async def sweep_adapters(database: Database, adapters: Path) -> list[str]:
    """Remove the inputs of trainings on stale datasets below `adapters`; return their models.

    Only on this machine; copies on others are unknown here.
    """
    rows = await database.fetch_all(_SQL["stale_datasets"], scalar_row)
    stale = frozenset(hash_ for hash_ in rows)
    return await asyncio.to_thread(drop_material, adapters, stale)


def drop_material(adapters: Path, datasets: Collection[str]) -> list[str]:
    """Remove the inputs of trainings on these datasets below the folder `adapters`.

    Returns the names of the models in training.
    """
    return [
        plan.parts[-3]
        for plan in sorted(adapters.glob(f"*/{TRAINING}/{_PLAN}"))
        if _dataset(plan) in datasets and remove_material(plan.parent)
    ]


def train_stages(
    base: Base, material: Material, folder: Path, plan: TrainingPlan, report: Report | None = None
) -> Path:
    """Run the stages that have not ended in `folder`, and return the last adapter.

    Each of several processes calls it.
    """
    adapter = base.start
    for stage in _stages(material, plan):
        if stage == "sft":
            adapter = _sft(base, material.lessons, folder / stage, plan.epochs, report)
        else:
            assert adapter is not None  # noqa: S101 - the base has a start or SFT made one
            adapter = _prefer(base, adapter, material.judged, folder / stage, stage, report)
    assert adapter is not None  # noqa: S101 - one of the stages made it
    return adapter


def _stages(material: Material, plan: TrainingPlan) -> tuple[Literal["sft", "dpo", "kto"], ...]:
    method = material.method(plan.then)
    return (*(("sft",) if material.lessons else ()), *((method,) if method else ()))


def _check_plan(folder: Path, plan: Mapping[str, Any]) -> None:
    file = folder / _PLAN
    if file.is_file() and json.loads(file.read_text(encoding="utf-8")) != plan:
        raise CannotTrain(
            f"A training with another dataset or plan was begun in {folder}: remove that folder, "
            "or give the model another name."
        )
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(plan), encoding="utf-8")


def _dataset(plan: Path) -> str | None:
    """Return the dataset's hash in a training's plan, or None if the plan cannot be read."""
    try:
        noted: dict[str, str] = json.loads(plan.read_text(encoding="utf-8"))
        return noted["dataset"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sft(
    base: Base,
    lessons: Sequence[TrainingExample],
    folder: Path,
    epochs: float | None,
    report: Report | None,
) -> Path:
    from tuning.training.devices import all_agree
    from tuning.training.sft import TrainingSettings, train
    from tuning.training.step_progress import Steps

    if all_agree(_is_done(folder)):
        return folder / "adapter"
    start = base.manners or base.start
    settings = TrainingSettings(learning_rate=_RATE, start=start, anchor=base.start, bars=False)
    enough = epochs_for(len(lessons), settings.batch)
    callbacks = [Steps("SFT", report)] if report else []
    return train(base.place, lessons, folder, replace(settings, epochs=epochs or enough), callbacks)


def _prefer(
    base: Base,
    start: Path,
    rows: Sequence[DatasetRow],
    folder: Path,
    method: Literal["dpo", "kto"],
    report: Report | None,
) -> Path:
    from tuning.training.devices import all_agree
    from tuning.training.preference import prefer
    from tuning.training.sft import TrainingSettings
    from tuning.training.step_progress import Steps

    # The first process may still be writing the previous stage's adapter: wait until all see it.
    if all_agree(_is_done(folder)):
        return folder / "adapter"
    settings = TrainingSettings(
        learning_rate=_LATER_RATE, batch=_BATCH_OF_JUDGED, start=start, bars=False
    )
    callbacks = [Steps(method.upper(), report)] if report else []
    return prefer(base.place, rows, folder, settings, method, callbacks)


def _is_done(folder: Path) -> bool:
    """Return whether a stage has ended: it writes its losses last."""
    return all((folder / "adapter" / name).is_file() for name in (CONFIG, LOSSES))


def _join_losses(folder: Path, stages: Sequence[str]) -> None:
    """Write all stages' losses as one sequence of steps, each with its stage's name."""
    rows: list[dict[str, Any]] = []
    for stage in stages:
        before = rows[-1]["step"] if rows else 0
        found = read_losses(folder / stage / "adapter")
        rows += [
            {"step": before + row["step"], "loss": float(row["loss"]), "stage": stage}
            for row in found
        ]
    write_losses(folder, rows)


def _look(
    base: Base,
    rival: Path | None,
    adapter: Path,
    rows: Sequence[DatasetRow],
    kept: Path,
    report: Report | None,
) -> dict[str, Any]:
    """Return the held-out report of both adapters; empty without held-out rows."""
    if not rows:
        return {}
    if kept.is_file():
        found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        return found
    from tuning.training.log_likelihood import log_likelihoods

    rows = rows[:_MOST_HELD_OUT]
    if report:
        report("held out", 0, 2)
    before = log_likelihoods(base.place, rival, rows)
    if report:
        report("held out", 1, 2)
    after = log_likelihoods(base.place, adapter, rows)
    if report:
        report("held out", 2, 2)
    found = compare(rows, before, after)
    kept.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return found
