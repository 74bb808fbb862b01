"""Export a trained reader to the one file that retrieval/reader opens."""

from pathlib import Path
from typing import Any

import numpy as np

from retrieval.reader.weights import save_weights


def export_reader(model: Any, path: Path) -> str:
    """Write the weights of a `ReaderModel` to the file `path` in 8 bits; return its SHA-256."""
    arrays = {
        name: tensor.detach().float().numpy().astype(np.float32)
        for name, tensor in model.state_dict().items()
    }
    body = {
        name.removeprefix("body."): array
        for name, array in arrays.items()
        if name.startswith("body.") and array.size > 1
    }
    heads = {name: array for name, array in arrays.items() if not name.startswith("body.")}
    return save_weights(body, heads, path)
