"""reindex, cancel, rollback and golden from the terminal."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Houselore = Callable[..., "subprocess.CompletedProcess[str]"]


def test_a_reindex_from_its_plan_to_its_end(
    houselore: Houselore, tmp_path: Path, database_url: str
) -> None:
    """A dry run says what comes and writes nothing; then it is done, and the status knows it."""
    settings = {"HOUSELORE_DATABASE_URL": database_url}
    folder = tmp_path / "handbook"
    folder.mkdir()
    (folder / "leave.md").write_text("# Leave\n\nEveryone has thirty days of leave a year.\n")
    assert houselore("index", "handbook", **settings).returncode == 0
    (folder / "lunch.md").write_text("# Lunch\n\nSoup is served at noon.\n")

    planned = houselore("reindex", "handbook/", "--dry-run", **settings)
    assert planned.returncode == 0, planned.stderr
    assert "add 1, change 0 and delete 0 documents, and leave 1 as they are" in planned.stdout
    assert "Nothing was written" in planned.stdout
    assert json.loads(houselore("status", "--json", **settings).stdout)["documents"] == 1

    done = houselore("reindex", "handbook/", **settings)
    assert done.returncode == 0, done.stderr
    assert "1 added, 1 unchanged" in done.stderr
    status = json.loads(houselore("status", "--json", **settings).stdout)
    assert status["last_run"] == "A reindexing of handbook/, done: 1 added, 1 unchanged."
    assert (status["waiting_generation"], status["golden_questions"]) == (None, 0)

    nowhere = houselore("reindex", "nowhere", **settings)
    assert (nowhere.returncode, nowhere.stdout) == (2, "")
    assert f"These are known: {folder}." in nowhere.stderr


def test_nothing_to_cancel_switch_or_go_back_to(houselore: Houselore, database_url: str) -> None:
    """Each is a sentence, and leaves no trace as a run."""
    settings = {"HOUSELORE_DATABASE_URL": database_url}
    cancelled = houselore("cancel", **settings)
    assert cancelled.returncode == 0
    assert "No reindexing goes on" in cancelled.stderr
    for arguments, says in (
        (["rollback"], "nothing to go back to"),
        (["reindex", "--switch"], "No index waits"),
    ):
        result = houselore(*arguments, **settings)
        assert result.returncode == 2
        assert says in result.stderr
    assert json.loads(houselore("status", "--json", **settings).stdout)["last_run"] is None


def test_golden_questions_by_hand(houselore: Houselore, tmp_path: Path, database_url: str) -> None:
    """Kept, listed and forgotten; words of no document are refused."""
    settings = {"HOUSELORE_DATABASE_URL": database_url}
    (tmp_path / "leave.md").write_text("# Leave\n\nEveryone has thirty days of leave a year.\n")
    houselore("index", "leave.md", **settings)
    kept = houselore("golden", "add", "How much leave?", "thirty days of leave", **settings)
    assert kept.returncode == 0, kept.stderr
    assert "answered by Leave" in kept.stderr
    refused = houselore("golden", "add", "How much?", "forty days", **settings)
    assert refused.returncode == 2
    assert "No document holds" in refused.stderr
    listed = houselore("golden", **settings)
    assert "How much leave?" in listed.stdout
    assert "Golden questions: 1." in listed.stdout
    assert houselore("golden", "drop", "1", **settings).returncode == 0
    assert houselore("golden", "drop", "1", **settings).returncode == 2
