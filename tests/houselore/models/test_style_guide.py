"""The style guide is read from its file, or what is wrong with it is said."""

from pathlib import Path

import pytest

from houselore.errors import WrongUse
from houselore.models.style_guide import read_guide
from houselore.settings import open_settings


def test_what_a_guide_says(tmp_path: Path) -> None:
    """Its text, without the blank lines around it; no setting, no guide."""
    file = tmp_path / "guide.txt"
    file.write_text("\nWe say “we”.\n\n")
    assert read_guide(open_settings(style_guide=file)) == "We say “we”."
    assert read_guide(open_settings()) == ""


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"x" * 4001])
def test_what_is_no_guide_is_said(tmp_path: Path, content: bytes | None) -> None:
    """A file that is not there, is no text, or is too long to go with every question."""
    file = tmp_path / "guide.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(WrongUse, match=r"The style guide .*guide\.txt"):
        read_guide(open_settings(style_guide=file))
