"""Files of questions whose answers are known: each form read, each fault named with its line."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from answering.evaluation.datasets import (
    GoldSet,
    read_answers,
    read_clapnq,
    read_mtrag,
    read_squad2,
)
from answering.types.questions import Turn
from retrieval.errors import UnreadableCorpus

PASSAGES = [{"id": "lunch", "title": "Lunch", "text": "Lunch is at noon."}]
GOOD = {"id": "1", "question": "When is lunch?", "passage_id": "lunch", "answers": ["noon", " "]}
BAD = {"id": "2", "question": "Who is king?", "passage_id": "lunch", "unanswerable": True}


def lines(path: Path, rows: Sequence[Mapping[str, Any]], *, zipped: bool = False) -> Path:
    """A file with these rows."""
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(data) if zipped else data)
    return path


def squad2(folder: Path, *questions: Mapping[str, Any], zipped: bool = False) -> GoldSet:
    """What these questions about one passage are read as."""
    return read_squad2(
        lines(folder / "p.jsonl", PASSAGES, zipped=zipped),
        lines(folder / "q.jsonl", questions, zipped=zipped),
    )


@pytest.mark.parametrize("zipped", [True, False])
def test_squad2s_form(tmp_path: Path, zipped: bool) -> None:
    """Both kinds of question, their answers and their document, plain and gzipped."""
    gold = squad2(tmp_path, GOOD, {**BAD, "answers": []}, zipped=zipped)
    assert [document.key for document in gold.documents] == ["lunch"]
    good, bad = gold.questions
    assert (good.answers, good.documents, good.answerable) == (
        ("noon",),
        frozenset({"lunch"}),
        True,
    )
    assert (bad.answers, bad.wanted, bad.answerable) == ((), "abstain", False)
    assert read_answers(tmp_path / "q.jsonl") == {"1": ("noon",)}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**GOOD, "passage_id": "tea"}, "line 1, names the passage tea"),
        ({**GOOD, "answers": "noon"}, 'line 1, has "answers" that are not a list'),
        ({**GOOD, "answers": []}, 'neither "answers" nor "unanswerable"'),
        ({"id": "1", "passage_id": "lunch", "answers": ["noon"]}, 'lacks the text "question"'),
    ],
)
def test_faults_are_named(tmp_path: Path, row: Mapping[str, Any], said: str) -> None:
    """The line and what is wrong with it."""
    with pytest.raises(UnreadableCorpus, match=said):
        squad2(tmp_path, row)


def test_no_question_and_one_twice_are_refused(tmp_path: Path) -> None:
    """There is nothing to measure without questions, and an id is one question's."""
    with pytest.raises(UnreadableCorpus, match="no question"):
        squad2(tmp_path)
    with pytest.raises(UnreadableCorpus, match="the id 1 again"):
        squad2(tmp_path, GOOD, GOOD)


def test_a_sample_is_half_unanswerable(tmp_path: Path) -> None:
    """By its seed, in order, half of each kind; where one runs short the other fills up."""
    rows = [{**GOOD, "id": f"a{n}"} for n in range(30)] + [{**BAD, "id": f"u{n}"} for n in range(9)]
    gold = squad2(tmp_path, *rows)
    few, many = gold.sample(10), gold.sample(30)
    assert [sum(q.answerable for q in sample.questions) for sample in (few, many)] == [5, 21]
    assert (len(few.questions), len(many.questions), len(gold.sample(99).questions)) == (10, 30, 39)
    assert few == gold.sample(10, 7)
    assert few != gold.sample(10, 8)
    assert few.documents == gold.documents


def test_clapnqs_form(tmp_path: Path) -> None:
    """Long answers; a question whose answer is empty has none."""
    passages = [{"title": "Lunch", "text": "Lunch is at noon."}]
    answerable = {"id": "1", "input": "when is lunch", "passages": passages}
    files = [
        lines(tmp_path / "a.jsonl", [{**answerable, "output": [{"answer": "It is at noon."}]}]),
        lines(tmp_path / "u.jsonl", [{**answerable, "id": "2", "output": [{"answer": ""}]}]),
    ]
    good, bad = read_clapnq(files).questions
    assert (good.answers, good.documents) == (("It is at noon.",), frozenset({"1"}))
    assert bad.wanted == "abstain"
    with pytest.raises(UnreadableCorpus, match='lacks the list "passages"'):
        read_clapnq([lines(tmp_path / "x.jsonl", [{"id": "1", "input": "when"}])])


def test_mtrags_form(tmp_path: Path) -> None:
    """The last turn is asked, the turns before are its thread; four kinds, three things wanted."""
    said = [
        {"speaker": "user", "text": "Is there lunch?"},
        {"speaker": "agent", "text": "Yes."},
        {"speaker": "user", "text": "When?"},
    ]
    task = {"input": said, "targets": [{"text": " At noon. "}]}
    contexts = [{"document_id": "d", "title": "Lunch", "text": "Lunch is at noon."}]
    rows = [
        {**task, "task_id": kind, "answerability": [kind], "contexts": found}
        for kind, found in (
            ("ANSWERABLE", contexts),
            ("PARTIAL", contexts),
            ("UNANSWERABLE", []),
            ("UNDERSPECIFIED", contexts),
        )
    ]
    gold = read_mtrag(lines(tmp_path / "m.jsonl", rows))
    assert [q.wanted for q in gold.questions] == ["answer", "answer", "abstain", "ask back"]
    first = gold.questions[0]
    assert (first.text, first.answers, first.documents) == (
        "When?",
        ("At noon.",),
        frozenset({"d"}),
    )
    assert first.thread == (Turn("person", "Is there lunch?"), Turn("bot", "Yes."))
    assert [document.key for document in gold.documents] == ["d"]
