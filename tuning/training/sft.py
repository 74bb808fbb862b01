"""Supervised fine-tuning: train a LoRA adapter of a causal model.

Needs the extra `tuning`. The model comes from the hub, a folder or a GGUF file. Runs on a CPU, on a
GPU, or in several processes on one machine or more, which share a step's examples and give the same
result as one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MethodType
from typing import Any

import torch
from datasets import Dataset
from peft import (
    LoraConfig,
    get_peft_model_state_dict,
    load_peft_weights,
    set_peft_model_state_dict,
)
from torch.nn.functional import cross_entropy
from transformers import (
    DynamicCache,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    TrainerCallback,
)
from trl import SFTConfig, SFTTrainer

from tuning.examples_for_training import TrainingExample
from tuning.training.adapter_merge import mix
from tuning.training.base_model import open_base, render
from tuning.training.devices import all_agree, arguments_for
from tuning.training.loss_log import write_losses

_IGNORED = -100  # label that PyTorch's loss skips


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How to train: `batch` examples a step on all devices, a checkpoint every `save_every` steps.

    On a CPU, `at_once` of them are in memory at a time; the gradient is that of all. `base_name` is
    what the adapter calls its base, if not the place it was read from. `start` is the folder of an
    adapter to start from, of the same rank and scale; `anchor` that of another, of which the share
    `anchored` (0 to 1) is merged into the result. `bars` shows TRL's own progress.
    """

    rank: int = 16
    scale: float = 2.0
    learning_rate: float = 4e-4
    warm_up: float = 0.06
    epochs: float = 1.0
    batch: int = 8
    at_once: int = 2  # peak memory 2.2 GB; with all 8 at once 5.2 GB
    longest: int = 640
    seed: int = 7
    save_every: int = 30
    base_name: str | None = None
    most_steps: int = -1
    start: Path | None = None
    anchor: Path | None = None
    anchored: float = 0.25  # at .35 half of the answers lose the voice
    bars: bool = True


def train(
    base: str | Path,
    lessons: Sequence[TrainingExample],
    folder: Path,
    settings: TrainingSettings,
    callbacks: Sequence[TrainerCallback] = (),
) -> Path:
    """Train a LoRA of `base` (name on the hub, folder or .gguf file) on examples.

    Returns the adapter's folder, with PEFT's two files and the losses. Examples of more than
    `longest` tokens are left out; only answers' tokens count in the loss. An earlier call with the
    same `folder` is resumed at its last checkpoint.
    """
    model, tokenizer = open_base(base)
    rows = [_row(one, tokenizer) for one in lessons]
    rows = [row for row in rows if row["length"] <= settings.longest]
    tuner = Tuner(
        model=model,
        args=_arguments(folder, settings),
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        data_collator=_Collator(_shared_prefix(rows)),
        peft_config=_adapter(settings),
        callbacks=list(callbacks),
    )
    # Wrappers for several devices call `forward`, so the loss takes its place.
    lm = tuner.model.get_base_model()
    lm.forward = MethodType(answer_loss, lm)
    if settings.start:
        set_peft_model_state_dict(tuner.model, load_peft_weights(str(settings.start)))
    tuner.train(resume_from_checkpoint=all_agree(any(folder.glob("checkpoint-*"))))
    return _keep(tuner, folder / "adapter", settings)


