"""A long answer ends where a reader would stop."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.rendering.blocks import SHORTENED
from bot.rendering.shortening import close_code, shorten
from tests.bot.answers import markdowns

ROWS = "| Name | Place |\n|---|---|\n" + "| Vexmoor East | 1223 |\n" * 40
ITEMS = "".join(f"{n}. Do the step with this number\n   and wait.\n" for n in range(1, 41))
CODE = "```sh\n" + "make deploy TARGET=live\n" * 40 + "```\n"
PROSE = "One sentence of some words. " * 40


@pytest.mark.parametrize("long", [ROWS, ITEMS, CODE, PROSE])
def test_it_ends_before_what_does_not_fit(long: str) -> None:
    """What would be cut in two is left out, if more than half stands before it."""
    before = "A paragraph that comes first. " * 10
    assert shorten(f"{before}\n\n{long}", 500) == before.strip() + SHORTENED


def test_a_long_table_ends_after_a_row() -> None:
    """Rows are whole."""
    kept = shorten(ROWS, 500).removesuffix(SHORTENED)
    assert kept.endswith("| Vexmoor East | 1223 |")


def test_long_steps_end_after_a_step() -> None:
    """Steps are whole."""
    kept = shorten(ITEMS, 500).removesuffix(SHORTENED)
    assert kept.endswith("and wait.")


@pytest.mark.parametrize("before", ["", "1. Run:\n\n   ", "> "])
def test_long_code_ends_after_a_line_and_is_closed(before: str) -> None:
    """Lines of code are whole, and the note is not one of them."""
    indent = "> " if before == "> " else " " * (len(before) and 3)
    shortened = shorten(before + CODE.strip("\n").replace("\n", "\n" + indent), 500)
    assert "make deploy TARGET=live\n" + indent + "```" + SHORTENED in shortened
    assert MarkdownIt().render(shortened).endswith("<p><em>… shortened.</em></p>\n")


def test_long_prose_ends_after_a_sentence() -> None:
    """Sentences are whole."""
    assert shorten(PROSE, 500).endswith("words." + SHORTENED)


@given(markdowns, st.integers(1, 40), st.integers(60, 700))
def test_the_limit_holds(text: str, times: int, limit: int) -> None:
    """No text is longer than the limit, and a short one is unchanged."""
    whole = text * times
    shortened = shorten(whole, limit)
    assert len(shortened) <= limit
    assert shortened == whole if len(whole) <= limit else shortened.endswith(SHORTENED)


def test_code_that_was_broken_off_is_closed() -> None:
    """What follows an unfinished block of code is not in it; a finished one stays."""
    assert close_code("a\n\n```sh\nx") == "a\n\n```sh\nx\n```"
    assert close_code("a\n\n```sh\nx\n```") == "a\n\n```sh\nx\n```"
    assert close_code("1. a\n\n   ~~~\n   x") == "1. a\n\n   ~~~\n   x\n   ~~~"
    assert close_code("`a` b") == "`a` b"
