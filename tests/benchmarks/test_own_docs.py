"""The questions of a newcomer to these docs, and those about nothing in any index."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.questions_of_pages import missing, rows_of, section

DOCS = Path(__file__).parents[2] / "docs"
ROWS = rows_of("own_docs.jsonl")
ANSWERABLE = [row for row in ROWS if row["answerable"]]
OFF_TOPIC = rows_of("off_topic.jsonl")


def page(name: str) -> str:
    """One of the docs."""
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("row", ANSWERABLE, ids=lambda row: row["id"])
def test_what_must_be_said_stands_in_the_section_that_is_named(row: dict[str, Any]) -> None:
    """The section of the source holds it all, and so does every other page that is named."""
    ordered = row.get("ordered", False)
    part = section(page(row["source"]), row["section"])
    assert part, f"{row['source']} has no heading {row['section']}"
    assert missing(row["must"], part, ordered=ordered) == []
    for name in row.get("also_in", []):
        assert missing(row["must"], page(name), ordered=ordered) == []


@pytest.mark.parametrize("row", ANSWERABLE, ids=lambda row: row["id"])
def test_the_answer_that_is_given_passes(row: dict[str, Any]) -> None:
    """It holds all that must be in an answer and nothing that must not."""
    assert missing(row["must"], row["answer"], ordered=row.get("ordered", False)) == []
    assert not any(re.search(one, row["answer"], re.IGNORECASE) for one in row["must_not"])


@pytest.mark.parametrize(
    "row", [row for row in ROWS if not row["answerable"]], ids=lambda r: r["id"]
)
def test_what_the_docs_do_not_say_stands_in_none_of_them(row: dict[str, Any]) -> None:
    """A near-miss names the page that it comes near to, and no page has what it asks for."""
    assert (DOCS / row["near"]).is_file()
    for path in DOCS.glob("*.md"):
        assert missing(row["absent"], path.read_text(encoding="utf-8")) == row["absent"], path.name


def test_forty_questions_have_an_answer_and_a_follow_up_comes_after_its_question() -> None:
    """Each id is one question's."""
    ids = [row["id"] for row in ROWS]
    assert len(set(ids)) == len(ids)
    assert len(ANSWERABLE) == 40
    for at, row in enumerate(ROWS):
        assert row["follow_up_of"] is None or row["follow_up_of"] in ids[:at]


def test_sixty_questions_are_about_something_else() -> None:
    """They differ, and none of them has an answer."""
    assert len({row["question"] for row in OFF_TOPIC}) == len(OFF_TOPIC) == 60
    assert not any(row["answerable"] or row["must"] for row in OFF_TOPIC)
