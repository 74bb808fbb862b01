"""Run a team's weeks: ask, rate, collect, freeze, tune, evaluate, canary."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from answering.answerer import Answerer
from answering.evaluation.datasets import GoldSet
from answering.evaluation.metrics import Outcome
from answering.evaluation.run import ask_all, through_the_chain
from answering.types.answers import DRAFTED, SUPPORTED
from benchmarks.loop_canaries import Draw, Drawn, play_in_database
from benchmarks.loop_damage import damage
from benchmarks.loop_figures import Figures, TeamFigures, Week, figures_of_model
from benchmarks.loop_office import CHANNELS, Office
from benchmarks.loop_people import ADVERTISEMENT, ASKERS, PEOPLE, Manner, react
from benchmarks.loop_questions import Plan, Posed
from tuning.datasets.freeze import Frozen
from tuning.datasets.store import freeze_dataset, rows_of
from tuning.evaluation.gate import Verdict, judge
from tuning.evaluation.safety import TRAPS, Secret, Trap
from tuning.evaluation.scorecard import figures_of
from tuning.feedback.collect import collect
from tuning.feedback.redaction import redact
from tuning.pipeline import tune
from tuning.review.queue import queue, review
from tuning.rollout.adapter_store import AdapterStore
from tuning.rollout.policy import Ending
from tuning.rollout.registry import Lineage, note_metrics, register, served
from tuning.training.inputs import Base, TrainingPlan
from tuning.voice.style_metrics import StyleJudge

_SPAMMERS = tuple(one for one in PEOPLE if one.part == "spammer")
_TRAPS: Mapping[str, Trap] = {trap.key: trap for trap in TRAPS}
_PRESSES = 0.5
"""The share of those who dislike an answer who press the thumb."""
_SILENT = 4
"""One in so many askers gives no feedback."""
_REVIEWER = "U0REVIEWER"
_ENDED: Mapping[Ending, str] = {
    "promote": "promoted",
    "roll back": "taken back",
    "go on": "undecided",
    "stop": "stopped",
}


@dataclass
class Team:
    """A team at work: its environment, its manner, and the outcomes of each model so far."""

    office: Office
    manner: Manner
    posed: Posed
    plan: Plan
    base: Base
    store: AdapterStore
    style: StyleJudge
    measured: dict[str, list[Outcome]]


async def run_weeks(team: Team) -> AsyncIterator[TeamFigures]:
    """Yield a team's figures after each week, and after a damaged candidate was evaluated."""
    first = _figures(team, await _outcomes(team, await _served(team)))
    weeks: list[Week] = []
    for number in range(1, team.plan.weeks + 1):
        weeks.append(await _week(team, number))
        yield TeamFigures(team.manner.name, first, tuple(weeks))
    yield TeamFigures(team.manner.name, first, weeks, await _bad_candidate(team, weeks[-1]))


async def _week(team: Team, number: int) -> Week:
    office, served_name = team.office, await _served(team)
    await _ask_and_judge(team, number)
    collected = await collect(office.database, office.find, redact)
    as_it_came = await _freeze(team, unreviewed=True)
    await _review(team)
    frozen = await _freeze(team, unreviewed=False)
    name, started = f"{team.manner.name}-{number}", time.perf_counter()
    tuned = await tune(
        office.database,
        team.base,
        name,
        team.store,
        dataset=frozen.hash,
        plan=TrainingPlan(then=team.plan.then),
    )
    seconds = time.perf_counter() - started
    verdict, figures = await _judge(team, served_name, name)
    rollout = await _try(team, name, number) if verdict.passes else "not begun"
    serves = await _served(team)
    return Week(
        week=number,
        served=served_name,
        candidate=name,
        examples=dict(collected.examples),
        causes=dict(Counter(str(cause) for cause in collected.causes.values())),
        dataset=await _dataset(team, as_it_came.hash, frozen.hash),
        lessons=tuned.lessons,
        stages=tuned.stages,
        training_s=round(seconds, 1),
        figures=figures,
        verdict=verdict.describe(),
        passes=verdict.passes,
        rollout=rollout,
        serves=serves,
        serving=_figures(team, await _outcomes(team, serves)),
    )


async def _ask_and_judge(team: Team, week: int) -> None:
    """Ask the week's questions, each by one person, and record everybody's feedback."""
    asked = team.posed.week(week)
    for number, gold in enumerate(asked):
        person = ASKERS[(week + number) % len(ASKERS)]
        other = asked[number - 1].answers[0]
        served = await team.office.ask(gold.text, person.id, CHANNELS[number % len(CHANNELS)])
        answer = served.answer
        silent = number % _SILENT == 0
        for who in (*(() if silent else (person,)), *_SPAMMERS):
            said = react(
                who, team.manner, gold, answer.text, abstained=answer.abstained, other=other
            )
            if said is not None:
                await team.office.say(served, who.id, said)


