"""The canary policy: who gets the canary, and when it is promoted, rolled back or stopped."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from types import MappingProxyType
from typing import Literal

from tuning.rollout.sequential_test import fortune

FALSE_ALARMS = 0.05
"""At most this share of canaries that are no worse is rolled back, however often one looks.

No single person can break this by voting: it holds by the votes of all others.
"""
FALSE_PROMOTIONS = 0.05
"""At most this share of canaries that are worse by `MARGIN` on a measure is promoted, likewise."""
MARGIN = 0.1
"""The increase of a measure, as a share of answers, that is too much."""
FEWEST_PAIRS = 30
MOST_DAYS = 30.0
"""After these days an undecided canary is stopped, as later candidates wait for it."""
READERS = 2
"""How many other readers must dislike an answer, if neither the asker nor an expert does."""
_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Observed:
    """An answer with its feedback: which model gave it; refused, unsupported, disliked by whom.

    `disliked_by` are the asker and experts, `readers_against` others who voted it down; `channel`
    is the conversation.
    """

    is_canary: bool
    refused: bool = False
    unsupported: bool = False
    disliked_by: Sequence[str] = ()
    readers_against: Sequence[str] = ()
    channel: str = ""

    @property
    def disliked(self) -> bool:
        """Whether the asker, an expert, or several others dislike it."""
        return bool(self.disliked_by) or len(self.readers_against) >= READERS

    def without(self, person: str) -> "Observed":
        """Return the answer without this person's vote."""
        if person not in self.disliked_by and person not in self.readers_against:
            return self
        return replace(
            self,
            disliked_by=[one for one in self.disliked_by if one != person],
            readers_against=[one for one in self.readers_against if one != person],
        )


Ending = Literal["go on", "promote", "roll back", "stop"]
"""What happens to a canary: it continues, or how it ends."""


@dataclass(frozen=True, slots=True)
class RolloutDecision:
    """What happens to a canary, why, and the number of answer pairs behind it."""

    end: Ending
    reason: str
    answers: int

    def after(self, days: float) -> "RolloutDecision":
        """Return the decision after so many days: an undecided canary is stopped in the end."""
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
"""What counts against a model, by answer."""


def is_in_canary(channel: str, rollout: str, share: float) -> bool:
    """Return whether a channel belongs to the `share` (0 to 1) of channels with the canary.

    Always the same for a channel and a rollout; another rollout draws other channels. A growing
    share keeps the channels that it has.
    """
    return _drawn(channel, rollout) < share


def is_by_canary(channel: str, thread: str, rollout: str) -> bool:
    """Return whether the canary answers this thread of a canary channel: half of the threads."""
    # By thread, to compare both models within a channel: channels differ more than models do.
    # Compared across channels, 65 of 200 simulated canaries that were no worse were rolled back.
    return _drawn(f"{channel}/{thread}", rollout) < 0.5


def _drawn(what: str, rollout: str) -> float:
    """Return a number in [0, 1) by hash, always the same."""
    drawn = hashlib.sha256(f"{rollout}/{what}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") % _BUCKETS / _BUCKETS


def decide(answers: Sequence[Observed]) -> RolloutDecision:
    """Decide from all answers of both models since the canary began, oldest first.

    Each answer of the canary is paired with the incumbent's answers in the same channel since its
    last pair there. The canary is rolled back as soon as one measure is surely worse, and promoted
    once none can be worse by more than `MARGIN`. Both hold however often this is called (see
    `fortune`). Dislikes count only if the outcome is the same without any one person.
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
    # Bonferroni: each of the measures gets its share of the allowed false alarms.
    return fortune(differences) >= len(MEASURES) / FALSE_ALARMS


def _is_no_worse(differences: Sequence[float]) -> bool:
    return fortune((-d for d in differences), null=-MARGIN) >= 1 / FALSE_PROMOTIONS


def _whoever_is_left_out(
    answers: Sequence[Observed], name: str, differences: Sequence[float]
) -> Iterator[Sequence[float]]:
    """Yield a measure's differences, then those without each person's votes in turn."""
    yield differences
    if name == "disliked":
        people = {p for one in answers for p in (*one.disliked_by, *one.readers_against)}
        for person in sorted(people):
            others = [answer.without(person) for answer in answers]
            yield list(_differences(others, MEASURES[name]))


def _differences(answers: Iterable[Observed], measure: Measure) -> Iterator[float]:
    """Yield, for each answer of the canary that has a pair, how much worse it was."""
    waiting: defaultdict[str, tuple[list[bool], list[bool]]] = defaultdict(lambda: ([], []))
    for answer in answers:
        canaries, others = waiting[answer.channel]
        (canaries if answer.is_canary else others).append(measure(answer))
        if others and canaries:
            yield canaries.pop(0) - fmean(others)
            # Each answer is paired once, so that the differences are of different answers.
            others.clear()
