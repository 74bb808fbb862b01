"""A canary beside what is served: who gets it, and when it is promoted or taken back.

Moves no pointer: the registry does.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from types import MappingProxyType
from typing import Literal

from tuning.rollout.sequential_test import fortune

FALSE_ALARMS = 0.05
"""At most so many canaries that are no worse are taken back, however often one looks.

One person may press what they like, as often as they like: this holds by what all others do.
"""
FALSE_PROMOTIONS = 0.05
"""At most so many canaries that are worse by `MARGIN` somewhere are promoted, likewise."""
MARGIN = 0.1
"""So much more of what is bad is too much: a share of answers."""
FEWEST_PAIRS = 30
MOST_DAYS = 30.0
"""After so many an undecided canary is tried no more: what is learned next waits for it."""
READERS = 2
"""So many must dislike an answer who neither asked nor are experts, for that to count."""
_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Observed:
    """An answer, oldest first: whose it was, and whether it was refused, unsupported, disliked.

    `disliked_by` are who asked and experts, `readers_against` the others who voted it down;
    `channel` is the conversation it stands in.
    """

    is_canary: bool
    refused: bool = False
    unsupported: bool = False
    disliked_by: Sequence[str] = ()
    readers_against: Sequence[str] = ()
    channel: str = ""

    @property
    def disliked(self) -> bool:
        """Whether who asked, an expert, or several others dislike it."""
        return bool(self.disliked_by) or len(self.readers_against) >= READERS

    def without(self, person: str) -> "Observed":
        """The same, had this person not voted."""
        if person not in self.disliked_by and person not in self.readers_against:
            return self
        return replace(
            self,
            disliked_by=[one for one in self.disliked_by if one != person],
            readers_against=[one for one in self.readers_against if one != person],
        )


Ending = Literal["go on", "promote", "roll back", "stop"]
"""What is to become of a canary: nothing yet, or how it ends."""


@dataclass(frozen=True, slots=True)
class RolloutDecision:
    """What is to become of a canary, why, and on how many of its answers this rests."""

    end: Ending
    reason: str
    answers: int

    def after(self, days: float) -> "RolloutDecision":
        """The same, so many days after the canary began: one undecided for long is stopped."""
        if self.end != "go on" or days < MOST_DAYS:
            return self
        return replace(self, end="stop", reason=f"After {MOST_DAYS:.0f} days {self.reason}")


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
    return _drawn(channel, rollout) < share


def is_by_canary(channel: str, thread: str, rollout: str) -> bool:
    """Whether a thread of a channel in which a canary is tried is one of the half that it answers.

    By thread, so that it is held against what is served in the same channel: channels differ by
    more than models do.
    """
    return _drawn(f"{channel}/{thread}", rollout) < 0.5


def _drawn(what: str, rollout: str) -> float:
    """A number from 0 to below 1, always the same."""
    drawn = hashlib.sha256(f"{rollout}/{what}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") % _BUCKETS / _BUCKETS


def decide(answers: Sequence[Observed]) -> RolloutDecision:
    """What to do now, from all answers of both models since the canary began, oldest first.

    Each answer of the canary is held against those of the served model in the same channel since
    its last one there. It is taken back as soon as one measure is surely worse, and promoted once
    none can be worse by more than the margin; both hold however often this is asked (see
    `fortune`). What people dislike decides only where it does whichever one of them is left out.
    """
    seen = {name: list(_differences(answers, measure)) for name, measure in MEASURES.items()}
    count = len(seen["disliked"])
    for name, differences in seen.items():
        if all(map(_is_worse, _whoever_is_left_out(answers, name, differences))):
            more = fmean(differences)
            reason = f"{100 * more:.0f} in 100 answers more were {name} than with what is served"
            return RolloutDecision("roll back", f"{reason}, by {count:,} pairs of answers.", count)
    if (
        count >= FEWEST_PAIRS
        and all(map(_is_no_worse, seen.values()))
        and all(map(_is_no_worse, _whoever_is_left_out(answers, "disliked", seen["disliked"])))
    ):
        reason = f"No more answers were {', '.join(MEASURES)} than with what is served"
        return RolloutDecision("promote", f"{reason}, by {count:,} pairs of answers.", count)
    return RolloutDecision("go on", f"{count:,} pairs of answers are not enough to tell.", count)


def _is_worse(differences: Sequence[float]) -> bool:
    return fortune(differences) >= len(MEASURES) / FALSE_ALARMS


def _is_no_worse(differences: Sequence[float]) -> bool:
    return fortune((-d for d in differences), null=-MARGIN) >= 1 / FALSE_PROMOTIONS


def _whoever_is_left_out(
    answers: Sequence[Observed], name: str, differences: Sequence[float]
) -> Iterator[Sequence[float]]:
    """The differences in a measure, then as they were without each one's votes."""
    yield differences
    if name == "disliked":
        people = {p for one in answers for p in (*one.disliked_by, *one.readers_against)}
        for person in sorted(people):
            others = [answer.without(person) for answer in answers]
            yield list(_differences(others, MEASURES[name]))


def _differences(answers: Iterable[Observed], measure: Measure) -> Iterator[float]:
    """For each answer of the canary that can be held against others: how much worse it was."""
    waiting: defaultdict[str, tuple[list[bool], list[bool]]] = defaultdict(lambda: ([], []))
    for answer in answers:
        canaries, others = waiting[answer.channel]
        (canaries if answer.is_canary else others).append(measure(answer))
        if others and canaries:
            yield canaries.pop(0) - fmean(others)
            others.clear()
