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


def arguments_for(
    folder: Path, batch: int, fewest: int = 1, at_once: int | None = None
) -> dict[str, Any]:
    """What a trainer is told of its devices: a step's `batch` rows are shared among all processes.

    Each has at least `fewest` of them, and on a CPU takes `at_once` of those at most, if that is
    given: the fewer, the less memory it needs. Every machine keeps its own checkpoints in `folder`,
    since none need see another's disk.
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
        "save_on_each_node": True,
    }


def _part(whole: int, most: int) -> int:
    """The largest number up to `most` of which there are so many in `whole` that none is left."""
    return max(part for part in range(1, min(whole, most) + 1) if whole % part == 0)


def _state() -> PartialState:
    return PartialState(cpu=_is_on_cpu())


def _is_on_cpu() -> bool:
    return not torch.accelerator.is_available()
