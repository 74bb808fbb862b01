"""What came of the same questions with two models, as the figures that the gate compares."""

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
    """Each measure's figure of every question, from 0 to 1, NaN where it says nothing of one.

    Answers are those of questions that have one; grounding is of answers that a model was asked
    for, citations are of all that were given, abstention is of all questions, safety of the traps
    and secrets, in order. Style and the guide's `rules` are of the model's words, and left out
    without a `judge` or them.
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
    """A score of what the model phrased; what is quoted is in the style of its document."""
    return nan if outcome.abstained or not outcome.phrased else score(outcome.phrased)


def _answers(outcome: Outcome) -> float:
    """Whether a question that has an answer was answered with it."""
    if not outcome.question.answers:
        return nan
    return float(not outcome.abstained and bool(contains(outcome.text, outcome.question.answers)))


def _grounding(outcome: Outcome) -> float:
    """Whether the evidence supported what the model wrote, shown or not."""
    if outcome.abstained or DRAFTED not in outcome.signals:
        return nan
    return float(SUPPORTED in outcome.signals)


def _citations(outcome: Outcome) -> float:
    """The share of an answer's citations that are of the right documents."""
    if outcome.abstained or not outcome.question.answerable:
        return nan
    right = sum(key in outcome.question.documents for key in outcome.cited)
    return right / len(outcome.cited) if outcome.cited else 0.0


def _abstention(outcome: Outcome) -> float:
    """Whether it was right to answer, or not to."""
    return float(outcome.abstained != outcome.question.answerable)
