"""Blocks of Markdown: what stands together stays together, and nothing is lost."""

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from answering.evidence.blocks import Block
from tests.answering.pages import blocks
from text.markdown_blocks import scan_blocks
from text.sentences import Span


def kinds(text: str) -> list[str]:
    """The kinds of a text's blocks, in order."""
    return [block.kind for block in blocks(text)]


def words(text: str, spans: Sequence[Span | None]) -> list[str]:
    """The words of these places."""
    return [text[span.start : span.end] for span in spans if span]


def test_a_list_has_its_lead_in() -> None:
    """The paragraph before a list is no block of its own: it says what the items are."""
    text = "Leads are responsible for:\n\n- reviews\n- releases\n\nAsk Priya otherwise."
    lead, last = blocks(text)
    assert (lead.kind, lead.start, last.kind) == ("list", 0, "paragraph")
    assert words(text, [lead.lead]) == ["Leads are responsible for:"]
    assert words(text, lead.parts) == ["- reviews", "- releases"]


def test_of_a_long_paragraph_the_last_sentence_leads_in() -> None:
    """The rest stays a paragraph, and a last sentence that is long itself leads nothing in."""
    story = "The house is old and has many rooms. " * 9
    text = f"{story}Bring these:\n\n- a cup\n- a coat"
    paragraph, listed = blocks(text)
    assert paragraph.kind == "paragraph"
    assert words(text, [listed.lead]) == ["Bring these:"]
    assert listed.start == text.index("Bring these:")
    endless = f"{' '.join(['word'] * 70)}:\n\n- a cup"
    assert [block.lead for block in blocks(endless)] == [None, None]


def test_a_table_has_a_head_and_rows() -> None:
    """Its rows are its parts, the rule under the head belongs to the head."""
    text = "Gates:\n\n| Gate | Opens |\n|---|--:|\n| East | 8:30 |\n| West | `9:00` |"
    (table,) = blocks(text)
    assert table.kind == "table"
    assert words(text, [table.head]) == ["| Gate | Opens |\n|---|--:|"]
    assert words(text, table.parts) == ["| East | 8:30 |", "| West | `9:00` |"]
    assert words(text, [table.lead]) == ["Gates:"]


def test_code_has_the_sentence_before_it() -> None:
    """Fenced blocks that follow each other are one."""
    text = "Run it with:\n\n```sh\nmake\n```\n\n```\nok\n```\n\nThen wait."
    code, after = blocks(text)
    assert (code.kind, after.kind) == ("code", "paragraph")
    assert text[code.start : code.end] == "Run it with:\n\n```sh\nmake\n```\n\n```\nok\n```"


@pytest.mark.parametrize(
    "text",
    [
        "1. Clone it.\n\n   ```\n   git clone x\n   ```\n\n2. Build it.\n3. Run it.",
        "1. Clone it.\n\n```\ngit clone x\n```\n\n2. Build it.\n\nIt takes a while.\n\n3. Run it.",
        "1. Clone it.\n1. Build it.\n\n```\nmake\n```\n\n1. Run it.",
        "1) Clone it.\n   - from here\n   - or there\n2) Build it.\n3) Run it.",
        "\t1. Clone it.\n\t\t- from here\n\t2. Build it.\n\t3. Run it.",
    ],
    ids=["indented", "unindented", "numbered anew", "nested", "tabs"],
)
def test_steps_stay_together(text: str) -> None:
    """Code, remarks and lists between steps belong to the step before them."""
    (steps,) = blocks(text)
    assert steps.kind == "steps"
    assert len(steps.parts) == 3
    assert (steps.start, steps.end) == (0, len(text))
    assert text[steps.parts[1].start : steps.parts[2].start].count("Build it.") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. One.\n2. Two.\n\nAnd so it ends.", ["steps", "paragraph"]),
        ("1. One.\n2. Two.\n\n- a cup\n- a coat", ["steps", "list"]),
        ("- a cup\n\nRead this.\n\n- a coat", ["list", "list"]),
        ("- a cup\n\n---\n\n- a coat", ["list", "list"]),
        ("1. One.\n\nThen:\n\n5. Five.", ["steps", "steps"]),
        ("Just words.", ["paragraph"]),
        ("", []),
        ("---", []),
    ],
)
def test_what_ends_a_list(text: str, expected: list[str]) -> None:
    """A paragraph, another kind of list, a rule, a number that does not go on."""
    assert kinds(text) == expected


def test_nested_items_are_in_their_outer_item() -> None:
    """A list's parts are its outer items, each with all that is below."""
    text = "- tea\n  - green\n    - from Japan\n  - black\n- coffee\n\n  It is strong."
    (listed,) = blocks(text)
    assert words(text, listed.parts) == [
        "- tea\n  - green\n    - from Japan\n  - black",
        "- coffee\n\n  It is strong.",
    ]


LINES = st.sampled_from(
    [
        "- item", "  - inner", "1. step", "2. step", "1) other", "\t- tab", "* star", "| a | b |",
        "|---|---|", "| c | d |", "```", "code()", "    indented", "Some words here.", "Lead in:",
        "---", "", "", "> quoted", "\u2022 bullet", "3. third",
    ]
)  # fmt: skip
TEXTS = st.lists(LINES, max_size=25).map("\n".join)


def own_parts(block: Block) -> list[Span]:
    """The places inside a block that it names, in order."""
    return [span for span in (block.lead, block.head, *block.parts) if span is not None]


@given(TEXTS)
def test_blocks_are_in_order_and_hold_everything(text: str) -> None:
    """They do not overlap; each line that is no heading or rule is in one, each part within its."""
    found = blocks(text)
    places = [0, *(place for block in found for place in (block.start, block.end))]
    assert places == sorted(places)
    for piece in scan_blocks(text):
        if piece.kind not in ("heading", "rule"):
            assert any(b.start <= piece.start and piece.end <= b.end for b in found), piece
    for block in found:
        inside = [place for span in own_parts(block) for place in (span.start, span.end)]
        assert [block.start, *inside, block.end] == sorted([block.start, *inside, block.end])


@given(TEXTS)
@example("- item\n\n| a | b |\n---\n- item")
def test_each_item_row_and_line_of_code_is_in_one_part(text: str) -> None:
    """What a list or a table shows part by part is all that it holds."""
    for block in blocks(text):
        if block.kind in ("list", "steps", "table"):
            first = block.lead.end if block.lead else block.start
            rest = [text[span.start : span.end] for span in own_parts(block) if span != block.lead]
            assert "".join("".join(rest).split()) == "".join(text[first : block.end].split())


@given(TEXTS)
def test_cutting_again_changes_nothing(text: str) -> None:
    """A block's own text is that block."""
    for block in blocks(text):
        again = blocks(text[block.start : block.end])
        assert [one.kind for one in again][-1:] == [block.kind]
