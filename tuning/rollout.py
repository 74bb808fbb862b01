"""A canary beside what is served: who gets it, and when it is promoted or taken back.

Moves no pointer: the registry does.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from types import MappingProxyType
from typing import Literal

from tuning.sequential import fortune

FALSE_ALARMS = 0.05
"""At most so many canaries that are no worse are taken back, however often one looks."""
FALSE_PROMOTIONS = 0.05
"""At most so many canaries that are worse by `MARGIN` somewhere are promoted."""
MARGIN = 0.1
"""So much more of what is bad is too much: a share of answers."""
FEWEST_PAIRS = 30
_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Observed:
    """An answer, oldest first: whose it was, and whether it was disliked, refused, unsupported."""

    is_canary: bool
    disliked: bool = False
    refused: bool = False
    unsupported: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to become of a canary, why, and on how many of its answers this rests."""

    end: Literal["go on", "promote", "roll back"]
    reason: str
    answers: int


Measure = Callable[[Observed], bool]
MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "disliked": lambda answer: answer.disliked,
        "refused": lambda answer: answer.refused,
        "unsupported": lambda answer: answer.unsupported,
    }
)
"""What of an answer counts against its model."""


def is_in_canary(channel: str, rollout: str, share: float) -> bool:
    """Whether a channel is one of the `share` (0 to 1) that a rollout is tried in.

    Always the same for a channel and a rollout; another rollout draws others. A growing share keeps
    the channels that it has.
    """
    drawn = hashlib.sha256(f"{rollout}/{channel}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") % _BUCKETS < share * _BUCKETS


def decide(answers: Sequence[Observed]) -> Decision:
    """What to do now, from all answers of both models since the canary began, oldest first.

    Each answer of the canary is held against those of the served model since its last one. It is
    taken back as soon as one measure is surely worse, and promoted once none can be worse by more
    than the margin; both hold however often this is asked (see `fortune`).
    """
    pairs = {name: list(_differences(answers, measure)) for name, measure in MEASURES.items()}
    count = len(next(iter(pairs.values())))
    for name, differences in pairs.items():
        if fortune(differences) >= len(MEASURES) / FALSE_ALARMS:
            more = fmean(differences)
            reason = f"{100 * more:.0f} in 100 answers more were {name} than with what is served"
            return Decision("roll back", f"{reason}, by {count:,} pairs of answers.", count)
    if count >= FEWEST_PAIRS and all(
        fortune((-d for d in differences), null=-MARGIN) >= 1 / FALSE_PROMOTIONS
        for differences in pairs.values()
    ):
        reason = f"No more answers were {', '.join(MEASURES)} than with what is served"
        return Decision("promote", f"{reason}, by {count:,} pairs of answers.", count)
    return Decision("go on", f"{count:,} pairs of answers are not enough to tell.", count)


def _differences(answers: Iterable[Observed], measure: Measure) -> Iterator[float]:
    """For each answer of the canary that can be held against others: how much worse it was."""
    others: list[bool] = []
    canaries: list[bool] = []
    for answer in answers:
        (canaries if answer.is_canary else others).append(measure(answer))
        if others and canaries:
            yield canaries.pop(0) - fmean(others)
            others.clear()
