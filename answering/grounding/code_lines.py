"""Whether code stands in a text line by line. Knows no language."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r"[ \t>]*(?:```|~~~)")
_CODE_SPAN = re.compile(r"`([^`\n]+)`")


def code_stands_in(code: str, text: str) -> bool:
    """Whether the lines of fenced `code` stand in `text` in a row, or a single one as inline code.

    Blank lines, fences and what a line is indented by do not count.
    """
    lines = list(_code_lines(code))
    if len(lines) == 1 and lines[0] in (span.strip() for span in _CODE_SPAN.findall(text)):
        return True
    noted = list(_code_lines(text))
    starts = range(len(noted) - len(lines) + 1)
    return bool(lines) and any(noted[at : at + len(lines)] == lines for at in starts)


def is_fenced(text: str) -> bool:
    """Whether a text begins with the fence of a block of code."""
    return _FENCE.match(text.lstrip("\n")) is not None


def is_closed(code: str) -> bool:
    """Whether fenced code has its fence at the end, too."""
    lines = code.rstrip().splitlines()
    return len(lines) > 1 and is_fenced(lines[-1])


def _code_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.strip() and not _FENCE.match(line):
            yield line.strip()
