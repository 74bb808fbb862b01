"""`houselore models judge`: compare a candidate with the served model."""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console

from answering.answerer import Answerer
from answering.evaluation.datasets import GoldSet, read_squad2
from answering.evaluation.metrics import Outcome
from answering.evaluation.run import ask_all, through_the_chain
from houselore.cli.eval.answers import indexed_apart
from houselore.cli.eval.source_apart import Apart, progress_bars
from houselore.errors import HouseloreError, WrongUse
from houselore.models.drain import close_if_idle
from houselore.models.style_guide import read_guide
from houselore.services import Services
from houselore.settings import Settings
from retrieval.audience import Audience
from retrieval.progress import OnProgress
from tuning.errors import UnknownDataset, UnknownModel
from tuning.evaluation.gate import Figures, Verdict, judge
from tuning.evaluation.safety import Secret, Trap
from tuning.evaluation.safety_suite import TRAPS_BY_KEY, shipped_suite
from tuning.evaluation.scorecard import figures_of
from tuning.evaluation.team_questions import Held, own_questions
from tuning.rollout.registry import Model, models, note_metrics
from tuning.voice.style_metrics import StyleJudge, StyleRules

_NOTHING = Held({})
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a candidate is evaluated on besides the shipped suite and the team's own questions.

    `passages` and `questions` about them; `house` and `others`, exemplars of two styles.
    """

    passages: Path | None = None
    questions: Path | None = None
    house: Path | None = None
    others: Path | None = None
    limit: int | None = None
    seed: int = 7

    def gold(self) -> GoldSet:
        """Return the shipped suite and the files' questions. Raises UnreadableCorpus, WrongUse."""
        suite = shipped_suite()
        match self.passages, self.questions:
            case Path() as passages, Path() as questions:
                gold = read_squad2(passages, questions)
                suite = replace(
                    suite,
                    documents=(*gold.documents, *suite.documents),
                    questions=(*gold.questions, *suite.questions),
                )
            case (Path(), None) | (None, Path()):
                raise WrongUse("Questions need their passages: --passages and --questions.")
        if self.limit is None:
            return suite
        # Safety allows no sample: every trap is asked.
        traps = tuple(q for q in suite.questions if q.id in TRAPS_BY_KEY)
        others = tuple(q for q in suite.questions if q.id not in TRAPS_BY_KEY)
        sample = replace(suite, questions=others).sample(self.limit, self.seed)
        return replace(suite, questions=(*sample.questions, *traps))

    def style(self, held: Held) -> StyleJudge | None:
        """Return the judge of the team's style, from the files' exemplars, else from `held`.

        None without exemplars. Raises WrongUse.
        """
        match self.house, self.others:
            case Path() as house, Path() as others:
                try:
                    return StyleJudge(_lines(house), _lines(others))
                except ValueError as error:
                    raise WrongUse(f"{house} and {others}: {error}.") from None
            case None, None:
                return StyleJudge(held.house, held.others) if held.house else None
        raise WrongUse("A style needs both: --house and --others.")


@dataclass(frozen=True, slots=True)
class Manner:
    """The team's style and rules of writing, where given."""

    style: StyleJudge | None
    rules: StyleRules | None


async def print_verdict(settings: Settings, name: str, trial: Trial) -> None:
    """Evaluate a model from the command line. A refusal is a result, so the exit code is 0."""
    await judge_model(settings, name, trial)


async def judge_model(settings: Settings, name: str, trial: Trial) -> Verdict:
    """Ask both models all questions, print the verdict, and save its figures with the candidate.

    Raises UnknownModel, and UnknownDataset when the candidate's dataset is gone.
    """
    gold = trial.gold()
    with progress_bars(Console(stderr=True)) as bars:
        async with indexed_apart(settings, gold, bars[0]) as apart:
            known = await models(apart.services.database)
            candidate, served = _found(known, name), known[0]
            held = await _held(apart, candidate)
            guide = read_guide(settings)
            manner = Manner(trial.style(held), StyleRules.of(guide) if guide else None)
            figures = []
            for one in (served, candidate):
                async with _opened(apart.services, one.name) as answerer:
                    figures.append(await _figures(apart, answerer, gold, held, manner, bars[1]))
            before, after = figures
            verdict = judge(*_with_preference(before, after, candidate, served))
            kept = {
                "passes": verdict.passes,
                "against": served.name,
                "findings": [asdict(finding) for finding in verdict.findings],
            }
            await note_metrics(apart.services.database, name, {"gate": kept})
    Console(highlight=False).print(verdict.describe(), markup=False)
    return verdict


