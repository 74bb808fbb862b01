"""The command line as a person runs it: a process of its own, in a folder of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

Result = subprocess.CompletedProcess[str]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment without settings, whose data folder lies in the test's own folder."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.upper().startswith(("HOUSELORE_", "SLACK_"))
    }
    return {
        **kept,
        "PYTHONPATH": str(REPOSITORY),
        "HOUSELORE_DATA_DIR": str(tmp_path / "data"),
        "COLUMNS": "200",
    }


@pytest.fixture
def houselore(tmp_path: Path, environment: dict[str, str]) -> Callable[..., Result]:
    """Run `houselore …` to its end in an empty folder; keywords are further settings."""

    def run(*arguments: str, **settings: str) -> Result:
        return subprocess.run(
            [sys.executable, "-m", "houselore", *arguments],
            env={**environment, **settings},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
