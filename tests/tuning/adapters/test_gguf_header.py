"""The head of a GGUF file: what is asked for is found, what is no GGUF is said so."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houselore.embedded.chat_model_files import bundled_gguf
from tuning.adapters.gguf_header import read_header
from tuning.errors import UnusableAdapter


def test_the_bundled_model_says_what_it_is() -> None:
    """Its architecture and its heads are read; what it does not have is left out."""
    asked = ("general.architecture", "llama.attention.head_count", "llama.attention.head_count_kv")
    assert read_header(bundled_gguf(), (*asked, "no.such")) == {
        "general.architecture": "llama",
        "llama.attention.head_count": 9,
        "llama.attention.head_count_kv": 3,
    }


@given(st.binary(max_size=200))
def test_any_other_file_is_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Whatever stands in it, the answer is a sentence and never a traceback."""
    path: Path = tmp_path_factory.mktemp("gguf") / "file"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + data)
    try:
        found = read_header(path, ("general.architecture",))
    except UnusableAdapter as error:
        assert str(path) in str(error)
    else:
        assert set(found) <= {"general.architecture"}
