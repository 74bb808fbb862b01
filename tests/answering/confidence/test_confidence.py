"""The confidence: its bar, its file, and what people's word moves."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.confidence.confidence import (
    ANY,
    Confidence,
    choose_bar,
    open_confidence,
    save_confidence,
)
from answering.confidence.logistic_regression import Regression
from answering.errors import UnreadableWeights

CLEAR = Regression(("clear",), (0.0,), (1.0,), (2.0,), 0.0)
ONE = Confidence(CLEAR, CLEAR, bar=0.4, related=0.2)


def test_what_people_say_moves_what_is_held_of_answers() -> None:
    """Bad answers lower those that are like them; how excerpts are chosen and the bars stay."""
    worse = ONE.moved([{"clear": 1.0}] * 9, [False] * 9)
    assert worse.answer.of({"clear": 1.0}) < ONE.answer.of({"clear": 1.0})
    assert worse == replace(ONE, answer=worse.answer)
    better = ONE.moved([{"clear": 1.0}] * 9, [True] * 9)
    assert better.answer.of({"clear": 1.0}) > ONE.answer.of({"clear": 1.0})
    assert ONE.moved([], []) == ONE


def test_answers_of_an_older_version_move_nothing() -> None:
    """Their signals have other names: there is nothing to learn from them."""
    assert ONE.moved([{"cosine": 1.0}] * 9, [False] * 9) == ONE
    mixed = ONE.moved([{"cosine": 1.0}, {"clear": 1.0}], [True, False])
    assert mixed == ONE.moved([{"clear": 1.0}], [False])


def test_the_bar_refuses_no_more_than_allowed() -> None:
    """Of ten wanted answers at most two are under it, and it is as high as that allows."""
    probabilities = [n / 10 for n in range(10)]
    bar = choose_bar(probabilities, [True] * 10, 0.2)
    assert sum(p < bar for p in probabilities) == 2
    assert choose_bar(probabilities, [False] * 10, 0.2) == 0
    assert choose_bar([], [], 0.2) == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans())), st.floats(0, 1))
def test_a_bar_holds_its_promise(pairs: list[tuple[float, bool]], at_most: float) -> None:
    """Whatever the answers, the share of wanted ones under the bar is within what was allowed."""
    bar = choose_bar([p for p, _ in pairs], [want for _, want in pairs], at_most)
    wanted = [p for p, want in pairs if want]
    assert sum(p < bar for p in wanted) <= at_most * len(wanted) + 1e-9


def test_without_thresholds_nothing_is_refused() -> None:
    """All else stays: what is fitted anew must see every answer."""
    never = ONE.never_refusing()
    assert (never.bar, never.related, never.near) == (0, 0, -1)
    assert replace(never, bar=ONE.bar, related=ONE.related, near=ONE.near) == ONE


def test_a_model_has_weights_of_its_own(tmp_path: Path) -> None:
    """A file keeps one fit a model; one made from another has that one's; shipped ones are last."""
    path = tmp_path / "folder" / "confidence.json"
    mine, anybody = replace(ONE, model="mine"), replace(ONE, bar=0.3)
    for fit in (anybody, replace(ONE, model="other"), replace(mine, bar=0.9), mine):
        save_confidence(path, fit)
    assert open_confidence(path, "mine") == mine
    assert open_confidence(path, "mine-2", made_from="mine") == mine
    assert open_confidence(path, "other", made_from="mine") != mine
    assert open_confidence(path, "nobody") == anybody
    assert len(json.loads(path.read_text(encoding="utf-8"))) == 3


def test_weights_are_shipped(tmp_path: Path) -> None:
    """For any model: without a file of one's own those are taken."""
    shipped = open_confidence(tmp_path / "confidence.json", "mine")
    assert shipped.model == ANY
    assert shipped.choice.names and shipped.answer.names
    assert 0 < shipped.related < shipped.bar < 1


def test_weights_of_an_older_version_are_passed_over(tmp_path: Path) -> None:
    """They were fitted on sentences and say nothing of excerpts."""
    path = tmp_path / "confidence.json"
    path.write_text('[{"evidence": {"names": ["a"]}, "model": "mine"}]', encoding="utf-8")
    assert open_confidence(path, "mine").model == ANY


@pytest.mark.parametrize(
    "text", ["", "[1]", '[{"choice": {"names": ["a"]}}]', '[{"bar": 1}]', "{1}", "not json"]
)
def test_a_broken_file_is_told_with_what_to_do(tmp_path: Path, text: str) -> None:
    """What is no file of weights names itself and the command that writes a new one."""
    path = tmp_path / "confidence.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableWeights, match="eval calibrate"):
        open_confidence(path)
