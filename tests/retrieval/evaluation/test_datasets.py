"""Corpora are read as they come, and what is broken is named by file and line."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import UnreadableCorpus
from retrieval.evaluation.datasets import Corpus, read_beir, read_squad2

DOCUMENTS: list[dict[str, object]] = [
    {"_id": "d1", "title": "Leave", "text": "Thirty days a year."},
    {"_id": "d2", "title": "", "text": "Lunch is at noon.\u0000"},
    {"_id": 3, "text": "No title."},
]
QUERIES: list[dict[str, object]] = [
    {"_id": "q1", "text": "How much leave?"},
    {"_id": "q2", "text": "When is lunch?"},
]
QRELS = "q1\td1\t2\nq2\td2\t1\nq2\td1\t0\n"
PASSAGES: list[dict[str, object]] = [{"id": "p1", "title": "Leave", "text": "Thirty days a year."}]
QUESTIONS: list[dict[str, object]] = [
    {"id": "1", "question": "How long?", "passage_id": "p1", "unanswerable": False},
    {"id": "2", "question": "How short?", "passage_id": "p1", "unanswerable": True},
    {"id": "3", "question": "And how wide?", "passage_id": "p1"},
]


def lines(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def beir(
    folder: Path,
    corpus: str = lines(DOCUMENTS),
    queries: str = lines(QUERIES),
    qrels: str = QRELS,
) -> Corpus:
    """What is read of files with these texts."""
    for name, text in (("corpus.jsonl", corpus), ("queries.jsonl", queries), ("qrels.tsv", qrels)):
        (folder / name).write_text(text, encoding="utf-8")
    return read_beir(folder / "corpus.jsonl", folder / "queries.jsonl", folder / "qrels.tsv")


@pytest.mark.parametrize(
    "qrels",
    [
        QRELS,
        "query-id\tcorpus-id\tscore\n" + QRELS,
        "q1 0 d1 2\nq2 0 d2 1\n\nq2 0 d1 0\n",
        "\ufeffq1\t0\td1\t2\r\nq2\t0\td2\t1\r\nq2\t0\td1\t0\r\n",
    ],
)
def test_judgements_have_three_or_four_columns_and_maybe_a_header(
    tmp_path: Path, qrels: str
) -> None:
    """BEIR's form and TREC's give the same grades."""
    corpus = beir(tmp_path, qrels=qrels)
    assert corpus.grades == {"q1": {"d1": 2}, "q2": {"d2": 1, "d1": 0}}
    assert corpus.questions == {"q1": "How much leave?", "q2": "When is lunch?"}
    assert [(d.key, d.title, d.text) for d in corpus.documents] == [
        ("d1", "Leave", "Thirty days a year."),
        ("d2", "", "Lunch is at noon."),
        ("3", "", "No title."),
    ]


def test_gzipped_files_are_known_by_their_bytes(tmp_path: Path) -> None:
    """Whatever they are called."""
    plain = beir(tmp_path)
    for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv"):
        (tmp_path / name).write_bytes(gzip.compress((tmp_path / name).read_bytes()))
    files = [tmp_path / name for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv")]
    assert read_beir(*files) == plain


def test_questions_without_a_right_document_are_left_out(tmp_path: Path) -> None:
    """A question that was never judged, or only with 0, has no figure."""
    queries = lines([*QUERIES, {"_id": "q3", "text": "Unjudged?"}])
    corpus = beir(tmp_path, queries=queries, qrels="q1\td1\t0\nq2\td2\t1\n")
    assert list(corpus.questions) == list(corpus.grades) == ["q2"]


def test_the_unanswerable_questions_of_squad2_are_left_out(tmp_path: Path) -> None:
    """The right document of each other one is its passage."""
    (tmp_path / "p").write_text(lines(PASSAGES))
    (tmp_path / "q").write_text(lines(QUESTIONS))
    corpus = read_squad2(tmp_path / "p", tmp_path / "q")
    assert corpus.questions == {"1": "How long?", "3": "And how wide?"}
    assert corpus.grades == {"1": {"p1": 1}, "3": {"p1": 1}}


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"corpus": '{"_id": "d1", "text": "x"}\n{bad\n'}, "corpus.jsonl, line 2, is not JSON"),
        ({"corpus": "[1]\n"}, "corpus.jsonl, line 1, is not a JSON object"),
        ({"corpus": '\n{"_id": "d1"}\n'}, 'corpus.jsonl, line 2, lacks the text "text"'),
        ({"corpus": lines([*DOCUMENTS, DOCUMENTS[0]])}, "line 4, has the id d1 again"),
        ({"queries": '{"text": "x"}\n'}, 'queries.jsonl, line 1, lacks the text "_id"'),
        ({"qrels": "q1\td1\t1\nq1\td1\tyes\n"}, "qrels.tsv, line 2, has no whole number"),
        ({"qrels": "q1 d1\n"}, "qrels.tsv, line 1, has 2 columns"),
        ({"qrels": "q1\td9\t1\n"}, "qrels.tsv, line 1, names the document d9, which"),
        ({"qrels": "q9\td1\t1\n"}, "qrels.tsv, line 1, names the query q9, which"),
        ({"qrels": ""}, "gives no question a right document"),
        ({"corpus": '{"_id": "d1", "text": ' + "[" * 100_000 + "\n"}, "line 1, is not JSON"),
    ],
)
def test_what_is_broken_is_named(tmp_path: Path, broken: dict[str, str], says: str) -> None:
    """A sentence with the file and the number of the line."""
    with pytest.raises(UnreadableCorpus, match=says):
        beir(tmp_path, **broken)


def test_a_passage_that_is_not_there_is_named(tmp_path: Path) -> None:
    """By the question's line."""
    (tmp_path / "p").write_text(lines(PASSAGES))
    (tmp_path / "q").write_text(lines([{**QUESTIONS[0], "passage_id": "p2"}]))
    with pytest.raises(UnreadableCorpus, match="q, line 1, names the passage p2"):
        read_squad2(tmp_path / "p", tmp_path / "q")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "cannot be read: No such file"),
        (b'{"_id": "\xff"}\n', "line 1, is not UTF-8"),
        (gzip.compress(lines(DOCUMENTS).encode(), mtime=0)[:-20], "is broken after line"),
        (b"\x1f\x8bnot gzip at all", "is broken after line 0"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, data: bytes | None, says: str) -> None:
    """Missing, in another encoding, cut off, or not what it says it is."""
    path = tmp_path / "corpus.jsonl"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(UnreadableCorpus, match=says) as caught:
        read_beir(path, path, path)
    assert str(path) in str(caught.value)
    with pytest.raises(UnreadableCorpus, match="cannot be read: Is a directory"):
        read_beir(tmp_path, path, path)


