"""The devices of a training, and the processes that share its steps. Starts none.

Needs the extra `tuning`. What several processes do together is told them by `accelerate launch` or
torchrun; without either there is one.
"""

from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from accelerate.utils import gather_object


def count_gpus() -> int:
    """How many GPUs this machine has."""
    return int(torch.cuda.device_count())


def count_processes() -> int:
    """How many processes train together."""
    return int(_state().num_processes)


def is_first() -> bool:
    """Whether this process is the one that tells of a training."""
    return bool(_state().is_main_process)


def all_agree(fact: bool) -> bool:
    """Whether a fact is one in every process; waits until each has said so."""
    _state()
    return all(gather_object([fact]))


def arguments_for(folder: Path, batch: int, fewest: int = 1) -> dict[str, Any]:
    """What a trainer is told of its devices: a step's `batch` rows are shared among all processes.

    Each has at least `fewest` of them. Every machine keeps its own checkpoints in `folder`, since
    none need see another's disk.
    """
    has_gpu = torch.cuda.is_available()
    return {
        "output_dir": str(folder),
        "per_device_train_batch_size": max(fewest, -(-batch // count_processes())),
        "use_cpu": _is_on_cpu(),
        "bf16": has_gpu,
        "dataloader_pin_memory": has_gpu,
        "ddp_find_unused_parameters": False,
        "save_on_each_node": True,
    }


def _state() -> PartialState:
    return PartialState(cpu=_is_on_cpu())


def _is_on_cpu() -> bool:
    return not torch.accelerator.is_available()
