"""Statements that disagree: the same with another value, and what only looks like it."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.grounding.conflicts import Statement, find_conflict, say_conflict


def stated(n: int, text: str, year: int | None = 2020, label: str = "") -> Statement:
    """A block of a page of its own, unless a label says where it stands."""
    day = datetime(year, 3, 1, tzinfo=UTC) if year else None
    return Statement(label or f"Page {n}", text, day, n)


@pytest.mark.parametrize(
    ("question", "old", "new"),
    [
        (
            "How many days of leave do employees get?",
            "Employees get 20 days of paid leave a year.",
            "Employees get 25 days of paid leave a year.",
        ),
        (
            "How many days of leave do employees get?",
            "Employees get twenty days of leave a year.",
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
        ("When is the canteen open?", "The canteen opens at 8:00.", "The canteen opens at 9 am."),
    ],
)
def test_another_number_name_or_denial_is_a_conflict(question: str, old: str, new: str) -> None:
    """The answer says that the sources disagree, the newest first, with dates and citations."""
    conflict = find_conflict(question, [stated(1, old, 2020), stated(2, new, 2024)])
    assert conflict is not None
    assert say_conflict(conflict) == (
        "The sources disagree, the newest first:\n"
        f"- Page 2, 2024-03-01: {new} [2]\n"
        f"- Page 1, 2020-03-01: {old} [1]"
    )


def test_two_sections_of_one_document_may_disagree() -> None:
    """Each is quoted with its section, also where the document has one date for both."""
    conflict = find_conflict(
        "How long are logs kept?",
        [
            stated(1, "Ask the platform team. Logs are kept for 30 days.", label="Ops › Logging"),
            stated(2, "Logs are kept for 90 days. They are searched by id.", label="Ops › Summary"),
        ],
    )
    assert conflict is not None
    said = say_conflict(conflict)
    assert "- Ops › Logging, 2020-03-01: Logs are kept for 30 days. [1]" in said
    assert "- Ops › Summary, 2020-03-01: Logs are kept for 90 days. [2]" in said


ROOMS = "| Room | Seats | Floor |\n|---|---|---|\n"


def test_two_rows_of_the_same_thing_may_disagree() -> None:
    """In two tables the same row with another value in the column that is asked for."""
    conflict = find_conflict(
        "How many seats has Aspen?",
        [
            stated(1, f"{ROOMS}| Aspen | 6 | 1 |\n| Birch | 12 | 2 |", 2020),
            stated(2, f"{ROOMS}| Aspen | 8 | 1 |\n| Birch | 12 | 2 |", 2024),
        ],
    )
    assert conflict is not None
    assert [one.text for one in conflict] == [
        "Room: Aspen; Seats: 8; Floor: 1",
        "Room: Aspen; Seats: 6; Floor: 1",
    ]


def test_the_items_of_two_lists_may_disagree() -> None:
    """An item is read with its lead-in."""
    conflict = find_conflict(
        "How fast must alerts be answered?",
        [
            stated(
                1, "On call you have to:\n\n- answer alerts within 15 minutes\n- write a report"
            ),
            stated(2, "On call you have to:\n\n- answer alerts within 30 minutes\n- sleep"),
        ],
    )
    assert conflict is not None


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
        (
            "How many days of leave do people get?",
            "Full-time employees get 25 days of leave.",
            "Part-time employees get 20 days of leave.",
        ),
        (
            "How many days of leave do employees get?",
            "Employees get 25 days of leave.",
            "Remote employees get 30 days of leave.",
        ),
        (
            "How long is the notice period?",
            "The notice period is 2 weeks.",
            "The notice period is 14 days.",
        ),
        (
            "How many days may be carried over?",
            "Up to 5 days may be carried over.",
            "At least 3 days may be carried over.",
        ),
        (
            "How many seats are there?",
            f"{ROOMS}| Aspen | 6 | 1 |",
            f"{ROOMS}| Birch | 12 | 2 |",
        ),
        (
            "How many seats has Aspen?",
            f"{ROOMS}| Aspen | 6 | 1 |",
            f"{ROOMS}| Aspen | 8 | 2 |",
        ),
    ],
)
def test_what_speaks_of_something_else_is_none(question: str, one: str, other: str) -> None:
    """Other subjects, years, rows, bounds, and one value said in two ways do not count."""
    assert find_conflict(question, [stated(1, one, 2020), stated(2, other, 2024)]) is None


def test_a_block_does_not_disagree_with_itself() -> None:
    """The rows of a table and the sentences of a paragraph are facts beside each other."""
    text = "Level 1 gets 20 days of leave a year. Level 1 gets 25 days of leave a year."
    table = f"{ROOMS}| Aspen | 6 | 1 |\n| Aspen | 8 | 1 |"
    assert find_conflict("How many days of leave has level 1?", [stated(1, text)]) is None
    assert find_conflict("How many seats has Aspen?", [stated(1, table)]) is None


def test_the_section_that_the_question_names_is_the_one_asked_about() -> None:
    """Two plans with the same sentence under two headings do not disagree."""
    plans = [
        stated(1, "The plan includes 3 projects.", label="Plans › Starter"),
        stated(2, "The plan includes 50 projects.", label="Plans › Business"),
    ]
    assert find_conflict("How many projects does the Starter plan include?", plans) is None


def test_what_has_no_date_comes_last_and_says_none() -> None:
    """A dated statement is before one of which nobody knows when it was written."""
    conflict = find_conflict(
        "How many days of leave do employees get?",
        [
            stated(1, "Employees get 20 days of paid leave a year.", None),
            stated(2, "Employees get 25 days of paid leave a year.", 2024),
        ],
    )
    assert conflict is not None
    assert say_conflict(conflict).endswith(
        "- Page 1: Employees get 20 days of paid leave a year. [1]"
    )


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=80), max_size=4))
def test_any_text_is_taken(question: str, texts: list[str]) -> None:
    """Whatever is stated, there is a pair of two notes or none."""
    statements = [stated(n, text, 2000 + n) for n, text in enumerate(texts, start=1)]
    conflict = find_conflict(question, statements)
    if conflict:
        newest, older = conflict
        assert newest.n > older.n


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_two_numbers_disagree_where_they_are_two(one: int, other: int) -> None:
    """Equal values never disagree, other ones always do, however they are written."""
    statements = [
        stated(1, f"A request may have {one} files."),
        stated(2, f"A request may have {other:,} files."),
    ]
    conflict = find_conflict("How many files may a request have?", statements)
    assert (conflict is not None) == (one != other)


def test_long_lists_take_no_time() -> None:
    """Four blocks of three hundred items that all speak of what is asked are compared at once."""
    items = [f"- gate {n} of the north wing opens for guests by badge {n}" for n in range(300)]
    text = "The gates open so:\n\n" + "\n".join(items)
    blocks = [stated(n, text.replace("guests", f"guests of hall {n}")) for n in range(1, 5)]
    began = time.perf_counter()
    find_conflict("Which gate of the north wing opens for guests?", blocks)
    assert time.perf_counter() - began < 4