@settings(max_examples=40)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30), min_size=1, max_size=5))
def test_any_text_is_read_again(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Whatever stands in a title or a question, a line stays a line."""
    folder = tmp_path_factory.mktemp("corpus")
    documents = [{"_id": str(n), "title": text, "text": text} for n, text in enumerate(texts)]
    queries = [{"_id": f"q{n}", "text": text} for n, text in enumerate(texts)]
    qrels = "".join(f"q{n}\t{n}\t1\n" for n in range(len(texts)))
    corpus = beir(folder, lines(documents), lines(queries), qrels)
    assert list(corpus.questions.values()) == texts
    assert len(corpus.documents) == len(texts)


def test_a_sample_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    """Fewer questions, in their order, about the same documents; a large one is the whole."""
    queries: list[dict[str, object]] = [{"_id": f"q{n}", "text": "?"} for n in range(50)]
    qrels = "".join(f"q{n}\td1\t1\n" for n in range(50))
    corpus = beir(tmp_path, queries=lines(queries), qrels=qrels)
    some = corpus.sample(10)
    assert len(some.questions) == 10
    assert some == corpus.sample(10)
    assert list(some.questions) != list(corpus.sample(10, seed=8).questions)
    assert some.documents == corpus.documents
    assert corpus.sample(50) is corpus
