"""The stages of a training: which follow, that each is done once, what they changed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tuning.tiny import LESSONS, tiny_base
from tuning.adapters.files import hash_adapter
from tuning.datasets.formats import DatasetRow
from tuning.errors import CannotTrain
from tuning.examples_for_training import ChatMessage
from tuning.training.inputs import Base, Material, TrainingPlan
from tuning.training.loss_log import read_losses
from tuning.training.stages import epochs_for, run_stages

BASE = Base("no-such-model", "Tiny")
PROMPT = (ChatMessage("user", "what ?"),)
GOOD = DatasetRow("kto", PROMPT, "300 .", label=True)
BAD = DatasetRow("kto", PROMPT, "who ?", label=False)
PAIR = DatasetRow("preference", PROMPT, "300 .", "who ?")


def material(judged: Sequence[DatasetRow] = (), held_out: Sequence[DatasetRow] = ()) -> Material:
    """Twelve lessons, and what people judged."""
    return Material("abcdef0123456789", LESSONS, judged, held_out)


@pytest.mark.parametrize(
    ("judged", "method"),
    [
        ([GOOD] * 16 + [BAD] * 16, "kto"),
        ([PAIR] * 16, "dpo"),
        ([PAIR] * 8 + [GOOD, BAD] * 8, "dpo"),
        ([PAIR] * 7 + [GOOD, BAD] * 9, "kto"),
        ([GOOD] * 50 + [BAD] * 15, None),
        ([], None),
    ],
)
def test_what_follows_is_what_there_is_enough_of(
    judged: list[DatasetRow], method: str | None
) -> None:
    """Pairs call for DPO, thumbs for KTO, fewer than sixteen of either kind for nothing."""
    assert material(judged).method("auto") == method
    assert material(judged).method("none") is None


def test_what_is_wished_must_be_there() -> None:
    """Without a pair there is no DPO, without good and bad answers no KTO."""
    assert material([PAIR]).method("dpo") == "dpo"
    assert material([PAIR]).method("kto") == "kto"
    with pytest.raises(CannotTrain, match="no pair of answers for DPO"):
        material([GOOD, BAD]).method("dpo")
    with pytest.raises(CannotTrain, match="no good and bad answers for KTO"):
        material([GOOD]).method("kto")


@given(lessons=st.integers(1, 5_000), batch=st.integers(1, 16))
def test_few_lessons_are_seen_more_often_but_not_without_end(lessons: int, batch: int) -> None:
    """Forty steps at least where twelve times are enough for them; three times at least."""
    epochs, steps_of_one = epochs_for(lessons, batch), -(-lessons // batch)
    assert 3 <= epochs <= 12
    assert epochs == 12 or round(epochs * steps_of_one) >= 40
    assert epochs >= epochs_for(lessons + 1, batch)


def test_nothing_to_learn_is_said(tmp_path: Path) -> None:
    """A dataset of a few thumbs has no answer to train on."""
    with pytest.raises(CannotTrain, match="data list"):
        run_stages(BASE, Material("abcdef", [], [GOOD]), tmp_path, TrainingPlan())


def test_another_plan_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    """A training that was broken off is not taken up with another dataset."""
    (tmp_path / "plan.json").write_text("{}")
    with pytest.raises(CannotTrain, match="remove that folder"):
        run_stages(BASE, material(), tmp_path, TrainingPlan())


@pytest.mark.training
@pytest.mark.parametrize("method", ["dpo", "kto"])
def test_sft_then_preferences(tmp_path: Path, method: str) -> None:
    """Both stages train, what was held out is preferred more, a second call does nothing again."""
    pytest.importorskip("torch", reason="the extra `tuning` is not installed")
    base = Base(str(tiny_base(tmp_path / "base")), "Tiny")
    pairs = [DatasetRow("preference", one.prompt, one.answer, "who ? [2]") for one in LESSONS]
    told: list[tuple[str, int, int]] = []
    plan = TrainingPlan(2.0, "dpo" if method == "dpo" else "kto")

    def run() -> Sequence[float]:
        trained = run_stages(
            base,
            material(pairs[:9], pairs[9:]),
            tmp_path / "run",
            plan,
            report=lambda *step: told.append(step),
        )
        assert trained.stages == ("sft", method)
        after: Sequence[float] = trained.held_out["pairs"]["after"]
        assert sum(after) > sum(trained.held_out["pairs"]["before"])
        return after

    first = run()
    assert ("SFT", 4, 4) in told and any(stage == method.upper() for stage, _, _ in told)
    assert {row["stage"] for row in read_losses(tmp_path / "run")} == {"sft", method}
    told.clear()
    assert run() == first and not told


@pytest.mark.training
def test_lessons_begin_from_any_manner_and_are_drawn_to_what_is_served(tmp_path: Path) -> None:
    """SFT goes on from the manners and mixes in what is served; thumbs alone go on from that."""
    pytest.importorskip("torch", reason="the extra `tuning` is not installed")
    from tuning.training.sft import TrainingSettings, train

    place = tiny_base(tmp_path / "base")
    base = Base(str(place), "Tiny")
    taught = Material("abcdef0123456789", LESSONS)
    judged = Material("abcdef0123456789", [], [GOOD, BAD] * 8)

    def trained(name: str, base: Base, given: Material) -> Path:
        plan = TrainingPlan(1.0, "kto" if given.judged else "none")
        return run_stages(base, given, tmp_path / name, plan).adapter

    served = trained("served", base, taught)
    manners = trained("manners", replace(base, start=served), taught)
    both = replace(base, start=served, manners=manners)
    settings = TrainingSettings(
        learning_rate=2.5e-4, epochs=1.0, start=manners, anchor=served, bars=False
    )
    by_hand = train(place, LESSONS, tmp_path / "by-hand", settings)
    assert hash_adapter(trained("lessons", both, taught)) == hash_adapter(by_hand)
    from_served = trained("from-served", replace(base, start=served), judged)
    assert hash_adapter(trained("thumbs", both, judged)) == hash_adapter(from_served)
