"""What a training reads, in a folder: nobody else's to enter, whole or refused with a sentence."""

import json
from pathlib import Path

import pytest

from tuning.datasets.formats import DatasetRow
from tuning.errors import CannotTrain
from tuning.examples_for_training import ChatMessage, TrainingExample
from tuning.training.inputs import (
    Base,
    Material,
    TrainingPlan,
    read_material,
    remove_material,
    write_material,
)

PROMPT = (ChatMessage("user", "When is lunch?"),)
MATERIAL = Material(
    "abcdef",
    [TrainingExample(PROMPT, "At noon.", "abcdef")],
    [DatasetRow("kto", PROMPT, "At noon.", label=True)],
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A training's folder with material in it."""
    write_material(tmp_path, Base("org/model", "Tiny"), MATERIAL, TrainingPlan(2.0, "none"))
    return tmp_path


def test_it_is_read_as_it_was_written(folder: Path) -> None:
    """Base, lessons, judged rows and plan; only who wrote it may enter; nothing else is there."""
    base, material, plan = read_material(folder)
    assert (base, plan) == (Base("org/model", "Tiny"), TrainingPlan(2.0, "none"))
    assert list(material.lessons) == list(MATERIAL.lessons)
    assert [row.chosen for row in material.judged] == ["At noon."]
    assert (folder / "material").stat().st_mode & 0o777 == 0o700
    assert {one.name for one in (folder / "material").iterdir()} == {
        *("material.json", "lessons.jsonl", "judged.jsonl"),
    }


@pytest.mark.parametrize(
    "card", ["", "[]", "7", "{}", '{"dataset": 1}', '{"dataset": "a", "base": {"place": 3}}']
)
def test_a_card_that_is_none_of_ours_is_refused(folder: Path, card: str) -> None:
    """Half copied, or foreign: that is said with what to do."""
    (folder / "material" / "material.json").write_text(card, encoding="utf-8")
    with pytest.raises(CannotTrain, match="copy the whole folder again"):
        read_material(folder)


def test_a_part_of_it_is_refused(folder: Path) -> None:
    """Lessons that end in mid-line, a plan of another kind, and a card that is not there yet."""
    kept = folder / "material"
    whole = (kept / "lessons.jsonl").read_text(encoding="utf-8")
    (kept / "lessons.jsonl").write_text(whole[:-20], encoding="utf-8")
    with pytest.raises(CannotTrain, match="only a part of it"):
        read_material(folder)
    (kept / "lessons.jsonl").write_text(whole, encoding="utf-8")
    card = json.loads((kept / "material.json").read_text(encoding="utf-8"))
    foreign = json.dumps({**card, "plan": {"rounds": 3}})
    (kept / "material.json").write_text(foreign, encoding="utf-8")
    with pytest.raises(CannotTrain, match="copy the whole folder again"):
        read_material(folder)
    (kept / "material.json").unlink()
    with pytest.raises(CannotTrain, match="tune --prepare"):
        read_material(folder)


def test_it_is_removed_whole_or_not(folder: Path) -> None:
    """Nothing of it stays, and a second time there is nothing to remove."""
    (folder / "material" / "material.json").unlink()
    assert remove_material(folder)
    assert not (folder / "material").exists()
    assert not remove_material(folder)
