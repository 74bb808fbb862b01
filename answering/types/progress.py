"""What an Answerer reports while it works, in order: searching, reading, words, then the answer."""

from dataclasses import dataclass

from answering.types.answers import Answer


@dataclass(frozen=True, slots=True)
class Searching:
    """The index is being searched."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Evidence was found in these documents (titles, best first); the model is being asked."""

    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A further piece of the answer's text, already checked against the evidence."""

    text: str


@dataclass(frozen=True, slots=True)
class Restarted:
    """A document changed while the answer was written: the words so far are void."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole answer; its text is all Words since the last Restarted.

    The tokens are those that the model read and wrote for it, 0 where none was asked or it does not
    count them.
    """

    answer: Answer
    prompt_tokens: int = 0
    completion_tokens: int = 0


Progress = Searching | Reading | Words | Restarted | Finished
