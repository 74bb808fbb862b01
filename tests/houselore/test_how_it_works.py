"""The programs in docs/how-it-works.md, run as they stand there."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Houselore = Callable[..., "subprocess.CompletedProcess[str]"]

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "how-it-works.md").read_text(encoding="utf-8")
STEPS = ["understand", "retrieve", "read", "decide", "write", "check"]


def run_program(
    number: int, houselore: Houselore, folder: Path, environment: dict[str, str]
) -> str:
    """What the page's program of this number prints, with a page about formats indexed."""
    (folder / "docs").mkdir()
    shutil.copy(DOCS / "questions.md", folder / "docs")
    url = environment["HOUSELORE_DATABASE_URL"]
    indexed = houselore("index", str(folder / "docs"), HOUSELORE_DATABASE_URL=url)
    assert indexed.returncode == 0, indexed.stderr
    programs = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    run = subprocess.run(
        [sys.executable, "-c", programs[number]],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture
def on_a_database(environment: dict[str, str], database_url: str) -> dict[str, str]:
    """The environment, with this test's own database."""
    return {**environment, "HOUSELORE_DATABASE_URL": database_url}


def test_the_program_builds_the_chain_and_shows_its_steps(
    houselore: Houselore, on_a_database: dict[str, str], tmp_path: Path
) -> None:
    """It prints each step as the page's table has them, the words, and the answer at the end."""
    printed = run_program(0, houselore, tmp_path, on_a_database)
    begun = [line.removeprefix("begins: ") for line in printed.splitlines()]
    assert [name for name in begun if name in STEPS] == STEPS
    assert re.findall(r"^\| (\w+) \| [^|]*`", PAGE, re.MULTILINE)[:6] == STEPS[:6]
    words = "".join(re.findall(r"^Words\(text=(.*)\)$", printed, re.MULTILINE))
    assert "PDF" in words
    assert "ended: answer Finished" in printed


def test_the_retriever_goes_into_a_chain_of_the_reader_s_own(
    houselore: Houselore, on_a_database: dict[str, str], tmp_path: Path
) -> None:
    """It prints the prompt that a model would be sent, with the notes that were found."""
    printed = run_program(1, houselore, tmp_path, on_a_database)
    assert printed.startswith("Human: Answer from these notes:\n")
    assert "PDF" in printed
