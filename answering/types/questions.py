"""What is asked: a question, the thread it stands in, and who will read the answer."""

from dataclasses import dataclass
from typing import Final, Literal

from retrieval.audience import Audience

QUESTION_LIMIT: Final = 4_000
"""Characters of a question."""


def is_wordless(text: str) -> bool:
    """Whether nothing can be looked up: there is no letter and no digit in the text."""
    return not any(character.isalnum() for character in text)


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the thread, oldest first in a Question's thread."""

    speaker: Literal["person", "bot"]
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is asked: the conversation, and the thread in it if there is one."""

    conversation: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question in plain text (no Slack markup), what was said before it, and its audience.

    `place` is for choosing among models, never for what may be used. `bar` is how likely an answer
    has to be where it is asked, 0 to 1; None leaves that to the confidence.
    """

    text: str
    audience: Audience
    thread: tuple[Turn, ...] = ()
    place: Place | None = None
    bar: float | None = None
