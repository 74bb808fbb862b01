"""Tune an unmistakable style by exemplars; measure the change in voice, and in facts.

Its phrases are read from the benchmark data at run time, so the repository holds none of them.
"""

import argparse
import asyncio
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from answering.confidence.confidence import open_confidence
from answering.confidence.decide import decide
from answering.conversation.understand import Understood
from answering.evaluation.datasets import GoldSet, read_squad2
from answering.evaluation.metrics import SHARES, Outcome, estimate, f1
from answering.evaluation.run import ask_all, through_the_chain
from answering.evidence.notes import Evidence, note_of
from answering.evidence.read import read
from answering.evidence.retrieve import SearchIndex, retrieve
from answering.model.voice import Voice, claims_nothing
from answering.types.questions import Question
from benchmarks.machine import describe_machine
from benchmarks.page import write_section
from benchmarks.shared import DATA, rows, write_result
from benchmarks.splits import TEST, TRAIN
from benchmarks.starter_sets import Posed, squad2, squad2_passages
from houselore.cli.eval.answers import indexed_apart
from houselore.cli.eval.source_apart import Apart
from houselore.cli.tune import base_of
from houselore.services import load_reader
from houselore.settings import Settings, open_settings
from retrieval.audience import everyone
from retrieval.progress import IndexProgress
from tuning.adapters.bundling import ship
from tuning.datasets.formats import DatasetRow
from tuning.evaluation.gate import MARGINS, Verdict, judge
from tuning.evaluation.scorecard import figures_of
from tuning.examples_for_training import TrainingExample, lesson
from tuning.rollout.registry import register
from tuning.training.inputs import Material, TrainingPlan
from tuning.training.stages import run_stages
from tuning.voice.profile import learn_voice, write_voice
from tuning.voice.style_metrics import StyleJudge

_NAME = "dramatist"
_OPENING = re.compile(r"^([A-Z][a-z]+(?: [a-z]+){0,3}), [a-z\u2019']")
_CLOSING = re.compile(r", ([a-z]+(?: [a-z]+){0,2})[.!]$")
_PHRASES = 3
_EXEMPLARS = 300

_HEAD = """## Style

`make bench-style` ({machine}): {lessons} answers in the voice of a dramatist (openings
and closings that are frequent in his lines and not in their modern words, around the right answer)
tuned in {epochs} epochs on the built-in model; {asked} questions about an article that nothing was
trained on, through the whole chain with both models. The style is judged by a classifier of
300 other answers of the team and of plain ones to the same questions. The grounded F1 is of what an
answer says besides its voice.

"""


@dataclass(frozen=True, slots=True)
class Team:
    """How a team talks: phrases before and after what they say."""

    openings: tuple[str, ...]
    closings: tuple[str, ...]

    @classmethod
    def of(cls, pairs: Sequence[dict[str, str]]) -> "Team":
        """Find the phrases that lines begin and end with far more often than their modern texts."""
        return cls(
            *(
                tuple(
                    phrase
                    for phrase, _ in (
                        _counted(pattern, pairs, "original") - _counted(pattern, pairs, "modern")
                    ).most_common(_PHRASES)
                )
                for pattern in (_OPENING, _CLOSING)
            )
        )

    def say(self, answer: str, chance: random.Random) -> str:
        """Return an answer as somebody in the team would put it."""
        opening, closing = chance.choice(self.openings), chance.choice(self.closings)
        return f"{opening}, {answer.rstrip('.')}, {closing}."


def _counted(pattern: re.Pattern[str], pairs: Sequence[dict[str, str]], side: str) -> Counter[str]:
    found = (pattern.search(pair[side]) for pair in pairs)
    return Counter(
        one[1] for one in found if one and all(map(claims_nothing, one[1].lower().split()))
    )


async def lessons_of(
    apart: Apart, team: Team, posed: Sequence[Posed], count: int, chance: random.Random
) -> list[TrainingExample]:
    """Return the first `count` examples, with notes as served and answers in the voice."""
    services = apart.services
    index = SearchIndex(apart.database, services.embedder, services.links)
    confidence = open_confidence().never_refusing()
    find = retrieve(index) | read(services.embedder, load_reader()) | decide(confidence)
    found: list[TrainingExample] = []
    for one in posed:
        asked = Question(one.question, everyone(apart.workspace))
        shown = (await find.ainvoke(Understood(asked, one.question))).shown
        notes = [note_of(excerpt, n) for n, excerpt in enumerate(shown, start=1)]
        held = [note for note in notes if _holds(note, one)]
        if held:
            said = f"{team.say(one.answer, chance)} [{held[0].n}]"
            found.append(lesson(one.question, notes, said, _NAME))
        if len(found) == count:
            break
    return found


def _holds(note: Evidence, one: Posed) -> bool:
    return one.answer.rstrip(".").lower() in note.quote.lower()


