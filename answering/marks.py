"""Citation marks: `[n]` in a text cites the note of that number."""

import re

_MARK = re.compile(r"(?<!\s)\s*+\[(\d{1,3})\]")


def marks_in(text: str) -> list[int]:
    """Return the numbers of the marks, in order."""
    return [int(n) for n in _MARK.findall(text)]


def strip_marks(text: str) -> str:
    """Remove the marks from a text."""
    # The model's own marks are not trusted: checked ones are added instead.
    return _MARK.sub("", text)
