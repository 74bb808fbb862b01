"""`houselore tune`: train a candidate on approved examples, evaluate it, start a canary."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from houselore.cli.models.judge import Trial, judge_model
from houselore.cli.models.registry import try_model
from houselore.embedded.chat_model_files import BUNDLED_NAME, BUNDLED_SHA256, bundled_gguf
from houselore.errors import WrongUse
from houselore.models.chat_models import base_name
from houselore.people.lookup import terminal_user
from houselore.services import Store, open_adapters, open_store
from houselore.settings import Settings
from tuning.adapters.bundled import MANNERS, STARTER, check_manners, check_starter
from tuning.datasets.store import datasets, freeze_dataset
from tuning.errors import NothingToFreeze, TuningError
from tuning.hosted.client import Endpoint
from tuning.pipeline import Tuned, prepare, tune, tune_hosted
from tuning.rollout.registry import models, served
from tuning.training.held_out_report import describe_change
from tuning.training.inputs import Base, TrainingPlan
from tuning.training.loss_log import plot_losses
from tuning.training.progress import Report
from tuning.training.stages import sweep_adapters

_HUB = "HuggingFaceTB"


@dataclass(frozen=True, slots=True)
class TuneRequest:
    """The options of `tune`; no `name` takes the next number, no `dataset` freezes a new one.

    Train in this many `processes` (default: one per GPU), or with `prepares` only write the inputs
    for other machines. Evaluate on at most `limit` questions besides the team's own. `share` is the
    share of channels for the canary if it passes; 0 starts none.
    """

    name: str | None = None
    dataset: str = ""
    plan: TrainingPlan = field(default_factory=TrainingPlan)
    judges: bool = True
    limit: int | None = None
    share: float = 0.0
    processes: int | None = None
    prepares: bool = False


async def tune_model(settings: Settings, wish: TuneRequest) -> None:
    """Freeze a dataset, train, register, evaluate and start a canary; print each result."""
    console = Console(highlight=False)
    if settings.chat_server == "provider":
        raise WrongUse(
            f"{settings.chat_model} is asked by its provider's own package, which trains none: set "
            "HOUSELORE_CHAT_URL to an endpoint that fine-tunes, or train the built-in model."
        )
    is_here = settings.chat_server == "embedded"
    if not is_here and (wish.prepares or wish.processes is not None):
        raise WrongUse(
            "The model at an endpoint is trained where it is: --processes and --prepare are for "
            "one that is trained here."
        )
    train = _train if is_here else _train_at_provider
    async with open_store(settings) as store:
        dataset = wish.dataset or await _freeze(store, settings)
        await sweep_adapters(store.database, open_adapters(settings).folder)
        name = wish.name or await _next_name(store)
        wish = replace(wish, name=name, dataset=dataset)
        if wish.prepares:
            console.print(await _prepare(settings, store, name, wish), markup=False, soft_wrap=True)
            return
        tuned = await train(settings, store, name, wish)
    console.print(_describe(tuned), markup=False)
    if not wish.judges:
        console.print(f"`houselore models judge {name}` puts it beside what is served.")
        return
    verdict = await judge_model(settings, name, Trial(limit=wish.limit))
    if verdict.passes and wish.share:
        await try_model(settings, name, wish.share)
    elif verdict.passes:
        console.print(f"`houselore models canary {name}` tries it.")


async def _train(settings: Settings, store: Store, name: str, wish: TuneRequest) -> Tuned:
    base, rival = base_of(settings), await served(store.database)
    adapters = open_adapters(settings)
    beside = await asyncio.to_thread(adapters.get, rival) if rival else None
    with _stage_bars() as report:
        return await tune(
            store.database,
            base,
            name,
            adapters,
            dataset=wish.dataset,
            plan=wish.plan,
            rival=(rival.name, beside or base.start) if rival else None,
            report=report,
            processes=wish.processes,
        )


async def _prepare(settings: Settings, store: Store, name: str, wish: TuneRequest) -> str:
    """Write the training inputs; return instructions for the machines that train."""
    folder, dataset = await prepare(
        *(store.database, base_of(settings), name, open_adapters(settings).folder),
        dataset=wish.dataset,
        plan=wish.plan,
    )
    again = f"houselore tune {name} --dataset {dataset[:12]}"
    if wish.plan.epochs is not None:
        again += f" --epochs {wish.plan.epochs:g}"
    if wish.plan.then != "auto":
        again += f" --then {wish.plan.then}"
    return (
        f"What {name} learns from is in {folder.resolve()}: copy that folder to every machine.\n"
        "On each, numbered from 0 on, with the address of number 0:\n"
        "    accelerate launch --config_file tuning/training/accelerate/machines.yaml "
        "--num_machines MACHINES --num_processes ALL_GPUS --machine_rank NUMBER "
        "--main_process_ip ADDRESS -m tuning.training.worker FOLDER\n"
        f"Then here, with what number 0 wrote into its folder:\n    {again}"
    )


async def _train_at_provider(
    settings: Settings, store: Store, name: str, wish: TuneRequest
) -> Tuned:
    """Fine-tune at the endpoint. The examples leave this machine, to where questions go already."""
    key = settings.chat_api_key
    console = Console(stderr=True, highlight=False)
    return await tune_hosted(
        store.database,
        Endpoint(settings.chat_url, key.get_secret_value() if key else None),
        settings.chat_model,
        name,
        open_adapters(settings).folder,
        dataset=wish.dataset,
        plan=wish.plan,
        on_step=lambda step: console.print(f"{step.job}: {step.message}", markup=False),
    )


async def _freeze(store: Store, settings: Settings) -> str:
    """Freeze the approved examples and return the hash.

    Return "" for the newest dataset if nothing was approved. Raises NothingToFreeze when there is
    no dataset either.
    """
    try:
        frozen = await freeze_dataset(
            store.database, terminal_user(), unreviewed=settings.train_unreviewed
        )
    except NothingToFreeze:
        if not await datasets(store.database):
            raise
        return ""
    return frozen.hash


async def _next_name(store: Store) -> str:
    taken = {model.name for model in await models(store.database)}
    number = 2
    while f"house-{number}" in taken:
        number += 1
    return f"house-{number}"


def _describe(tuned: Tuned) -> str:
    lines = [
        f"{tuned.name} is a candidate, made by {' and '.join(tuned.stages)} of {tuned.lessons:,} "
        f"lessons in dataset {tuned.dataset[:12]}: {tuned.adapter}."
    ]
    lines += describe_change(tuned.held_out)
    if isinstance(tuned.adapter, str):
        return "\n".join(lines)
    try:
        lines.append(f"Its losses: {plot_losses(tuned.adapter, tuned.adapter / 'losses.svg')}")
    except TuningError:
        lines.append(f"Its losses are in {tuned.adapter}; with matplotlib they are drawn, too.")
    return "\n".join(lines)


@contextmanager
def _stage_bars() -> Iterator[Report]:
    """Show a bar for each stage of a training; `report` may be called from another thread."""
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )
    tasks = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total)
        bars.update(tasks[stage], completed=done, total=total)

    with bars:
        yield report


def base_of(settings: Settings) -> Base:
    """Return the base to train: the bundled model with its adapters, or the configured GGUF file.

    Raises WrongUse for an endpoint, UnusableAdapter, and ServerDidNotStart.
    """
    if settings.chat_server != "embedded":
        raise WrongUse(
            "The model at an endpoint is trained where it is: `houselore data export --form trl` "
            "or `--form openai` gives its data, `houselore models register` takes its adapter."
        )
    if settings.chat_file is not None:
        return Base(str(settings.chat_file), base_name(settings))
    check_starter()
    check_manners()
    name = f"{_HUB}/{BUNDLED_NAME}"
    return Base(str(bundled_gguf()), name, STARTER, MANNERS, BUNDLED_SHA256)
