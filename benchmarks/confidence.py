"""The confidence that is shipped, fitted on the articles for it. Measures none: answers.py does."""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from answering.confidence.confidence import (
    ANY,
    HELD,
    Confidence,
    choose_bar,
    open_confidence,
    save_confidence,
)
from answering.confidence.logistic_regression import Regression, logit
from answering.evaluation.calibration import Calibrated, calibrate, fit_held_out
from answering.evaluation.datasets import GoldQuestion, GoldSet, read_clapnq, read_squad2
from answering.evaluation.metrics import Outcome
from answering.evaluation.run import ask_all, through_the_chain
from benchmarks.shared import DATA
from benchmarks.splits import CALIBRATION, TRAIN
from houselore.commands.eval import served_name
from houselore.commands.eval_answers import indexed_apart
from houselore.settings import open_settings
from retrieval.reports import IndexProgress

_NEVER = 2.0  # a bar that no probability reaches: no model is asked
_REFUSED = 0.2
_OFF_TOPIC = 75
_OFF_TOPIC_WEIGHT = 4


async def fit_shipped(limit: int | None, to: Path) -> Calibrated:
    """Put the weights into the file `to`: those for any model, and for the one that is bundled.

    Evidence is judged on all articles but the test's, each held out in its turn, and on questions
    about something else; drafts on the calibration article alone, which the model has not seen.
    """
    gold = read_squad2(DATA / "squad2/passages.jsonl.gz", DATA / "squad2/questions.jsonl.gz")
    title = {document.key: document.title for document in gold.documents}
    shipped = open_confidence()
    with TemporaryDirectory() as folder:
        settings = open_settings(data_dir=Path(folder))
        async with indexed_apart(settings, gold, _quietly) as apart:

            async def ask(questions: Sequence[GoldQuestion], bar: float) -> list[Outcome]:
                answerer = apart.services.answerer.over(apart.pool, replace(shipped, bar=bar))
                asking = await through_the_chain(apart.pool, apart.workspace, answerer)
                return await ask_all(asking, replace(gold, questions=tuple(questions)))

            of = {name: _of(gold, title, name, limit) for name in (TRAIN, CALIBRATION)}
            seen = await ask((*of[TRAIN], *of[CALIBRATION]), _NEVER)
            others = await ask(_off_topic(limit), _NEVER)
            drafted = await ask(of[CALIBRATION], 0.0)
            model = await served_name(apart.services)
    known = [one for one in (*seen, *_OFF_TOPIC_WEIGHT * others) if one.signals]
    rows = [_of_evidence(one) for one in known]
    groups = [title.get(min(one.question.documents), "") for one in known]
    evidence, held = fit_held_out(rows, [one.is_in(one.evidence) for one in known], groups)
    sentence, _ = fit_held_out(
        [{HELD: float(x)} for x in logit(held)], [one.is_in(one.sentence) for one in known], groups
    )
    as_held = Regression((HELD,), (0.0,), (1.0,), (1.0,), 0.0)
    any_model = Confidence(evidence, sentence, as_held, model=ANY)
    found = calibrate(drafted, _REFUSED, any_model)
    bar = choose_bar(held, [one.question.answerable for one in known], _REFUSED)
    save_confidence(to, replace(any_model, draft=sentence, bar=bar))
    # What the evidence is worth is known from all articles, the draft from one.
    save_confidence(to, replace(any_model, draft=found.confidence.draft, bar=bar, model=model))
    return found


def _of_evidence(outcome: Outcome) -> dict[str, float]:
    return {name: value for name, value in outcome.signals.items() if name != HELD}


def _of(
    gold: GoldSet, title: dict[str, str], articles: frozenset[str], limit: int | None
) -> tuple[GoldQuestion, ...]:
    asked = tuple(q for q in gold.questions if title[min(q.documents)] in articles)
    return asked if limit is None else replace(gold, questions=asked).sample(limit).questions


def fits_on(question: GoldQuestion) -> bool:
    """Whether an off-topic question is one that the weights are fitted on; others are to test."""
    return question.id.encode()[-1] % 2 == 0


def _off_topic(limit: int | None) -> list[GoldQuestion]:
    files = [DATA / "clapnq/answerable.jsonl", DATA / "clapnq/unanswerable.jsonl"]
    asked = [question for question in read_clapnq(files).questions if fits_on(question)]
    return [replace(one, answers=(), wanted="abstain") for one in asked[: limit or _OFF_TOPIC]]


async def _quietly(_: IndexProgress) -> None:
    """Nobody looks."""


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--limit", type=int, help="Of each part, to try it.")
    arguments.add_argument("--to", type=Path, required=True, help="The file of weights.")
    given = arguments.parse_args()
    asyncio.run(fit_shipped(given.limit, given.to))
