"""Compute log-likelihoods of held-out answers, good and bad ones.

Needs the extra `tuning`.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from tuning.datasets.formats import DatasetRow
from tuning.training.base_model import open_adapter, open_base, render


def log_likelihoods(
    base: str | Path, adapter: Path | None, rows: Sequence[DatasetRow]
) -> list[tuple[float, float | None]]:
    """Return each row's mean log-probability of a token, of its answer and of the rejected one.

    In nats; None for a row without a rejected answer.
    """
    model, tokenizer = open_base(base)
    if adapter is not None:
        model = open_adapter(model, adapter)
    model.eval()
    return [
        (
            _mean(model, tokenizer, row, row.chosen),
            None if row.rejected is None else _mean(model, tokenizer, row, row.rejected),
        )
        for row in rows
    ]


def _mean(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, row: DatasetRow, answer: str
) -> float:
    prompt = tokenizer(render(row.prompt, tokenizer), add_special_tokens=False)["input_ids"]
    said = tokenizer(answer + tokenizer.eos_token, add_special_tokens=False)["input_ids"]
    ids = torch.tensor([prompt + said], device=model.device)
    with torch.inference_mode():
        logits = model(input_ids=ids, logits_to_keep=len(said) + 1).logits[0, :-1].float()
    # The mean over tokens, so that length does not decide (SimPO: Meng and others 2024).
    return -float(cross_entropy(logits, ids[0, -len(said) :]))
