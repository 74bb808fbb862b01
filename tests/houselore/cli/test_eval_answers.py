"""`houselore eval answers` and `calibrate`: a tiny corpus through the real chain, nothing kept."""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psycopg
import pytest

Houselore = Callable[..., "subprocess.CompletedProcess[str]"]

PASSAGES: list[dict[str, object]] = [
    {"id": "leave", "title": "Leave", "text": "Everyone has thirty days of leave a year."},
    {"id": "lunch", "title": "Lunch", "text": "Lunch is served at noon in the garden."},
]
QUESTIONS: list[dict[str, object]] = [
    {
        "id": "1",
        "question": "When is lunch served?",
        "passage_id": "lunch",
        "answers": ["at noon", "noon"],
    },
    {
        "id": "2",
        "question": "How many days of leave does everyone have a year?",
        "passage_id": "leave",
        "answers": ["thirty", "thirty days"],
    },
    {
        "id": "3",
        "question": "Which volcano erupted on Iceland?",
        "passage_id": "lunch",
        "answers": [],
        "unanswerable": True,
    },
]
KEYS = [
    *("n", "exact", "f1", "contains", "citation_precision", "citation_recall"),
    *("abstained_unanswerable", "refused_answerable", "ece", "first_token_s", "last_token_s"),
    "model",
]


def lines(path: Path, rows: Sequence[Mapping[str, object]]) -> str:
    """The path of a file with these rows as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """The options that name a tiny corpus."""
    return [
        *("--passages", lines(tmp_path / "p.jsonl", PASSAGES)),
        *("--questions", lines(tmp_path / "q.jsonl", QUESTIONS)),
    ]


def counted(database_url: str) -> tuple[int, ...]:
    """How many documents, chunks, generations and answers there are."""
    found = []
    with psycopg.connect(database_url) as connection:
        for table in ("documents", "chunks", "generations", "answers"):
            row = connection.execute(f"select count(*) from {table}".encode()).fetchone()
            assert row is not None
            found.append(int(row[0]))
    return tuple(found)


def test_answers_are_judged_and_nothing_is_kept(
    houselore: Houselore, files: list[str], database_url: str
) -> None:
    """Exactly the promised JSON with the real model; what is off the subject is not answered."""
    before = counted(database_url)
    result = houselore("eval", "answers", *files, "--json", HOUSELORE_DATABASE_URL=database_url)
    assert result.returncode == 0, result.stderr
    given = json.loads(result.stdout)
    assert list(given) == KEYS
    assert given["n"] == 3
    assert given["abstained_unanswerable"] == 1
    assert 0 < given["first_token_s"] <= given["last_token_s"]
    for name in KEYS[1:9]:
        assert given[name] is None or 0 <= given[name] <= 1, name
    assert given["model"]
    assert counted(database_url) == before


def test_the_model_alone_cites_nothing(
    houselore: Houselore, files: list[str], database_url: str
) -> None:
    """Closed book: nothing is indexed, no confidence is told, and a person gets a table."""
    result = houselore(
        *("eval", "answers", *files, "--closed-book", "--limit", "2"),
        HOUSELORE_DATABASE_URL=database_url,
    )
    assert result.returncode == 0, result.stderr
    assert "2 questions, 1 of them with an answer" in result.stdout
    assert "95% interval" in result.stdout
    assert "the model was asked 2 of 2 times" in result.stdout
    assert "calibration error" not in result.stdout


def test_a_calibration_keeps_weights_and_draws(
    houselore: Houselore, environment: dict[str, str], tmp_path: Path, database_url: str
) -> None:
    """Questions with and without an answer give weights in the data folder and two plots."""
    pytest.importorskip("matplotlib", reason="of the bench extra")
    wrong = {**QUESTIONS[0], "id": "4", "answers": ["on the roof"]}
    questions = [*QUESTIONS[:2], wrong]
    result = houselore(
        *("eval", "calibrate", "--passages", lines(tmp_path / "p.jsonl", PASSAGES)),
        *("--questions", lines(tmp_path / "q.jsonl", questions)),
        *("--plots", str(tmp_path / "plots"), "--json"),
        HOUSELORE_DATABASE_URL=database_url,
    )
    assert result.returncode == 0, result.stderr
    given = json.loads(result.stdout)
    assert given["n"] >= 2
    weights = json.loads(Path(given["weights"]).read_text(encoding="utf-8"))
    assert [fit["model"] for fit in weights] == [given["model"]]
    drawn = {path.name for path in (tmp_path / "plots").iterdir()}
    assert drawn == {"confidence-risk.svg", "confidence-reliability.svg"}
    assert Path(given["weights"]).is_relative_to(environment["HOUSELORE_DATA_DIR"])


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("answers",), "Name either --passages and --questions, or --clapnq, or --mtrag."),
        (("answers", "--passages", "p"), "Name either"),
        (("answers", "--mtrag", "gone.jsonl"), "cannot be read"),
        (("calibrate",), "Name --passages and --questions, or --feedback"),
    ],
)
def test_wrong_use_is_told_before_anything_starts(
    houselore: Houselore, command: Sequence[str], said: str
) -> None:
    """What is missing is said in a sentence, exit code 2."""
    result = houselore("eval", *command)
    assert result.returncode == 2
    assert said in " ".join(result.stderr.split())
