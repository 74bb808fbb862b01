"""What is not answered, what is tried again, and what the person is told. Answers nothing."""

from typing import Final

from answering.errors import AnsweringError, NotIndexed
from answering.types.questions import QUESTION_LIMIT, is_wordless
from bot.errors import QuestionRefused, SlackFailed
from bot.inbox.intent import is_courtesy

MOST_TRIES: Final = 4
"""How often one job is tried."""
MOST_DEATHS: Final = 5
"""How many jobs may die over one event."""
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
    """A question's plain text. Raises QuestionRefused when it asks nothing or is too long."""
    if is_wordless(text) or is_courtesy(text):
        raise QuestionRefused(_EMPTY)
    if len(text) > QUESTION_LIMIT:
        raise QuestionRefused(_TOO_LONG.format(size=len(text), limit=QUESTION_LIMIT))
    return text


def may_pass(error: Exception) -> bool:
    """Whether the same may work a little later."""
    if isinstance(error, SlackFailed):
        return error.error in _PASSING
    return not isinstance(error, QuestionRefused | NotIndexed)


def apology(error: Exception) -> str:
    """What the person is told when a question cannot be answered."""
    said_for_people = isinstance(error, AnsweringError | QuestionRefused)
    return str(error) if said_for_people else FAILED
