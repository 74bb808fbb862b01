"""What a reader makes of a file's bytes. Knows nothing of where they came from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Content:
    """A text as Markdown, and the title that it gives itself, empty where it gives none."""

    text: str
    title: str = ""
