"""Sources that disagree: the same statement with another value, and what only looks like it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.evidence.notes import Evidence
from answering.grounding.conflicts import find_conflict, say_conflict
from retrieval.documents import Passage


def note(n: int, text: str, year: int | None, document: int | None = None) -> Evidence:
    """A note of one sentence, of a document of its own unless one is named."""
    day = datetime(year, 3, 1, tzinfo=UTC) if year else None
    passage = Passage(n, document or n, f"{n}.md", f"Page {n}", None, (), text, 1.0, day)
    return Evidence(n, passage, (text,), text, text, 1.0)


@pytest.mark.parametrize(
    ("question", "old", "new"),
    [
        (
            "How many days of leave do employees get?",
            "Employees get 20 days of paid leave a year.",
            "Employees get 25 days of paid leave a year.",
        ),
        (
            "Who approves hotfixes?",
            "Hotfixes need the approval of Priya.",
            "Hotfixes need the approval of Marco.",
        ),
        (
            "May contractors use the gym?",
            "Contractors may use the gym on the second floor.",
            "Contractors may not use the gym on the second floor.",
        ),
    ],
)
def test_another_number_name_or_denial_is_a_conflict(question: str, old: str, new: str) -> None:
    """The answer says that the sources disagree, the newest first, with dates and citations."""
    conflict = find_conflict(question, (note(1, old, 2020), note(2, new, 2024)))
    assert conflict is not None
    assert say_conflict(conflict) == (
        "The sources disagree, the newest first:\n"
        f"- Page 2, 2024-03-01: {new} [2]\n"
        f"- Page 1, 2020-03-01: {old} [1]"
    )


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (
            "How many students were there in 2010?",
            "In 2010 the university had 1,388 students.",
            "In 2011 the university had 1,400 students.",
        ),
        (
            "When is lunch in Berlin?",
            "Lunch in Berlin is in the kitchen at noon.",
            "Lunch in Paris is in the kitchen at noon.",
        ),
        (
            "When do we deploy?",
            "We deploy to production on Tuesdays.",
            "We deploy to production on Tuesdays.",
        ),
        ("When do we deploy?", "We deploy on Tuesdays at 10.", "Lunch is at 12 in the kitchen."),
    ],
)
def test_what_speaks_of_something_else_is_none(question: str, one: str, other: str) -> None:
    """Other years, what the question itself names, equal words and other subjects do not count."""
    assert find_conflict(question, (note(1, one, 2020), note(2, other, 2024))) is None


def test_one_document_does_not_disagree_with_itself() -> None:
    """Two sentences of a document are two facts, such as two bands of a table."""
    notes = (
        note(1, "Employees of level 1 get 20 days of leave.", 2020, document=7),
        note(2, "Employees of level 1 get 25 days of leave.", 2024, document=7),
    )
    assert find_conflict("How many days of leave do employees get?", notes) is None


def test_what_has_no_date_comes_last_and_says_none() -> None:
    """A dated statement is before one of which nobody knows when it was written."""
    notes = (
        note(1, "Employees get 20 days of paid leave a year.", None),
        note(2, "Employees get 25 days of paid leave a year.", 2024),
    )
    conflict = find_conflict("How many days of leave do employees get?", notes)
    assert conflict is not None
    assert say_conflict(conflict).endswith(
        "- Page 1: Employees get 20 days of paid leave a year. [1]"
    )


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=80), max_size=4))
def test_any_text_is_taken(question: str, texts: list[str]) -> None:
    """Whatever stands in the evidence, there is a pair of two documents or none."""
    notes = [note(n, text, 2000 + n) for n, text in enumerate(texts, start=1)]
    conflict = find_conflict(question, notes)
    if conflict:
        newest, older = conflict
        assert newest.note.n > older.note.n
