"""`houselore eval retrieval`: the figures of a corpus of one's own, and nothing left behind."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psycopg
import pytest

Houselore = Callable[..., "subprocess.CompletedProcess[str]"]

PASSAGES: list[dict[str, object]] = [
    {"id": "leave", "title": "Leave", "text": "Everyone has thirty days of leave a year."},
    {"id": "lunch", "title": "Lunch", "text": "Lunch is served at noon in the garden."},
    {"id": "vpn", "title": "VPN", "text": "Connect to the VPN before you open the payroll site."},
]
QUESTIONS: list[dict[str, object]] = [
    {"id": "1", "question": "How many days of leave are there?", "passage_id": "leave"},
    {"id": "2", "question": "When is lunch served?", "passage_id": "lunch"},
    {"id": "3", "question": "Who is the king?", "passage_id": "lunch", "unanswerable": True},
]


def lines(path: Path, rows: Sequence[Mapping[str, object]]) -> str:
    """The path of a file with these rows as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def squad2(tmp_path: Path) -> list[str]:
    """The options that name a tiny corpus."""
    return [
        *("--passages", lines(tmp_path / "p.jsonl", PASSAGES)),
        *("--questions", lines(tmp_path / "q.jsonl", QUESTIONS)),
    ]


def count_rows(database_url: str) -> dict[str, int]:
    """How much there is of what an index is made of, partitions included."""
    counted = {}
    with psycopg.connect(database_url) as connection:
        for table in (
            *("sources", "documents", "chunks", "generations"),
            *("postings", "segments", "dead_chunks", "reader_sets"),
        ):
            ((counted[table],),) = connection.execute(
                f"select count(*) from {table}".encode()
            ).fetchall()
        statement = b"select count(*) from pg_class where relname ~ '^(chunks|postings)'"
        ((counted["relations"],),) = connection.execute(statement).fetchall()
    return counted


def test_a_corpus_is_measured_and_dropped(
    houselore: Houselore, squad2: list[str], database_url: str
) -> None:
    """Exactly the promised JSON, the figures of an easy corpus, and the database as it was."""
    before = count_rows(database_url)
    result = houselore("eval", "retrieval", *squad2, "--json", HOUSELORE_DATABASE_URL=database_url)
    assert result.returncode == 0, result.stderr
    given = json.loads(result.stdout)
    assert list(given) == ["arms", "documents", "chunks", "queries", "index_s"]
    assert (given["documents"], given["chunks"], given["queries"]) == (3, 3, 2)
    assert list(given["arms"]) == ["dense", "lexical", "fused"]
    for arm in given["arms"].values():
        assert list(arm) == ["ndcg@10", "recall@5", "recall@10", "mrr", "p50_ms", "p95_ms"]
        assert arm["ndcg@10"] == arm["mrr"] == 1
        assert 0 < arm["p50_ms"] <= arm["p95_ms"]
    assert count_rows(database_url) == before


def test_where_answers_are_known_the_evidence_is_measured(
    houselore: Houselore, squad2: list[str], tmp_path: Path, database_url: str
) -> None:
    """How often the best one, two and three sentences hold an answer, of the questions with one."""
    answers = ("thirty days", "at dusk")
    known = [{**row, "answers": [text]} for row, text in zip(QUESTIONS[:2], answers, strict=True)]
    lines(tmp_path / "q.jsonl", [*known, QUESTIONS[2]])
    settings = {"HOUSELORE_DATABASE_URL": database_url}
    result = houselore("eval", "retrieval", *squad2, "--json", **settings)
    assert result.returncode == 0, result.stderr
    given = json.loads(result.stdout)
    assert [given[f"answer_in_evidence@{k}"] for k in (1, 2, 3)] == [0.5] * 3
    result = houselore("eval", "retrieval", *squad2, **settings)
    assert "answer_in_evidence@3: 0.500" in result.stdout


def _hear_ctrl_c() -> None:
    """A shell's background jobs ignore Ctrl-C, and so would all that they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_what_is_interrupted_leaves_nothing(
    houselore: Houselore,
    environment: dict[str, str],
    tmp_path: Path,
    squad2: list[str],
    database_url: str,
    sent: signal.Signals,
    code: int,
) -> None:
    """After Ctrl-C it is dropped at once; what a killed run leaves, the next one drops."""
    before = count_rows(database_url)
    many = [{"id": f"p{n}", "text": f"Passage {n} is {'long ' * 100}."} for n in range(400)]
    slow = [*("--passages", lines(tmp_path / "many.jsonl", many)), *squad2[2:]]
    (tmp_path / "q.jsonl").write_text('{"id": "1", "question": "What?", "passage_id": "p1"}\n')
    settings = {**environment, "HOUSELORE_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "houselore", "eval", "retrieval", *slow]
    with subprocess.Popen(
        command, env=settings, stderr=subprocess.DEVNULL, preexec_fn=_hear_ctrl_c
    ) as running:
        while not count_rows(database_url)["documents"]:
            assert running.poll() is None
            time.sleep(0.05)
        running.send_signal(sent)
    assert running.returncode == code
    if sent == signal.SIGKILL:
        lines(tmp_path / "q.jsonl", QUESTIONS)
        result = houselore("eval", "retrieval", *squad2, HOUSELORE_DATABASE_URL=database_url)
        assert result.returncode == 0, result.stderr
    assert count_rows(database_url) == before


def test_beirs_files_give_a_table_with_intervals(
    houselore: Houselore, tmp_path: Path, database_url: str
) -> None:
    """The arms beside each other for a person, of a sample of the questions."""
    corpus = [{"_id": p["id"], "title": p["title"], "text": p["text"]} for p in PASSAGES]
    queries = [{"_id": q["id"], "text": q["question"]} for q in QUESTIONS]
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\tleave\t1\n2\tlunch\t1\n")
    result = houselore(
        *("eval", "retrieval", "--corpus", lines(tmp_path / "c.jsonl", corpus)),
        *("--queries", lines(tmp_path / "queries.jsonl", queries)),
        *("--qrels", str(tmp_path / "qrels.tsv"), "--limit", "1"),
        HOUSELORE_DATABASE_URL=database_url,
    )
    assert result.returncode == 0, result.stderr
    for words in (
        "3 documents",
        "questions: 1",
        "nDCG@10",
        "fused - dense",
        "95% interval",
        "p95 ms",
    ):
        assert words in result.stdout


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "Name either --corpus, --queries and --qrels (BEIR), or --passages and --questions"),
        (["--corpus", "c.jsonl"], "Name either --corpus"),
        (["--passages", "p", "--questions", "q", "--qrels", "r"], "Name either --corpus"),
        (["--passages", "p", "--questions", "q"], "p cannot be read: No such file"),
    ],
)
def test_files_that_are_missing_are_the_users_mistake(
    houselore: Houselore, options: list[str], says: str, database_url: str
) -> None:
    """Exit code 2 and one sentence, before anything is opened."""
    result = houselore("eval", "retrieval", *options, HOUSELORE_DATABASE_URL=database_url)
    assert result.returncode == 2, result.stderr
    assert says in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_broken_line_is_named(houselore: Houselore, tmp_path: Path, squad2: list[str]) -> None:
    """By file and number, exit code 2."""
    (tmp_path / "q.jsonl").write_text('{"id": "1"\n')
    result = houselore("eval", "retrieval", *squad2)
    assert result.returncode == 2
    assert "q.jsonl, line 1, is not JSON" in result.stderr
