"""Train KTO on people's ratings of answers (MTRAG), and measure the effect on held-out ones.

Needs the extra `tuning`. The prompts are as the built-in model gets them: excerpts instead of
passages, and the thread before.
"""

import argparse
import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from benchmarks.machine import describe_machine
from benchmarks.page import write_section
from benchmarks.ratings import Rated, kto_rows, read_ratings
from benchmarks.shared import DATA, write_result
from benchmarks.shown_notes import NoteFinder
from houselore.cli.tune import base_of
from houselore.settings import open_settings
from retrieval.documents import Passage
from retrieval.embeddings.open import open_embedder
from retrieval.evaluation.metrics import difference
from tuning.datasets.formats import DatasetRow
from tuning.examples_for_training import ChatMessage, lesson
from tuning.training.log_likelihood import log_likelihoods
from tuning.training.preference import prefer
from tuning.training.sft import TrainingSettings

_TEST_SHARE = 5  # one task in so many is held out
_LONGEST = 768

_HEAD = """## Preferences

`make bench-preferences` ({machine}):
KTO on {train} answers of MTRAG that most of those who gave their {ratings} ratings held good or bad
({bad} bad), going on from the built-in model; {held_out} answers to other questions are held out.
For each of their {pairs} pairs of a good and a bad answer to one question: how much more likely the
good one is, in nats a token.

| | before | after | change (95%) |
| --- | --- | --- | --- |
"""


@dataclass(frozen=True, slots=True)
class Split:
    """Training rows with their number of raters, and held-out rows with their tasks."""

    train: list[tuple[DatasetRow, int]]
    held_out: list[DatasetRow]
    tasks: list[str]


async def split(limit: int | None) -> Split:
    """Read the ratings and hold out a fifth of the tasks; `limit` caps the training rows."""
    rated = read_ratings(DATA / "mtrag" / "mtrag_human_ratings.json.gz")
    notes = NoteFinder(open_embedder("embedded:"))
    found = Split([], [], [])
    for one in rated:
        for row in kto_rows([one]):
            short = replace(row, prompt=await _short(one, notes))
            if _is_held_out(one.task):
                found.held_out.append(short)
                found.tasks.append(one.task)
            else:
                found.train.append((short, len(one.thumbs)))
    if limit is not None:
        good = [rated for rated in found.train if rated[0].label][: limit // 2]
        bad = [rated for rated in found.train if not rated[0].label][: limit - len(good)]
        found = replace(found, train=[*good, *bad])
    return found


async def _short(one: Rated, notes: NoteFinder) -> tuple[ChatMessage, ...]:
    passages = [
        Passage(n, n, key, "", None, (), text, 1.0, None)
        for n, (key, text) in enumerate(one.documents.items(), start=1)
    ]
    if not passages:
        return one.prompt
    found = await notes.find(one.question, passages)
    asked = lesson(one.question, found, "", "mtrag").prompt[-1]
    return (*one.prompt[:-1], asked)


def _is_held_out(task: str) -> bool:
    return hashlib.sha256(task.encode()).digest()[0] % _TEST_SHARE == 0


def measure(found: Split, epochs: float, folder: Path) -> dict[str, object]:
    """Train, and return the margins of the held-out pairs before and after."""
    base = base_of(open_settings(data_dir=folder))
    settings = TrainingSettings(
        learning_rate=5e-5, batch=4, epochs=epochs, start=base.start, longest=_LONGEST
    )
    train = [row for row, _ in found.train]
    before = log_likelihoods(base.place, base.start, found.held_out)
    adapter = prefer(base.place, train, folder / "kto", settings, "kto")
    after = log_likelihoods(base.place, adapter, found.held_out)
    margins = [_margins(found, [good for good, _ in likely]) for likely in (before, after)]
    gained = difference(margins[1], margins[0])
    return {
        "train": len(train),
        "ratings": sum(raters for _, raters in found.train),
        "bad": sum(not row.label for row in train),
        "held_out": len(found.held_out),
        "pairs": len(margins[0]),
        "epochs": epochs,
        "margin": [round(mean(one), 4) for one in margins],
        "margin_gained": [round(gained.mean, 4), round(gained.low, 4), round(gained.high, 4)],
        "preferred": [round(mean(float(m > 0) for m in one), 3) for one in margins],
    }


def _margins(found: Split, likely: Sequence[float]) -> list[float]:
    """Return how much likelier the good answer is, for each good and bad pair of a task."""
    rows = list(zip(found.held_out, found.tasks, likely, strict=True))
    return [
        good - bad
        for one, task, good in rows
        if one.label
        for other, same, bad in rows
        if same == task and not other.label
    ]


def write_page(found: dict[str, object]) -> None:
    """Write the section of docs/benchmarks.md."""
    head = _HEAD.format(machine=describe_machine(["torch", "trl"]), **found)
    margin, gained, preferred = found["margin"], found["margin_gained"], found["preferred"]
    assert isinstance(margin, list) and isinstance(gained, list)  # noqa: S101 - made above
    assert isinstance(preferred, list)  # noqa: S101 - made above
    lines = [
        f"| margin | {margin[0]} | {margin[1]} | {gained[0]:+} ({gained[1]:+} to {gained[2]:+}) |",
        f"| the good one is likelier | {preferred[0]} | {preferred[1]} | |",
    ]
    write_section("preferences", head + "\n".join(lines))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--limit", type=int, help="Train on so many, half of them good.")
    arguments.add_argument("--epochs", type=float, default=1.0)
    given = arguments.parse_args()
    rows = asyncio.run(split(given.limit))
    with TemporaryDirectory() as temporary:
        measured = measure(rows, given.epochs, Path(temporary))
    write_result("preferences", measured)
    write_page(measured)
