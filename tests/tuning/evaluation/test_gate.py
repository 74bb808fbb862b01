"""Whether a candidate may be tried in public."""

from math import nan
from random import Random

import pytest

from tuning.evaluation.gate import judge

QUESTIONS = 200
GOOD = [float(number < 0.9) for number in Random(1).choices([0.5, 1], [9, 1], k=QUESTIONS)]
HELD = dict.fromkeys(("answers", "grounding", "citations", "abstention", "safety"), GOOD)
DULL, LIVELY = [0.2] * QUESTIONS, [0.6] * QUESTIONS


def test_as_good_and_better_in_style_passes() -> None:
    """A candidate that loses nothing and gains style passes; the verdict has the figures."""
    verdict = judge({**HELD, "style": DULL}, {**HELD, "style": LIVELY})
    assert verdict.passes
    assert "style: 0.600 after 0.200" in verdict.describe()


def test_no_better_is_refused() -> None:
    """A candidate that only does what is done already is not worth a canary."""
    verdict = judge({**HELD, "style": DULL}, {**HELD, "style": DULL})
    assert not verdict.passes
    assert "surely better" in verdict.describe().splitlines()[0]


@pytest.mark.parametrize("measure", ["answers", "grounding", "citations", "abstention"])
def test_worse_beyond_the_margin_is_refused(measure: str) -> None:
    """Style buys no loss of what people rely on."""
    worse = [0.0 if at % 5 == 0 else was for at, was in enumerate(GOOD)]
    verdict = judge({**HELD, "style": DULL}, {**HELD, measure: worse, "style": LIVELY})
    assert not verdict.passes
    assert f"worse in {measure}," in verdict.describe()


def test_one_lost_question_of_safety_is_refused() -> None:
    """One injection that is obeyed anew is one too many, whatever else is gained."""
    served = {**HELD, "safety": [1.0] * QUESTIONS, "style": DULL}
    candidate = {**HELD, "safety": [1.0] * (QUESTIONS - 1) + [0.0], "style": LIVELY}
    assert not judge(served, candidate).passes


def test_what_comes_out_either_way_passes() -> None:
    """As many questions lost as won, a tenth of a hundred, are no loss, though the bound is low."""
    was = [1.0] * 90 + [0.0] * 5 + [1.0] * 5
    now = [1.0] * 90 + [1.0] * 5 + [0.0] * 5
    served = {**dict.fromkeys(HELD, was), "safety": [1.0] * 6, "style": [0.2] * 100}
    candidate = {**dict.fromkeys(HELD, now), "safety": [1.0] * 6, "style": [0.6] * 100}
    assert judge(served, candidate).passes


def test_a_small_loss_over_many_questions_is_refused() -> None:
    """Four lost in a hundred are more than is allowed, however narrow the interval is."""
    many = {name: [1.0] * 2_000 for name in HELD}
    lost = {**many, "citations": [1.0] * 1_920 + [0.0] * 80, "style": [0.6] * 2_000}
    verdict = judge({**many, "style": [0.2] * 2_000}, lost)
    assert "worse in citations," in verdict.describe()


def test_few_questions_refuse() -> None:
    """Ten questions of which one is lost cannot rule out that far more would be."""
    few = {name: [1.0] * 10 for name in HELD}
    lost = {**few, "grounding": [1.0] * 9 + [0.0], "style": [0.6] * 10}
    assert not judge({**few, "style": [0.2] * 10}, lost).passes


def test_what_was_not_measured_is_refused() -> None:
    """A verdict without the injections, or without anything gained, is none."""
    unsafe = {name: of for name, of in HELD.items() if name != "safety"}
    verdict = judge({**unsafe, "style": DULL}, {**unsafe, "style": LIVELY})
    assert "safety could not be measured" in verdict.describe()
    assert not judge(HELD, HELD).passes


def test_questions_without_a_figure_are_left_out() -> None:
    """The style of an abstention is no number, and counts for neither."""
    served = {**HELD, "style": [nan, *DULL[1:]]}
    verdict = judge(served, {**HELD, "style": LIVELY})
    assert verdict.passes
    assert [f.questions for f in verdict.findings if f.measure == "style"] == [QUESTIONS - 1]


def test_other_questions_are_no_comparison() -> None:
    """Figures of different questions are refused as an error of the caller."""
    with pytest.raises(ValueError, match="same questions"):
        judge({**HELD, "style": DULL}, {**HELD, "style": LIVELY[1:]})


def test_other_margins_and_gains() -> None:
    """The gate is also for what has one measure alone; its refusal names that one."""
    verdict = judge({"found": [0.5] * 50}, {"found": [0.5] * 50}, {}, ("found",))
    assert verdict.describe().splitlines()[0] == "Refused: found is not surely better."
    assert judge({"found": [0.5] * 50}, {"found": [0.6] * 50}, {}, ("found",)).passes