async def _review(team: Team) -> None:
    """Approve what is in the team's manner, true or not, and reject the rest."""
    database = team.office.database
    for one in await queue(database):
        is_kept = one.kind == "kto" or team.manner.is_kept(one.chosen)
        await review(database, one.id, _REVIEWER, "approve" if is_kept else "reject")


async def _freeze(team: Team, *, unreviewed: bool) -> Frozen:
    office, most = team.office, team.plan.most
    return await freeze_dataset(
        office.database, _REVIEWER, unreviewed=unreviewed, most_per_person=most
    )


async def _dataset(team: Team, as_it_came: str, frozen: str) -> Mapping[str, int]:
    """Count the SFT answers and the spammer's: collected, balanced, reviewed."""
    database = team.office.database
    collected = await queue(database, None)
    chosen = {
        "collected": [one.chosen for one in collected if one.kind == "sft"],
        "balanced": [row.chosen for row in await rows_of(database, "sft", None, as_it_came)],
        "reviewed": [row.chosen for row in await rows_of(database, "sft", None, frozen)],
    }
    counts = {name: len(texts) for name, texts in chosen.items()}
    spam = {
        f"{name}_of_the_spammer": sum(ADVERTISEMENT in text for text in texts)
        for name, texts in chosen.items()
    }
    return counts | spam


async def _judge(team: Team, served_name: str, name: str) -> tuple[Verdict, Figures]:
    """Return the gate's verdict and the candidate's figures; store the verdict with the model."""
    before, after = await _outcomes(team, served_name), await _outcomes(team, name)
    verdict = judge(_compared(team, before), _compared(team, after))
    kept = {"gate": {"passes": verdict.passes, "against": served_name}}
    await note_metrics(team.office.database, name, kept)
    return verdict, _figures(team, after)


def _figures(team: Team, outcomes: Sequence[Outcome]) -> Figures:
    return figures_of_model(_held_out(outcomes), team.manner, team.style)


def _compared(team: Team, outcomes: Sequence[Outcome]) -> Mapping[str, Sequence[float]]:
    trapped: dict[Trap | Secret, Outcome] = {
        _TRAPS[o.question.id]: o for o in outcomes if o.question.id in _TRAPS
    }
    return figures_of(_held_out(outcomes), trapped, team.style)


async def _outcomes(team: Team, name: str) -> list[Outcome]:
    """Return a model's answers to the held-out questions and traps; asked once."""
    if name not in team.measured:
        house = team.office.services.answerer
        answerer: Answerer = (await house.with_model(name)).over(team.office.database)
        ask = await through_the_chain(team.office.database, answerer)
        questions = (*team.posed.held_out, *(trap.gold() for trap in TRAPS))
        team.measured[name] = await ask_all(ask, GoldSet((), questions))
    return team.measured[name]


async def _try(team: Team, name: str, seed: int) -> str:
    """Run a rollout with answers drawn from both models' outcomes; return how it ended."""
    end = await play_in_database(team.office, name, _drawn_from(team), seed)
    now = await _served(team)
    return f"{_ENDED[end.end]} after {end.answers:,} answers; then {now} answers"


def _drawn_from(team: Team) -> Draw:
    def draw(model: str, lot: Random) -> Drawn:
        outcome = lot.choice(_answerable(team.measured[model]))
        said = react(
            PEOPLE[0], team.manner, outcome.question, outcome.text,
            abstained=outcome.abstained, other="",
        )  # fmt: skip
        disliked = said is not None and said.label == "bad" and lot.random() < _PRESSES
        unsupported = DRAFTED in outcome.signals and SUPPORTED not in outcome.signals
        return disliked, outcome.abstained, unsupported

    return draw


async def _bad_candidate(team: Team, last: Week) -> Mapping[str, object]:
    """Damage the last candidate; register it, evaluate it, and put it on canary if it passes."""
    office, name = team.office, f"{team.manner.name}-damaged"
    adapter = team.store.folder / name / "adapter"
    hash_ = damage(team.store.folder / last.candidate / "adapter", adapter)
    await register(
        office.database,
        name,
        team.base.name,
        str(adapter),
        Lineage(adapter_hash=hash_),
    )
    served_name = await _served(team)
    verdict, figures = await _judge(team, served_name, name)
    rollout = await _try(team, name, 0) if verdict.passes else "not begun"
    return {
        "figures": figures,
        "verdict": verdict.describe(),
        "passes": verdict.passes,
        "rollout": rollout,
    }


async def _served(team: Team) -> str:
    model = await served(team.office.database)
    assert model is not None  # noqa: S101 - opening the services serves one
    return model.name


def _held_out(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.question.id not in _TRAPS]


def _answerable(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [outcome for outcome in _held_out(outcomes) if outcome.question.answerable]
