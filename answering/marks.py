"""The `[n]` marks in a text, each of which cites the note of that number."""

import re

_MARK = re.compile(r"(?<!\s)\s*+\[(\d{1,3})\]")


def marks_in(text: str) -> list[int]:
    """The numbers of the marks, in their order."""
    return [int(n) for n in _MARK.findall(text)]


def strip_marks(text: str) -> str:
    """The text without the marks that a model wrote: what is shown has ours, checked."""
    return _MARK.sub("", text)
