"""What an answer's chain streams, in order: searching, reading, words, then the whole answer."""

from dataclasses import dataclass

from answering.types.answers import Answer


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of the stream. LangChain adds the pieces up: their sum is the last one."""

    def __add__(self, later: "Step") -> "Step":
        """What comes later counts; words are joined."""
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
    """A further piece of the answer's text, already checked against the evidence."""

    text: str

    def __add__(self, later: Step) -> Step:
        """Words and further words are one text."""
        return Words(self.text + later.text) if isinstance(later, Words) else later


@dataclass(frozen=True, slots=True)
class Restarted(Step):
    """A document changed while the answer was written: the words so far are void."""


@dataclass(frozen=True, slots=True)
class Finished(Step):
    """The whole answer; its text is all Words since the last Restarted.

    The tokens are those that the model read and wrote for it, 0 where none was asked or it does not
    count them. Where `model_failed` another answer may be had later.
    """

    answer: Answer
    prompt_tokens: int = 0
    completion_tokens: int = 0
    model_failed: bool = False


Progress = Searching | SourcesFound | Words | Restarted | Finished
