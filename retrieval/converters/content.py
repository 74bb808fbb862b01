"""The result of converting a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Content:
    """Text as Markdown, and the title that the file gives itself, "" if it gives none."""

    text: str
    title: str = ""
