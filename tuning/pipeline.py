"""Train a candidate on a frozen dataset: examples, stages, adapter, voice, registration."""

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
    """A registered candidate, with the number of examples, the dataset and the stages that made it.

    The adapter is a folder, or the id by which a provider serves the model. `held_out` is what
    `held_out_report.compare` returns.
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
    """Train on the newest dataset whose hash begins with `dataset`, and register a candidate.

    Each example is seen as often as the plan says; by default three times, and more often where
    there are few (`stages.epochs_for`). The adapter and the checkpoints lie in the store's folder,
    in `name`; it is registered when all machines can fetch it. `rival` is the incumbent, name and
    adapter, to compare with on held-out examples. `processes` of this machine train, by default one
    a GPU. Raises CannotTrain, StorageUnusable (before training, or after: the same call resumes),
    TrainingFailed, UnknownDataset, UnusableAdapter and UnusableName.
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
    """Write what the stages read into a folder, so that several machines can train there.

    Returns the folder and the dataset's hash. `tune` with the same `name`, dataset and plan then
    resumes from what they trained. Raises CannotTrain, UnknownDataset and UnusableName.
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
    """Tune at a provider: one job for the examples, and one for the pairs if DPO follows.

    Progress is noted in `folder`/`name`, so that nothing is paid for twice. Raises what `fine_tune`
    raises, UnusableName, and CannotTrain for KTO, which no provider offers.
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
    """Return the examples: each row's messages as they were sent, with the right answer."""
    return [TrainingExample(row.prompt, row.chosen, dataset[:12]) for row in rows]


async def _choose(database: Database, name: str, prefix: str) -> Dataset:
    """Return the dataset to train on, after checking that the model's name is valid and free."""
    check_name(name)
    if name in {model.name for model in await models(database)}:
        raise CannotTrain(f"A model is called {name} already: give this one another name.")
    for one in await datasets(database):
        if one.hash.startswith(prefix) and one.stale_since is None:
            return one
    raise UnknownDataset("There is no such dataset: `houselore data freeze` makes one.")