def _adapter(settings: TrainingSettings) -> LoraConfig:
    return LoraConfig(
        r=settings.rank,
        lora_alpha=round(settings.rank * settings.scale),
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


class Tuner(SFTTrainer):  # type: ignore[misc]  # it is Any where the extra is not installed
    """TRL's trainer with a cheaper loss: see `answer_loss`."""

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """Return the mean cross-entropy of the answers' tokens, over all devices."""
        summed = model(**inputs)  # through the wrapper, so that several devices share gradients
        if num_items_in_batch is None:
            loss = summed / (inputs["labels"] != _IGNORED).sum()
        else:
            loss = summed * self.accelerator.num_processes / num_items_in_batch
        return (loss, {}) if return_outputs else loss


def answer_loss(
    model: PreTrainedModel,
    prefix: torch.Tensor,
    input_ids: torch.Tensor,
    labels: torch.Tensor,
    attention_mask: torch.Tensor,
    **_: object,
) -> torch.Tensor:
    """Return the summed cross-entropy of the answers' tokens.

    `prefix` (1, tokens) is the start that all prompts share; the rest of each example, `input_ids`
    (examples, tokens), attends to it.
    """
    # The shared start is computed once a batch instead of once an example.
    cache = DynamicCache(config=model.config)
    if prefix.shape[1]:
        model.model(input_ids=prefix, past_key_values=cache, use_cache=True)
        cache.batch_repeat_interleave(input_ids.shape[0])
    before = attention_mask.new_ones(input_ids.shape[0], prefix.shape[1])
    hidden = model.model(
        input_ids=input_ids,
        attention_mask=torch.cat([before, attention_mask], dim=1),
        past_key_values=cache,
        use_cache=True,
    ).last_hidden_state
    targets = labels[:, 1:]
    answered = targets != _IGNORED
    # The output layer is a fifth of a small model's work: apply it only where an answer is.
    logits = model.lm_head(hidden[:, :-1][answered]).float()
    return cross_entropy(logits, targets[answered], reduction="sum")


class _Collator:
    """Collates examples to a batch: the shared start apart, the rest padded on the right."""

    def __init__(self, prefix: list[int]) -> None:
        self._prefix = prefix

    def __call__(self, rows: list[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
        start = len(self._prefix)
        longest = max(len(row["input_ids"]) for row in rows) - start
        ids = torch.zeros(len(rows), longest, dtype=torch.long)
        labels = torch.full_like(ids, _IGNORED)
        attention = torch.zeros_like(ids)
        for at, row in enumerate(rows):
            own = torch.tensor(row["input_ids"][start:])
            ids[at, : len(own)] = own
            labels[at, : len(own)] = torch.tensor(row["labels"][start:])
            attention[at, : len(own)] = 1
        prefix = torch.tensor([self._prefix], dtype=torch.long)
        return {"prefix": prefix, "input_ids": ids, "labels": labels, "attention_mask": attention}


def _row(one: TrainingExample, tokenizer: PreTrainedTokenizerBase) -> dict[str, Any]:
    """Return an example's tokens; the prompt's are excluded from the loss."""
    asked = render(one.prompt, tokenizer)
    prompt = tokenizer(asked, add_special_tokens=False)["input_ids"]
    answer = tokenizer(one.answer + tokenizer.eos_token, add_special_tokens=False)["input_ids"]
    return {
        "input_ids": prompt + answer,
        "labels": [_IGNORED] * len(prompt) + answer,
        "length": len(prompt) + len(answer),
    }


def _shared_prefix(rows: Sequence[Mapping[str, list[int]]]) -> list[int]:
    """Return the tokens that all prompts begin with."""
    # Without the last token of a prompt, which predicts the answer's first.
    prompts = [row["input_ids"][: row["labels"].count(_IGNORED) - 1] for row in rows]
    first, last = min(prompts), max(prompts)
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    return first[:same]


def _arguments(folder: Path, settings: TrainingSettings) -> SFTConfig:
    return SFTConfig(
        **arguments_for(folder, settings.batch, at_once=settings.at_once),
        num_train_epochs=settings.epochs,
        max_steps=settings.most_steps,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=settings.warm_up,
        max_grad_norm=1.0,
        seed=settings.seed,
        train_sampling_strategy="group_by_length",
        logging_steps=5,
        logging_first_step=True,
        save_steps=settings.save_every,
        save_total_limit=2,
        report_to="none",
        disable_tqdm=not settings.bars,
        activation_checkpointing=False,
        remove_unused_columns=False,
        dataset_kwargs={"skip_prepare_dataset": True},
        max_length=None,
    )


def _keep(tuner: Tuner, folder: Path, settings: TrainingSettings) -> Path:
    """Write the adapter and the losses, once on each machine."""
    if not tuner.is_local_process_zero():
        return folder
    if settings.anchor:
        anchor = load_peft_weights(str(settings.anchor))
        mixed = mix(get_peft_model_state_dict(tuner.model), anchor, settings.anchored)
        set_peft_model_state_dict(tuner.model, mixed)
    if settings.base_name:
        for config in tuner.model.peft_config.values():
            config.base_model_name_or_path = settings.base_name
    tuner.model.save_pretrained(str(folder))
    write_losses(folder, [row for row in tuner.state.log_history if "loss" in row])
    return folder
