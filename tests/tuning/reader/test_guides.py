"""Documentation as lessons: its headings become what people ask, its sections what answers."""

import random
from pathlib import Path

import pytest

from tuning.errors import CannotTrain
from tuning.reader.guides import make_guide_examples, read_guides
from tuning.reader.headings import ask_for, clean_heading

PAGE = """---
title: "Deploys"
---
Before anything else.

# Deploys

## Rolling back a release {#back}

Find the release that was good on the board. Its variables stay. Then run this on your machine:

```
ship back --to NUMBER
```

## Environment variables

These are read when a release starts, and a change of one of them needs a new start:

- `SHIP_TOKEN`, which is secret
- `SHIP_REGION`, which is the region that is meant

### Short

Too short.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One page of documentation, and one that is left out."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "deploys.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "docs" / "changelog.md").write_text(PAGE, encoding="utf-8")
    return tmp_path


def test_sections_have_the_headings_above_them(folder: Path) -> None:
    """A section is its own text under all headings above; short ones and change logs are left."""
    found = [(one.page, one.above, one.heading) for one in read_guides(folder)]
    assert found == [
        ("docs/deploys.md", ("Deploys", "Deploys"), "Rolling back a release"),
        ("docs/deploys.md", ("Deploys", "Deploys"), "Environment variables"),
    ]


def test_a_section_answers_its_own_heading_alone(folder: Path) -> None:
    """Each question goes with its section as right, without a place, and with its sibling wrong."""
    examples = [
        one
        for seed in range(9)
        for one in make_guide_examples(read_guides(folder), random.Random(seed))
    ]
    assert {one.made for one in examples} == {"section", "sibling section", "any section"}
    for one in examples:
        assert one.start is one.end is None
        rolls_back = "back" in one.question.lower()
        if one.made != "any section":
            assert one.answers == (rolls_back != ("SHIP_TOKEN" in one.text))
    assert any("```" in one.text and "Then run this" in one.text for one in examples)


def test_no_documentation_is_said(tmp_path: Path) -> None:
    """An empty folder is a sentence that says where to read what belongs there."""
    with pytest.raises(CannotTrain, match=r"MODEL_CARD\.md"):
        read_guides(tmp_path)


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Installing plugins", "how do I install plugins?"),
        ("How to share a link", "how do I share a link?"),
        ("Configure the cache", "how do I configure the cache?"),
        ("Running tests", "how do I run tests?"),
        ("Environment variables", "what are the environment variables?"),
        ("Vacation", "how does vacation work?"),
        ("Do I need a license?", "Do I need a license?"),
        ("Options", "what are the options for ship?"),
    ],
)
def test_a_heading_is_asked_for_as_people_do(heading: str, question: str) -> None:
    """How-to for what one does, which or what for things, of a general heading for its subject."""
    asked = {one for seed in range(99) for one in ask_for(heading, ("Ship",), random.Random(seed))}
    assert question in asked


def test_versions_are_not_asked_for() -> None:
    """Markdown is taken off; of a version nothing is left."""
    assert clean_heading("## The [`uv tool`](x.md) interface") == "The uv tool interface"
    assert clean_heading("## 1.16.1 - 2025-11-27") == ""
