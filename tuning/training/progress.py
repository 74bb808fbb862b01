"""Format a training's progress as a line of text, and parse it."""

import re
from collections.abc import Callable

Report = Callable[[str, int, int], None]
"""Called with a stage's name, its step and the number of steps, from the training's thread."""

_LINE = re.compile(r"(.+): step (\d+) of (\d+)")


def write_step(stage: str, step: int, steps: int) -> str:
    """Return the line that reports a step."""
    return f"{stage}: step {step} of {steps}\n"


def read_step(line: str) -> tuple[str, int, int] | None:
    """Return stage, step and number of steps, or None for any other line."""
    found = _LINE.fullmatch(line.strip())
    return (found[1], int(found[2]), int(found[3])) if found else None
