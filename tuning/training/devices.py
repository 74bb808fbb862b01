"""Devices for training, and the processes that share its steps.

Needs the extra `tuning`. `accelerate launch` or torchrun set up several processes; without them
there is one.
"""

from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from accelerate.utils import gather_object


def count_gpus() -> int:
    """Return the number of GPUs of this machine."""
    return int(torch.cuda.device_count())


def count_processes() -> int:
    """Return the number of processes that train together."""
    return int(_state().num_processes)


def is_first() -> bool:
    """Return whether this process reports progress for all."""
    return bool(_state().is_main_process)


def all_agree(fact: bool) -> bool:
    """Return whether `fact` is true in every process; blocks until each has answered."""
    _state()
    return all(gather_object([fact]))


def arguments_for(
    folder: Path, batch: int, fewest: int = 1, at_once: int | None = None
) -> dict[str, Any]:
    """Return the trainer's arguments for devices: a step's `batch` rows shared by all processes.

    Each process gets at least `fewest` rows; on a CPU it takes at most `at_once` of them at a time,
    which needs less memory.
    """
    has_gpu = torch.cuda.is_available()
    each = max(fewest, -(-batch // count_processes()))
    together = _part(each, at_once) if at_once and _is_on_cpu() else each
    return {
        "output_dir": str(folder),
        "per_device_train_batch_size": together,
        "gradient_accumulation_steps": each // together,
        "use_cpu": _is_on_cpu(),
        "bf16": has_gpu,
        "dataloader_pin_memory": has_gpu,
        "ddp_find_unused_parameters": False,
        # Machines need not share a disk, so each keeps its own checkpoints.
        "save_on_each_node": True,
    }


def _part(whole: int, most: int) -> int:
    """Return the largest divisor of `whole` that is at most `most`."""
    return max(part for part in range(1, min(whole, most) + 1) if whole % part == 0)


def _state() -> PartialState:
    return PartialState(cpu=_is_on_cpu())


def _is_on_cpu() -> bool:
    return not torch.accelerator.is_available()
