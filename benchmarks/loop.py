"""Simulate the loop: thousands of rollouts, and weeks of a team with the built-in model."""

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from benchmarks.loop_canaries import drawn_from, play_in_database
from benchmarks.loop_office import Office, open_office
from benchmarks.loop_page import write_page
from benchmarks.loop_people import MANNERS, Manner
from benchmarks.loop_questions import Plan, open_library, pose
from benchmarks.loop_rollouts import SCENARIOS, SERVED, Ends, Rates, Scenario, play, summed
from benchmarks.loop_weeks import Team, run_weeks
from benchmarks.machine import describe_machine
from benchmarks.shared import RESULTS, write_result
from houselore.cli.tune import base_of
from houselore.settings import open_settings
from tuning.rollout.adapter_store import AdapterStore
from tuning.rollout.registry import Lineage, register
from tuning.rollout.registry import served as served_model
from tuning.training.inputs import Then
from tuning.voice.style_metrics import StyleJudge

_EXEMPLARS = 150
_PACKAGES = ("xllamacpp", "torch", "transformers", "peft", "trl")
_WORSE = Rates(0.45, 0.6, 0.5)
_BETTER = Rates(0.02, 0.05, 0.02)


def simulate(rollouts: int, scenarios: Sequence[Scenario] = SCENARIOS) -> dict[str, object]:
    """Return the outcomes of each scenario over `rollouts` rollouts."""
    found = {
        one.name: asdict(summed(play(one, seed) for seed in range(rollouts))) for one in scenarios
    }
    return {"machine": describe_machine(), "rollouts": rollouts, "scenarios": found}


async def through_the_database(office: Office, rollouts: int) -> dict[str, object]:
    """Return the outcomes of a worse, an equal and a better canary through the real tables."""
    served = await served_model(office.database)
    assert served is not None  # noqa: S101 - opening the services serves one
    ends: dict[str, Ends] = {}
    for kind, rates in (("worse", _WORSE), ("as good", SERVED), ("better", _BETTER)):
        known = []
        for number in range(rollouts):
            name = f"{kind}-{number}"
            await register(office.database, name, served.base, None, Lineage())
            now = await served_model(office.database)
            assert now is not None  # noqa: S101 - as above
            draw = drawn_from({now.name: SERVED, name: rates})
            known.append(await play_in_database(office, name, draw, number))
        ends[kind] = summed(known)
    return {kind: asdict(one) for kind, one in ends.items()}


async def run_team(manner: Manner, plan: Plan) -> None:
    """Run a team's weeks; write the figures after each."""
    library = open_library()
    posed = pose(library, plan)
    with TemporaryDirectory() as folder:
        settings = open_settings(data_dir=Path(folder))
        async with open_office(settings, library.documents) as office:
            team = Team(
                office=office,
                manner=manner,
                posed=posed,
                plan=plan,
                base=base_of(settings),
                store=AdapterStore(Path(folder)),
                style=style_judge(manner, posed.unasked[:_EXEMPLARS]),
                measured={},
            )
            async for figures in run_weeks(team):
                measured = {"machine": describe_machine(_PACKAGES), "plan": asdict(plan)}
                write_result(f"loop_{manner.name}", {**measured, **asdict(figures)})


async def run_database(rollouts: int) -> None:
    """Run rollouts of each kind through the real tables."""
    with TemporaryDirectory() as folder:
        settings = open_settings(data_dir=Path(folder))
        async with open_office(settings, ()) as office:
            ends = await through_the_database(office, rollouts)
    write_result("loop_database", {"machine": describe_machine(), "ends": ends})


def style_judge(manner: Manner, answers: Sequence[str]) -> StyleJudge:
    """Fit a judge of a manner on answers that the team neither trains on nor is asked for."""
    others = [other.says(one) for other in MANNERS.values() if other != manner for one in answers]
    return StyleJudge(
        [manner.says(one) for one in answers],
        [*others, *(f"It is {one}." for one in answers)],
    )


def main() -> None:
    """Measure; write the figures and the page's section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rollouts", type=int, default=1_000, help="of each kind; 0 leaves it out")
    parser.add_argument("--in-database", type=int, default=10, help="rollouts of each kind there")
    parser.add_argument("--teams", nargs="*", default=list(MANNERS), choices=list(MANNERS))
    parser.add_argument("--weeks", type=int, default=2)
    parser.add_argument("--questions", type=int, default=120, help="a week and team")
    parser.add_argument("--held-out", type=int, default=200, help="questions that judge a model")
    parser.add_argument("--most", type=int, default=40, help="examples of one person alone")
    parser.add_argument("--then", default="none", choices=get_args(Then), help="what follows SFT")
    given = parser.parse_args()
    if given.rollouts:
        write_result("loop_rollouts", simulate(given.rollouts))
    if given.in_database:
        asyncio.run(run_database(given.in_database))
    plan = Plan(given.weeks, given.questions, given.held_out, given.most, given.then)
    for name in given.teams:
        asyncio.run(run_team(MANNERS[name], plan))
    rollouts, database = _kept("loop_rollouts"), _kept("loop_database")
    teams = [found for name in MANNERS if (found := _kept(f"loop_{name}"))]
    if rollouts and database and teams:
        write_page(rollouts, database, teams)


def _kept(name: str) -> dict[str, object] | None:
    """Return the last result of this name, if there is one."""
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        return None
    kept: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return kept


if __name__ == "__main__":
    main()
