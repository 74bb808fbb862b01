"""Ask squad2's test article through the whole chain: the starter model beside its bare base."""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from answering.evaluation.datasets import GoldQuestion, GoldSet, read_clapnq, read_squad2
from answering.evaluation.metrics import SHARES, Outcome, estimate, outcomes_error
from benchmarks.confidence import fits_on
from benchmarks.machine import describe_machine
from benchmarks.page import write_section
from benchmarks.shared import DATA, write_result
from benchmarks.splits import TEST
from houselore.cli.eval.answers import answer_all
from houselore.embedded.chat_model_files import bundled_gguf
from houselore.settings import open_settings
from retrieval.progress import IndexProgress

Figures = dict[str, list[float] | float | int | None]

_HEAD = """## Answers

`make bench-answers` ({machine}): questions about one article of squad2 that no model was trained
on ({article}; the index holds the passages of all six), and questions of clapnq, which are about
something else, through the whole chain. The confidence that is shipped was fitted on all six
articles: *How sure it is* has what it says of an article that it has not seen. The starter model
beside the model it was tuned from: what is shown is decided by the evidence, so nearly alike for
both; what a model writes is shown where a note supports it, and else the excerpt, which F1 and
exact match do not reward. An interval is the bootstrap's at 95%.

"""
_LABELS: Mapping[str, str] = {
    "contains": "answerable: the answer is in the reply",
    "f1": "answerable: F1",
    "exact": "answerable: exact match",
    "refused_answerable": "answerable: wrongly refused",
    "abstained_unanswerable": "near-miss: abstained",
    "abstained_off_topic": "off-topic: abstained",
    "citation_precision": "citations that are right",
    "citation_recall": "answers that cite the right passage",
    "ece": "calibration error (ECE)",
    "first_token_s": "p50 to the first words, s",
    "last_token_s": "p50 to the last, s",
}


async def measure(limit: int, off_topic: int) -> dict[str, Figures]:
    """Return each model's figures: a share with its bounds, or a number."""
    gold = _test_questions(limit)
    others = _off_topic_questions(off_topic)
    found: dict[str, Figures] = {}
    for base in (False, True):
        with TemporaryDirectory() as folder:
            gguf = bundled_gguf() if base else None
            settings = open_settings(data_dir=Path(folder), chat_gguf=gguf)
            both = replace(gold, questions=(*gold.questions, *others))
            outcomes, model = await answer_all(settings, both, (_quietly, _quietly))
            found[model] = _figures(
                outcomes[: len(gold.questions)], outcomes[len(gold.questions) :]
            )
    return found


def _test_questions(limit: int) -> GoldSet:
    gold = read_squad2(DATA / "squad2/passages.jsonl.gz", DATA / "squad2/questions.jsonl.gz")
    held = {document.key for document in gold.documents if document.title in TEST}
    asked = tuple(q for q in gold.questions if not held.isdisjoint(q.documents))
    return replace(gold, questions=asked).sample(limit)


def _off_topic_questions(count: int) -> tuple[GoldQuestion, ...]:
    files = [DATA / "clapnq/answerable.jsonl", DATA / "clapnq/unanswerable.jsonl"]
    gold = read_clapnq(files)
    unseen = tuple(question for question in gold.questions if not fits_on(question))
    asked = replace(gold, questions=unseen).sample(count).questions
    return tuple(replace(question, answers=(), wanted="abstain") for question in asked)


def _figures(outcomes: Sequence[Outcome], others: Sequence[Outcome]) -> Figures:
    shares = {name: estimate(outcomes, share) for name, share in SHARES.items()}
    shares["abstained_off_topic"] = estimate(others, SHARES["abstained_unanswerable"])
    error = outcomes_error(outcomes)
    return {
        "n": len(outcomes),
        "off_topic": len(others),
        **{
            name: [round(x, 4) for x in (one.value, one.low, one.high)] if one else None
            for name, one in shares.items()
        },
        "ece": None if error is None else round(error, 4),
        "first_token_s": round(median(one.first_token_s for one in outcomes), 2),
        "last_token_s": round(median(one.last_token_s for one in outcomes), 2),
    }


def write_page(found: Mapping[str, Figures]) -> None:
    """Write the section of docs/benchmarks.md."""
    lines = [f"| | {' | '.join(found)} |", f"| --- |{' --- |' * len(found)}"]
    for name, label in _LABELS.items():
        cells = (_cell(figures.get(name)) for figures in found.values())
        lines.append(f"| {label} | {' | '.join(cells)} |")
    head = _HEAD.format(machine=describe_machine(["xllamacpp"]), article=", ".join(sorted(TEST)))
    first = next(iter(found.values()))
    asked = f"\n\n{first['n']} questions, and {first['off_topic']} about something else.\n"
    write_section("answers", head + "\n".join(lines) + asked)


def _cell(figure: list[float] | float | int | None) -> str:
    if isinstance(figure, list):
        value, low, high = figure
        return f"{value:.2f} ({low:.2f} to {high:.2f})"
    return "" if figure is None else f"{figure:.2f}"


async def _quietly(_: IndexProgress) -> None:
    """Show no progress."""


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--limit", type=int, default=200)
    arguments.add_argument("--off-topic", type=int, default=60)
    given = arguments.parse_args()
    measured = asyncio.run(measure(given.limit, given.off_topic))
    write_result("answers", measured)
    write_page(measured)
