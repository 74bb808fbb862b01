"""Excerpts as they are shown: as they stand in their source, and what is very long is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.writing.render_block import show_body, show_excerpts
from tests.answering.pages import excerpts, read_excerpt

LONG = "The house has many rooms and each of them has a window and a door. " * 9


def shown(text: str, found: str = "") -> str:
    """The first excerpt of a page as it is shown."""
    return show_body(read_excerpt(excerpts(text)[0], found))


def steps(count: int) -> str:
    """So many steps."""
    return "\n".join(f"{n}. Turn wheel {n}." for n in range(1, count + 1))


def test_an_excerpt_stands_under_its_heading_with_its_number() -> None:
    """The innermost heading, without marks that would end the bold type; each has its own."""
    one, other = excerpts("# The **big** house\n\nRooms.\n\n## Attic\n\nDust.\n")
    text = show_excerpts([read_excerpt(one), read_excerpt(other)], [1, 2])
    assert text == "**The big house** [1]\n\nRooms.\n\n**Attic** [2]\n\nDust."


def test_twelve_steps_are_shown_whole() -> None:
    """Of more ten are, and how many there are is said."""
    assert shown(steps(12)) == steps(12)
    assert shown(steps(13)) == f"{steps(10)}\n\n_… 10 of 13 steps; the others are at the source._"


def test_steps_keep_their_lead_in_and_what_stands_between_them() -> None:
    """Also where they are cut."""
    parts = "\n".join(f"{n}. Turn.\n\n   ```\n   wheel {n}\n   ```\n" for n in range(1, 14))
    text = shown(f"Do this:\n\n{parts}")
    assert text.startswith("Do this:\n\n1. Turn.\n\n   ```\n   wheel 1\n   ```")
    assert "wheel 10\n   ```\n\n_… 10 of 13 steps" in text


def test_twenty_items_are_shown_whole() -> None:
    """Of more twenty are."""
    items = [f"- room {n}" for n in range(1, 24)]
    assert shown("\n".join(items[:20])) == "\n".join(items[:20])
    assert shown("\n".join(items)).endswith(
        "- room 20\n\n_… 20 of 23 items; the others are at the source._"
    )


def test_of_a_long_paragraph_what_stands_around_the_answer_is_shown() -> None:
    """Whole sentences, as many as are soon read; what is left out is marked."""
    text = f"{LONG}The key lies under the mat. {LONG}".strip()
    part = shown(text, "under the mat")
    assert part.startswith("… ") and part.endswith(" …")
    assert "The key lies under the mat." in part
    assert 40 < len(part.split()) <= 112
    assert part.strip("… ") in text
    assert shown(text, "The house").startswith("The house has many rooms")


def test_a_short_paragraph_is_shown_whole() -> None:
    """Wherever the answer stands in it."""
    assert shown("One. Two. Three.", "Three") == "One. Two. Three."


def test_code_between_three_backticks_in_a_line_is_not_open() -> None:
    """No fence is put behind it; behind a block that is cut off one is."""
    assert shown("```make up``` starts it.\n") == "```make up``` starts it."
    assert shown("```\nmake up\n") == "```\nmake up\n```"


def test_rows_have_their_head() -> None:
    """A row alone is a small table."""
    table = "Gates:\n\n| Gate | Opens |\n|---|---|\n| East | 8:30 |"
    assert shown(f"# G\n\n{table}\n| West | 9:00 |\n") == table


def test_what_is_endless_is_cut_at_a_block() -> None:
    """A message holds no more, and it is said."""
    code = "```\n" + "x = 1\n" * 400 + "```"
    text = shown(f"# A\n\nRun:\n\n{code}\n\n{code}\n")
    assert len(text) < 4_100
    assert text.endswith("\n\n_… shortened; the rest is at the source._")


CODE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1
).filter(lambda line: line.strip() and "`" not in line and "~" not in line)


@given(st.lists(CODE, min_size=1, max_size=6))
def test_code_is_shown_sign_by_sign(lines: list[str]) -> None:
    """Whatever stands in it, marks of ours among it."""
    code = "\n".join(("```", *lines, "```"))
    text = shown(f"# Run\n\nRun this:\n\n{code}\n")
    assert text == f"Run this:\n\n{code}"


@pytest.mark.parametrize(
    "line", ["__init__", "<demo_name>", "{{ .Values.x }}", 'cron="*/5 * * * *"', "a [1] **b** | c"]
)
def test_identifiers_are_shown_as_they_are(line: str) -> None:
    """In code, in a step, in a cell."""
    for text in (f"```\n{line}\n```", f"1. Set `{line}`\n2. Wait.", f"Set `{line}` first."):
        assert shown(f"# Run\n\n{text}\n") == text


LINES = st.sampled_from(
    ["- item", "  - inner", "1. step", "2. step", "| a | b |", "|---|---|", "| c | d |", "```",
     "code() # [1]", "", "", "Some words here.", "Except this.", LONG, "## Inner"]
)  # fmt: skip


@given(st.lists(LINES, max_size=30).map("\n".join))
def test_nothing_is_shown_that_does_not_stand_there(text: str) -> None:
    """Each line is one of the page, but for the note on what was left out."""
    lines = set(text.splitlines())
    for one in excerpts(text):
        for line in show_body(read_excerpt(one)).splitlines():
            whole = line.strip("… ") in text or line.startswith("_… ")
            assert line in lines or whole, line
