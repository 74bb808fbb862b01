"""A Markdown text cut into its blocks."""

from hypothesis import given, settings
from hypothesis import strategies as st

from text.markdown_blocks import fence_after, scan_blocks

LINES = """# One
## Two
text here.
- item
1. first
| a | b |
|---|---|
a | b
```
~~~
---
===
> quote
    deep
Ünï 東京。
`x` *y*

"""
MARKDOWN = st.lists(st.sampled_from([*LINES.split("\n"), "\x0b", "  "]), max_size=40).map("\n".join)


def test_each_kind_of_block_is_found_where_it_stands() -> None:
    """Headings of both styles, paragraphs, items, tables, code and rules keep their places."""
    text = (
        "# Title\n\nUnder\n-----\nOne line\nand one more.\n\n- first\n  goes on\n- second\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\n# no heading\n\nx = 1\n```\n\n***\n"
    )
    blocks = [(block.kind, text[block.start : block.end]) for block in scan_blocks(text)]
    assert blocks == [
        ("heading", "# Title"),
        ("heading", "Under\n-----"),
        ("paragraph", "One line\nand one more."),
        ("item", "- first\n  goes on"),
        ("item", "- second"),
        ("table", "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("code", "```py\n# no heading\n\nx = 1\n```"),
        ("rule", "***"),
    ]


def test_a_fence_left_open_runs_to_the_end() -> None:
    """What follows an open fence is code, as browsers and editors show it."""
    text = "```\n# not a heading\n\nrest\n\n"
    (block,) = scan_blocks(text)
    assert (block.kind, text[block.start : block.end]) == ("code", "```\n# not a heading\n\nrest")


def test_a_fence_is_open_until_its_own_sign_closes_it() -> None:
    """Neither a shorter one, nor another sign, nor one with words behind it does."""
    assert fence_after("> ````py\n") == "````"
    assert fence_after("~~~ a`b") == "~~~"
    assert fence_after("```make up``` starts it") == ""
    assert all(fence_after(line, "````") == "````" for line in ("```", "~~~~", "````py", "code"))
    assert fence_after("  `````\r\n", "````") == ""


def test_a_very_long_line_is_a_paragraph_of_its_own() -> None:
    """Texts that wrap no lines have one a paragraph, without blank lines between them."""
    lines = ["One " * 60, "Two " * 60, "three", "four"]
    text = "\n".join(lines)
    found = [text[block.start : block.end] for block in scan_blocks(text)]
    assert found == [lines[0].rstrip(), lines[1].rstrip(), "three\nfour"]
    assert len(scan_blocks(f"- {lines[0]}\n  goes on")) == 1


@settings(max_examples=150, deadline=None)
@given(MARKDOWN | st.text(max_size=200))
def test_blocks_hold_all_that_is_not_blank(text: str) -> None:
    """Blocks are in order, do not overlap, and what is between them is blank."""
    place = 0
    for block in scan_blocks(text):
        assert place <= block.start < block.end
        assert not text[place : block.start].strip()
        assert text[block.start : block.end].strip()
        place = block.end
    assert not text[place:].strip()
