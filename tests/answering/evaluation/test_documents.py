"""Files of questions to documents: read, faults named with their line, some chosen."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from answering.evaluation.documents import (
    DocumentQuestion,
    choose_questions,
    doubt,
    read_document_questions,
)
from answering.evaluation.reply_rules import ReplyRules
from retrieval.errors import UnreadableCorpus

GOOD = {"id": "1", "question": "When is lunch?", "source": "lunch.md", "must": ["noon"]}
NONE = {"id": "2", "question": "Who cooks?", "answerable": False}


def read(folder: Path, *rows: Mapping[str, Any] | str) -> tuple[DocumentQuestion, ...]:
    """What a file with these lines is read as; there is one document."""
    path = folder / "questions.jsonl"
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_document_questions(path, frozenset({"lunch.md", "menu.md"}))


def test_all_fields_and_the_fewest(tmp_path: Path) -> None:
    """What is left out has its default; sources are the main one, then the others."""
    full = {
        **GOOD,
        **{"id": "3", "kind": "steps", "must_not": ["one"], "ordered": True, "answer": "noon"},
        **{"also_in": ["menu.md"], "follow_up_of": "1", "answerable": True},
    }
    fewest, none, most = read(tmp_path, GOOD, "", NONE, full)
    assert fewest == DocumentQuestion(
        "1", "When is lunch?", "answerable", ReplyRules(("noon",)), sources=("lunch.md",)
    )
    assert none == DocumentQuestion(
        "2", "Who cooks?", "unanswerable", ReplyRules(()), answerable=False
    )
    assert most == DocumentQuestion(
        *("3", "When is lunch?", "steps", ReplyRules(("noon",), ("one",), ordered=True)),
        sources=("lunch.md", "menu.md"),
        follow_up_of="1",
        gold="noon",
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "line 1, is not JSON"),
        ("[]", "line 1, is not a JSON object"),
        ({**GOOD, "id": None}, 'line 1, lacks the text "id"'),
        ({"id": "1", "must": ["a"], "source": "lunch.md"}, 'line 1, lacks the text "question"'),
        ({"id": "1", "question": "a", "must": ["a"]}, 'line 1, lacks the text "source"'),
        ({**GOOD, "must": []}, 'line 1, has neither a "must" nor "answerable": false'),
        ({**GOOD, "must": "noon"}, 'line 1, has a "must" that is not a list of texts'),
        ({**GOOD, "must_not": [1]}, 'line 1, has a "must_not" that is not a list of texts'),
        (
            {**GOOD, "must": ["(noon"]},
            r'line 1, has a "must" that is no regular expression: \(noon',
        ),
        ({**GOOD, "ordered": "yes"}, 'line 1, has a "ordered" that is neither true nor false'),
        ({**NONE, "must": ["a"]}, 'line 1, has "answerable": false and a "must"'),
        ({**GOOD, "source": "tea.md"}, "line 1, names the document tea.md, which is not in the"),
        ({**GOOD, "also_in": ["tea.md"]}, "line 1, names the document tea.md"),
        ({**GOOD, "follow_up_of": "0"}, "line 1, follows the question 0, which does not stand"),
        ({**GOOD, "follow_up_of": "1"}, "line 1, follows the question 1, which does not stand"),
    ],
)
def test_faults_are_named(tmp_path: Path, row: Mapping[str, Any] | str, said: str) -> None:
    """The line, and what is wrong with it."""
    with pytest.raises(UnreadableCorpus, match=said):
        read(tmp_path, row)


def test_an_empty_file_and_an_id_twice_are_refused(tmp_path: Path) -> None:
    """There is nothing to measure without questions, and an id is one question's."""
    with pytest.raises(UnreadableCorpus, match="no question"):
        read(tmp_path, "")
    with pytest.raises(UnreadableCorpus, match="line 2, has the id 1 again"):
        read(tmp_path, GOOD, GOOD)


def test_some_are_chosen_in_order(tmp_path: Path) -> None:
    """Of the kinds named, as many as wanted, the same by one seed; an unknown kind is told."""
    rows = [{**GOOD, "id": str(n), "kind": ("table", "list")[n % 2]} for n in range(20)]
    questions = read(tmp_path, *rows)
    assert choose_questions(questions) == questions
    tables = choose_questions(questions, ["table"])
    assert [question.id for question in tables] == [str(n) for n in range(0, 20, 2)]
    few = choose_questions(questions, ["table"], 4, seed=1)
    assert len(few) == 4 and few == choose_questions(questions, ["table"], 4, seed=1)
    assert list(few) == [question for question in tables if question in few]
    assert choose_questions(questions, ["table"], 4, seed=2) != few
    assert choose_questions(questions, ["table"], 99) == tables
    with pytest.raises(UnreadableCorpus, match="'prose': there are table, list"):
        choose_questions(questions, ["prose"])


def test_rules_that_refuse_their_own_answer_are_doubted(tmp_path: Path) -> None:
    """The answer beside the rules is a reply, too; without one nothing is known."""
    doubtful = {**GOOD, "id": "2", "answer": "At one."}
    good, bad, silent = read(tmp_path, {**GOOD, "answer": "Noon."}, doubtful, {**GOOD, "id": "3"})
    assert [doubt(good), doubt(silent)] == ["", ""]
    assert doubt(bad) == "The question 2 refuses its own answer (must: noon)."
