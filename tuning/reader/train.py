"""Train the reader: one pass, seeded, resumable from its checkpoint."""

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from tuning.reader.model import ReaderModel, loss_of, pad_batch
from tuning.reader.tokens import Numbered, draw_batches

_CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """How to train. `rate` is the body's learning rate; the heads' is `heads` times as high.

    `warm` is the share of the steps that warm up, `half` trains in bfloat16.
    """

    rate: float = 1e-4
    heads: float = 5.0
    batch: int = 16
    warm: float = 0.06
    seed: int = 15
    steps: int | None = None
    half: bool = True  # bfloat16; single precision takes 1.4 times as long
    threads: int = 2


Kept = Callable[[ReaderModel, int], None]
"""Called with the model and the number of steps after each checkpoint."""


def train_reader(
    model: ReaderModel,
    examples: Sequence[Numbered],
    folder: Path,
    settings: ReaderSettings,
    keep_every: float,
    kept: Kept,
) -> ReaderModel:
    """Train `model` on `examples`, for one pass or `settings.steps` batches, and return it.

    Writes a checkpoint to `folder` every `keep_every` seconds and resumes from an existing one. A
    run that was interrupted ends with the same weights as one that was not.
    """
    torch.set_num_threads(settings.threads)
    # One pass: a second one on new draws gained nothing that the test could tell (docs/log.md).
    batches = draw_batches(examples, settings.batch, settings.seed)[: settings.steps]
    optimizer = _optimizer(model, settings)
    done = _resume(folder, model, optimizer)
    last, mean = time.monotonic(), 0.0
    for step in range(done, len(batches)):
        _set_rate(optimizer, step, len(batches), settings)
        batch = pad_batch([examples[at] for at in batches[step]])
        loss = _step(model, optimizer, batch, settings.half)
        mean = loss if step == done else 0.98 * mean + 0.02 * loss
        if step % 20 == 0:
            _note(folder, {"step": step, "of": len(batches), "loss": mean, "at": time.time()})
        if time.monotonic() - last > keep_every:
            _keep(folder, model, optimizer, step + 1)
            kept(model, step + 1)
            last = time.monotonic()
    _keep(folder, model, optimizer, len(batches))
    kept(model, len(batches))
    return model


def _optimizer(model: ReaderModel, settings: ReaderSettings) -> Any:
    body = list(model.body.parameters())
    heads = [one for name, one in model.named_parameters() if not name.startswith("body.")]
    groups = [{"params": body, "share": 1.0}, {"params": heads, "share": settings.heads}]
    return torch.optim.AdamW(groups, lr=settings.rate, weight_decay=0.01, fused=True)


def _set_rate(optimizer: Any, step: int, steps: int, settings: ReaderSettings) -> None:
    """Set the learning rate: linear warm-up, then linear decay to zero."""
    warm = max(1, round(settings.warm * steps))
    part = min((step + 1) / warm, (steps - step) / max(1, steps - warm))
    for group in optimizer.param_groups:
        group["lr"] = settings.rate * group["share"] * part


def _step(model: ReaderModel, optimizer: Any, batch: dict[str, Any], half: bool) -> float:
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        loss = loss_of(model, batch)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return float(loss.detach())


def _keep(folder: Path, model: ReaderModel, optimizer: Any, step: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{_CHECKPOINT}.{os.getpid()}"
    torch.save(
        {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, part
    )
    # Atomic, so that a run killed while it writes keeps its last checkpoint.
    part.replace(folder / _CHECKPOINT)


def _resume(folder: Path, model: ReaderModel, optimizer: Any) -> int:
    """Load the checkpoint in `folder` and return its number of steps, 0 without one."""
    path = folder / _CHECKPOINT
    if not path.is_file():
        return 0
    kept = torch.load(path, weights_only=True)
    model.load_state_dict(kept["model"])
    optimizer.load_state_dict(kept["optimizer"])
    return int(kept["step"])


def _note(folder: Path, line: dict[str, float]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "progress.jsonl").open("a", encoding="utf-8") as notes:
        notes.write(json.dumps(line) + "\n")
