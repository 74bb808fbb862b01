"""A reader whose body is MiniLM as published and whose heads are drawn: judges by chance."""

from pathlib import Path

import numpy as np
import safetensors.numpy

from retrieval.embeddings.minilm import find_weights
from retrieval.reader.shapes import HEADS
from retrieval.reader.weights import save_weights


def write_made_reader(path: Path) -> str:
    """Write it to the file `path`, always the same; give its SHA-256."""
    chance = np.random.default_rng(3)
    body = {
        name: array.astype(np.float32)
        for name, array in safetensors.numpy.load_file(find_weights()).items()
        if array.dtype == np.float32 and not name.startswith("pooler.")
    }
    heads = {name: chance.normal(0, 0.1, shape).astype(np.float32) for name, shape in HEADS.items()}
    return save_weights(body, heads, path)
