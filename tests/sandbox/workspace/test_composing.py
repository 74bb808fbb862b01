"""What people type becomes what Slack's client sends."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.blocks import check_blocks
from sandbox.rendering.text.names import Names
from sandbox.workspace.composing import compose, mark

NAMES = Names(people={"U1": "ann", "U2": "bob.lee"}, channels={"C1": "help"}, groups={"S1": "crew"})


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("@ann hello", "<@U1> hello"),
        ("@Ann and @CREW, see #Help", "<@U1> and <!subteam^S1>, see <#C1|help>"),
        ("hello @bob.lee.", "hello <@U2>."),
        ("mail ann@example.com", "mail ann@example.com"),
        ("see #help, not #nowhere", "see <#C1|help>, not #nowhere"),
        ("@here and @channel and @crew", "<!here> and <!channel> and <!subteam^S1>"),
        ("@nobody", "@nobody"),
        ("a < b && c", "a &lt; b &amp;&amp; c"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<@U1> &amp; <https://x.y|there>", "<@U1> &amp; <https://x.y|there>"),
        ("at https://x.y/a?b=1&c=2.", "at <https://x.y/a?b=1&amp;c=2>."),
        ("`@ann`", "`@ann`"),
    ],
)
def test_marks(typed: str, text: str) -> None:
    """Names, channels and addresses are marked in whatever case, the rest is escaped."""
    assert mark(typed, NAMES) == text


def test_marking_is_done_once() -> None:
    """Text that was marked before, as in an edit, stays as it is."""
    once = mark("@ann & #help <b> https://x.y/?a=1&b=2", NAMES)
    assert mark(once, NAMES) == once


def test_rich_text() -> None:
    """Styles, code, quotes and mentions are elements of a rich_text block."""
    typed = "*bold* and _it_ and `co_d_e` :wave:\n> quoted\n```\nx = 1 < 2\n```\nend @ann"
    block = compose(typed, NAMES).blocks[0]
    kinds = [element["type"] for element in block["elements"]]
    section, quote, code = "rich_text_section", "rich_text_quote", "rich_text_preformatted"
    assert kinds == [section, quote, code, section]
    words: list[Any] = block["elements"][0]["elements"]
    assert words[0] == {"type": "text", "text": "bold", "style": {"bold": True}}
    assert {"type": "text", "text": "co_d_e", "style": {"code": True}} in words
    assert {"type": "emoji", "name": "wave"} in words
    assert block["elements"][2]["elements"][0]["text"] == "x = 1 < 2"
    assert block["elements"][3]["elements"][-1] == {"type": "user", "user_id": "U1"}


@given(st.text(alphabet="ab@#<>&*_~`:\n |!^https://.U1", max_size=60))
@settings(max_examples=200)
def test_blocks_are_always_good(typed: str) -> None:
    """Whatever is typed, the block is one that Slack's rules accept, and no tag gets through."""
    written = compose(typed, NAMES)
    assert check_blocks(written.blocks) == []
    assert "<b" not in written.text and "<a" not in written.text
