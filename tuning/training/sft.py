"""LoRA on a causal model from the hub, a folder or a GGUF file. Makes no lessons, serves nothing.

Needs the extra `tuning`. Runs on CPU, on a GPU, or in each of several processes, on one machine or
more: they share a step's lessons and write what one alone would.
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

_IGNORED = -100  # what PyTorch's loss skips


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How to train. `batch` lessons a step on all devices; a checkpoint every `save_every` steps.

    On a CPU `at_once` of them are in memory; the gradient is that of all.
    `base_name` is what the adapter calls its base, where that is not where it was read from.
    `start` is the folder of an adapter to go on from, of the same rank and scale; `anchor` that of
    another, of which `anchored` (0 to 1) is mixed into what was trained. `bars` shows TRL's own
    progress.
    """

    rank: int = 16
    scale: float = 2.0
    learning_rate: float = 4e-4
    warm_up: float = 0.06
    epochs: float = 1.0
    batch: int = 8
    at_once: int = 2
    longest: int = 640
    seed: int = 7
    save_every: int = 30
    base_name: str | None = None
    most_steps: int = -1
    start: Path | None = None
    anchor: Path | None = None
    anchored: float = 0.25
    bars: bool = True


def train(
    base: str | Path,
    lessons: Sequence[TrainingExample],
    folder: Path,
    settings: TrainingSettings,
    callbacks: Sequence[TrainerCallback] = (),
) -> Path:
    """Tune `base` (a hub's name, a folder, a .gguf file) on `lessons`; the adapter's folder.

    Lessons of more than `longest` tokens are left out. What an earlier call with the same `folder`
    left off is taken up at its last checkpoint. The loss counts the answers' tokens alone. Writes
    the adapter (PEFT's two files) and the losses.
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
    """TRL's trainer with a loss that costs less: see `answer_loss`."""

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """The mean cross entropy of the answers' tokens, over all devices where there are more."""
        summed = model(**inputs)  # as a whole, so that several devices share their gradients
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
    """The cross entropy of the answers' tokens, summed.

    The start that all prompts share, `prefix` (1, tokens), is run once a batch instead of once a
    lesson; the rest of each lesson, `input_ids` (lessons, tokens), attends to it. The output
    layer, a fifth of a small model's work, sees the positions of answers alone.
    """
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
    logits = model.lm_head(hidden[:, :-1][answered]).float()
    return cross_entropy(logits, targets[answered], reduction="sum")


class _Collator:
    """Lessons to a batch: the shared start apart, the rest padded on the right."""

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
    """A lesson's tokens, those of its prompt left out of the loss."""
    asked = render(one.prompt, tokenizer)
    prompt = tokenizer(asked, add_special_tokens=False)["input_ids"]
    answer = tokenizer(one.answer + tokenizer.eos_token, add_special_tokens=False)["input_ids"]
    return {
        "input_ids": prompt + answer,
        "labels": [_IGNORED] * len(prompt) + answer,
        "length": len(prompt) + len(answer),
    }


def _shared_prefix(rows: Sequence[Mapping[str, list[int]]]) -> list[int]:
    """The tokens with which all prompts begin, without the last of any: it foretells the answer."""
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
    """Write the adapter and the losses, once on each machine that trained it."""
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
