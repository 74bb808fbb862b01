"""The two stages that make the reader that ships: what each learns from, and how."""

import random
from dataclasses import dataclass
from pathlib import Path

from tuning.reader.data import make_examples
from tuning.reader.examples import ReaderExample
from tuning.reader.guides import make_guide_examples, read_guides


@dataclass(frozen=True, slots=True)
class ReaderStage:
    """A pass over examples at a rate of learning; `name` is its folder in a run."""

    name: str
    rate: float
    seed: int


FACTS = ReaderStage("facts", 1e-4, 15)
"""From MiniLM: questions that people asked of prose, policies and tables."""
GUIDES = ReaderStage("guides", 5e-5, 16)
"""From there: sections of documentation for their headings, and less of the first, drawn anew."""

_KEPT = 16_000


def make_stage_examples(stage: ReaderStage, data: Path, guides: Path) -> list[ReaderExample]:
    """The examples of a stage from the data sets in `data` and the documentation in `guides`.

    Raises CannotTrain where something is missing.
    """
    examples = make_examples(data, stage.seed)
    if stage is FACTS:
        return examples
    draw = random.Random(stage.seed)  # noqa: S311 - a draw to repeat, no secret
    mixed = [*examples[:_KEPT], *make_guide_examples(read_guides(guides), draw)]
    draw.shuffle(mixed)
    return mixed
