"""The reader's file: what is written is read back, what is altered is refused with a sentence."""

from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from retrieval.errors import ReaderUnavailable
from retrieval.reader.reader import ReaderInput, open_reader
from retrieval.reader.weights import SHIPPED, SHIPPED_SHA256, load_weights, save_weights
from tests.retrieval.reader.made_reader import write_made_reader


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader's file whose heads judge by chance."""
    path = tmp_path_factory.mktemp("reader") / "made.safetensors"
    write_made_reader(path)
    return path


def test_the_shipped_file_is_the_one_the_code_knows() -> None:
    """The file in the repository has the hash that opening checks, and is 8 bits: under 26 MB."""
    load_weights(SHIPPED, SHIPPED_SHA256)
    assert SHIPPED.stat().st_size < 26_000_000


def test_eight_bits_are_written_as_they_were_read(made: Path, tmp_path: Path) -> None:
    """Reading a file and writing it again gives the same file: nothing is rounded twice."""
    weights = load_weights(made)
    heads = {
        name: array
        for name, array in safetensors.numpy.load_file(made).items()
        if name.startswith(("span.", "dense.", "answers."))
    }
    save_weights(weights.body, heads, tmp_path / "again.safetensors")
    again = load_weights(tmp_path / "again.safetensors")
    for name, array in weights.body.items():
        np.testing.assert_allclose(again.body[name], array, rtol=1e-5, atol=1e-7)


def test_another_file_is_read_where_it_is_named(made: Path) -> None:
    """A team's own reader is opened by its path, with or without the hash that is expected."""
    found = open_reader(made).read("What is it?", [ReaderInput((), "It is a house.")])
    assert len(found) == 1


def test_an_altered_file_is_refused(made: Path, tmp_path: Path) -> None:
    """One byte changed is another hash: the sentence names the file and says what to do."""
    content = bytearray(made.read_bytes())
    content[-1] ^= 1
    altered = tmp_path / "altered.safetensors"
    altered.write_bytes(content)
    with pytest.raises(ReaderUnavailable, match=r"altered\.safetensors is not the reader .*again"):
        open_reader(altered, sha256="0" * 64)


@pytest.mark.parametrize("content", [b"", b"no weights at all", b"\xff" * 64])
def test_a_file_of_something_else_is_refused(content: bytes, tmp_path: Path) -> None:
    """What holds no arrays is refused with a sentence."""
    path = tmp_path / "other.safetensors"
    path.write_bytes(content)
    with pytest.raises(ReaderUnavailable, match="holds no reader"):
        open_reader(path)


def test_arrays_of_another_shape_are_refused(made: Path, tmp_path: Path) -> None:
    """A file that lacks a layer, a head, or has it in another shape, is refused with a sentence."""
    arrays = safetensors.numpy.load_file(made)
    for broken in (
        {name: array for name, array in arrays.items() if "layer.3" not in name},
        arrays | {"encoder.layer.0.output.dense.weight.scale": np.ones(3, np.float32)},
        {name: array for name, array in arrays.items() if name != "span.bias"},
        arrays | {"embeddings.LayerNorm.bias": np.zeros(7, np.float32)},
        arrays | {"dense.weight": np.zeros((3, 4), np.float32)},
    ):
        path = tmp_path / "broken.safetensors"
        safetensors.numpy.save_file(broken, path)
        with pytest.raises(ReaderUnavailable, match="holds no reader"):
            open_reader(path)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    """A file that is not there is said with its path."""
    with pytest.raises(ReaderUnavailable, match=r"cannot be read from .*nowhere"):
        open_reader(tmp_path / "nowhere.safetensors")
