"""Text in and out: what people wrote is readable, what we write cannot act."""

import html
import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.rendering.mrkdwn import escape, fit, link, mentions, plain, safe_markdown, settled

ACTS = re.compile(
    r"<[!@#]|<[a-zA-Z][\w+.\-]*:|\]\(|\]:|://|(?i:mailto|tel|slack|javascript|data):\S|(?i:www)\."
    r"|@(?i:channel|here|everyone)"
)
NUMBER_ALONE = re.compile(r"^ *[0-9]+\.[ ]*$", re.MULTILINE)
DANGEROUS = st.lists(
    st.sampled_from(
        [
            "<!channel>", "<!here|x>", "<@U123>", "<#C1|a>", "<!subteam^S1|@x>",
            "[a](https://e.vil)", "https://e.vil", "<https://e.vil|ok>", "www.e.vil",
            "mailto:a@e.vil", "<mailto:a@e.vil|x>", "[1]: https://e.vil", "@channel", "@here",
            "<", "!", "channel", ">", "[", "]", "(", ":", "//", "&lt;!channel&gt;", " ", "\n",
            "x", "é", "中", "`", "\u2060", "\x00",
        ]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(st.one_of(DANGEROUS, st.text(max_size=60)))
@example("<<!channel>")
@example("<\x00!channel>")
def test_safe_markdown_never_acts(text: str) -> None:
    """No mention, command, link or address is left that could act, whatever the text."""
    assert not ACTS.search(safe_markdown(text))


@given(st.text(alphabet="abc .,*_`#-0123\n中é", max_size=60))
def test_safe_markdown_leaves_plain_text(text: str) -> None:
    """Text without anything that acts is unchanged."""
    assume(not NUMBER_ALONE.search(text))
    assert safe_markdown(text) == text


@given(
    st.sampled_from(["", "Yes. [1]\n", "See:\n\n"]),
    st.integers(min_value=0, max_value=999_999_999),
    st.sampled_from([".", ")", ". [1]", ".  [2] [3]", ". [1] They left [2].", ".\nIt was. [1]"]),
    st.data(),
)
def test_a_number_alone_is_no_list(
    before: str, number: int, behind: str, data: st.DataObject
) -> None:
    """A line that says only a number is shown as that number, whole or in settled pieces."""
    text = f"{before}{number}{behind}"
    end = settled(text[: data.draw(st.integers(min_value=0, max_value=len(text)))])
    for sent in (safe_markdown(text), safe_markdown(text[:end]) + safe_markdown(text[end:])):
        assert "<ol" not in MarkdownIt().render(sent)
        assert sent.replace("\u2060", "") == text


def test_a_list_stays_a_list() -> None:
    """Numbered steps are sent as they are."""
    steps = "1. Open the gate [1]\n2. Close it [1]"
    assert safe_markdown(steps) == steps


@given(DANGEROUS, DANGEROUS)
@example("<\x01", "!channel>")
def test_pieces_are_as_safe_as_the_whole(first: str, second: str) -> None:
    """A text sent in pieces cut where it is settled cannot act either."""
    whole = first + second
    end = settled(first)
    sent = safe_markdown(whole[:end]) + safe_markdown(whole[end:])
    assert not ACTS.search(sent)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Hello wor", "Hello "),
        ("<!chan", ""),
        ("see https:", "see "),
        ("中文", "中文"),
        ("", ""),
        ("In:\n30. [1", "In:\n"),
        ("30. ", ""),
        ("30. [1] It", "30. [1] "),
        ("In 30. [1", "In 30. "),
    ],
)
def test_settled_holds_back_the_last_word(text: str, sent: str) -> None:
    """What may still become a mention or an address waits; Chinese, without spaces, does not."""
    assert text[: settled(text)] == sent


@given(st.text(max_size=80))
def test_escaped_text_has_no_angle_brackets(text: str) -> None:
    """Escaped text holds nothing that Slack reads as a mention or a link, and is the same text."""
    escaped = escape(text)
    assert "<" not in escaped
    assert ">" not in escaped
    assert html.unescape(escaped) == html.unescape(html.escape(text, quote=False))


@given(st.text(max_size=60), st.integers(min_value=5, max_value=40))
def test_fit_holds_the_limit(text: str, limit: int) -> None:
    """Cut text is never longer than the limit and never ends inside an entity."""
    cut = fit(text, limit)
    assert len(cut) <= limit
    assert not re.search(r"&(?!lt;|gt;|amp;)", cut)


@pytest.mark.parametrize(
    ("url", "label", "made"),
    [
        ("https://a.b/c?d=1&e=2", "Deploying", "<https://a.b/c?d=1&amp;e=2|Deploying>"),
        ("https://a.b/|>", "a|b>", "<https://a.b/%7C%3E|a¦b&gt;>"),
        ("javascript:alert(1)", "Click", "Click"),
        ("https://a.b/" + "%E6" * 500, "Click", "Click"),
        ("https://a.b/ <!channel>", "Click", "Click"),
    ],
)
def test_links_are_only_of_the_web(url: str, label: str, made: str) -> None:
    """A link keeps its label and address apart, and other schemes become mere text."""
    assert link(url, label) == made


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<@UBOT> how do we deploy?", "how do we deploy?"),
        ("hey <@UBOT>, ask <@U2>", "hey , ask @Priya"),
        ("<@U9|ada> said so", "@ada said so"),
        ("<@U9> said so", "@someone said so"),
        ("in <#C1|general> and <#C2>", "in #general and #a channel"),
        ("<!here> <!subteam^S1|@oncall> <!subteam^S1>", "@here @oncall @team"),
        ("<!date^1392734382^{date}|Feb 18>", "Feb 18"),
        ("<https://a.b|the page> <https://a.b?c=1&amp;d=2>", "the page https://a.b?c=1&d=2"),
        ("<mailto:a@b.c>", "a@b.c"),
        ("a &lt;b&gt; &amp;lt; c", "a <b> &lt; c"),
        ("  one\n\n<@UBOT>  two  ", "one\n\ntwo"),
        ("<@UBOT>", ""),
    ],
)
def test_slack_text_becomes_readable(text: str, read: str) -> None:
    """Mentions become names, links labels, entities characters; the bot's own mention goes."""
    assert plain(text, "UBOT", {"U2": "Priya"}) == read


def test_mentions_are_found() -> None:
    """The mentioned ids, in order, in both of Slack's spellings."""
    assert mentions("<@U1> and <@W2|bo>, not <#C3> or @U4") == ("U1", "W2")
