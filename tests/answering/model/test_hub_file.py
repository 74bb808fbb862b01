"""Names of the hub's files."""

from pathlib import Path

import pytest

from answering.model.hub_file import HubFile


def test_a_name_is_read_and_written() -> None:
    """Owner, repository, revision and file; the main branch is not written."""
    plain = HubFile.parse("hf://Qwen/Qwen3-8B-GGUF/Qwen3-8B-Q4_K_M.gguf")
    assert (plain.repo_id, plain.path, plain.revision) == (
        "Qwen/Qwen3-8B-GGUF",
        "Qwen3-8B-Q4_K_M.gguf",
        "main",
    )
    assert str(plain) == "hf://Qwen/Qwen3-8B-GGUF/Qwen3-8B-Q4_K_M.gguf"
    pinned = HubFile.parse("hf://a/b@v1.0/sub/c.gguf")
    assert (pinned.revision, pinned.path, str(pinned)) == (
        "v1.0",
        "sub/c.gguf",
        "hf://a/b@v1.0/sub/c.gguf",
    )
    assert pinned.place(Path("/models")) == Path("/models/a/b/v1.0/sub/c.gguf")


@pytest.mark.parametrize(
    "name",
    [
        "hf://a/b",
        "hf://a/b/c.safetensors",
        "hf://a/../../etc/c.gguf",
        "hf://a/b@../c.gguf",
        "hf://a/b/../c.gguf",
        "hf://a/b/.hidden.gguf",
        "hf://a/b//c.gguf",
        "hf://a/b/c.gguf\n",
        "https://a/b/c.gguf",
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    """Also what would lead out of the folder of the models."""
    with pytest.raises(ValueError, match="write hf://OWNER/REPO/FILE"):
        HubFile.parse(name)


def test_a_model_in_several_files() -> None:
    """The first one's name stands for all, which people call by what they share."""
    file = HubFile.parse("hf://a/b@v2/m-q4-00001-of-00003.gguf")
    assert [part.path for part in file.parts()] == [
        "m-q4-00001-of-00003.gguf",
        "m-q4-00002-of-00003.gguf",
        "m-q4-00003-of-00003.gguf",
    ]
    assert {part.revision for part in file.parts()} == {"v2"}
    assert file.stem == "m-q4"
    assert HubFile.parse("hf://a/b/m-q4.gguf").stem == "m-q4"
