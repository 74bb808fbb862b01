"""Format a question and a block with its headings as the reader's two input texts."""

from collections.abc import Sequence
from dataclasses import dataclass

_MOST_HEADING = 160
"""Characters of the heading path; the end of a longer one is kept."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two input texts; the block begins at `passage[offset]`."""

    question: str
    passage: str
    offset: int


def join_pair(question: str, headings: Sequence[str], text: str) -> Pair:
    """Pair the question with `title > heading: text`."""
    path = " > ".join(heading for heading in headings if heading)[-_MOST_HEADING:]
    before = f"{path}: " if path else ""
    return Pair(question, before + text, len(before))
