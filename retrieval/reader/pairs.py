"""A question and a block with its headings as the two texts that the reader is given."""

from collections.abc import Sequence
from dataclasses import dataclass

_MOST_HEADING = 160
"""Characters of the headings: the innermost are kept."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two texts; the block begins at `passage[offset]`."""

    question: str
    passage: str
    offset: int


def join_pair(question: str, headings: Sequence[str], text: str) -> Pair:
    """The question, and `title > heading: text`."""
    path = " > ".join(heading for heading in headings if heading)[-_MOST_HEADING:]
    before = f"{path}: " if path else ""
    return Pair(question, before + text, len(before))
