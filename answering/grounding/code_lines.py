"""Compare code with a text line by line, for any programming language."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r"[ \t>]*(?:```|~~~)")
_CODE_SPAN = re.compile(r"`([^`\n]+)`")


def code_stands_in(code: str, text: str) -> bool:
    """Return whether `text` has the lines of fenced `code` in a row.

    A single line may also be inline code there. Blank lines, fences and indentation are ignored.
    """
    lines = list(_code_lines(code))
    if len(lines) == 1 and lines[0] in (span.strip() for span in _CODE_SPAN.findall(text)):
        return True
    noted = list(_code_lines(text))
    starts = range(len(noted) - len(lines) + 1)
    return bool(lines) and any(noted[at : at + len(lines)] == lines for at in starts)


def is_fenced(text: str) -> bool:
    """Return whether a text begins with a code fence."""
    return _FENCE.match(text.lstrip("\n")) is not None


def is_closed(code: str) -> bool:
    """Return whether fenced code also ends with a fence."""
    lines = code.rstrip().splitlines()
    return len(lines) > 1 and is_fenced(lines[-1])


def _code_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.strip() and not _FENCE.match(line):
            yield line.strip()
