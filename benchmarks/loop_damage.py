"""Damage an adapter on purpose: shuffle the numbers of each tensor."""

import shutil
from pathlib import Path

import numpy as np
import safetensors.numpy

from tuning.adapters.files import WEIGHTS, hash_adapter


def damage(adapter: Path, to: Path, seed: int = 7) -> str:
    """Copy the adapter to the new folder `to` with its weights shuffled; return its hash."""
    shutil.copytree(adapter, to)
    chance = np.random.default_rng(seed)
    tensors = safetensors.numpy.load_file(adapter / WEIGHTS)
    shuffled = {
        name: chance.permutation(values.ravel()).reshape(values.shape)
        for name, values in tensors.items()
    }
    safetensors.numpy.save_file(shuffled, to / WEIGHTS)
    return hash_adapter(to)
