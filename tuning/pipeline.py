"""A frozen dataset to a candidate: lessons, training, adapter. Judges and serves none."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from psycopg_pool import AsyncConnectionPool

from tuning.adapters import hash_adapter
from tuning.datasets import Dataset, datasets, rows_of
from tuning.errors import CannotTrain, UnknownDataset
from tuning.forms import Row
from tuning.lessons import Lesson
from tuning.registry import Lineage, models, register
from tuning.shipping import ship

_RATE = 2e-4  # it goes on from what it knows: the starter's own rate would make it forget
_FEWEST_STEPS, _FEWEST_EPOCHS = 40, 3.0  # a dozen examples seen thrice leave no trace


@dataclass(frozen=True, slots=True)
class Base:
    """What is trained: a hub's name, folder or GGUF file, its name, and an adapter to go on from.

    `hash` is the SHA-256 of a file, None where it is none.
    """

    place: str
    name: str
    start: Path | None = None
    hash: str | None = None


@dataclass(frozen=True, slots=True)
class Tuned:
    """A candidate: its name and adapter, the lessons and the dataset that it was made of."""

    name: str
    adapter: Path
    lessons: int
    dataset: str


async def tune(
    pool: AsyncConnectionPool,
    workspace: str,
    base: Base,
    name: str,
    folder: Path,
    *,
    dataset: str = "",
    epochs: float | None = None,
) -> Tuned:
    """Train on the newest dataset, or the newest whose hash begins so, and register a candidate.

    Each example is seen `epochs` times, by default as often as 40 steps need, and at least thrice.
    The adapter and what a broken-off training goes on from lie in `folder`/`name`. Raises
    CannotTrain, UnknownDataset, and UnusableAdapter.
    """
    if name in {model.name for model in await models(pool, workspace)}:
        raise CannotTrain(f"A model is called {name} already: give this one another name.")
    chosen = _choose(await datasets(pool, workspace), dataset)
    rows = await rows_of(pool, workspace, "sft", "train", chosen.hash)
    lessons = lessons_of(rows, chosen.hash)
    trained = await asyncio.to_thread(_train, base, lessons, folder / name / "training", epochs)
    adapter = folder / name / "adapter"
    ship(trained, adapter, base.name)
    lineage = Lineage(
        base_hash=base.hash,
        adapter_hash=hash_adapter(adapter),
        dataset=chosen.hash,
        code_version=_code_version(),
        metrics={"lessons": len(lessons), **({"epochs": epochs} if epochs else {})},
    )
    await register(pool, workspace, name, base.name, str(adapter), lineage)
    return Tuned(name, adapter, len(lessons), chosen.hash)


def lessons_of(rows: Sequence[Row], dataset: str) -> list[Lesson]:
    """Each example's messages as they were served, with the answer that it should have been.

    Raises CannotTrain where there is none.
    """
    if not rows:
        raise CannotTrain(
            f"Dataset {dataset[:12]} has no answer to train on: `houselore data list` shows what "
            "waits for a review."
        )
    return [Lesson(row.prompt, row.chosen, dataset[:12]) for row in rows]


def _code_version() -> str | None:
    """This code's version; None where it was never installed."""
    try:
        return version("houselore")
    except PackageNotFoundError:
        return None


def _choose(known: Sequence[Dataset], prefix: str) -> Dataset:
    for one in known:
        if one.hash.startswith(prefix) and one.stale_since is None:
            return one
    raise UnknownDataset("There is no such dataset: `houselore data freeze` makes one.")


def _train(base: Base, lessons: Sequence[Lesson], folder: Path, epochs: float | None) -> Path:
    try:
        from tuning.training import Settings, train  # only the extra has PyTorch
    except ImportError as error:
        raise CannotTrain(
            f"Training needs more than serving does ({error.name} is missing): `pip install "
            "'.[tuning]'`."
        ) from None
    settings = Settings(learning_rate=_RATE, start=base.start, base_name=base.name)
    steps = -(-len(lessons) // settings.batch)
    enough = max(_FEWEST_EPOCHS, _FEWEST_STEPS / steps)
    return train(base.place, lessons, folder, replace(settings, epochs=epochs or enough))
