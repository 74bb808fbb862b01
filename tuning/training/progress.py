"""How far a training is, as a line of text and back. Shows it to nobody."""

import re
from collections.abc import Callable

Report = Callable[[str, int, int], None]
"""Takes a stage's name, its step and how many there are; is called from the training's thread."""

_LINE = re.compile(r"(.+): step (\d+) of (\d+)")


def write_step(stage: str, step: int, steps: int) -> str:
    """The line that tells of a step."""
    return f"{stage}: step {step} of {steps}\n"


def read_step(line: str) -> tuple[str, int, int] | None:
    """The stage, the step and how many there are; None for a line that tells something else."""
    found = _LINE.fullmatch(line.strip())
    return (found[1], int(found[2]), int(found[3])) if found else None
