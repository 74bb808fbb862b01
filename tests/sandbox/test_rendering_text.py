"""Text as Slack marks it, and Markdown, to Html."""

import pytest

from sandbox.rendering import Names, render_message
from sandbox.rendering.text.emoji import glyph

NAMES = Names(people={"U1": "mara"}, channels={"C1": "help"}, groups={"S1": "oncall"})
ANN = '<span class="mention" data-user="U1">@mara</span>'
HELP = '<span class="channel-link" data-channel="C1">#help</span>'
TO = 'target="_blank" rel="noopener noreferrer nofollow"'


def mrkdwn(source: str) -> str:
    """The Html of a message that has only text, without its box."""
    html = render_message({"text": source}, NAMES)
    return html.removeprefix('<div class="text">').removesuffix("</div>")


def markdown(source: str) -> str:
    """The Html of a stream's text, without its box."""
    html = render_message({"markdown_text": source}, NAMES)
    return html.removeprefix('<div class="block markdown-block">').removesuffix("</div>")


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("*bold* _italic_ ~gone~", "<strong>bold</strong> <em>italic</em> <s>gone</s>"),
        ("*bold _both_*", "<strong>bold <em>both</em></strong>"),
        ("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
        ("* no * _ no _", "* no * _ no _"),
        ("*not\nover lines*", "*not<br>over lines*"),
        ("*first *second*", "*first <strong>second</strong>"),
        ("(*in*), *x*.", "(<strong>in</strong>), <strong>x</strong>."),
        ("`a *b* <@U1>`", "<code>a *b* @mara</code>"),
        ("``", "``"),
        ("```\na < b\n```", "<pre><code>a &lt; b</code></pre>"),
        ("```one``` two", "<pre><code>one</code></pre> two"),
        ("> said\n> so\nyes", "<blockquote>said<br>so</blockquote>yes"),
        ("&gt; said", "<blockquote>said</blockquote>"),
        (">>> all\nof it", "<blockquote>all<br>of it</blockquote>"),
        ("• one\n• two", "• one<br>• two"),
        ("a &lt;b&gt; &amp;amp;", "a &lt;b&gt; &amp;amp;"),
        ("<@U1> <@U9|tim> <@U8>", f"{ANN} {ANN.replace('U1', 'U9').replace('mara', 'tim')} "
         f"{ANN.replace('U1', 'U8').replace('mara', 'U8')}"),
        ("<#C1> <#C1|old-name>", f"{HELP} {HELP}"),
        ("<!here>", '<span class="mention broadcast" data-broadcast="here">@here</span>'),
        ("<!subteam^S1>", '<span class="mention group" data-group="S1">@oncall</span>'),
        ("<https://a.b/?x=1&amp;y|it>", f'<a href="https://a.b/?x=1&amp;y" {TO}>it</a>'),
        ("<mailto:a@b.c|a@b.c>", f'<a href="mailto:a@b.c" {TO}>a@b.c</a>'),
        ("see https://a.b/c).", f'see <a href="https://a.b/c" {TO}>https://a.b/c</a>).'),
        ("*https://a.b/*", f'<strong><a href="https://a.b/" {TO}>https://a.b/</a></strong>'),
        ("https://a.b/x_(y)", f'<a href="https://a.b/x_(y)" {TO}>https://a.b/x_(y)</a>'),
        ("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"),
        ("<data:text/html,1>", "&lt;data:text/html,1&gt;"),
        (":nothing: 10:30:00", ":nothing: 10:30:00"),
    ],
)  # fmt: skip
def test_mrkdwn(source: str, html: str) -> None:
    """Each of Slack's marks acts where Slack lets it, and nowhere else."""
    assert mrkdwn(source) == html


def test_dates() -> None:
    """A date is shown in its format, in UTC; an odd format or time shows the fallback."""
    said = mrkdwn("<!date^1700000000^{date_num} at {time}|then>")
    assert said == (
        '<time datetime="2023-11-14T22:13:20+00:00" title="2023-11-14 22:13 UTC">'
        "2023-11-14 at 22:13</time>"
    )
    assert ">then</time>" in mrkdwn("<!date^1700000000^{nonsense}|then>")
    assert mrkdwn("<!date^999999999999^{date}|then>") == "then"


def test_emoji() -> None:
    """A shortcode is its glyph, skin tone or not, with its name for screen readers."""
    assert 'aria-label="white check mark"' in mrkdwn(":white_check_mark:")
    assert ">👋</span>" in mrkdwn(":wave::skin-tone-4:")
    assert (glyph("wave::skin-tone-4"), glyph("nothing")) == ("👋", ":nothing:")


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**b** *i* ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>"),
        ("# One\n### Three", "<h3>One</h3><h5>Three</h5>"),
        ("a\nb", "<p>a<br>b</p>"),
        ("[1](https://a.b)", f'<p><a href="https://a.b" {TO}>1</a></p>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](/relative)", "<p>x</p>"),
        ("[https://a.b](https://c.d)", f'<p><a href="https://c.d" {TO}>https://a.b</a></p>'),
        ("![cat](https://a.b/c.png)", f'<p><a href="https://a.b/c.png" {TO}>cat</a></p>'),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("hi <@U1> in <#C1>", f"<p>hi {ANN} in {HELP}</p>"),
        (r"hi \<@U1> and &lt;@U1&gt;", "<p>hi &lt;@U1&gt; and &lt;@U1&gt;</p>"),
        ("`<@U1>`", "<p><code>&lt;@U1&gt;</code></p>"),
        ("```py\nx < 1\n```", '<pre data-language="py"><code>x &lt; 1</code></pre>'),
        ("3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'),
    ],
)
def test_markdown(source: str, html: str) -> None:
    """Markdown is shown as Slack shows it; raw Html in it stays text."""
    assert markdown(source) == html


def test_tables_and_tasks() -> None:
    """Tables keep their alignment, and tasks say whether they are done."""
    table = markdown("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert table.startswith('<div class="table-scroll"><table><thead><tr><th>a</th>')
    assert '<td class="align-right">2</td>' in table
    tasks = markdown("- [x] one\n- [ ] two")
    assert 'aria-label="done">☑</span> one' in tasks
    assert 'aria-label="to do">☐</span> two' in tasks


def test_unfinished_markdown() -> None:
    """A stream that stops in the middle of a mark shows what there is."""
    assert markdown("kept **90 da") == "<p>kept **90 da</p>"
    assert markdown("```py\nx = ") == '<pre data-language="py"><code>x = </code></pre>'