@asynccontextmanager
async def _opened(services: Services, name: str) -> AsyncIterator[Answerer]:
    """Yield a model's answerer; close it afterwards unless it is served, on canary or next."""
    house = services.answerer
    try:
        yield await house.with_model(name)
    finally:
        try:
            await close_if_idle(services.database, house, name)
        except HouseloreError as error:
            _log.warning("%s was judged and not closed: %s", name, error)


def _found(known: Sequence[Model], name: str) -> Model:
    for model in known:
        if model.name == name:
            return model
    raise UnknownModel(f"No model is called {name!r} here: `houselore models` lists them.")


async def _held(apart: Apart, candidate: Model) -> Held:
    """Return the candidate's held-out questions; empty if it has no dataset.

    Raises UnknownDataset if the dataset is gone.
    """
    if candidate.dataset is None:
        return _NOTHING
    services = apart.services
    try:
        return await own_questions(services.database, candidate.dataset)
    except UnknownDataset as error:
        # Without the dataset, nobody can test whether the model has memorized it.
        raise UnknownDataset(
            f"Refused: {candidate.name} cannot be judged, for its dataset had to be deleted: train "
            "it anew (`houselore tune`)."
        ) from error


async def _figures(
    apart: Apart,
    answerer: Answerer,
    gold: GoldSet,
    held: Held,
    manner: Manner,
    on_progress: OnProgress,
) -> Figures:
    """Measure a model on the gold questions (separate index) and the team's own (live index)."""
    services = apart.services
    ask = await through_the_chain(apart.database, answerer.over(apart.database))
    outcomes: list[Outcome] = await ask_all(ask, gold, on_progress)
    plain = [o for o in outcomes if o.question.id not in TRAPS_BY_KEY]
    live = answerer.over(services.database)
    for readers, questions in held.questions.items():
        audience = Audience(services.workspace, readers)
        ask = await through_the_chain(services.database, live, audience)
        plain += await ask_all(ask, GoldSet((), questions), on_progress)
    ask = await through_the_chain(services.database, live)
    secrets = {secret.key: secret for secret in held.secrets}
    # The secrets of restricted training texts are asked for as a person without access.
    probes = GoldSet((), tuple(secret.gold() for secret in held.secrets))
    outcomes += await ask_all(ask, probes, on_progress)
    known: Mapping[str, Trap | Secret] = {**TRAPS_BY_KEY, **secrets}
    trapped = {known[o.question.id]: o for o in outcomes if o.question.id in known}
    return figures_of(plain, trapped, manner.style, manner.rules)


def _with_preference(
    before: Figures, after: Figures, candidate: Model, served: Model
) -> tuple[Figures, Figures]:
    """Add to both figures how often each model prefers the better of two held-out answers."""
    # Measured when the candidate was trained, so it counts only if the same model is still served.
    measured = candidate.metrics.get("held_out", {}).get("pairs")
    if not measured or candidate.metrics.get("rival") != served.name:
        return before, after
    return (
        {**before, "preference": measured["before"]},
        {**after, "preference": measured["after"]},
    )


def _lines(place: Path) -> list[str]:
    """Return the non-empty lines of a file, or of every text file in a folder."""
    found = (
        sorted(place.rglob("*.txt")) + sorted(place.rglob("*.md")) if place.is_dir() else [place]
    )
    try:
        texts = [file.read_text(encoding="utf-8") for file in found]
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{place} cannot be read: {error}.") from None
    return [line for text in texts for line in text.splitlines() if line.strip()]
