"""What the answer chain streams, in order: searching, reading, words, the finished answer."""

from dataclasses import dataclass

from answering.types.answers import Answer


@dataclass(frozen=True, slots=True)
class Step:
    """An element of the stream. LangChain adds up the elements; the sum is the last one."""

    def __add__(self, later: "Step") -> "Step":
        """Return the later element."""
        return later


@dataclass(frozen=True, slots=True)
class Searching(Step):
    """The index is being searched."""


@dataclass(frozen=True, slots=True)
class SourcesFound(Step):
    """Evidence was found in these documents (titles, best first)."""

    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words(Step):
    """The next piece of the answer's text, already checked against the evidence."""

    text: str

    def __add__(self, later: Step) -> Step:
        """Join with further words; otherwise return the later element."""
        return Words(self.text + later.text) if isinstance(later, Words) else later


@dataclass(frozen=True, slots=True)
class Restarted(Step):
    """A document changed while the answer was written: the words so far are void."""


@dataclass(frozen=True, slots=True)
class Finished(Step):
    """The finished answer; its text is all Words since the last Restarted.

    The tokens are those that the model read and wrote, 0 if none was asked or it does not count
    them. If `model_failed`, asking again later may give another answer.
    """

    answer: Answer
    prompt_tokens: int = 0
    completion_tokens: int = 0
    model_failed: bool = False


Progress = Searching | SourcesFound | Words | Restarted | Finished
