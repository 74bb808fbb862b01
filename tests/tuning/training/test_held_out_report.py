"""What a training changed, by kind of what was held out."""

import pytest

from tuning.datasets.formats import DatasetRow
from tuning.examples_for_training import ChatMessage
from tuning.training.held_out_report import compare, describe_change

PROMPT = (ChatMessage("user", "what ?"),)
GOOD = DatasetRow("kto", PROMPT, "300 .", label=True)
BAD = DatasetRow("kto", PROMPT, "who ?", label=False)
PAIR = DatasetRow("preference", PROMPT, "300 .", "who ?")


def test_what_changed_is_told_by_kind() -> None:
    """Right answers by likelihood, pairs one by one, thumbs by how much more the good ones gain."""
    rows = [DatasetRow("sft", PROMPT, "300 ."), PAIR, GOOD, BAD]
    before = [(-2.0, None), (-1.0, -1.0), (-2.0, None), (-2.0, None)]
    after = [(-1.0, None), (-1.0, -3.0), (-1.5, None), (-2.25, None)]
    found = compare(rows, before, after)
    assert found["answers"] == {"n": 1, "before": -2.0, "after": -1.0}
    assert found["pairs"]["before"] == [0.5]
    assert found["pairs"]["after"] == [pytest.approx(0.8808, abs=1e-4)]
    assert found["thumbs"] == {"n": 2, "margin": 0.75}
    assert compare([], [], []) == {}
    said = describe_change(found)
    assert said[0] == "Right answers that it never saw: -1.00 nats a token after -2.00 (1)."
    assert said[1].startswith("The better of two answers is preferred by 0.881 after 0.500")
    assert said[2] == "Good answers gained +0.750 nats a token more than bad ones (2)."
    assert describe_change({}) == []
