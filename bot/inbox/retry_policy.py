"""Retry policy: which questions are refused, which errors are transient, what the person reads."""

from typing import Final

from answering.errors import AnsweringError, NotIndexed
from answering.types.questions import QUESTION_LIMIT, is_wordless
from bot.errors import QuestionRefused, SlackFailed
from bot.inbox.intent import is_courtesy

MOST_TRIES: Final = 4
"""Attempts of one job."""
MOST_DEATHS: Final = 5
"""Crashed jobs of one row before it is given up."""
FAILED: Final = (
    "I could not answer this: something went wrong on my side. Please ask again in a while."
)

_EMPTY = "Ask me something in words, and I will look it up. For example: “How do we deploy?”"
_TOO_LONG = (
    "That is {size:,} characters, and I read questions of up to {limit:,}. "
    "Please ask for what you want to know, and leave out the text around it."
)
_PASSING = (
    "",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "ratelimited",
    "streaming_state_conflict",
)


def question_text(text: str) -> str:
    """Return the question's text. Raises QuestionRefused when it asks nothing or is too long."""
    if is_wordless(text) or is_courtesy(text):
        raise QuestionRefused(_EMPTY)
    if len(text) > QUESTION_LIMIT:
        raise QuestionRefused(_TOO_LONG.format(size=len(text), limit=QUESTION_LIMIT))
    return text


def may_pass(error: Exception) -> bool:
    """Return whether the error is transient, so that a retry may succeed."""
    if isinstance(error, SlackFailed):
        return error.error in _PASSING
    # These two stay until the person or an admin acts. An error nobody foresaw is worth a retry.
    return not isinstance(error, QuestionRefused | NotIndexed)


def apology(error: Exception) -> str:
    """Return the text shown in place of an answer."""
    # Only these errors are worded for the person who asked.
    said_for_people = isinstance(error, AnsweringError | QuestionRefused)
    return str(error) if said_for_people else FAILED
