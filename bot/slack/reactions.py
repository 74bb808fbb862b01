"""Which reactions say that an answer is good, and which that it is bad. Records none."""

from dataclasses import dataclass
from typing import Literal

Label = Literal["good", "bad", "none"]


@dataclass(frozen=True, slots=True)
class Thumbs:
    """The names of the emoji that count, as Slack writes them (`+1`), without skin tones."""

    good: frozenset[str] = frozenset({"+1", "thumbsup"})
    bad: frozenset[str] = frozenset({"-1", "thumbsdown"})

    def label_of(self, reaction: str) -> Label | None:
        """What a reaction (`+1`, `thumbsdown::skin-tone-3`) says of an answer, if anything."""
        name = reaction.partition("::")[0]
        if name in self.good:
            return "good"
        return "bad" if name in self.bad else None
