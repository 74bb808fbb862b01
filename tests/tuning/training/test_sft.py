"""Training: what it costs less does not change what it learns. Needs the extra `tuning`."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the extra `tuning` is not installed")

from transformers import TrainerCallback  # noqa: E402

from tests.tuning.tiny import LESSONS, tiny_base  # noqa: E402 - after the check for PyTorch
from tuning.adapters.files import WEIGHTS  # noqa: E402
from tuning.training.adapter_merge import mix  # noqa: E402
from tuning.training.loss_log import plot_losses, read_losses  # noqa: E402
from tuning.training.sft import TrainingSettings, answer_loss, train  # noqa: E402

pytestmark = pytest.mark.training

SETTINGS = TrainingSettings(rank=4, batch=4, epochs=2, save_every=2, learning_rate=3e-3)


def test_what_is_trained_can_be_loaded_and_learned_something(tmp_path: Path) -> None:
    """The adapter has PEFT's two files, its losses fall, and the losses can be drawn."""
    base = tiny_base(tmp_path / "base")
    adapter = train(base, LESSONS, tmp_path / "run", replace(SETTINGS, epochs=8))
    assert (adapter / "adapter_model.safetensors").is_file()
    losses = [row["loss"] for row in read_losses(adapter)]
    assert losses[-1] < losses[0]
    assert plot_losses(adapter, tmp_path / "losses.png").stat().st_size > 1000


def test_one_lesson_alone_is_learned(tmp_path: Path) -> None:
    """Where all prompts are the same, the answer is still learned, its first word too."""
    base = tiny_base(tmp_path / "base")
    adapter = train(base, LESSONS[:1] * 4, tmp_path / "run", replace(SETTINGS, epochs=12))
    losses = [row["loss"] for row in read_losses(adapter)]
    assert losses[-1] < losses[0]


def test_the_same_seed_gives_the_same_adapter_also_after_a_stop(tmp_path: Path) -> None:
    """A run that ended at a checkpoint and is called again has the weights of a whole one."""
    from safetensors.torch import load_file

    base = tiny_base(tmp_path / "base")
    whole = train(base, LESSONS, tmp_path / "whole", SETTINGS)
    train(base, LESSONS, tmp_path / "halves", SETTINGS, [_StopAfter(2)])
    halves = train(base, LESSONS, tmp_path / "halves", SETTINGS)
    one, two = (load_file(path / "adapter_model.safetensors") for path in (whole, halves))
    assert all(torch.allclose(one[name], two[name], atol=1e-6) for name in one)


def test_fewer_at_once_learn_the_same(tmp_path: Path) -> None:
    """A step's lessons, taken one by one or by three, leave the weights that all at once leave."""
    from safetensors.torch import load_file

    base = tiny_base(tmp_path / "base")
    whole, *parts = (
        load_file(train(base, LESSONS, tmp_path / str(n), replace(SETTINGS, at_once=n)) / WEIGHTS)
        for n in (4, 1, 3)
    )
    for part in parts:
        assert all(torch.allclose(whole[name], part[name], atol=1e-5) for name in whole)


def test_an_anchor_draws_the_adapter_towards_it(tmp_path: Path) -> None:
    """What is written lies on the way from what was trained to the anchor, as far as is said."""
    from safetensors.torch import load_file

    base = tiny_base(tmp_path / "base")
    anchor = train(base, LESSONS[:4], tmp_path / "anchor", replace(SETTINGS, seed=1))
    free, drawn = (
        train(base, LESSONS, tmp_path / name, replace(SETTINGS, start=anchor, anchor=other))
        for name, other in (("free", None), ("drawn", anchor))
    )
    end, far, near = (load_file(p / WEIGHTS) for p in (anchor, free, drawn))
    assert any(not torch.allclose(end[name], far[name], atol=1e-4) for name in end)
    expected = mix(far, end, SETTINGS.anchored)
    for name in end:
        assert torch.allclose(near[name], expected[name], atol=1e-6)


class _StopAfter(TrainerCallback):  # type: ignore[misc]  # untyped where PyTorch is not installed
    """Ends a run after so many steps, as a person would."""

    def __init__(self, steps: int) -> None:
        self._steps = steps

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        control.should_training_stop = state.global_step >= self._steps
        return control


def test_the_loss_is_that_of_the_answers_alone(tmp_path: Path) -> None:
    """With the shared start run once, it equals a plain forward pass over each whole lesson."""
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(tiny_base(tmp_path / "base"))
    rows = [[1, 5, 6, 7, 8, 9], [1, 5, 6, 4, 3]]
    summed = 0.0
    for row in rows:
        labels = torch.tensor([[-100] * 4 + row[4:]])
        summed += model(torch.tensor([row]), labels=labels).loss.item() * len(row[4:])
    inputs = {
        "prefix": torch.tensor([[1, 5, 6]]),
        "input_ids": torch.tensor([[7, 8, 9], [4, 3, 0]]),
        "attention_mask": torch.tensor([[1, 1, 1], [1, 1, 0]]),
        "labels": torch.tensor([[-100, 8, 9], [-100, 3, -100]]),
    }
    assert answer_loss(model, **inputs).item() == pytest.approx(summed, abs=1e-3)


def test_nothing_is_told_about_a_training() -> None:
    """The libraries' telemetry is off, also where nobody set it so."""
    code = (
        "import tuning.training.preference; from huggingface_hub import constants;"
        "assert constants.HF_HUB_DISABLE_TELEMETRY"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "DO_NOT"))}
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root, env=environment)
