"""`python -m tuning.training.worker FOLDER`: one of several processes that train.

Started by `accelerate launch` or torchrun (see accelerate/ beside it); needs no database.
"""

import argparse
import sys
from pathlib import Path

from tuning.errors import TuningError
from tuning.training.devices import is_first
from tuning.training.inputs import read_material
from tuning.training.progress import write_step
from tuning.training.stages import train_stages


def main(arguments: list[str] | None = None) -> int:
    """Run the stages whose inputs the folder holds; return 1 on failure."""
    parser = argparse.ArgumentParser(prog="python -m tuning.training.worker", description=__doc__)
    parser.add_argument("folder", type=Path, help="What `houselore tune --prepare` has written.")
    folder = parser.parse_args(arguments).folder
    try:
        base, material, plan = read_material(folder)
        adapter = train_stages(base, material, folder, plan, _tell)
    except TuningError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if is_first():
        sys.stdout.write(f"The adapter is in {adapter}.\n")
    return 0


def _tell(stage: str, step: int, steps: int) -> None:
    if is_first():
        sys.stdout.write(write_step(stage, step, steps))
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
