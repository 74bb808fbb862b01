"""Load, check and save the reader's weights, in int8 on disk."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from safetensors import SafetensorError

from retrieval.embeddings.ctranslate2_encoder import LARGEST_WEIGHT
from retrieval.errors import ReaderUnavailable
from retrieval.reader.shapes import HEADS, check_shapes

SHIPPED = Path(__file__).with_name("reader.safetensors")
"""The bundled reader; MODEL_CARD.md says what it was trained on."""
SHIPPED_SHA256 = "d6c6022a3709a6a497890382ffeb63b65f3f66b1c87bccbb711f9bd9d3cc8ab8"

LARGEST_EMBEDDING = 127  # embeddings are widened when loaded, so their products cannot overflow
_LARGEST_FILE = 200_000_000  # bytes; checked before the file is read
_SCALE = ".scale"

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads over the last layer: `span` (2, 384), `dense` (384, 768), `answers` (1, 384)."""

    span: Array
    span_bias: Array
    dense: Array
    dense_bias: Array
    answers: Array
    answers_bias: Array


@dataclass(frozen=True, slots=True)
class ReaderWeights:
    """The encoder's arrays by MiniLM's names, and the heads."""

    body: dict[str, Array]
    heads: Heads


def load_weights(path: Path, sha256: str | None = None) -> ReaderWeights:
    """Load the weights in the file `path`, refusing another hash than `sha256` if it is given.

    Raises ReaderUnavailable if the file is missing, broken or refused.
    """
    content = _content(path)
    found = hashlib.sha256(content).hexdigest()
    if sha256 is not None and found != sha256:
        raise ReaderUnavailable(
            f"{path} is not the reader Houselore was made with (its SHA-256 is {found}): "
            "install Houselore again. Until then answers are chosen by the search's order alone."
        )
    try:
        arrays = safetensors.numpy.load(content)
        whole = {
            name: _widened(array, arrays.get(name + _SCALE))
            for name, array in arrays.items()
            if not name.endswith(_SCALE)
        }
        check_shapes({name: array.shape for name, array in whole.items()})
        heads = Heads(*(whole.pop(name) for name in HEADS))
    except (SafetensorError, ValueError) as error:
        raise ReaderUnavailable(
            f"{path} holds no reader ({error}): write it again with `make reader`, or install "
            "Houselore again."
        ) from error
    return ReaderWeights(whole, heads)


def save_weights(body: dict[str, Array], heads: dict[str, Array], path: Path) -> str:
    """Save the matrices of `body` in int8 with a scale for each row, the rest as float32.

    The file is replaced atomically. Returns its SHA-256.
    """
    arrays: dict[str, npt.NDArray[Any]] = {name: heads[name] for name in HEADS}
    for name, array in body.items():
        if array.ndim < 2:
            arrays[name] = array
        else:
            largest = LARGEST_EMBEDDING if "embeddings." in name else LARGEST_WEIGHT
            arrays[name], arrays[name + _SCALE] = _narrowed(array, largest)
    content = safetensors.numpy.save(dict(sorted(arrays.items())))
    path.parent.mkdir(parents=True, exist_ok=True)
    # A crash must not leave half a file under the final name.
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
    return hashlib.sha256(content).hexdigest()


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise ReaderUnavailable(f"{path} is larger than any reader: name another file.")
        return path.read_bytes()
    except OSError as error:
        raise ReaderUnavailable(
            f"The reader's weights cannot be read from {path} ({error.strerror}): install "
            "Houselore again. Until then answers are chosen by the search's order alone."
        ) from error


def _narrowed(array: Array, largest: int) -> tuple[npt.NDArray[np.int8], Array]:
    most = np.abs(array).max(axis=1)
    scale = (largest / np.where(most > 0, most, 1.0)).astype(np.float32)
    return np.rint(array * scale[:, None]).astype(np.int8), scale


def _widened(array: npt.NDArray[Any], scale: npt.NDArray[Any] | None) -> Array:
    if scale is None:
        return array.astype(np.float32)
    widened: Array = (array.astype(np.float32) / scale[:, None]).astype(np.float32)
    return widened
