"""The stages of a training, each done once: SFT, then DPO or KTO, then a look at what was held out.

Knows no database. PyTorch is loaded when a stage begins.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from tuning.adapters import CONFIG
from tuning.change import compare
from tuning.errors import CannotTrain
from tuning.forms import Row
from tuning.lessons import Lesson
from tuning.losses import LOSSES, read_losses, write_losses

Then = Literal["auto", "dpo", "kto", "none"]
Report = Callable[[str, int, int], None]
"""Takes a stage's name, its step and how many there are; is called from the training's thread."""
HELD_OUT = "heldout.json"

_RATE, _LATER_RATE = 5e-4, 5e-5
_FEWEST_STEPS, _FEWEST_EPOCHS = 40, 3.0  # a dozen examples seen thrice leave no trace
FEWEST_JUDGED = 16
"""So many good and bad answers, or pairs, are needed before preferences are trained on."""
_BATCH_OF_JUDGED = 4
_MOST_HELD_OUT = 200
_PLAN = "plan.json"


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
class Material:
    """What a dataset gives: lessons for SFT, judged rows for DPO or KTO, and what is held out."""

    dataset: str
    lessons: Sequence[Lesson]
    judged: Sequence[Row] = ()
    held_out: Sequence[Row] = ()

    def method(self, then: Then) -> Literal["dpo", "kto"] | None:
        """What follows SFT. Where nobody says so: DPO if most that was judged are pairs, else KTO.

        Nothing where fewer than 16 good or 16 bad answers are judged. Raises CannotTrain for a
        method that the dataset has nothing for.
        """
        pairs = sum(row.kind == "preference" for row in self.judged)
        good = sum(row.label is True for row in self.judged)
        bad = sum(row.label is False for row in self.judged)
        if (then == "dpo" and not pairs) or (then == "kto" and not (pairs + good and pairs + bad)):
            needed = "pair of answers" if then == "dpo" else "good and bad answers"
            raise CannotTrain(f"Dataset {self.dataset[:12]} has no {needed} for {then.upper()}.")
        match then:
            case "none":
                return None
            case "auto":
                if min(pairs + good, pairs + bad) < FEWEST_JUDGED:
                    return None
                return "dpo" if 2 * pairs >= good + bad else "kto"
        return then


@dataclass(frozen=True, slots=True)
class Plan:
    """How a dataset is trained on: how often each lesson is seen, and what follows."""

    epochs: float | None = None
    then: Then = "auto"


@dataclass(frozen=True, slots=True)
class Trained:
    """An adapter, the stages that made it, and what they changed in what was held out."""

    adapter: Path
    stages: tuple[str, ...]
    held_out: Mapping[str, Any] = field(default_factory=dict)


def run_stages(
    base: Base,
    material: Material,
    folder: Path,
    plan: Plan,
    rival: Path | None = None,
    report: Report | None = None,
) -> Trained:
    """Train in `folder`, where a call that was broken off is taken up.

    `rival` is the adapter that the outcome is put beside on what was held out. Raises CannotTrain
    without PyTorch, with nothing to learn, and for a folder in which another plan was begun.
    """
    method = material.method(plan.then)
    if not material.lessons and (method is None or base.start is None):
        raise CannotTrain(
            f"Dataset {material.dataset[:12]} has no answer to train on: `houselore data list` "
            "shows what waits for a review."
        )
    _check_plan(folder, {"dataset": material.dataset, "method": method, **asdict(plan)})
    try:
        import tuning.preferring
        import tuning.training  # noqa: F401 - both are tried before anything begins
    except ImportError as error:
        raise CannotTrain(
            f"Training needs more than serving does ({error.name} is missing): `pip install "
            "'.[tuning]'`."
        ) from None
    adapter, stages = base.start, []
    if material.lessons:
        adapter = _sft(base, material.lessons, folder / "sft", plan.epochs, report)
        stages.append("sft")
    if method is not None:
        assert adapter is not None  # noqa: S101 - the base has a start or SFT made one
        adapter = _prefer(base, adapter, material.judged, folder / method, method, report)
        stages.append(method)
    assert adapter is not None  # noqa: S101 - one of the stages made it
    _join_losses(folder, stages)
    held_out = _look(base, rival, adapter, material.held_out, folder / HELD_OUT, report)
    return Trained(adapter, tuple(stages), held_out)


def _check_plan(folder: Path, plan: Mapping[str, Any]) -> None:
    file = folder / _PLAN
    if file.is_file() and json.loads(file.read_text(encoding="utf-8")) != plan:
        raise CannotTrain(
            f"A training with another dataset or plan was begun in {folder}: remove that folder, "
            "or give the model another name."
        )
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(plan), encoding="utf-8")


def _sft(
    base: Base,
    lessons: Sequence[Lesson],
    folder: Path,
    epochs: float | None,
    report: Report | None,
) -> Path:
    from tuning.steps import Steps
    from tuning.training import Settings, train

    if _is_done(folder):
        return folder / "adapter"
    settings = Settings(learning_rate=_RATE, start=base.start, bars=False)
    steps = -(-len(lessons) // settings.batch)
    enough = max(_FEWEST_EPOCHS, _FEWEST_STEPS / steps)
    callbacks = [Steps("SFT", report)] if report else []
    return train(base.place, lessons, folder, replace(settings, epochs=epochs or enough), callbacks)


def _prefer(
    base: Base,
    start: Path,
    rows: Sequence[Row],
    folder: Path,
    method: Literal["dpo", "kto"],
    report: Report | None,
) -> Path:
    from tuning.preferring import prefer
    from tuning.steps import Steps
    from tuning.training import Settings

    if _is_done(folder):
        return folder / "adapter"
    settings = Settings(learning_rate=_LATER_RATE, batch=_BATCH_OF_JUDGED, start=start, bars=False)
    callbacks = [Steps(method.upper(), report)] if report else []
    return prefer(base.place, rows, folder, settings, method, callbacks)


def _is_done(folder: Path) -> bool:
    """Whether a stage has ended: its losses are the last that it writes."""
    return all((folder / "adapter" / name).is_file() for name in (CONFIG, LOSSES))


def _join_losses(folder: Path, stages: Sequence[str]) -> None:
    """All stages' losses in one row of steps, each with the name of its stage."""
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
    rows: Sequence[Row],
    kept: Path,
    report: Report | None,
) -> dict[str, Any]:
    """How likely both find what was held out; nothing where nothing was."""
    if not rows:
        return {}
    if kept.is_file():
        found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        return found
    from tuning.heldout import log_likelihoods

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
