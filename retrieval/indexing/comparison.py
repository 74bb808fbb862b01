"""Compare two generations by the golden questions that each finds, before one is promoted."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from retrieval.documents import Passage
from retrieval.indexing.golden_questions import GoldenQuestion

PASSAGES = 5
"""A question is found if the quote is in this many first passages: recall@5."""
_SHARE_LOST = 0.02  # of the golden questions; a new generation may find so many fewer

Finder = Callable[[GoldenQuestion], Awaitable[list[Passage]]]
"""Returns the first passages that a generation gives a question's audience."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many golden questions the live generation (`before`) and the new one (`after`) find.

    `by_words` means that the live one could be searched lexically only, without its embedder.
    """

    questions: int = 0
    before: int = 0
    after: int = 0
    by_words: bool = False

    @property
    def is_good_enough(self) -> bool:
        """Return whether the new generation finds at most 2% of the questions fewer."""
        return self.before - self.after <= int(_SHARE_LOST * self.questions)

    def describe(self) -> str:
        """Return the figures as a sentence."""
        if not self.questions:
            return "There are no golden questions yet, so nothing could be compared."
        how = " (by words alone: its embedder is not at hand)" if self.by_words else ""
        return (
            f"Golden questions: {self.questions:,}; found before {self.before:,}{how}, "
            f"after {self.after:,}."
        )


async def compare(
    questions: Iterable[GoldenQuestion], before: Finder, after: Finder, *, by_words: bool
) -> Comparison:
    """Ask both generations every question."""
    asked = found_before = found_after = 0
    for question in questions:
        asked += 1
        found_before += question.is_found(await before(question))
        found_after += question.is_found(await after(question))
    return Comparison(asked, found_before, found_after, by_words)
