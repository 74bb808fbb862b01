"""A frozen dataset to a candidate: lessons, stages, adapter, voice. Judges and serves none."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from database.database import Database
from tuning.adapters.bundling import ship
from tuning.adapters.files import hash_adapter
from tuning.adapters.names import check_name
from tuning.datasets.formats import DatasetRow
from tuning.datasets.store import Dataset, datasets, rows_of
from tuning.errors import CannotTrain, UnknownDataset
from tuning.examples_for_training import TrainingExample
from tuning.hosted.client import Endpoint, JobStatus, PollingBackoff
from tuning.hosted.jobs import HOSTED, Split, fine_tune
from tuning.rollout.adapter_store import AdapterStore
from tuning.rollout.registry import Lineage, code_version, models, register
from tuning.training.inputs import FEWEST_JUDGED, Base, Material, TrainingPlan, write_material
from tuning.training.loss_log import LOSSES
from tuning.training.progress import Report
from tuning.training.stages import TRAINING, begin, run_stages
from tuning.voice.profile import learn_voice, write_voice

_KINDS = ("sft", "preference", "kto")
_PARTS = ("train", "test")
_AS_USUAL = TrainingPlan()
_PACE = PollingBackoff()


@dataclass(frozen=True, slots=True)
class Tuned:
    """A candidate: its name and adapter, and the lessons, dataset and stages that it was made of.

    The adapter is a folder, or the id by which a provider serves the model.
    `held_out` is what has changed where it was not trained, as `held_out_report.compare` tells it.
    """

    name: str
    adapter: Path | str
    lessons: int
    dataset: str
    stages: tuple[str, ...]
    held_out: Mapping[str, Any]


async def tune(
    database: Database,
    base: Base,
    name: str,
    store: AdapterStore,
    *,
    dataset: str = "",
    plan: TrainingPlan = _AS_USUAL,
    rival: tuple[str, Path | None] | None = None,
    report: Report | None = None,
    processes: int | None = None,
) -> Tuned:
    """Train on the newest dataset, or the newest whose hash begins so, and register a candidate.

    Each lesson is seen as often as the plan says, by default as often as 24 steps need, and at
    least thrice. The adapter and what a broken-off training goes on from lie in the store's folder,
    in `name`; it is registered once it is where all machines find it. `rival` is what is served,
    its name and adapter, to be compared with on what was held out. In so many `processes` of this
    machine, by default one on each GPU. Raises CannotTrain, StorageUnusable (before anything is
    trained, or after: the same call goes on from there), TrainingFailed, UnknownDataset,
    UnusableAdapter, and UnusableName.
    """
    folder = store.folder
    material = await _material(database, name, dataset)
    await asyncio.to_thread(store.check)
    beside, training = rival[1] if rival else base.start, folder / name / TRAINING
    work = partial(run_stages, base, material, training, plan, beside, report, processes)
    trained = await asyncio.to_thread(work)
    adapter = folder / name / "adapter"
    ship(trained.adapter, adapter, base.name)
    (adapter / LOSSES).write_bytes((training / LOSSES).read_bytes())
    right = await rows_of(database, "sft", "train", material.dataset)
    write_voice(adapter, learn_voice(right))
    lineage = Lineage(
        base_hash=base.hash,
        adapter_hash=hash_adapter(adapter),
        dataset=material.dataset,
        code_version=code_version(),
        metrics={
            "lessons": len(material.lessons),
            "judged": len(material.judged),
            "stages": list(trained.stages),
            "held_out": dict(trained.held_out),
            "rival": rival[0] if rival else None,
        },
    )
    place = await asyncio.to_thread(store.put, name, adapter)
    await register(database, name, base.name, place, lineage)
    return Tuned(
        name, adapter, len(material.lessons), material.dataset, trained.stages, trained.held_out
    )


async def prepare(
    database: Database,
    base: Base,
    name: str,
    folder: Path,
    *,
    dataset: str = "",
    plan: TrainingPlan = _AS_USUAL,
) -> tuple[Path, str]:
    """Train nothing: only write what the stages read, for several machines to train.

    The folder for them, and the dataset's hash; `tune` with the same `name`, dataset and plan goes
    on from what they trained there. Raises CannotTrain, UnknownDataset, and UnusableName.
    """
    material = await _material(database, name, dataset)
    training = folder / name / TRAINING
    await asyncio.to_thread(begin, base, material, training, plan)
    await asyncio.to_thread(write_material, training, base, material, plan)
    return training, material.dataset


async def tune_hosted(
    database: Database,
    endpoint: Endpoint,
    model: str,
    name: str,
    folder: Path,
    *,
    dataset: str = "",
    plan: TrainingPlan = _AS_USUAL,
    on_step: Callable[[JobStatus], None] = lambda _: None,
    pace: PollingBackoff = _PACE,
) -> Tuned:
    """As `tune`, by a provider: a job for the lessons, and one for the pairs where DPO follows.

    What was begun is noted in `folder`/`name`, so that nothing is paid for twice. Raises what
    `fine_tune` raises, UnusableName, and CannotTrain for KTO, which no provider has.
    """
    chosen = await _choose(database, name, dataset)
    if plan.then == "kto":
        raise CannotTrain("A provider learns from lessons and pairs, not from thumbs: --then dpo.")
    stages: dict[str, Split] = {"sft": await _split(database, "sft", chosen.hash)}
    pairs = await _split(database, "preference", chosen.hash)
    if plan.then == "dpo" or (plan.then == "auto" and len(pairs.train) >= FEWEST_JUDGED):
        stages["dpo"] = pairs
    epochs = None if plan.epochs is None else max(1, round(plan.epochs))
    tuned = model
    for stage, rows in stages.items():
        state = folder / name / f"{stage}.json"
        tuned = await fine_tune(
            *(endpoint, tuned, rows, state, on_step), suffix=name, epochs=epochs, pace=pace
        )
    lineage = Lineage(
        dataset=chosen.hash,
        code_version=code_version(),
        metrics={"lessons": len(stages["sft"].train), "stages": list(stages)},
    )
    await register(database, name, model, HOSTED + tuned, lineage)
    return Tuned(name, tuned, len(stages["sft"].train), chosen.hash, tuple(stages), {})


async def _split(database: Database, kind: str, dataset: str) -> Split:
    train, test = [await rows_of(database, kind, part, dataset) for part in _PARTS]
    return Split(train, test)


async def _material(database: Database, name: str, prefix: str) -> Material:
    dataset = (await _choose(database, name, prefix)).hash
    train = {kind: await rows_of(database, kind, "train", dataset) for kind in _KINDS}
    test = [await rows_of(database, kind, "test", dataset) for kind in _KINDS]
    return Material(
        dataset,
        lessons_of(train["sft"], dataset),
        (*train["preference"], *train["kto"]),
        [row for rows in test for row in rows],
    )


def lessons_of(rows: Sequence[DatasetRow], dataset: str) -> list[TrainingExample]:
    """Each example's messages as they were served, with the answer that it should have been."""
    return [TrainingExample(row.prompt, row.chosen, dataset[:12]) for row in rows]


async def _choose(database: Database, name: str, prefix: str) -> Dataset:
    """The dataset that a model of this name, which none has yet, is to be made of."""
    check_name(name)
    if name in {model.name for model in await models(database)}:
        raise CannotTrain(f"A model is called {name} already: give this one another name.")
    for one in await datasets(database):
        if one.hash.startswith(prefix) and one.stale_since is None:
            return one
    raise UnknownDataset("There is no such dataset: `houselore data freeze` makes one.")
