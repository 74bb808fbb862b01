"""Two generations asked the same golden questions, before one takes the other's place."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from retrieval.documents import Passage
from retrieval.indexing.golden_questions import GoldenQuestion

PASSAGES = 5
"""A question is found when its words are in the first so many passages: recall@5."""
_SHARE_LOST = 0.02

Finder = Callable[[GoldenQuestion], Awaitable[list[Passage]]]
"""A question to the first passages that a generation gives its audience."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many golden questions were found by the live generation and by the other one.

    `by_words` is set where the live one could only be searched by words, its embedder being away.
    """

    questions: int = 0
    before: int = 0
    after: int = 0
    by_words: bool = False

    @property
    def is_good_enough(self) -> bool:
        """Whether at most 2 in 100 questions more are lost than were before."""
        return self.before - self.after <= int(_SHARE_LOST * self.questions)

    def describe(self) -> str:
        """The figures in a sentence."""
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
    """Ask every question of both."""
    asked = found_before = found_after = 0
    for question in questions:
        asked += 1
        found_before += question.is_found(await before(question))
        found_after += question.is_found(await after(question))
    return Comparison(asked, found_before, found_after, by_words)
