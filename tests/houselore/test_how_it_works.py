"""The program in docs/how-it-works.md, run as it stands there."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "how-it-works.md").read_text(encoding="utf-8")
STEPS = ["understand", "retrieve", "read", "decide", "write", "check"]


def test_the_program_builds_the_chain_and_shows_its_steps(
    houselore: Callable[..., "subprocess.CompletedProcess[str]"],
    environment: dict[str, str],
    tmp_path: Path,
    database_url: str,
) -> None:
    """It prints each step as the page's table has them, the words, and the answer at the end."""
    (tmp_path / "docs").mkdir()
    shutil.copy(DOCS / "questions.md", tmp_path / "docs")
    indexed = houselore("index", str(tmp_path / "docs"), HOUSELORE_DATABASE_URL=database_url)
    assert indexed.returncode == 0, indexed.stderr
    program = re.search(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert program is not None
    run = subprocess.run(
        [sys.executable, "-c", program[1]],
        env={**environment, "HOUSELORE_DATABASE_URL": database_url},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    begun = [line.removeprefix("begins: ") for line in run.stdout.splitlines()]
    assert [name for name in begun if name in STEPS] == STEPS
    assert re.findall(r"^\| (\w+) \| [^|]*`", PAGE, re.MULTILINE)[:6] == STEPS[:6]
    words = "".join(re.findall(r"^Words\(text=(.*)\)$", run.stdout, re.MULTILINE))
    assert "PDF" in words
    assert "ended: answer Finished" in run.stdout
