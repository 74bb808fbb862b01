"""The reactions that count as a good or a bad vote on an answer."""

from dataclasses import dataclass
from typing import Literal

Label = Literal["good", "bad", "none"]


@dataclass(frozen=True, slots=True)
class Thumbs:
    """Emoji names that count as votes, as Slack writes them (`+1`), without skin tones."""

    good: frozenset[str] = frozenset({"+1", "thumbsup"})
    bad: frozenset[str] = frozenset({"-1", "thumbsdown"})

    def label_of(self, reaction: str) -> Label | None:
        """Return a reaction's label (`+1`, `thumbsdown::skin-tone-3`); None if it is no vote."""
        name = reaction.partition("::")[0]
        if name in self.good:
            return "good"
        return "bad" if name in self.bad else None
