"""Code that a model writes stands in a text line by line, or does not."""

import pytest

from answering.grounding.code_lines import code_stands_in, is_closed

NOTE = "Run `make go` first:\n\n```sh\ncd /tmp/x\n\nrm -rf /tmp/x/y\n```\n"


@pytest.mark.parametrize(
    ("lines", "stands"),
    [
        ("cd /tmp/x\nrm -rf /tmp/x/y", True),
        ("  cd /tmp/x", True),
        ("make go", True),
        ("rm -rf /tmp", False),
        ("rm -rf /tmp/x/y\ncd /tmp/x", False),
        ("make go\ncd /tmp/x", False),
        ("make", False),
        ("", False),
    ],
)
def test_whole_lines_in_a_row_stand(lines: str, stands: bool) -> None:
    """A part of a line, another order, or what stands apart is other code; none is no code."""
    assert code_stands_in(f"```\n{lines}\n```", NOTE) is stands


def test_code_has_a_fence_at_both_ends() -> None:
    """One alone is not the end."""
    assert is_closed("```\ngo\n```\n")
    assert not is_closed("```\ngo")
    assert not is_closed("```")
