"""Replies held against patterns: which view of a reply a pattern sees, and what order means."""

import pytest

from answering.evaluation.reply_rules import ReplyRules, fold, names_source, plain_text


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("**Ask** _your_ *lead* `now`", "Ask your lead now"),
        ("## Leave\n\n- 30 days", "Leave - 30 days"),
        ("| a | b |\n| 1 | 2 |", "a | b 1 | 2"),
        ("> quoted\n> twice", "quoted twice"),
        ("[the form](https://x.example/a_(b)) and ![a plan](plan.png)", "the form and a plan"),
        ("<https://x.example|the form>, <ops@x.example>", "the form, ops@x.example"),
        ("a<br/>b <b>c</b>", "a b c"),
        (r"5 \* 3, a\_name", "5 * 3, a_name"),
        ('Ask in {% slack_channel "#leave" %}. {% raw %}x', "Ask in #leave. x"),
        (
            "\u2018it\u2019s\u2019 \u201cnon\u2011profit\u201d\u00a0now\u200b",
            "'it's' \"non-profit\" now",
        ),
        ("a\n\n  b\tc", "a b c"),
    ],
)
def test_plain_text_has_no_mark_up(written: str, plain: str) -> None:
    """What is bold, linked, quoted, escaped or in a table is left as its words."""
    assert plain_text(written) == plain


def test_names_in_code_keep_their_marks_in_one_view() -> None:
    """`must` sees the reply as written as well, so that `__init__` can be asked for."""
    rules = ReplyRules(must=(r"__init__\.py",))
    assert not rules.broken_by("It is `__init__.py`.")
    assert fold("It is\n`__init__.py`.") == "It is `__init__.py`."
    assert rules.broken_by("It is init.py.") == (r"must: __init__\.py",)


def test_must_not_sees_the_plain_text_alone() -> None:
    """What only the mark-up says, such as the address of a link, condemns no reply."""
    rules = ReplyRules(must=("30",), must_not=("example", "40"))
    assert not rules.broken_by("30 days, see [the page](https://example.org/40)")
    assert rules.broken_by("**4**0 days") == ("must: 30", "must_not: 40")


def test_patterns_match_in_any_case() -> None:
    """A person's question has no case, nor have the rules."""
    assert not ReplyRules(must=("friday",)).broken_by("On FRIDAY.")


def test_steps_have_to_stand_one_after_the_other() -> None:
    """All there in another order is a fault of its own; one that lacks is only said to lack."""
    rules = ReplyRules(must=("open", "sign", "send"), ordered=True)
    assert not rules.broken_by("1. Open it\n2. Sign it\n3. Send it")
    assert rules.broken_by("Sign it, open it, send it") == ("steps not in order",)
    assert rules.broken_by("Send it, open it") == ("must: sign",)


@pytest.mark.parametrize(
    ("source", "is_one"),
    [
        ("handbook/leave.md", True),
        ("./handbook/leave.md#how-much", True),
        ("https://x.example/handbook/leave.md", True),
        ("old-handbook/leave.md", False),
        ("handbook/leave.md.bak", False),
        ("leave.md", False),
    ],
)
def test_a_source_is_a_path_however_it_begins(source: str, is_one: bool) -> None:
    """The path below the folder has to be all there, as whole names."""
    assert names_source([source], ["handbook/leave.md"]) is is_one
