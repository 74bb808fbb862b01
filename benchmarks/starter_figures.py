"""Measure what the starter writes from notes outside its training data, beside its base.

    python -m benchmarks.starter_figures [--count 100] [--adapter FOLDER …]

Paragraphs of squad2's test article, and rows of tables without any training example, in the form of
the chain's prompts; each answer as the model writes it at temperature 0, unchecked.
"""

import argparse
import asyncio
import itertools
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory

from langchain_core.messages import HumanMessage, SystemMessage

from answering.evaluation.metrics import contains, exact
from answering.marks import marks_in, strip_marks
from answering.model.chat_model import open_chat_model
from benchmarks.splits import TEST
from benchmarks.starter_forms import SEED, FormMaker
from houselore.embedded.chat_model import embedded_chat_model
from houselore.embedded.chat_model_files import bundled_gguf
from tuning.adapters.bundled import STARTER
from tuning.examples_for_training import TrainingExample

_HEAD = "| | | questions | contains the gold answer | exactly it | cites its note | words |"
_LABEL = re.compile(r"^\[1\] (.*?): ", re.MULTILINE)


async def answers_of(lessons: Sequence[TrainingExample], adapter: Path | None) -> list[str]:
    """Return what the base, with this adapter or alone, writes for each prompt."""
    gguf = None if adapter else bundled_gguf()
    with TemporaryDirectory() as folder:
        async with embedded_chat_model(Path(folder), gguf=gguf, adapter=adapter) as url:
            model = open_chat_model(url)
            replies = []
            for one in lessons:
                system, asked = one.prompt
                messages = [SystemMessage(system.content), HumanMessage(asked.content)]
                replies.append(str((await model.ainvoke(messages)).text))
            return replies


def figures_of(lessons: Sequence[TrainingExample], replies: Sequence[str]) -> list[float]:
    """Return the columns of the table."""
    golds = [[_bare(one.answer)] for one in lessons]
    cites = [
        set(marks_in(reply)) == set(marks_in(one.answer))
        for reply, one in zip(replies, lessons, strict=True)
    ]
    return [
        fmean(map(contains, map(strip_marks, replies), golds)),
        fmean(map(exact, map(_bare, replies), golds)),
        fmean(cites),
        median(len(strip_marks(reply).split()) for reply in replies),
    ]


def _bare(answer: str) -> str:
    return strip_marks(answer).rpartition(": ")[2].strip(" .\n")


def held_out(count: int) -> Mapping[str, list[TrainingExample]]:
    """Return examples that the starter was not trained on, by kind of note."""
    maker = FormMaker(SEED + 1)
    taught = {_title(one) for one in FormMaker(SEED).all()}
    rows = (one for one in maker.table_rows() if _title(one) not in taught)
    return {
        "paragraphs": list(itertools.islice(maker.paragraphs(TEST), count)),
        "rows of a table": list(itertools.islice(rows, count)),
    }


def _title(one: TrainingExample) -> str:
    found = _LABEL.search(one.prompt[-1].content)
    return found[1] if found else ""


def _lines(adapters: Sequence[Path | None], count: int) -> Iterator[str]:
    yield f"{_HEAD}\n| --- | --- | ---: | ---: | ---: | ---: | ---: |"
    for adapter in adapters:
        for name, lessons in held_out(count).items():
            found = figures_of(lessons, asyncio.run(answers_of(lessons, adapter)))
            cells = " | ".join(f"{figure:.2f}" for figure in found[:-1])
            by = adapter.name if adapter else "the base alone"
            yield f"| {by} | {name} | {len(lessons)} | {cells} | {found[-1]:.0f} |"


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=100, help="of each kind of note")
    arguments.add_argument("--adapter", type=Path, nargs="*", default=[STARTER])
    given = arguments.parse_args()
    for line in _lines([None, *given.adapter], given.count):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
