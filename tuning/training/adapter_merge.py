"""Merge two LoRA adapters by interpolating the weights that they stand for."""

from collections.abc import Mapping

import torch

_DOWN, _UP = "lora_A", "lora_B"


def mix(
    trained: Mapping[str, torch.Tensor], anchor: Mapping[str, torch.Tensor], share: float
) -> dict[str, torch.Tensor]:
    """Return the adapter nearest to `share` (0 to 1) of the anchor and the rest of `trained`.

    Both are LoRA factors by PEFT's names, of the same rank and scale. Their updates are
    interpolated as WiSE-FT does with whole weights (Wortsman et al. 2022, "Robust fine-tuning of
    zero-shot models"): what was learned last stays, and much of what was forgotten comes back. The
    sum has twice the rank and is truncated to its largest singular values (Eckart and Young 1936).
    """
    mixed: dict[str, torch.Tensor] = {}
    for name in trained:
        if _DOWN in name:
            up = name.replace(_DOWN, _UP)
            # Products are mixed rather than factors: four fifths of each factor are .64 of their
            # product.
            mixed[name], mixed[up] = _nearest(
                torch.cat([trained[name], anchor[name]]).float().cpu(),
                torch.cat([(1 - share) * trained[up], share * anchor[up]], dim=1).float().cpu(),
                rank=len(trained[name]),
            )
    return mixed


def _nearest(down: torch.Tensor, up: torch.Tensor, rank: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return factors (rank, in) and (out, rank) whose product is nearest to `up @ down`."""
    # QR first, so that only a small matrix is decomposed: PEFT's `add_weighted_adapter` computes
    # the whole product of each layer.
    outer, left = torch.linalg.qr(up)
    inner, right = torch.linalg.qr(down.T)
    u, sizes, v = torch.linalg.svd(left @ right.T)
    roots = sizes[:rank].sqrt()
    return (
        (inner @ v[:rank].T * roots).T.contiguous(),
        (outer @ u[:, :rank] * roots).contiguous(),
    )
