"""A training in several processes, by the launch files: it ends as one in a single process does."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the extra `tuning` is not installed")

from tests.tuning.tiny import LESSONS, tiny_base  # noqa: E402 - after the check for PyTorch
from tuning.datasets.formats import DatasetRow  # noqa: E402
from tuning.errors import TrainingFailed  # noqa: E402
from tuning.training import launch  # noqa: E402
from tuning.training.inputs import Base, Material, TrainingPlan, write_material  # noqa: E402
from tuning.training.loss_log import read_losses  # noqa: E402
from tuning.training.stages import begin, run_stages  # noqa: E402

pytestmark = pytest.mark.training

CODE = Path(__file__).parents[3]
FILES = CODE / "tuning" / "training" / "accelerate"
PAIRS = [DatasetRow("preference", one.prompt, one.answer, "who ? [2]") for one in LESSONS]
MATERIAL = Material("abcdef0123456789", [*LESSONS, *LESSONS[:4]], PAIRS[:8], PAIRS[8:])
PLAN = TrainingPlan(2.0, "kto")


def a_base(folder: Path) -> Base:
    """The tiny model, written once a test."""
    return Base(str(tiny_base(folder / "base")), "Tiny")


def weights(adapter: Path) -> dict[str, Any]:
    """The tensors of an adapter."""
    from safetensors.torch import load_file

    tensors: dict[str, Any] = load_file(adapter / "adapter_model.safetensors")
    return tensors


def are_close(one: Path, other: Path) -> bool:
    """Whether two adapters differ by no more than what comes of adding in another order."""
    first, second = weights(one), weights(other)
    return first.keys() == second.keys() and all(
        torch.allclose(first[name], second[name], atol=2e-5) for name in first
    )


def a_port() -> str:
    """One that is free now."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return str(bound.getsockname()[1])


def start(*command: str | Path) -> "subprocess.Popen[str]":
    """A command of the docs, started in the repository with its own Python."""
    return subprocess.Popen(
        list(map(str, command)),
        cwd=CODE,
        env={**os.environ, "PYTHON": sys.executable, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def end(process: "subprocess.Popen[str]") -> str:
    """What a command said, once it ended well."""
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return said


def test_two_processes_train_what_one_does(tmp_path: Path) -> None:
    """`processes.yaml`: lessons, then preferences, in two processes with half of each step's rows.

    The adapters, the losses and what was held out are those of one process; each step is told.
    """
    base = a_base(tmp_path)
    alone = run_stages(base, MATERIAL, tmp_path / "alone", PLAN, processes=1)
    told: list[tuple[str, int, int]] = []
    both = run_stages(
        *(base, MATERIAL, tmp_path / "both", PLAN),
        report=lambda *step: told.append(step),
        processes=2,
    )
    assert (both.stages, alone.stages) == (("sft", "kto"),) * 2
    for stage in both.stages:
        assert are_close(*(tmp_path / run / stage / "adapter" for run in ("alone", "both")))
    one, two = (read_losses(tmp_path / run) for run in ("alone", "both"))
    assert [row["step"] for row in one] == [row["step"] for row in two]
    assert [row["loss"] for row in two] == pytest.approx([row["loss"] for row in one], abs=1e-3)
    assert both.held_out["pairs"]["after"] == pytest.approx(alone.held_out["pairs"]["after"], 1e-3)
    assert ("SFT", 1, 4) in told and ("SFT", 4, 4) in told and ("KTO", 4, 4) in told
    assert not (tmp_path / "both" / "material").exists()  # what people said stays in the database
    told.clear()
    before = (tmp_path / "both" / "processes.log").stat().st_mtime_ns
    run_stages(base, MATERIAL, tmp_path / "both", PLAN, processes=2)
    assert (tmp_path / "both" / "processes.log").stat().st_mtime_ns == before and not told


def by_accelerate(number: int, folder: Path, port: str) -> list[str | Path]:
    """What is typed on a machine of two for `machines.yaml`."""
    return [
        *(sys.executable, "-m", "accelerate.commands.launch"),
        *("--config_file", FILES / "machines.yaml", "--num_processes", "2"),
        *("--machine_rank", str(number), "--main_process_ip", "127.0.0.1"),
        *("--main_process_port", port, "-m", "tuning.training.worker", folder),
    ]


def by_torchrun(number: int, folder: Path, port: str) -> list[str | Path]:
    """What is typed on a machine of two for `torchrun.sh`."""
    return [FILES / "torchrun.sh", folder, "1", "2", str(number), "127.0.0.1", port]


@pytest.mark.parametrize("typed", [by_accelerate, by_torchrun])
def test_two_machines_train_what_one_does(
    tmp_path: Path, typed: Callable[[int, Path, str], list[str | Path]]
) -> None:
    """Each with a folder of its own, copied; then `run_stages` goes on from the first one's."""
    base, folders = a_base(tmp_path), [tmp_path / "machine-0", tmp_path / "machine-1"]
    alone = run_stages(base, MATERIAL, tmp_path / "alone", PLAN, processes=1)
    begin(base, MATERIAL, folders[0], PLAN)
    write_material(folders[0], base, MATERIAL, PLAN)
    shutil.copytree(folders[0], folders[1])
    shutil.move(base.place, tmp_path / "elsewhere")  # the copies hold all that is read
    port = a_port()
    with ExitStack() as stack:
        machines = [
            stack.enter_context(start(*typed(number, folder, port)))
            for number, folder in enumerate(folders)
        ]
        first, second = map(end, machines)
    assert "SFT: step 4 of 4" in first and "SFT" not in second
    shutil.move(tmp_path / "elsewhere", base.place)
    adapters = [folder / "kto" / "adapter" for folder in folders]
    assert are_close(*adapters) and are_close(adapters[0], alone.adapter)
    told: list[str] = []
    trained = run_stages(
        *(base, MATERIAL, folders[0], PLAN), report=lambda stage, *_: told.append(stage)
    )
    assert trained.adapter == adapters[0] and set(told) == {"held out"}
    assert not (folders[0] / "material").exists()


def test_a_failure_is_said_with_its_log(tmp_path: Path) -> None:
    """Where the processes find nothing to read, the error names the log, which says so."""
    with pytest.raises(TrainingFailed, match=r"processes\.log"):
        launch.launch(tmp_path, 2)
    assert "tune --prepare" in (tmp_path / "processes.log").read_text(encoding="utf-8")


def test_no_process_outlives_who_started_it(tmp_path: Path) -> None:
    """Killed in the middle of a training, it takes the processes with it that it started."""
    base = a_base(tmp_path)
    long = TrainingPlan(20_000.0, "none")
    write_material(tmp_path / "run", base, MATERIAL, long)
    script = (
        "import sys; from pathlib import Path; from tuning.training.launch import launch\n"
        "launch(Path(sys.argv[1]), 2, lambda *step: print(*step, flush=True))"
    )
    with start(sys.executable, "-c", script, tmp_path / "run") as parent:
        assert parent.stdout is not None
        assert "SFT" in parent.stdout.readline()
        assert len(training(tmp_path)) >= 3  # the launcher and two of its own
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        deadline = time.monotonic() + 60
        while training(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.2)
    assert training(tmp_path) == []


def training(folder: Path) -> list[int]:
    """The processes that train on what lies in a folder."""
    listed = subprocess.run(
        ["ps", "-wwAo", "pid=,args="], check=True, capture_output=True, text=True
    )
    return [
        int(line.split()[0])
        for line in listed.stdout.splitlines()
        if "tuning.training.worker" in line and str(folder) in line
    ]
