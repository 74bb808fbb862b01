"""Prepare a trained adapter for shipping: half precision, and the base's name on the hub."""

import json
from pathlib import Path

import numpy as np
import safetensors.numpy

from tuning.adapters.files import CONFIG, WEIGHTS


def ship(adapter: Path, to: Path, base_name: str) -> None:
    """Write the adapter in the folder `adapter` to the folder `to` as float16, half its size.

    vLLM and PEFT can load the result on the base model that the hub knows as `base_name`.
    """
    tensors = safetensors.numpy.load_file(adapter / WEIGHTS)
    to.mkdir(parents=True, exist_ok=True)
    halves = {name: weights.astype(np.float16) for name, weights in sorted(tensors.items())}
    safetensors.numpy.save_file(halves, to / WEIGHTS, metadata={"format": "pt"})
    (to / WEIGHTS).chmod(0o644)  # safetensors writes files that only their owner may read
    config = json.loads((adapter / CONFIG).read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = base_name
    # PEFT keeps a set, whose order would differ from run to run.
    config["target_modules"] = sorted(config["target_modules"])
    (to / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
