"""Training inputs: base model, examples, rated rows and plan, and the folder that holds them."""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from tuning.datasets.formats import DatasetRow, read_rows, write_rows
from tuning.errors import CannotTrain
from tuning.examples_for_training import TrainingExample, read_lessons, write_lessons

Then = Literal["auto", "dpo", "kto", "none"]
FEWEST_JUDGED = 16
"""How many good and how many bad answers, a pair counting as both, preference tuning needs."""

_FOLDER, _CARD, _LESSONS, _JUDGED = "material", "material.json", "lessons.jsonl", "judged.jsonl"


@dataclass(frozen=True, slots=True)
class Base:
    """The base model: name on the hub, folder or GGUF file, its name, and adapters to start from.

    `start` is the served adapter: preference tuning starts from it, and SFT is merged towards it.
    `manners` is a variant that can phrase an answer in any voice, which SFT starts from. `hash` is
    the SHA-256 of a file, None otherwise.
    """

    place: str
    name: str
    start: Path | None = None
    manners: Path | None = None
    hash: str | None = None


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How to train on a dataset: how often each example is seen, and what follows SFT."""

    epochs: float | None = None
    then: Then = "auto"


@dataclass(frozen=True, slots=True)
class Material:
    """A dataset's training inputs: examples for SFT, rated rows for DPO or KTO, held-out rows."""

    dataset: str
    lessons: Sequence[TrainingExample]
    judged: Sequence[DatasetRow] = ()
    held_out: Sequence[DatasetRow] = ()

    def method(self, then: Then) -> Literal["dpo", "kto"] | None:
        """Return what follows SFT; by default DPO if most rated rows are pairs, else KTO.

        None by default with fewer than 16 good or 16 bad answers. Raises CannotTrain for a method
        that the dataset has no rows for.
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


def write_material(folder: Path, base: Base, material: Material, plan: TrainingPlan) -> None:
    """Write all that the stages read to a training's folder, so that the folder can be copied.

    The base's files and the adapters are linked, or copied from another disk; a name on the hub
    stays a name. Held-out rows are left out. Replaces earlier inputs.
    """
    remove_material(folder)
    to = folder / _FOLDER
    # Only the writer may enter: the inputs hold people's questions and the documents' text.
    to.mkdir(mode=0o700, parents=True)
    place = base.place
    if Path(place).exists():
        place = _bring(Path(place), to / "base", to)
    brought = {
        name: _bring(adapter, to / name, to) if adapter else None
        for name, adapter in (("start", base.start), ("manners", base.manners))
    }
    write_lessons(to / _LESSONS, material.lessons)
    (to / _JUDGED).write_text(write_rows(material.judged, "trl"), encoding="utf-8")
    card = {
        "dataset": material.dataset,
        "base": {"place": place, "name": base.name, **brought, "hash": base.hash},
        "plan": asdict(plan),
    }
    # The card last, so that a folder with a card is complete.
    written = to / f"{_CARD}.part"
    written.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    written.rename(to / _CARD)


def remove_material(folder: Path) -> bool:
    """Remove what `write_material` wrote; return whether there was any and it is gone."""
    kept = folder / _FOLDER
    was_there = kept.exists()
    shutil.rmtree(kept, ignore_errors=True)
    return was_there and not kept.exists()


def read_material(folder: Path) -> tuple[Base, Material, TrainingPlan]:
    """Read what `write_material` wrote, wherever the folder is now.

    Raises CannotTrain if it is missing, incomplete or not ours.
    """
    kept = folder / _FOLDER
    try:
        card = json.loads((kept / _CARD).read_text(encoding="utf-8"))
        lessons = read_lessons(kept / _LESSONS)
        judged = read_rows((kept / _JUDGED).read_text(encoding="utf-8"), "trl")
        base, plan = Base(**card["base"]), TrainingPlan(**card["plan"])
        place = kept / base.place
        start, manners = (kept / one if one else None for one in (base.start, base.manners))
        material = Material(card["dataset"], lessons, judged)
    except OSError as error:
        raise CannotTrain(
            f"{error.filename} cannot be read ({error.strerror}): `houselore tune --prepare` "
            "writes the folder that a training reads."
        ) from None
    except (ValueError, KeyError, TypeError):
        raise CannotTrain(
            f"{kept} is not what `houselore tune --prepare` writes, or only a part of it: copy the "
            "whole folder again."
        ) from None
    found = str(place) if place.exists() else base.place
    return replace(base, place=found, start=start, manners=manners), material, plan


def _bring(place: Path, to: Path, kept: Path) -> str:
    """Link a file or a folder's files into the folder `to`; return its path relative to `kept`."""
    place = place.resolve()
    if place.is_dir():
        shutil.copytree(place, to, copy_function=_link)
        return str(to.relative_to(kept))
    to.mkdir()
    _link(str(place), str(to / place.name))
    return str((to / place.name).relative_to(kept))


def _link(place: str, to: str) -> None:
    try:
        os.link(Path(place).resolve(), to)
    except OSError:  # another disk
        shutil.copy2(place, to)
