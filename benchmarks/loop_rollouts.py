"""Simulate rollouts under the real policy: how often they end wrongly, and how soon.

A team asks in its channels, some of which have the canary. Askers vote by chance; a spammer and
people who are wrong vote as they like.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from random import Random
from statistics import quantiles
from typing import Literal

from tuning.rollout.policy import Ending, Observed, decide, is_by_canary, is_in_canary

PEOPLE = tuple(f"U{number:02}" for number in range(12))
CHANNELS = tuple(f"C{number:02}" for number in range(20))
SHARE = 0.5
MOST = 3_000
LOOK_EVERY = 50
_BUSY = tuple(1 / (1 + number) for number in range(len(CHANNELS)))
SPAMMER, WRONG = PEOPLE[0], PEOPLE[1:3]


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of a model's answers that the asker dislikes, that are refused, or unsupported."""

    disliked: float = 0.05
    refused: float = 0.2
    unsupported: float = 0.1


SERVED = Rates()


@dataclass(frozen=True, slots=True)
class Scenario:
    """The rates of canary and incumbent, and who votes how.

    `spams` are the answers that one person always votes down, who asks like others unless
    `only_reads`; `wrong` people vote down half of the time; `uneven` is how far a channel's
    refusals are above or below the mean, whichever model answers.
    """

    name: str
    canary: Rates = SERVED
    served: Rates = SERVED
    spams: Literal["nothing", "the canary", "what is served", "everything"] = "nothing"
    only_reads: bool = False
    wrong: int = 0
    uneven: float = 0.0


@dataclass(frozen=True, slots=True)
class End:
    """The outcome of a rollout, and the number of answers of both models until then."""

    end: Ending
    answers: int


@dataclass(frozen=True, slots=True)
class Ends:
    """Shares of outcomes over a scenario's rollouts, and quartiles of the answers to a decision."""

    rollouts: int
    promoted: float
    taken_back: float
    undecided: float
    answers: tuple[float, float, float] | None


def _worse(name: str, **rates: float) -> Scenario:
    return Scenario(name, replace(SERVED, **rates))


SCENARIOS: Sequence[Scenario] = (
    Scenario("as good"),
    Scenario("better: fewer thumbs down, refusals, unsupported", Rates(0.02, 0.12, 0.04)),
    _worse("10 in 100 more disliked", disliked=0.15),
    _worse("20 in 100 more disliked", disliked=0.25),
    _worse("40 in 100 more disliked", disliked=0.45),
    _worse("10 in 100 more refused", refused=0.3),
    _worse("20 in 100 more refused", refused=0.4),
    _worse("40 in 100 more refused", refused=0.6),
    _worse("10 in 100 more unsupported", unsupported=0.2),
    _worse("20 in 100 more unsupported", unsupported=0.3),
    _worse("40 in 100 more unsupported", unsupported=0.5),
    Scenario("as good; two people are simply wrong", wrong=2),
    replace(_worse("40 in 100 more disliked; two are wrong", disliked=0.45), wrong=2),
    Scenario("as good; one votes down all of the canary", spams="the canary", only_reads=True),
    Scenario("as good; one does, and asks as well", spams="the canary"),
    Scenario("as good; one votes down everything", spams="everything"),
    replace(
        _worse("40 in 100 more disliked; one votes down what is served", disliked=0.45),
        spams="what is served",
    ),
    Scenario("as good; channels differ by 15 in 100 refused", uneven=0.15),
)


def play(scenario: Scenario, seed: int) -> End:
    """Play one rollout, looking every 50 answers, until it is decided or at 3,000 answers."""
    coming = answers_of(scenario, seed)
    seen: list[Observed] = []
    while len(seen) < MOST:
        seen += islice(coming, LOOK_EVERY)
        decision = decide(seen)
        if decision.end != "go on":
            return End(decision.end, len(seen))
    return End("go on", len(seen))


def answers_of(scenario: Scenario, seed: int) -> Iterator[Observed]:
    """Yield the answers of both models without end; always the same for a seed."""
    lot = Random(f"{scenario.name}/{seed}")  # noqa: S311 - a simulation, not a secret
    harder = {channel: lot.choice((-1, 1)) * scenario.uneven for channel in CHANNELS}
    rollout = f"{scenario.name}/{seed}"
    for thread in count():
        (channel,) = lot.choices(CHANNELS, _BUSY)
        is_tried = is_in_canary(channel, rollout, SHARE)
        is_canary = is_tried and is_by_canary(channel, str(thread), rollout)
        rates = scenario.canary if is_canary else scenario.served
        refused = lot.random() < rates.refused + harder[channel]
        unsupported = lot.random() < rates.unsupported
        who = lot.choice(PEOPLE[scenario.only_reads :])
        spammed = _is_spammed(scenario, is_canary)
        if who == SPAMMER and scenario.spams != "nothing":
            dislikes = spammed
        else:
            wrong = who in WRONG[: scenario.wrong]
            dislikes = lot.random() < (0.5 if wrong else rates.disliked)
        readers = [SPAMMER] if spammed and who != SPAMMER else []
        disliked_by = [who] if dislikes else []
        yield Observed(is_canary, refused, unsupported, disliked_by, readers, channel)


def summed(ends: Iterable[End]) -> Ends:
    """Return the shares of these outcomes. Raises ValueError without any."""
    known = list(ends)
    if not known:
        raise ValueError("no rollout, no share")
    decided = [end.answers for end in known if end.end != "go on"]
    quarters = quantiles(decided, n=4, method="inclusive") if len(decided) > 1 else None
    return Ends(
        rollouts=len(known),
        promoted=_share(known, "promote"),
        taken_back=_share(known, "roll back"),
        undecided=_share(known, "go on"),
        answers=(quarters[0], quarters[1], quarters[2]) if quarters else None,
    )


def _is_spammed(scenario: Scenario, is_canary: bool) -> bool:
    match scenario.spams:
        case "nothing":
            return False
        case "everything":
            return True
        case spammed:
            return is_canary == (spammed == "the canary")


def _share(ends: Sequence[End], wanted: str) -> float:
    return sum(end.end == wanted for end in ends) / len(ends)