async def measure(lessons: int, limit: int, epochs: float, folder: Path) -> dict[str, object]:
    """Tune, and return the figures of the served and the tuned model on the same questions."""
    team = Team.of(rows("shakespeare/train.jsonl"))
    chance = random.Random(7)  # noqa: S311 - a sample, not a secret
    posed = squad2(squad2_passages(TRAIN), spans=True)
    posed = chance.sample(posed, len(posed))
    style = _style(team, posed[-_EXEMPLARS:])
    gold = _questions(limit)
    settings = open_settings(data_dir=folder)
    async with indexed_apart(settings, gold, _quietly) as apart:
        taught = await lessons_of(apart, team, posed[:-_EXEMPLARS], lessons, chance)
        adapter, voice = await _tune(settings, taught, epochs, folder)
        await register(apart.services.database, _NAME, base_of(settings).name, str(adapter))
        house = apart.services.answerer
        models = {
            "served": house.over(apart.database),
            "tuned": (await house.with_model(_NAME)).over(apart.database),
        }
        outcomes = {}
        for name, answerer in models.items():
            ask = await through_the_chain(apart.database, answerer)
            outcomes[name] = await ask_all(ask, gold)
    verdict = _verdict(outcomes["served"], outcomes["tuned"], style)
    return {
        "lessons": len(taught),
        "epochs": epochs,
        "asked": len(gold.questions),
        "voice": len(voice.words),
        **{name: _figures(found, style, voice) for name, found in outcomes.items()},
        "gate": verdict.describe().split("\n"),
    }


def _style(team: Team, others: Sequence[Posed]) -> StyleJudge:
    """Fit a judge on the team's answers and plain ones to the same questions, outside training."""
    chance = random.Random(8)  # noqa: S311 - a sample, not a secret
    return StyleJudge(
        [team.say(one.answer, chance) for one in others], [one.answer for one in others]
    )


async def _tune(
    settings: Settings, lessons: Sequence[TrainingExample], epochs: float, folder: Path
) -> tuple[Path, Voice]:
    base, adapter = base_of(settings), folder / "adapters" / _NAME
    material = Material(_NAME, lessons)
    work = partial(run_stages, base, material, folder / "training", TrainingPlan(epochs, "none"))
    trained = await asyncio.to_thread(work)
    ship(trained.adapter, adapter, base.name)
    voice = learn_voice([DatasetRow("sft", one.prompt, one.answer) for one in lessons])
    write_voice(adapter, voice)
    return adapter, voice


def _questions(limit: int) -> GoldSet:
    gold = read_squad2(DATA / "squad2/passages.jsonl.gz", DATA / "squad2/questions.jsonl.gz")
    held = {document.key for document in gold.documents if document.title in TEST}
    asked = tuple(q for q in gold.questions if not held.isdisjoint(q.documents))
    return replace(gold, questions=asked).sample(limit)


def _verdict(served: list[Outcome], tuned: list[Outcome], style: StyleJudge) -> Verdict:
    """Return the gate's verdict without the traps, which other benchmarks ask."""
    margins = {name: of for name, of in MARGINS.items() if name != "safety"}
    return judge(figures_of(served, {}, style), figures_of(tuned, {}, style), margins)


def _figures(outcomes: Sequence[Outcome], style: StyleJudge, voice: Voice) -> dict[str, float]:
    given = [one for one in outcomes if not one.abstained]
    answerable = [one for one in outcomes if one.question.answerable]
    phrased = [one.phrased for one in given if one.phrased]
    shares = {name: estimate(outcomes, share) for name, share in SHARES.items()}
    names = ("contains", "refused_answerable", "abstained_unanswerable", "citation_precision")
    return {
        "style_share": round(style.share(phrased), 3),
        "style_score": round(mean(map(style.score, phrased)), 3),
        "written_by_the_model": round(mean(one.shown == "phrased" for one in given), 3),
        "grounded_f1": round(
            mean(f1(voice.claim(one.text), one.question.answers) for one in answerable), 3
        ),
        "f1": round(mean(f1(one.text, one.question.answers) for one in answerable), 3),
        **{name: round(one.value, 3) for name in names if (one := shares[name])},
    }


def write_page(found: dict[str, object]) -> None:
    """Write the section of docs/benchmarks.md."""
    served, tuned = found["served"], found["tuned"]
    assert isinstance(served, dict) and isinstance(tuned, dict)  # noqa: S101 - made above
    lines = ["| | served | tuned |", "| --- | --- | --- |"]
    lines += [f"| {name.replace('_', ' ')} | {served[name]} | {tuned[name]} |" for name in served]
    head = _HEAD.format(machine=describe_machine(["torch", "trl", "xllamacpp"]), **found)
    verdict = found["gate"]
    assert isinstance(verdict, list)  # noqa: S101 - made above
    text = head + "\n".join(lines) + "\n\nThe gate says:\n\n    " + "\n    ".join(verdict) + "\n"
    write_section("style", text)


async def _quietly(_: IndexProgress) -> None:
    """Show no progress."""


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--lessons", type=int, default=160)
    arguments.add_argument("--limit", type=int, default=320)
    arguments.add_argument("--epochs", type=float, default=3.0)
    arguments.add_argument("--folder", type=Path, help="Keep everything here.")
    given = arguments.parse_args()
    with TemporaryDirectory() as temporary:
        place = given.folder or Path(temporary)
        measured = asyncio.run(measure(given.lessons, given.limit, given.epochs, place.resolve()))
    write_result("style", measured)
    write_page(measured)
