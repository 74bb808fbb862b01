"""A page's tree of sections, as its headings make it."""

from hypothesis import given
from hypothesis import strategies as st

from answering.evidence.sections import cut_sections

PAGE = """\
Read this first.

# Travel

Everyone may travel.

## Trains

First class is fine.

### At night

Ask first.

## Planes

Economy only.

# Meals

Thirty euros a day.
"""


def test_sections_have_the_headings_above_them() -> None:
    """Outermost first; what stands above the first heading has none."""
    assert [section.headings for section in cut_sections(PAGE)] == [
        (),
        ("Travel",),
        ("Travel", "Trains"),
        ("Travel", "Trains", "At night"),
        ("Travel", "Planes"),
        ("Meals",),
    ]


def test_a_section_knows_those_inside_it() -> None:
    """Children and theirs, not what follows at its own level."""
    sections = cut_sections(PAGE)
    inner = {s.headings[-1]: [sections[at].headings[-1] for at in s.inner] for s in sections[1:]}
    assert inner["Travel"] == ["Trains", "At night", "Planes"]
    assert inner["Trains"] == ["At night"]
    assert inner["Meals"] == []
    assert sections[0].inner == range(0)


def test_a_section_has_only_its_own_blocks() -> None:
    """What stands under a heading inside it is that one's."""
    for section in cut_sections(PAGE):
        assert len(section.blocks) == 1
    (travel,) = [s for s in cut_sections(PAGE) if s.headings == ("Travel",)]
    (block,) = travel.blocks
    assert PAGE[block.start : block.end] == "Everyone may travel."
    assert PAGE[travel.start :].startswith("# Travel")


def test_underlined_headings_are_headings() -> None:
    """A line of signs below makes the first or second level; its marks are no words."""
    text = "The **big** one\n===\n\nWords.\n\nThe small `one`\n---\n\nMore.\n"
    found = [(section.headings, section.level) for section in cut_sections(text)]
    assert found == [
        (("The big one",), 1),
        (("The big one", "The small one"), 2),
    ]


def test_a_level_may_be_left_out() -> None:
    """A heading goes below the last one that is higher, whatever is between."""
    text = "# One\n\nA.\n\n#### Deep\n\nB.\n\n## Two\n\nC.\n"
    assert [section.headings for section in cut_sections(text)] == [
        ("One",),
        ("One", "Deep"),
        ("One", "Two"),
    ]


def test_what_a_cut_off_page_begins_with_has_the_headings_before_it() -> None:
    """Up to the first heading that is in the text."""
    found = cut_sections("And the rest.\n\n# New\n\nWords.\n", above=("Old", "Inner"))
    assert [section.headings for section in found] == [("Old", "Inner"), ("New",)]


def test_a_page_without_a_heading_is_one_section() -> None:
    """And an empty page is none; a heading alone is one without blocks."""
    assert [len(section.blocks) for section in cut_sections("One.\n\nTwo.")] == [2]
    assert cut_sections("\n\n") == []
    assert [(s.headings, s.blocks) for s in cut_sections("# Alone")] == [(("Alone",), ())]


@given(st.lists(st.sampled_from(["# a", "## b", "### c", "#### d", "words", "", "x\n---"])))
def test_inner_sections_follow_at_once(lines: list[str]) -> None:
    """They are deeper, and the next one behind them is not."""
    sections = cut_sections("\n".join(lines))
    for at, section in enumerate(sections):
        if not section.level:
            continue
        assert all(sections[inner].level > section.level for inner in section.inner)
        after = at + 1 + len(section.inner)
        assert after == len(sections) or sections[after].level <= section.level
