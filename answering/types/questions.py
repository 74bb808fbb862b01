"""A question, its thread, and the audience of the answer."""

from dataclasses import dataclass
from typing import Final, Literal

from retrieval.audience import Audience

QUESTION_LIMIT: Final = 4_000
"""The most characters of a question."""


def is_wordless(text: str) -> bool:
    """Return whether a text has neither letter nor digit, so that it cannot be searched for."""
    return not any(character.isalnum() for character in text)


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier message of the thread; a Question's thread has the oldest first."""

    speaker: Literal["person", "bot"]
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is asked: the conversation, and its thread if there is one."""

    conversation: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question in plain text (no Slack markup), what was said before it, and its audience.

    `place` serves to choose a model, never to decide which documents may be used. `bar` is the
    confidence threshold where it is asked, 0 to 1; None means the fitted one.
    """

    text: str
    audience: Audience
    thread: tuple[Turn, ...] = ()
    place: Place | None = None
    bar: float | None = None
