"""A training example of the reader, and the file of them: JSON lines."""

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tuning.errors import CannotTrain
from tuning.reader.data.cutting import Cut, draw_headings
from tuning.reader.data.hasty_typing import type_hastily

_HASTY = 0.35
"""The share of questions that are rewritten as if typed in a hurry."""


@dataclass(frozen=True, slots=True)
class ReaderExample:
    """A question with a block: whether it answers, and where; `made` names how it was made.

    An example that answers without a span, such as steps, trains only the answerability head.
    """

    question: str
    headings: tuple[str, ...]
    text: str
    answers: bool
    start: int | None
    end: int | None
    made: str


def draw_example(
    question: str, title: str, cut: Cut, made: str, draw: random.Random
) -> ReaderExample:
    """Build an example: the question, tidy or typed in a hurry, with a block and its headings."""
    typed = type_hastily(question, draw) if draw.random() < _HASTY else question
    headings = draw_headings(title, draw)
    if cut.span is None:
        return ReaderExample(typed, headings, cut.text, False, None, None, made)
    return ReaderExample(typed, headings, cut.text, True, cut.span.start, cut.span.end, made)


def write_examples(examples: Sequence[ReaderExample], path: Path) -> None:
    """Write the examples to a file, one a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in examples)
    path.write_text("".join(lines), encoding="utf-8")


def read_examples(path: Path) -> list[ReaderExample]:
    """Read the examples that `write_examples` wrote. Raises CannotTrain if they cannot be read."""
    try:
        with path.open(encoding="utf-8") as lines:
            return [_example(line) for line in lines]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CannotTrain(
            f"{path} holds no examples for the reader ({error}): delete it, and `make reader` "
            "writes it again."
        ) from error


def _example(line: str) -> ReaderExample:
    fields = json.loads(line)
    return ReaderExample(**{**fields, "headings": tuple(fields["headings"])})
