"""Markdown loses its marks and nothing else: a sign that belongs to the text stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rendering.markdown import is_plain_for_slack
from bot.rendering.pieces import Prose, StyledText, read_pieces
from tests.bot.answers import LIST, STEPS, TABLE


def read(text: str) -> list[tuple[str, set[str]]]:
    """The spans of a text that is one paragraph."""
    ((piece,),) = read_pieces(text)
    assert isinstance(piece, Prose)
    return [(span.text, set(span.style)) for span in piece.spans]


@pytest.mark.parametrize(
    "text",
    [
        "reads *.cfg files below ~/relay_conf/*/active",
        "2 * 3 * 4 and 2*3*4 and 2**3**4",
        "cron=*/5 * * * * and **/*.py of **kwargs",
        "__init__ and (__main__) and a_b_c and __name__.",
        "List<String>, <demo_name>, <b>bold</b>, <!channel> and <https://a.b|c>",
        "{{ customer.first_name }} and $(hostname -s) and ${{ secrets.X }}",
        "<https://a.b> and https://a.b/c_d_e",
        "30. [1]",
        "[1]: https://a.b",
        "as in [1](2) and [2](#top)",
    ],
)
def test_signs_of_the_text_stay(text: str) -> None:
    """Globs, products, identifiers, placeholders and marks are read as they are written."""
    assert read(text) == [(text, set())]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("**a** *b* _c_ ~~d~~", [("a", {"bold"}), (" ", set()), ("b", {"italic"}), (" ", set()),
                                ("c", {"italic"}), (" ", set()), ("d", {"strike"})]),
        ("__two words__", [("two words", {"bold"})]),
        ("***both***", [("both", {"bold", "italic"})]),
        ("这是**粗体**文字", [("这是", set()), ("粗体", {"bold"}), ("文字", set())]),
        ("**Note:** *.", [("Note:", {"bold"}), (" *.", set())]),
        ("`**x** <!here>`", [("**x** <!here>", {"code"})]),
        ("see [the *rule*](rules.md)", [("see the ", set()), ("rule", {"italic"})]),
        ("see [it](https://a.b)", [("see it (https://a.b)", set())]),
        ("![plan](https://a.b/p.png)", [("plan (https://a.b/p.png)", set())]),
        (r"\*.cfg &lt;x&gt;", [("*.cfg <x>", set())]),
    ],
)  # fmt: skip
def test_marks_become_styles(text: str, spans: list[tuple[str, set[str]]]) -> None:
    """Emphasis, code, links and escapes are what they are in Markdown; no link is left."""
    assert read(text) == spans


def test_wrapped_lines_are_one_and_short_lines_stay() -> None:
    """A line that an editor wrapped goes on; one that its writer ended is a line."""
    wrapped = "A long line that some editor has wrapped here\nin the middle."
    assert read(wrapped) == [(wrapped.replace("\n", " "), set())]
    assert read("Mon: 9-5\nTue: 9-6") == [("Mon: 9-5\nTue: 9-6", set())]


@pytest.mark.parametrize("text", [LIST, STEPS, TABLE, "```\nx\n```", "    x = 1"])
def test_structure_is_not_left_to_slack(text: str) -> None:
    """Lists, steps, tables and blocks of code are not shown as Slack's Markdown."""
    assert not is_plain_for_slack(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Yes, **before noon**. [1]\n\n> The rule.", True),
        ("# A head\n\nRun `make deploy` <now>.", True),
        ("see https://a.b and <!channel>", True),
        ("Mon: 9-5\nTue: 9-6", True),
        ("A long line that some editor has wrapped here\nin the middle.", False),
        ("`curl https://a.b`", False),
        ("`<!channel>`", False),
        ("in *.cfg and conf/*/active", False),
        ("in __init__", False),
        ("[the rule](rules.md)", False),
    ],
)
def test_prose_is_left_to_slack_unless_signs_are_at_stake(text: str, plain: bool) -> None:
    """Slack's Markdown shows prose, but no code with a parted sign, nor a sign taken for a mark."""
    assert is_plain_for_slack(text) is plain


@given(st.text(alphabet="ab *_~`<>.[]()/\\\n", max_size=60))
def test_plain_for_slack_loses_no_sign(text: str) -> None:
    """Whatever signs stand in a line of words, reading it takes linear time and never fails."""
    is_plain_for_slack(text)
    assert all(isinstance(span, StyledText) for block in read_pieces(text) for piece in block
               if isinstance(piece, Prose) for span in piece.spans)  # fmt: skip
