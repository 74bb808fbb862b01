"""`houselore eval documents`: a small folder through the real chain, nothing kept in the index."""

import json
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from answering.evaluation.documents import doubt, read_document_questions

Houselore = Callable[..., "subprocess.CompletedProcess[str]"]

QUESTIONS: list[dict[str, object]] = [
    {
        "id": "lunch",
        "question": "When is lunch served?",
        "kind": "prose",
        "source": "house/lunch.md",
        "must": ["noon"],
        "must_not": ["midnight"],
        "answer": "At noon.",
    },
    {
        "id": "friday",
        "question": "and on Friday?",
        "kind": "follow_up",
        "source": "house/lunch.md",
        "must": ["never said anywhere"],
        "follow_up_of": "lunch",
    },
    {
        "id": "volcano",
        "question": "Which volcano erupted on Iceland?",
        "kind": "unanswerable",
        "answerable": False,
    },
]
PAGE = (Path(__file__).parents[3] / "docs" / "measuring-your-documents.md").read_text("utf-8")
FIELDS = ["id", "reply", "abstained", "sources", "confidence", "seconds", "shown"]


def block(kind: str) -> str:
    """The page's block of code in a language."""
    found = re.search(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A folder of two documents, and three questions to them."""
    (tmp_path / "docs" / "house").mkdir(parents=True)
    (tmp_path / "docs" / "house" / "lunch.md").write_text(
        "# Lunch\n\nLunch is served at noon in the garden. On Friday it is served at one.\n"
    )
    (tmp_path / "docs" / "leave.md").write_text("# Leave\n\nEveryone has thirty days of leave.\n")
    rows = "".join(json.dumps(row) + "\n" for row in QUESTIONS)
    (tmp_path / "questions.jsonl").write_text(rows)
    return [str(tmp_path / "docs"), "--questions", str(tmp_path / "questions.jsonl")]


def test_replies_are_kept_and_scored(
    houselore: Houselore, files: list[str], tmp_path: Path, database_url: str
) -> None:
    """A line a question as it is asked, figures as JSON, and an index that is as before."""
    replies = tmp_path / "replies.jsonl"
    result = houselore(
        *("eval", "documents", *files, "--replies", str(replies), "--json", "--show-misses"),
        HOUSELORE_DATABASE_URL=database_url,
    )
    assert result.returncode == 0, result.stderr
    rows = [json.loads(line) for line in replies.read_text(encoding="utf-8").splitlines()]
    assert [list(row) for row in rows] == [FIELDS] * 3
    assert [row["id"] for row in rows] == ["lunch", "friday", "volcano"]
    lunch, _, volcano = rows
    assert "noon" in lunch["reply"] and "[1]" not in lunch["reply"]
    assert lunch["sources"][0] == "house/lunch.md"
    assert lunch["shown"] and not lunch["abstained"] and 0 < lunch["seconds"] < 60
    assert volcano["abstained"] and volcano["shown"] in ("not_found", "closest")
    given = json.loads(result.stdout)
    assert (given["n"], given["documents"], given["model"] != "") == (3, 2, True)
    assert given["right"] == {"k": 1, "n": 2, "share": 0.5, "wilson95": [0.095, 0.905]}
    assert given["right_by_kind"]["prose"]["k"] == 1
    assert given["invented"]["k"] == 0
    assert given["seconds"]["p95"] >= given["seconds"]["p50"] > 0
    assert [miss["id"] for miss in given["misses"]] == ["friday"]
    with psycopg.connect(database_url) as connection:
        for table in ("documents", "chunks", "generations", "answers"):
            assert connection.execute(f"select count(*) from {table}".encode()).fetchone() == (0,)


def test_the_example_in_the_docs_is_true(
    houselore: Houselore, tmp_path: Path, database_url: str
) -> None:
    """Its files and its second command as they stand there: the follow-up is asked, and shown."""
    questions, document = (block(kind) for kind in ("json", "markdown"))
    (tmp_path / "questions.jsonl").write_text(questions, encoding="utf-8")
    (tmp_path / "handbook").mkdir()
    (tmp_path / "handbook" / "kiln.md").write_text(document, encoding="utf-8")
    read = read_document_questions(tmp_path / "questions.jsonl", frozenset({"kiln.md"}))
    assert [doubt(question) for question in read] == [""] * len(read)
    # That it says what each question asks for, in order where that matters.
    said = [replace(question.rules, must_not=()).broken_by(document) for question in read]
    assert said == [()] * len(read)
    command = re.search(r"^houselore (eval documents .*--kind .*)$", PAGE, re.MULTILINE)
    assert command is not None
    result = houselore(*command[1].split(), HOUSELORE_DATABASE_URL=database_url)
    assert result.returncode == 0, result.stderr
    assert "questions: 1, of them with an answer: 1; documents: 1 (" in result.stdout
    assert "of 1: " in result.stdout and "seconds to the last word: p50" in result.stdout


def test_misses_are_shown(houselore: Houselore, files: list[str], database_url: str) -> None:
    """To a person: the question, what is wrong, a right answer, what was shown and whence."""
    result = houselore(
        *("eval", "documents", *files, "--kind", "follow_up", "--show-misses"),
        HOUSELORE_DATABASE_URL=database_url,
    )
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == "friday (follow_up)"
    assert lines[1] == "  asked: and on Friday?"
    assert "0 of 1: 0.00" in result.stdout
    assert "volcano" not in result.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("gone",), "gone is not there"),
        (("empty",), "holds no document that can be read"),
        (("docs", "--kind", "table"), "No question is of the kind 'table': there are prose"),
        (("docs", "--replies", "gone/replies.jsonl"), "gone/replies.jsonl cannot be written"),
        (("docs", "--questions", "gone.jsonl"), "gone.jsonl cannot be read"),
        (("docs/leave.md",), "line 1, names the document house/lunch.md, which is not in"),
    ],
)
def test_wrong_use_is_told_before_anything_starts(
    houselore: Houselore, files: list[str], tmp_path: Path, options: Sequence[str], said: str
) -> None:
    """What is missing or wrong is said in a sentence, exit code 2, and no server is started."""
    (tmp_path / "empty").mkdir()
    questions = [] if "--questions" in options else files[1:]
    result = houselore("eval", "documents", *options, *questions)
    assert result.returncode == 2
    assert said in " ".join(result.stderr.split())
    assert not (tmp_path / "data" / "postgres").exists()


def test_rules_that_refuse_their_own_answer_are_told(
    houselore: Houselore, files: list[str], tmp_path: Path, database_url: str
) -> None:
    """Most likely the rules are wrong; they are measured by all the same."""
    doubtful = {**QUESTIONS[0], "answer": "At one."}
    (tmp_path / "questions.jsonl").write_text(json.dumps(doubtful))
    result = houselore("eval", "documents", *files, HOUSELORE_DATABASE_URL=database_url)
    assert result.returncode == 0, result.stderr
    assert "The question lunch refuses its own answer (must: noon)." in result.stderr
