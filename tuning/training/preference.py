"""Preference tuning of an adapter: DPO or KTO.

Needs the extra `tuning`. DPO (Rafailov and others 2023) takes pairs; KTO (Ethayarajh and others
2024) takes answers that were rated good or bad one by one.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from datasets import Dataset
from transformers import PreTrainedTokenizerBase, TrainerCallback
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer

from tuning.datasets.formats import DatasetRow
from tuning.training.base_model import open_adapter, open_base, render
from tuning.training.devices import all_agree, arguments_for, count_processes
from tuning.training.loss_log import write_losses
from tuning.training.sft import TrainingSettings

Method = Literal["dpo", "kto"]

_BETA = 0.1  # strength of the pull to the reference model; both papers' default


def prefer(
    base: str | Path,
    rows: Sequence[DatasetRow],
    folder: Path,
    settings: TrainingSettings,
    method: Method,
    callbacks: Sequence[TrainerCallback] = (),
) -> Path:
    """Train the adapter `settings.start` on preferences and return the new adapter's folder.

    DPO uses only the pairs; KTO uses a pair as one good and one bad answer, and lone thumbs as they
    are. Rows of more than `longest` tokens are left out. The start adapter is also the reference
    model. An earlier call with the same `folder` is resumed at its last checkpoint. Raises
    ValueError without a start or rows.
    """
    if settings.start is None or not rows:
        raise ValueError("an adapter to go on from, and rows, are needed")
    model, tokenizer = open_base(base)
    shaped = _pairs(rows, tokenizer) if method == "dpo" else _thumbs(rows, tokenizer)
    kept = [row for row in shaped if _tokens(row, tokenizer) <= settings.longest]
    trainer = (DPOTrainer if method == "dpo" else KTOTrainer)(
        model=open_adapter(model, settings.start, is_trainable=True),
        args=_arguments(folder, settings, method),
        train_dataset=Dataset.from_list(kept),
        processing_class=tokenizer,
        callbacks=list(callbacks),
    )
    trainer.train(resume_from_checkpoint=all_agree(any(folder.glob("checkpoint-*"))))
    adapter = folder / "adapter"
    if trainer.is_local_process_zero():
        # The model's other adapter is the reference.
        trainer.model.save_pretrained(str(adapter), selected_adapters=["default"])
        write_losses(adapter, [row for row in trainer.state.log_history if "loss" in row])
    return adapter


def _pairs(rows: Sequence[DatasetRow], tokenizer: PreTrainedTokenizerBase) -> list[dict[str, Any]]:
    return [
        {"prompt": render(row.prompt, tokenizer), "chosen": row.chosen, "rejected": row.rejected}
        for row in rows
        if row.kind == "preference"
    ]


def _thumbs(rows: Sequence[DatasetRow], tokenizer: PreTrainedTokenizerBase) -> list[dict[str, Any]]:
    """Return the rows for KTO, good and bad ones in turn as long as there are both."""
    good, bad = [], []
    for row in rows:
        prompt = render(row.prompt, tokenizer)
        if row.kind == "preference" or row.label:
            good.append({"prompt": prompt, "completion": row.chosen, "label": True})
        if row.kind == "preference":
            bad.append({"prompt": prompt, "completion": row.rejected, "label": False})
        elif row.label is False:
            bad.append({"prompt": prompt, "completion": row.chosen, "label": False})
    even = min(len(good), len(bad))
    # In turn, so that each step sees both labels.
    by_turns = [one for both in zip(good, bad, strict=False) for one in both]
    return by_turns + good[even:] + bad[even:]


def _tokens(row: dict[str, Any], tokenizer: PreTrainedTokenizerBase) -> int:
    answers = [row[name] for name in ("chosen", "rejected", "completion") if name in row]
    return max(len(tokenizer(row["prompt"] + answer)["input_ids"]) + 1 for answer in answers)


def _arguments(folder: Path, settings: TrainingSettings, method: Method) -> DPOConfig | KTOConfig:
    shared = {
        **arguments_for(folder, settings.batch, fewest=2),  # KTO compares the rows of one device
        "num_train_epochs": settings.epochs,
        "max_steps": settings.most_steps,
        "learning_rate": settings.learning_rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": settings.warm_up,
        "max_grad_norm": 1.0,
        "seed": settings.seed,
        "beta": _BETA,
        "logging_steps": 5,
        "logging_first_step": True,
        "save_steps": settings.save_every,
        "save_total_limit": 2,
        "report_to": "none",
        "disable_tqdm": not settings.bars,
        "activation_checkpointing": False,
        "max_length": None,
        # With several processes, one would write them to a file that the others do not see.
        "precompute_ref_log_probs": count_processes() == 1,
    }
    if method == "dpo":
        return DPOConfig(**shared)
    weight = {"train_sampling_strategy": "sequential"}  # the trainer requires it
    return KTOConfig(**shared, **weight)
