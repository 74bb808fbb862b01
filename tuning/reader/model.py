"""The reader in PyTorch: MiniLM with a span head and an answerability head."""

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from transformers import BertConfig, BertModel

from tuning.reader.tokens import NO_SPAN, Numbered

_DIMENSIONS = 384


class ReaderModel(torch.nn.Module):  # type: ignore[misc]  # torch has no types here
    """Predicts the span's first and last token (token 0 is the null span) and answerability."""

    def __init__(self) -> None:
        super().__init__()
        config = BertConfig(
            hidden_size=_DIMENSIONS,
            num_hidden_layers=6,
            num_attention_heads=12,
            intermediate_size=4 * _DIMENSIONS,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        config._attn_implementation = "eager"  # in bfloat16 on a CPU, twice as fast as SDPA
        self.body = BertModel(config, add_pooling_layer=False)
        self.span = torch.nn.Linear(_DIMENSIONS, 2)
        self.dense = torch.nn.Linear(2 * _DIMENSIONS, _DIMENSIONS)
        self.answers = torch.nn.Linear(_DIMENSIONS, 1)

    def forward(self, batch: dict[str, Any]) -> tuple[Any, Any]:
        """Return span logits (texts, tokens, 2) and answerability logits (texts,)."""
        hidden = self.body(
            input_ids=batch["ids"],
            token_type_ids=batch["types"],
            attention_mask=batch["mask"],
        ).last_hidden_state
        spans = self.span(hidden).masked_fill(~batch["places"].unsqueeze(-1), -1e4)
        # The first token sees question and block; max pooling keeps the block's strongest features.
        loudest = hidden.masked_fill(~batch["block"].unsqueeze(-1), -1e4).amax(dim=1)
        both = torch.cat((hidden[:, 0], loudest), dim=-1)
        answers = self.answers(torch.nn.functional.gelu(self.dense(both))).squeeze(-1)
        return spans.float(), answers.float()


def open_model(weights: Path, seed: int) -> ReaderModel:
    """Load MiniLM's published weights as the body; initialize new heads by `seed`."""
    torch.manual_seed(seed)
    model = ReaderModel()
    found = load_file(weights)
    found.pop("embeddings.position_ids", None)
    known = {name: one for name, one in found.items() if not name.startswith("pooler.")}
    model.body.load_state_dict(known, strict=True)
    return model


def pad_batch(examples: list[Numbered]) -> dict[str, Any]:
    """Return a batch's padded tensors; `places` marks the tokens of the block, and the null."""
    longest = max(len(one.ids) for one in examples)
    # Matrix kernels are fastest on multiples of 8.
    longest += -longest % 8
    ids = torch.zeros(len(examples), longest, dtype=torch.long)
    types, mask, block = (torch.zeros_like(ids) for _ in range(3))
    for at, one in enumerate(examples):
        size = len(one.ids)
        ids[at, :size] = torch.tensor(one.ids)
        types[at, one.second : size] = 1
        mask[at, :size] = 1
        block[at, one.second : size - 1] = 1
    places = block.clone()
    places[:, 0] = 1
    return {
        "ids": ids,
        "types": types,
        "mask": mask,
        "block": block.bool(),
        "places": places.bool(),
        "spans": torch.tensor([(one.start, one.end) for one in examples]),
        "answers": torch.tensor([float(one.answers) for one in examples]),
    }


def loss_of(model: ReaderModel, batch: dict[str, Any]) -> Any:
    """Return the sum of the mean span loss and the mean answerability loss."""
    spans, answers = model(batch)
    place = torch.nn.functional.cross_entropy(
        spans.permute(0, 2, 1).reshape(-1, spans.shape[1]),
        batch["spans"].reshape(-1),
        ignore_index=NO_SPAN,
    )
    judged = torch.nn.functional.binary_cross_entropy_with_logits(answers, batch["answers"])
    return place + judged
