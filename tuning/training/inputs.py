"""What a training reads: a base, lessons, judged rows, a plan; kept in a folder. Trains nothing."""

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
"""So many good and bad answers, or pairs, are needed before preferences are trained on."""

_FOLDER, _CARD, _LESSONS, _JUDGED = "material", "material.json", "lessons.jsonl", "judged.jsonl"


@dataclass(frozen=True, slots=True)
class Base:
    """What is trained: a hub's name, folder or GGUF file, its name, and adapters to go on from.

    `start` is the one that is served, which preferences alone go on from and what lessons taught is
    drawn towards; `manners` one like it that can say an answer in any manner, which lessons begin
    from. `hash` is the SHA-256 of a file, None where it is none.
    """

    place: str
    name: str
    start: Path | None = None
    manners: Path | None = None
    hash: str | None = None


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How a dataset is trained on: how often each lesson is seen, and what follows."""

    epochs: float | None = None
    then: Then = "auto"


@dataclass(frozen=True, slots=True)
class Material:
    """What a dataset gives: lessons for SFT, judged rows for DPO or KTO, and what is held out."""

    dataset: str
    lessons: Sequence[TrainingExample]
    judged: Sequence[DatasetRow] = ()
    held_out: Sequence[DatasetRow] = ()

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


def write_material(folder: Path, base: Base, material: Material, plan: TrainingPlan) -> None:
    """Keep in a training's folder all that its stages read, so that the folder can be copied.

    The base's files and the adapters to go on from are linked, or copied from another disk; a hub's
    name stays one. What is held out is not for those who train. Replaces what was kept before. Only
    who wrote it may enter: it holds what people asked, and what they were answered from.
    """
    remove_material(folder)
    to = folder / _FOLDER
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
    written = to / f"{_CARD}.part"
    written.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    written.rename(to / _CARD)


def remove_material(folder: Path) -> bool:
    """Remove what `write_material` kept, whole or not; whether there was any and it is gone."""
    kept = folder / _FOLDER
    was_there = kept.exists()
    shutil.rmtree(kept, ignore_errors=True)
    return was_there and not kept.exists()


def read_material(folder: Path) -> tuple[Base, Material, TrainingPlan]:
    """What `write_material` kept, wherever the folder is now.

    Raises CannotTrain where it is not there, not whole, or none of ours.
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
    """Link a file or a folder's files into the folder `to`; its new place below `kept`."""
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
