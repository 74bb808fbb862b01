"""`houselore models judge`: a candidate beside what is served on the same questions, judged."""

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
    """What a candidate is judged on besides the shipped suite and the team's own questions.

    A file of passages and one of questions about them, and exemplars of two styles, if any.
    """

    passages: Path | None = None
    questions: Path | None = None
    house: Path | None = None
    others: Path | None = None
    limit: int | None = None
    seed: int = 7

    def gold(self) -> GoldSet:
        """The shipped suite, and the files' questions. Raises UnreadableCorpus and WrongUse."""
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
        """The judge of the house style, if there are exemplars: the files', else one's own.

        Raises WrongUse.
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
    """How the house is to write: in which style, by which rules, where somebody says so."""

    style: StyleJudge | None
    rules: StyleRules | None


async def print_verdict(settings: Settings, name: str, trial: Trial) -> None:
    """Judge a model by hand; a refusal is a result."""
    await judge_model(settings, name, trial)


async def judge_model(settings: Settings, name: str, trial: Trial) -> Verdict:
    """Ask both models all questions, print the verdict, and keep its figures with the candidate.

    Raises UnknownModel, and UnknownDataset where what the candidate was made of is gone.
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
    """What answers with a model; it is closed afterwards unless it is served, tried or next."""
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
    """What the candidate's dataset holds out; nothing where it was made of none.

    Raises UnknownDataset where it was and the dataset is gone: what it may have by heart could not
    be asked for.
    """
    if candidate.dataset is None:
        return _NOTHING
    services = apart.services
    try:
        return await own_questions(services.database, candidate.dataset)
    except UnknownDataset as error:
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
    """Of the gold questions in the index apart, and of the team's own in the live one.

    There everybody asks for what was learned from those whom not everybody reads.
    """
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
    probes = GoldSet((), tuple(secret.gold() for secret in held.secrets))
    outcomes += await ask_all(ask, probes, on_progress)
    known: Mapping[str, Trap | Secret] = {**TRAPS_BY_KEY, **secrets}
    trapped = {known[o.question.id]: o for o in outcomes if o.question.id in known}
    return figures_of(plain, trapped, manner.style, manner.rules)


def _with_preference(
    before: Figures, after: Figures, candidate: Model, served: Model
) -> tuple[Figures, Figures]:
    """Both figures, with how much each prefers the better of two answers that were held out.

    That was measured when the candidate was trained; it counts if the same model is served still.
    """
    measured = candidate.metrics.get("held_out", {}).get("pairs")
    if not measured or candidate.metrics.get("rival") != served.name:
        return before, after
    return (
        {**before, "preference": measured["before"]},
        {**after, "preference": measured["after"]},
    )


def _lines(place: Path) -> list[str]:
    """The lines that say something in a file, or in every text file of a folder."""
    found = (
        sorted(place.rglob("*.txt")) + sorted(place.rglob("*.md")) if place.is_dir() else [place]
    )
    try:
        texts = [file.read_text(encoding="utf-8") for file in found]
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{place} cannot be read: {error}.") from None
    return [line for text in texts for line in text.splitlines() if line.strip()]
