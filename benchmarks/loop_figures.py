"""What a team's weeks gave: figures of models and datasets, the gate's word. Measures nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from answering.evaluation.metrics import SHARES, Outcome, estimate
from answering.types.answers import DRAFTED, SUPPORTED
from benchmarks.loop_people import Manner
from tuning.voice.style_metrics import StyleJudge


@dataclass(frozen=True, slots=True)
class Figures:
    """A model on held-out questions, from 0 to 1; `style` of what the model phrased, by the judge.

    `in_manner` is the share of given answers that keep the team's rule; `helpful` of the answerable
    questions whose reply holds the right answer, `liked` of those where it is also in the manner;
    `grounded` of what the model wrote a note supports; `cited` of the citations name a right
    document; `refused` of the answerable, `abstained` of those that have no answer.
    """

    questions: int
    style: float
    in_manner: float
    helpful: float
    liked: float
    grounded: float
    cited: float
    refused: float
    abstained: float


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a team: its questions and what came of them, as plain figures for JSON.

    `figures` are the candidate's; `serves` is who answers once the week is over, at `serving`.
    """

    week: int
    served: str
    candidate: str
    examples: Mapping[str, int]
    causes: Mapping[str, int]
    dataset: Mapping[str, int]
    lessons: int
    stages: Sequence[str]
    training_s: float
    figures: Figures
    verdict: str
    passes: bool
    rollout: str
    serves: str
    serving: Figures


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """All weeks of a team, what was served at first, and the candidate that was made bad."""

    manner: str
    first: Figures
    weeks: Sequence[Week]
    bad: Mapping[str, object] = field(default_factory=dict)


def figures_of_model(outcomes: Sequence[Outcome], manner: Manner, judge: StyleJudge) -> Figures:
    """A model's figures from what came of the held-out questions."""
    given = [one for one in outcomes if not one.abstained]
    written = [one for one in given if DRAFTED in one.signals]
    shares = {name: estimate(outcomes, SHARES[name]) for name in SHARES}

    def share(name: str) -> float:
        found = shares[name]
        return found.value if found else 0.0

    answerable = [one for one in outcomes if one.question.answerable]
    return Figures(
        questions=len(outcomes),
        style=_mean([judge.score(one.phrased) for one in given if one.phrased]),
        in_manner=_mean([float(manner.is_kept(one.text)) for one in given]),
        helpful=share("contains"),
        liked=_mean([float(one.right and manner.is_kept(one.text)) for one in answerable]),
        grounded=_mean([float(SUPPORTED in one.signals) for one in written]),
        cited=share("citation_precision"),
        refused=share("refused_answerable"),
        abstained=share("abstained_unanswerable"),
    )


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else 0.0
