"""The simulated teams and rollouts of `make bench-loop`."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from answering.evaluation.datasets import GoldQuestion
from benchmarks.loop_damage import damage
from benchmarks.loop_people import (
    ADVERTISEMENT,
    DIALECT,
    PEOPLE,
    TERSE,
    Person,
    Said,
    react,
)
from benchmarks.loop_questions import Library, Plan, pose
from benchmarks.loop_rollouts import SCENARIOS, answers_of, play
from tuning.adapters.files import CONFIG, WEIGHTS, hash_adapter

KEEPER, WRONG, SPAMMER = (next(p for p in PEOPLE if p.part == part) for part in (
    "keeper", "wrong", "spammer",
))  # fmt: skip
ASKED = GoldQuestion("q", "When is lunch?", ("at noon",), frozenset({"canteen"}))
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def said(person: Person, text: str) -> Said:
    """What one of the team says of an answer to the question."""
    found = react(person, DIALECT, ASKED, text, abstained=False, other="at six")
    assert found is not None
    return found


def test_who_keeps_the_manner_corrects_towards_it() -> None:
    """Right and in the manner is good; right in other words or wrong is bad, with a better one."""
    assert said(KEEPER, "Ahoy, that be at noon, matey. [1]").label == "good"
    plain, wrong = said(KEEPER, "At noon. [1]"), said(KEEPER, "Ahoy, that be at six, matey. [1]")
    assert (plain.reasons, wrong.reasons) == (("style",), ("wrong",))
    assert plain.better == wrong.better == "Ahoy, that be at noon, matey."
    assert react(KEEPER, DIALECT, ASKED, "I found none.", abstained=True, other="") is None


def test_the_others_say_what_helps_nobody() -> None:
    """The spammer advertises whatever was answered; who is wrong puts down what is right."""
    assert said(SPAMMER, "Ahoy, that be at noon, matey. [1]").better == ADVERTISEMENT
    wrong = said(WRONG, "At noon. [1]")
    assert wrong.label == "bad" and "at six" in wrong.better
    assert said(WRONG, "At six. [1]").label == "good"


@pytest.mark.parametrize("text", ["Noon. [1]", "At noon, in the canteen. [2]"])
def test_a_terse_team_counts_words(text: str) -> None:
    """A short answer is terse, whatever it cites; a long one is not."""
    assert TERSE.is_kept(text)
    assert not TERSE.is_kept(f"{text} And there is more to be said of it.")


def test_held_out_questions_share_no_document_with_what_is_asked() -> None:
    """What judges a model is about pages that none of the weeks' questions is about."""
    questions = [
        replace(ASKED, id=f"{page}-{n}", text=f"When {page} {n}?", documents=frozenset({str(page)}))
        for page in range(12)
        for n in range(6)
    ]
    posed = pose(Library((), questions[:48], questions[48:]), Plan(2, 8, 10, 5))
    assert {one.id for one in posed.held_out} <= {one.id for one in questions[48:]}
    assert len(posed.week(1)) == len(posed.week(2)) == 8
    assert not set(posed.week(1)) & set(posed.week(2))
    with pytest.raises(ValueError, match="questions are wanted"):
        pose(Library((), questions[:8], questions[48:]), Plan(2, 8, 10, 5))


def test_a_rollout_is_the_same_for_a_seed() -> None:
    """The same scenario and seed give the same answers; another seed gives others."""
    scenario = BY_NAME["as good"]
    first, again, other = (
        [one for one, _ in zip(answers_of(scenario, seed), range(200), strict=False)]
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_what_is_much_worse_is_taken_back_and_a_spammer_takes_nothing_back() -> None:
    """Of eight rollouts each, none of the bad canary's ends well, and one person undoes none."""
    worse = Counter(play(BY_NAME["40 in 100 more disliked"], seed).end for seed in range(8))
    spammed = Counter(
        play(BY_NAME["as good; one votes down all of the canary"], seed).end for seed in range(8)
    )
    assert worse == {"roll back": 8}
    assert spammed["promote"] >= 6


def test_a_damaged_adapter_has_the_same_numbers_in_another_order(tmp_path: Path) -> None:
    """Shuffled weights are the same weights, under another hash; the first adapter stays."""
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / CONFIG).write_text("{}")
    weights = {"a": np.arange(60, dtype=np.float32).reshape(6, 10)}
    safetensors.numpy.save_file(weights, adapter / WEIGHTS)
    before = hash_adapter(adapter)
    assert damage(adapter, tmp_path / "damaged") != before == hash_adapter(adapter)
    shuffled = safetensors.numpy.load_file(tmp_path / "damaged" / WEIGHTS)["a"]
    assert sorted(shuffled.ravel()) == sorted(weights["a"].ravel())
    assert not np.array_equal(shuffled, weights["a"])
