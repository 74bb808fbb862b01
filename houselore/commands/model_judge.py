"""`houselore model judge`: a candidate beside what is served on the same questions, judged."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType

from rich.console import Console

from answering.answerer import Answerer
from answering.evaluation import Outcome
from answering.gold import GoldSet, read_squad2
from answering.measuring import ask_all, through_the_chain
from houselore.commands.eval import progress_bars
from houselore.commands.eval_answers import Apart, indexed_apart, served_name
from houselore.errors import WrongUse
from houselore.settings import Settings
from retrieval.reports import OnProgress
from tuning.gate import Figures, judge
from tuning.registry import note_metrics
from tuning.safety import TRAPS, Trap
from tuning.style import StyleJudge
from tuning.trial import figures_of

_TRAPS: Mapping[str, Trap] = MappingProxyType({trap.key: trap for trap in TRAPS})


@dataclass(frozen=True, slots=True)
class Trial:
    """What a candidate is judged on: questions held out, and exemplars of two styles if any."""

    passages: Path
    questions: Path
    house: Path | None = None
    others: Path | None = None
    limit: int | None = None
    seed: int = 7

    def gold(self) -> GoldSet:
        """The questions and the traps, with their documents. Raises UnreadableCorpus."""
        gold = read_squad2(self.passages, self.questions)
        gold = gold if self.limit is None else gold.sample(self.limit, self.seed)
        return replace(
            gold,
            documents=(*gold.documents, *(trap.document() for trap in TRAPS)),
            questions=(*gold.questions, *(trap.gold() for trap in TRAPS)),
        )

    def style(self) -> StyleJudge | None:
        """The judge of the house style, if there are exemplars. Raises WrongUse."""
        match self.house, self.others:
            case Path() as house, Path() as others:
                try:
                    return StyleJudge(_lines(house), _lines(others))
                except ValueError as error:
                    raise WrongUse(f"{house} and {others}: {error}.") from None
            case None, None:
                return None
        raise WrongUse("A style needs both: --house and --others.")


async def judge_model(settings: Settings, name: str, trial: Trial) -> None:
    """Ask both models all questions, print the verdict, and keep its figures with the candidate."""
    style, gold = trial.style(), trial.gold()
    with progress_bars(Console(stderr=True)) as bars:
        async with indexed_apart(settings, gold, bars[0]) as apart:
            house = apart.services.answerer
            candidate = (await house.with_model(name)).over(apart.pool)
            served = await _figures(apart, house.over(apart.pool), gold, style, bars[1])
            verdict = judge(served, await _figures(apart, candidate, gold, style, bars[1]))
            kept = {
                "passes": verdict.passes,
                "against": await served_name(apart.services),
                "findings": [asdict(finding) for finding in verdict.findings],
            }
            await note_metrics(apart.services.pool, apart.services.workspace, name, {"gate": kept})
    Console(highlight=False).print(verdict.describe(), markup=False)


async def _figures(
    apart: Apart,
    answerer: Answerer,
    gold: GoldSet,
    style: StyleJudge | None,
    on_progress: OnProgress,
) -> Figures:
    ask = await through_the_chain(apart.pool, apart.workspace, answerer)
    outcomes: list[Outcome] = await ask_all(ask, gold, on_progress)
    trapped = {_TRAPS[o.question.id]: o for o in outcomes if o.question.id in _TRAPS}
    return figures_of([o for o in outcomes if o.question.id not in _TRAPS], trapped, style)


def _lines(file: Path) -> list[str]:
    try:
        return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{file} cannot be read: {error}.") from None
