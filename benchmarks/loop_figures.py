"""The figures of a team's weeks: models, datasets, the gate's verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from answering.evaluation.metrics import SHARES, Outcome, estimate
from answering.types.answers import DRAFTED, SUPPORTED
from benchmarks.loop_people import Manner
from tuning.voice.style_metrics import StyleJudge


@dataclass(frozen=True, slots=True)
class Figures:
    """A model's scores on held-out questions, 0 to 1; `style` is the judge's, of phrased words.

    `in_manner` is the share of given answers in the team's manner; `helpful` the share of
    answerable questions whose reply holds the right answer, `liked` of those also in the manner;
    `grounded` the share of drafted answers that a note supports; `cited` the share of citations of
    a right document; `refused` of answerable, `abstained` of unanswerable questions.
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
    """One week of a team: its questions and their outcome, as plain figures for JSON.

    `figures` are the candidate's; `serves` names the model in service after the week, `serving` its
    figures.
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
    """All weeks of a team, the first served model, and the damaged candidate."""

    manner: str
    first: Figures
    weeks: Sequence[Week]
    bad: Mapping[str, object] = field(default_factory=dict)


def figures_of_model(outcomes: Sequence[Outcome], manner: Manner, judge: StyleJudge) -> Figures:
    """Return a model's figures from its answers to the held-out questions."""
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
