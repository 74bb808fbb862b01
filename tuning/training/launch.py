"""Launch training in several processes of this machine, and follow it to its end."""

import os
import subprocess
import sys
from pathlib import Path

from retrieval.embeddings.cpu_count import usable_cores
from tuning.errors import TrainingFailed
from tuning.training.progress import Report, read_step

_CODE = Path(__file__).parents[2]  # so that the worker's module is found
_CONFIG = Path(__file__).parent / "accelerate" / "processes.yaml"
_LOG = "processes.log"


def launch(folder: Path, processes: int, report: Report | None = None) -> None:
    """Run the stages whose inputs are in `folder`, in so many processes.

    If this process ends first, however it ends, the workers end at their next step, when they
    cannot report it any more. Raises TrainingFailed, naming their log.
    """
    command = [
        *(sys.executable, "-m", "accelerate.commands.launch"),
        *("--config_file", str(_CONFIG), "--num_processes", str(processes)),
        *("-m", "tuning.training.worker", str(folder.resolve())),
    ]
    threads = max(1, usable_cores() // processes)
    log = folder / _LOG
    with (
        log.open("w", encoding="utf-8") as file,
        subprocess.Popen(  # noqa: S603 - the command is ours
            command,
            stdin=subprocess.DEVNULL,
            # Workers write each step to this pipe: once nobody reads it, writing fails and they
            # end.
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            env={"OMP_NUM_THREADS": str(threads), **os.environ},
            cwd=_CODE,
        ) as process,
    ):
        for line in process.stdout or ():
            step = read_step(line)
            if step is None:
                file.write(line)
                file.flush()
            elif report:
                report(*step)
    if process.returncode:
        raise TrainingFailed(
            f"The training in {processes} processes ended with {process.returncode}: see {log}. "
            "The same command takes it up at its last checkpoint."
        )
