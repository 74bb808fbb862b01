"""Excerpts of a page: what is shown alone is what can be understood alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.evidence.excerpts import Excerpt, cut_excerpts, split_row
from tests.answering.pages import excerpts, page

LONG = "The house has many rooms and each of them has a window and a door. " * 9


def said(text: str) -> list[tuple[str, str]]:
    """Kind and words of each excerpt of a page."""
    return [(one.kind, one.text) for one in excerpts(text)]


def test_a_short_section_is_one_excerpt() -> None:
    """Its blocks are not taken apart; of one block alone the kind is told."""
    both = "Take one of:\n\n- thirty days\n- ten days\n\nAsk Mia."
    assert said(f"# Leave\n\n{both}\n") == [("section", both)]
    assert said("# Leave\n\nThirty days.\n") == [("paragraph", "Thirty days.")]
    assert said("# Leave\n\nTake:\n\n1. a form\n2. a pen\n")[0][0] == "steps"


def test_a_long_section_is_cut_into_its_blocks() -> None:
    """Each under the same headings, the page's title first."""
    found = excerpts(f"# Leave\n\n{LONG}\n\nThirty days.\n\n- all year\n- for everyone\n")
    assert [one.kind for one in found] == ["paragraph", "list"]
    assert found[1].text == "Thirty days.\n\n- all year\n- for everyone"
    assert {one.headings for one in found} == {("Handbook", "Leave")}


def test_a_table_is_cut_into_rows() -> None:
    """Each row has the lead-in and the head, however short the table is."""
    rows = "| East | 8:30 |\n| West | 9:00 |\n"
    east, west = excerpts(f"# Gates\n\nThese open:\n\n| Gate | Opens |\n|---|---|\n{rows}")
    assert (east.kind, west.kind) == ("table", "table")
    assert east.text == "These open:\n\n| Gate | Opens |\n|---|---|\n| East | 8:30 |"
    assert west.plain == "These open:\nGate: West; Opens: 9:00"
    assert west.body == "| West | 9:00 |"


def test_rows_can_be_shown_together() -> None:
    """In the order that they have in their table, each once."""
    text = "| Gate | Opens |\n|---|---|\n| East | 8:30 |\n| West | 9:00 |\n| South | 9:30 |\n"
    east, west, south = excerpts(text)
    both = south.with_rows([east, south])
    assert both.text == "| Gate | Opens |\n|---|---|\n| East | 8:30 |\n| South | 9:30 |"
    assert both.plain == "Gate: East; Opens: 8:30\nGate: South; Opens: 9:30"
    assert west.with_rows([]).text == west.text


def test_cells_are_told_apart() -> None:
    """A bar that is escaped is a sign of its cell; an empty cell is not read out."""
    assert split_row("| a \\| b | | `c` |") == ["a \\| b", "", "`c`"]
    (row,) = excerpts("| Key | Note | |\n|---|---|---|\n| `x` | | yes |\n")
    assert row.plain == "Key: `x`; yes"


def test_items_of_a_long_list_are_excerpts() -> None:
    """Beside the whole list; each with what the list says it is one of."""
    items = [f"- room {n} has a window and a door and a name of its own" for n in range(12)]
    text = "# Rooms\n\nThe rooms are:\n\n" + "\n".join(items) + "\n"
    whole, *single = excerpts(text)
    assert (whole.kind, whole.text) == ("list", "The rooms are:\n\n" + "\n".join(items))
    assert [one.kind for one in single] == ["item"] * 12
    assert single[3].text == f"The rooms are:\n\n{items[3]}"
    short = excerpts(f"# Rooms\n\n{LONG}\n\nThe rooms are:\n\n{items[0]}\n{items[1]}\n")
    assert [one.kind for one in short] == ["paragraph", "list"]


def test_steps_are_never_taken_apart() -> None:
    """However long they are."""
    steps = "\n".join(f"{n}. Turn wheel number {n} by hand until it stops" for n in range(1, 30))
    assert [one.kind for one in excerpts(f"# Start\n\n{steps}\n")] == ["steps"]


@pytest.mark.parametrize(
    "exception",
    [
        "Except on Fridays.",
        "However, contractors may not.",
        "Unless your lead says otherwise.",
        "This does not hold for interns.",
        "> Note that it is closed in May.",
        "**Exceptions**: the board.",
        "If not, ask first.",
    ],
)
def test_an_exception_joins_its_rule(exception: str) -> None:
    """What leans on the block before it is never shown without it."""
    rule = f"Everyone may park in the yard.\n\n{exception}"
    text = f"# Parking\n\n{LONG}\n\n{rule}\n\nBikes go inside.\n"
    found = [one.text for one in excerpts(text)]
    assert rule in found
    assert "Bikes go inside." in found


def test_what_leans_on_a_list_joins_it() -> None:
    """As the exception below a list of rules does; below a table's rows nothing does."""
    rules = "The rules:\n\n- No dogs\n- No cats\n\nExcept guide dogs."
    assert excerpts(f"# Rules\n\n{LONG}\n\n{rules}\n")[-1].text == rules
    text = "# Gates\n\n| Gate | Opens |\n|---|---|\n| East | 8:30 |\n\nExcept in May.\n"
    assert [one.kind for one in excerpts(text)] == ["table", "paragraph"]


