"""The confidence: its bar, its file, which regression speaks, and what people's word moves."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.confidence.confidence import (
    ANY,
    DRAFTED,
    HELD,
    Confidence,
    choose_bar,
    open_confidence,
    prefers_draft,
    save_confidence,
)
from answering.confidence.logistic_regression import Regression
from answering.errors import UnreadableWeights

CLEAR = Regression(("clear",), (0.0,), (1.0,), (2.0,), 0.0)
AS_HELD = Regression((HELD,), (0.0,), (1.0,), (1.0,), 0.0)
ONE = Confidence(CLEAR, AS_HELD, AS_HELD, bar=0.4)


def test_a_reply_knows_how_sure_its_evidence_is() -> None:
    """What the evidence says is a signal of the sentence, in the same measure."""
    held = ONE.held({"clear": 1.0})
    assert held == {HELD: pytest.approx(2.0)}
    assert ONE.sentence.of(held) == pytest.approx(ONE.evidence.of({"clear": 1.0}))


def test_few_words_go_before_a_sentence() -> None:
    """A draft is shown unless the sentence is more than twice as sure."""
    assert prefers_draft(0.4, 0.8)
    assert not prefers_draft(0.39, 0.8)


def test_what_people_say_moves_the_kind_of_reply_that_they_judged() -> None:
    """A bad draft lowers drafts alone, a bad sentence sentences alone; the evidence stays."""
    draft, sentence = {HELD: 1.0, DRAFTED: 3.0}, {HELD: 1.0}
    worse = ONE.moved([draft] * 9, [False] * 9)
    assert worse.draft.of(draft) < ONE.draft.of(draft)
    assert worse == replace(ONE, draft=worse.draft)
    worse = ONE.moved([sentence] * 9, [False] * 9)
    assert worse.sentence.of(sentence) < ONE.sentence.of(sentence)
    assert worse == replace(ONE, sentence=worse.sentence)
    assert ONE.moved([], []) == ONE


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


def test_a_model_has_weights_of_its_own(tmp_path: Path) -> None:
    """A file keeps one fit a model; another prompt's is passed over; the shipped ones come last."""
    path = tmp_path / "folder" / "confidence.json"
    shipped = open_confidence(path, "mine", "p1")
    assert shipped.model == ANY and shipped.evidence.names
    mine = replace(ONE, model="mine", prompt="p1")
    for fit in (replace(ONE, model="other"), replace(mine, bar=0.9), mine):
        save_confidence(path, fit)
    assert open_confidence(path, "mine", "p1") == mine
    assert open_confidence(path, "mine", "p2") == shipped
    assert open_confidence(path, "mine-2", "p1", made_from="mine") == mine
    assert open_confidence(path, "other", "p1", made_from="mine") != mine
    assert len(json.loads(path.read_text(encoding="utf-8"))) == 2
    assert mine.never_refusing().bar == 0


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"evidence": {"names": ["a"]}}]', "not json"])
def test_a_broken_file_is_told_with_what_to_do(tmp_path: Path, text: str) -> None:
    """What is no file of weights names itself and the command that writes a new one."""
    path = tmp_path / "confidence.json"
    path.write_text(text, encoding="utf-8")
    if text == "{}":
        assert open_confidence(path).model == ANY
        return
    with pytest.raises(UnreadableWeights, match="eval calibrate"):
        open_confidence(path)
