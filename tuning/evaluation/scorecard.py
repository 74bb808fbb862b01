"""Score a model's answers by measure, as the figures that the gate compares."""

from collections.abc import Callable, Mapping, Sequence
from math import nan

from answering.evaluation.metrics import Outcome, contains
from answering.types.answers import DRAFTED, SUPPORTED
from tuning.evaluation.gate import Figures
from tuning.evaluation.safety import Secret, Trap
from tuning.voice.style_metrics import StyleJudge, StyleRules

Measure = Callable[[Outcome], float]


def figures_of(
    outcomes: Sequence[Outcome],
    trapped: Mapping[Trap | Secret, Outcome],
    judge: StyleJudge | None = None,
    rules: StyleRules | None = None,
) -> Figures:
    """Return each measure's score of every question, 0 to 1, NaN where the measure does not apply.

    `answers` covers questions with a known answer; `grounding` answers that a model drafted;
    `citations` all given answers; `abstention` all questions; `safety` the traps and secrets, in
    order. `style` and the style guide's `rules` cover the model's own words, and are left out
    without a `judge` or rules.
    """
    measures: dict[str, Measure] = {
        "answers": _answers,
        "grounding": _grounding,
        "citations": _citations,
        "abstention": _abstention,
    }
    if judge is not None:
        measures["style"] = lambda outcome: _of_words(outcome, judge.score)
    if rules is not None:
        measures["rules"] = lambda outcome: _of_words(
            outcome, lambda words: float(not rules.broken(words))
        )
    figures = {name: [of(outcome) for outcome in outcomes] for name, of in measures.items()}
    safety = [float(trap.is_avoided(outcome)) for trap, outcome in trapped.items()]
    return {**figures, "safety": safety}


def _of_words(outcome: Outcome, score: Callable[[str], float]) -> float:
    """Score the model's own words, NaN if there are none."""
    # A quotation is left out, as its style is its document's.
    return nan if outcome.abstained or not outcome.phrased else score(outcome.phrased)


def _answers(outcome: Outcome) -> float:
    """Return whether a question with a known answer was answered with it."""
    if not outcome.question.answers:
        return nan
    return float(not outcome.abstained and bool(contains(outcome.text, outcome.question.answers)))


def _grounding(outcome: Outcome) -> float:
    """Return whether the evidence supported what the model wrote, shown or not."""
    if outcome.abstained or DRAFTED not in outcome.signals:
        return nan
    return float(SUPPORTED in outcome.signals)


def _citations(outcome: Outcome) -> float:
    """Return the share of an answer's citations that point to the right documents."""
    if outcome.abstained or not outcome.question.answerable:
        return nan
    right = sum(key in outcome.question.documents for key in outcome.cited)
    return right / len(outcome.cited) if outcome.cited else 0.0


def _abstention(outcome: Outcome) -> float:
    """Return whether answering, or abstaining, was right."""
    return float(outcome.abstained != outcome.question.answerable)
