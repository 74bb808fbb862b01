"""Markdown to the bare words, for embedding, counting and titles. Does not keep offsets."""

import html
import re
import unicodedata
from collections.abc import Iterator

from text.markdown_blocks import fence_after

_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\s+\"[^\"]*\")?\)|\[[^\[\]]*\])")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
# Only what a browser knows is a tag: List<String> and <node-id> are what somebody wrote.
_TAG = re.compile(
    r"</?(?:a|abbr|article|aside|b|blockquote|br|button|caption|center|cite|code|col|colgroup|dd|del"
    r"|details|dfn|div|dl|dt|em|figcaption|figure|font|footer|h[1-6]|header|hr|i|iframe|img|input"
    r"|ins|kbd|label|li|link|main|mark|meta|nav|ol|p|picture|pre|q|s|samp|script|section|small|source"
    r"|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|tfoot|th|thead|time|title|tr|u|ul"
    r"|var|video)(?:\s[^<>]{0,400}|/)?>",
    re.IGNORECASE,
)
_TABLE_RULE = re.compile(
    r"^[ \t]*+\|?(?:[ \t]*+:?-++:?[ \t]*+\|)++[ \t]*+(?::?-++:?)?[ \t]*+$", re.MULTILINE
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BOTH = re.compile(r"(?<![\w*/])\*{3}(?=[\w\ue000])([^*\n]+)\*{3}(?![\w*])")
_STRONG = re.compile(
    r"(?<![\w*/])\*\*(?=[\w\"'(\[<~\u201c\ue000])((?:[^*\n]|\*(?!\*)|\n(?!\n))+?)\*\*(?![\w*])"
)
# A star is a mark only where a word begins behind it and ends before its twin: *.cfg is none.
_EMPHASIS = re.compile(
    r"(?<![\w*/])\*(?=[\w\"'(\[<~\u201c\ue000])((?:[^*\n]|\n(?!\n))+?)(?<=[\w.!?,:;\"')\]>%~\u201d\ue001])\*(?![\w*/])"
)
# A file's or a variable's own underscores, such as __init__, are no emphasis.
_OWN_UNDERSCORES = re.compile(r"(?<!\w)_{1,2}[a-z0-9]\w*_{2}(?!\w)")
_UNDERSCORES = re.compile(r"(?<!\w)_{1,3}(?=[^\s_])|(?<=[^\s_])_{1,3}(?!\w)")
_HEADING_MARK = re.compile(r"^ {0,3}#{1,6}[ \t]+|(?<![ \t])[ \t]++#++[ \t]*+$", re.MULTILINE)
_CODE_SPAN = re.compile(r"(?<!`)(`{1,2}+)(?!`)([^`\n]+(?:\n[^`\n]+)?)\1(?!`)")
# Where code was: its number between two signs that are taken out of the text before.
_PLACE_SIGNS = re.compile("[\ue000\ue001]")
_PLACE = re.compile("\ue000([0-9]++)\ue001")
_SPACES = re.compile(r"[ \t]{2,}")
_KEPT_CONTROLS = frozenset("\n\t")


def to_plain(markdown: str) -> str:
    """The words of `markdown` without the marks of links, emphasis, headings, tables and tags.

    What stands in code keeps every sign, and so does what only looks like a mark.
    """
    if "`" not in markdown and "~~~" not in markdown:
        return _squeezed(html.unescape(_without_marks(markdown)))
    return _squeezed("".join(_around_fences(markdown)))


def _around_fences(markdown: str) -> Iterator[str]:
    """The lines of fenced blocks as they are, without the fences, and all else in plain words."""
    prose: list[str] = []
    fence = ""
    for line in markdown.splitlines(keepends=True):
        before, fence = fence, fence_after(line, fence)
        if before and fence:
            yield line
        elif fence:
            yield _around_spans("".join(prose))
            prose = []
        elif not before:
            prose.append(line)
    yield _around_spans("".join(prose))


def _around_spans(text: str) -> str:
    """Text whose inline code is set aside, so that marks around it still find their twins.

    Code that goes with a link's address or within a tag is dropped; no other takes its place.
    """
    if "`" not in text:
        return html.unescape(_without_marks(text))
    spans: list[str] = []

    def set_aside(code: re.Match[str]) -> str:
        spans.append(code[2])
        return f"\ue000{len(spans) - 1}\ue001"

    kept = _without_marks(_CODE_SPAN.sub(set_aside, _PLACE_SIGNS.sub("", text)))
    # Entities are read between the places: one may stand for a sign of a place.
    pieces = enumerate(_PLACE.split(kept))
    return "".join(spans[int(one)] if at % 2 else html.unescape(one) for at, one in pieces)


def _without_marks(text: str) -> str:
    """Markdown outside code, its entities kept. Few texts have many marks, and looking is cheap."""
    if "[" in text:
        text = _IMAGE_OR_LINK.sub(r"\1", text)
    if "<" in text:
        text = _TAG.sub(" ", _AUTOLINK.sub(r"\1", text))
    if "|" in text:
        text = _TABLE_RULE.sub("", text).replace("|", " ")
    if "#" in text:
        text = _HEADING_MARK.sub("", text)
    if "*" in text:
        text = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\1", _BOTH.sub(r"\1", text)))
    if "_" in text:
        text = _without_underscores(text)
    if "~~" in text:
        text = text.replace("~~", "")
    if "`" in text:
        text = text.replace("`", "")
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    return text


def _without_underscores(text: str) -> str:
    parts: list[str] = []
    at = 0
    for own in _OWN_UNDERSCORES.finditer(text):
        parts += (_UNDERSCORES.sub("", text[at : own.start()]), own[0])
        at = own.end()
    return "".join((*parts, _UNDERSCORES.sub("", text[at:])))


def _squeezed(text: str) -> str:
    if "  " in text or "\t" in text:
        text = _SPACES.sub(" ", text)
    return text.strip()


def clean(text: str) -> str:
    """`text` with one kind of line end and without what Postgres refuses or nobody can see.

    Control characters (NUL among them), lone surrogates and byte order marks go.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n\n").replace("\ufeff", "")
    if text.isascii() and text.replace("\n", " ").replace("\t", " ").isprintable():
        return text
    return "".join(
        c for c in text if c in _KEPT_CONTROLS or unicodedata.category(c) not in ("Cc", "Cs")
    )


def shorten(text: str, most: int) -> str:
    """The text, or its beginning of at most `most` characters up to the end of a word."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " \u2026"