def test_a_short_section_is_taken_with_those_inside_it() -> None:
    """As one excerpt, before its own parts; a whole page never is."""
    text = "## Travel\n\nAsk first.\n\n### Trains\n\nFirst class.\n\n### Planes\n\nEconomy.\n"
    first, *parts = excerpts(text)
    assert first.kind == "section"
    assert first.text == "Ask first.\n\n### Trains\n\nFirst class.\n\n### Planes\n\nEconomy."
    assert all(one.kind != "section" for one in excerpts(text.replace("##", "#")))
    assert [one.text for one in parts] == ["Ask first.", "First class.", "Economy."]
    assert parts[1].headings == ("Handbook", "Travel", "Trains")


@pytest.mark.parametrize("heading", ["Step {n}: turn", "{n}. Turn", "{n}) Turn", "Step {n}"])
def test_headings_that_are_steps_are_steps(heading: str) -> None:
    """Sections that are numbered are shown in a row, though they are long."""
    parts = "".join(f"## {heading.format(n=n)}\n\n{LONG[:300]}\n\n" for n in (1, 2, 3))
    first, *_ = excerpts(f"# Install\n\nDo this.\n\n{parts}")
    assert first.kind == "steps"
    assert first.text.startswith("Do this.\n\n## ")
    assert first.text.count("\n## ") == 3


def test_a_long_page_of_steps_is_no_excerpt() -> None:
    """More than six hundred words in a row are for reading at the source."""
    parts = "".join(f"## Step {n}\n\n{LONG}\n\n" for n in range(1, 8))
    assert "steps" not in [one.kind for one in excerpts(f"# Install\n\nDo this.\n\n{parts}")]


def test_the_title_is_told_once() -> None:
    """Though the first heading says the same."""
    (only,) = excerpts("# Handbook\n\nWords.\n")
    assert only.headings == ("Handbook",)


LINES = st.sampled_from(
    [
        "# Top", "## Inner", "### Step 1", "### Step 2", "- item one", "  - inner", "1. step",
        "2. step", "| a | b |", "|---|---|", "| c | d |", "```", "code() # [1]", "", "",
        "Some words here.", "Except this.", LONG, "Lead in:",
    ]
)  # fmt: skip


def is_inside(one: Excerpt) -> bool:
    """Whether all of an excerpt's own words stand in its page, where it says."""
    text = one.page.text
    spans_fit = all(one.page.text[s.start : s.end] in one.body for s in one.rows)
    return text[one.start : one.end] == one.body and spans_fit and 0 <= one.start < one.end


@given(st.lists(LINES, max_size=30).map("\n".join))
def test_excerpts_are_of_their_page(text: str) -> None:
    """Each run, lead-in and head stands in the page, and each has words and a heading."""
    for one in excerpts(text):
        assert is_inside(one)
        assert one.lead in text and one.head in text
        assert one.text.strip() and one.headings[0] == "Handbook"


@given(st.lists(LINES, max_size=30).map("\n".join))
def test_nothing_of_a_page_is_left_out(text: str) -> None:
    """Every line but headings, rules and table heads is in some excerpt."""
    found = "\n".join(one.text for one in excerpts(text))
    for line in text.splitlines():
        if line.strip() in ("- item one", "code() # [1]", "Some words here.", "| c | d |"):
            assert line.strip() in found


def test_a_part_of_a_page_has_its_headings_above() -> None:
    """A page that is cut off in front begins under the headings before it."""
    part = replace(page("And so on.\n"), start=500, above=("Travel", "Trains"))
    assert [one.headings for one in cut_excerpts(part)] == [("Handbook", "Travel", "Trains")]


def test_what_is_barred_is_in_no_excerpt() -> None:
    """Neither a heading, a head of a table, an item, a sentence nor what two paragraphs say."""
    text = (
        "# Obey me\n\nLunch is at noon. Obey me now. It is free.\n\n"
        "- soup\n- obey me\n- bread\n\n| obey me | b |\n|---|---|\n| 1 | 2 |\n\n"
        "Now obey\n\nme, all of you.\n\nBring a cup.\n"
    )

    def is_barred(said: str) -> bool:
        return "obey me" in " ".join(said.lower().split())

    found = cut_excerpts(page(text), is_barred)
    shown = "\n".join("\n".join((*one.headings, one.text)) for one in found)
    assert not is_barred(shown)
    for kept in ("Lunch is at noon.", "soup", "bread", "Bring a cup."):
        assert kept in shown


def test_an_empty_cell_at_an_end_is_a_cell() -> None:
    """One bar at each end is the row's own; an escaped one belongs to its cell."""
    assert split_row("||a|b|") == ["", "a", "b"]
    assert split_row("|a|b||") == ["a", "b", ""]
    assert split_row("a | b") == ["a", "b"]
    assert split_row("| a | b \\|") == ["a", "b \\|"]
