"""A canary is taken back when it is worse, promoted when it is not, and seldom the other way."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuning.rollout.policy import (
    FALSE_ALARMS,
    FALSE_PROMOTIONS,
    Observed,
    RolloutDecision,
    decide,
    is_in_canary,
)
from tuning.rollout.sequential_test import fortune

USUAL = (0.05, 0.2, 0.1)
ROLLOUTS = 200
ASKERS = [f"U{number}" for number in range(8)]
SPAMMER = "U0"


def play(
    canary: tuple[float, float, float], seed: int, most: int = 400, spams: str = ""
) -> RolloutDecision:
    """A rollout to half of the answers, looked at after every 40, until it is decided.

    One person votes down every answer of the model that `spams` names, asked for or not.
    """
    lot, answers = Random(seed), list[Observed]()
    decision = decide(answers)
    while decision.end == "go on" and len(answers) < most:
        for _ in range(40):
            is_canary = lot.random() < 0.5
            disliked, refused, unsupported = (
                lot.random() < rate for rate in (canary if is_canary else USUAL)
            )
            asker = lot.choice(ASKERS)
            is_spammed = spams == ("canary" if is_canary else "served")
            dislikes = is_spammed if asker == SPAMMER else disliked
            readers = [SPAMMER] if is_spammed and asker != SPAMMER else []
            by = [asker] if dislikes else []
            answers.append(Observed(is_canary, refused, unsupported, by, readers))
        decision = decide(answers)
    return decision


def test_one_as_good_is_seldom_taken_back() -> None:
    """Of 200 canaries that are no worse, no more are taken back than is promised."""
    ends = Counter(play(USUAL, seed).end for seed in range(ROLLOUTS))
    assert ends["roll back"] <= FALSE_ALARMS * ROLLOUTS
    assert ends["promote"] > 0


@pytest.mark.parametrize("worse", [(0.4, 0.2, 0.1), (0.05, 0.6, 0.1), (0.05, 0.2, 0.45)])
def test_a_bad_one_is_taken_back(worse: tuple[float, float, float]) -> None:
    """Disliked, refusing or unsupported: each alone takes it back, and the reason names it."""
    name = ("disliked", "refused", "unsupported")[
        next(at for at in range(3) if worse[at] != USUAL[at])
    ]
    decisions = [play(worse, seed) for seed in range(20)]
    assert all(d.end == "roll back" and name in d.reason for d in decisions)


def test_one_person_takes_no_canary_back() -> None:
    """Who votes down all that it says, and asks much, has no more canaries taken back."""
    ends = Counter(play(USUAL, seed, most=800, spams="canary").end for seed in range(ROLLOUTS))
    assert ends["roll back"] <= FALSE_ALARMS * ROLLOUTS
    alone = [Observed(True, disliked_by=["U1"]), Observed(False)] * 200
    assert decide(alone).end == "go on"
    two = [Observed(True, disliked_by=["U1"]), Observed(False), Observed(True, disliked_by=["U2"])]
    assert decide([*two, Observed(False)] * 100).end == "roll back"


def test_one_person_promotes_no_canary() -> None:
    """Who votes down all that is served does not make a bad canary look better."""
    ends = Counter(
        play((0.4, 0.2, 0.1), seed, most=800, spams="served").end for seed in range(ROLLOUTS)
    )
    assert ends["promote"] <= FALSE_PROMOTIONS * ROLLOUTS
    assert ends["roll back"] > ROLLOUTS / 2


def test_a_reader_alone_is_no_dislike() -> None:
    """Who asked and experts count by themselves, others when there are two."""
    assert Observed(True, disliked_by=["U1"]).disliked
    assert not Observed(True, readers_against=["U1"]).disliked
    assert Observed(True, readers_against=["U1", "U2"]).disliked
    assert not Observed(True, readers_against=["U1", "U2"]).without("U2").disliked


def test_nothing_is_decided_without_the_served_model() -> None:
    """A canary that nobody can be held against goes on, however it does."""
    assert decide([Observed(True, disliked_by=["U1", "U2"])] * 500).end == "go on"
    assert decide([]).end == "go on"


def test_channels_that_differ_are_no_fault_of_the_canary() -> None:
    """It is held against what is served in its own channel: a hard one alone takes none back."""
    hard = [Observed(True, refused=True, channel="C1"), Observed(False, refused=True, channel="C1")]
    easy = [Observed(False, channel="C2")] * 8
    assert decide([*hard, *easy] * 60).end == "promote"
    worse = [Observed(True, refused=True, channel="C1"), Observed(False, channel="C1")]
    assert decide([*worse, *easy] * 60).end == "roll back"


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0])), st.floats(-0.5, 0.5))
def test_no_bet_loses_more_than_there_is(differences: list[float], null: float) -> None:
    """A fortune is never gone, so that no run of bad luck hides what comes after it."""
    assert fortune(differences, null) > 0
    assert fortune([], null) == 1


def test_a_fair_game_leaves_the_money_as_it_was() -> None:
    """Over all runs of a fair coin the mean of the money is what it began with."""
    runs = [[1.0 if number >> at & 1 else -1.0 for at in range(10)] for number in range(2**10)]
    assert sum(fortune(run) for run in runs) / len(runs) == pytest.approx(1)


def test_a_difference_beyond_its_bounds_is_refused() -> None:
    """What is no difference of two outcomes is an error of the caller."""
    with pytest.raises(ValueError, match="between"):
        fortune([0.5, 1.5])


@given(st.text(), st.text(), st.floats(0, 1), st.floats(0, 1))
def test_a_channel_stays_while_the_share_grows(
    channel: str, rollout: str, one: float, other: float
) -> None:
    """A channel that a smaller share has is in every larger one; 0 has none, 1 has all."""
    small, large = sorted((one, other))
    assert is_in_canary(channel, rollout, small) <= is_in_canary(channel, rollout, large)
    assert not is_in_canary(channel, rollout, 0)
    assert is_in_canary(channel, rollout, 1)


def test_a_share_is_a_share() -> None:
    """A fifth of the channels, within what chance allows."""
    among = sum(is_in_canary(f"C{number}", "house-2", 0.2) for number in range(2000))
    assert 340 <= among <= 460
