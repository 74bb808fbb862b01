"""Strip Markdown to plain words for embedding, counting tokens and titles.

Offsets into the Markdown are lost; where they matter, use markdown_blocks and sentences.
"""

import html
import re
import unicodedata
from collections.abc import Iterator

from text.markdown_blocks import fence_after

_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\s+\"[^\"]*\")?\)|\[[^\[\]]*\])")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
# Only known HTML elements count as tags: List<String> and <node-id> are text.
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
# A star is emphasis only around whole words: the star of *.cfg is text.
_EMPHASIS = re.compile(
    r"(?<![\w*/])\*(?=[\w\"'(\[<~\u201c\ue000])((?:[^*\n]|\n(?!\n))+?)(?<=[\w.!?,:;\"')\]>%~\u201d\ue001])\*(?![\w*/])"
)
# Underscores that belong to a name, such as __init__, are not emphasis.
_OWN_UNDERSCORES = re.compile(r"(?<!\w)_{1,2}[a-z0-9]\w*_{2}(?!\w)")
_UNDERSCORES = re.compile(r"(?<!\w)_{1,3}(?=[^\s_])|(?<=[^\s_])_{1,3}(?!\w)")
_HEADING_MARK = re.compile(r"^ {0,3}#{1,6}[ \t]+|(?<![ \t])[ \t]++#++[ \t]*+$", re.MULTILINE)
_CODE_SPAN = re.compile(r"(?<!`)(`{1,2}+)(?!`)([^`\n]+(?:\n[^`\n]+)?)\1(?!`)")
# A placeholder for a code span: its number between two private-use characters, which are removed
# from the text first.
_PLACE_SIGNS = re.compile("[\ue000\ue001]")
_PLACE = re.compile("\ue000([0-9]++)\ue001")
_SPACES = re.compile(r"[ \t]{2,}")
_KEPT_CONTROLS = frozenset("\n\t")


def to_plain(markdown: str) -> str:
    """Return the words of `markdown` without the markup of links, emphasis, headings, tables, tags.

    Code keeps every character, and so does text that only looks like markup.
    """
    if "`" not in markdown and "~~~" not in markdown:
        return _squeezed(html.unescape(_without_marks(markdown)))
    return _squeezed("".join(_around_fences(markdown)))


def _around_fences(markdown: str) -> Iterator[str]:
    """Yield fenced code as it is, without its fences, and all other lines as plain words."""
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
    """Return plain words, with each inline code span kept as it is.

    Code inside a link's address or a tag is dropped with it.
    """
    # Code spans become placeholders first, so that emphasis around them is still recognised.
    if "`" not in text:
        return html.unescape(_without_marks(text))
    spans: list[str] = []

    def set_aside(code: re.Match[str]) -> str:
        spans.append(code[2])
        return f"\ue000{len(spans) - 1}\ue001"

    kept = _without_marks(_CODE_SPAN.sub(set_aside, _PLACE_SIGNS.sub("", text)))
    # Unescape between the placeholders only: an entity may decode to a placeholder's character.
    pieces = enumerate(_PLACE.split(kept))
    return "".join(spans[int(one)] if at % 2 else html.unescape(one) for at, one in pieces)


def _without_marks(text: str) -> str:
    """Remove the markup of text outside code; entities are kept."""
    # A cheap look for each character saves most regular expressions: few texts use all markup.
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
    """Normalise line ends to `\\n` and remove what Postgres refuses or nobody can see.

    Removed are control characters (NUL among them), lone surrogates and byte order marks.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n\n").replace("\ufeff", "")
    if text.isascii() and text.replace("\n", " ").replace("\t", " ").isprintable():
        return text
    return "".join(
        c for c in text if c in _KEPT_CONTROLS or unicodedata.category(c) not in ("Cc", "Cs")
    )


def shorten(text: str, most: int) -> str:
    """Cut the text after a whole word, to at most `most` characters and an ellipsis."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " \u2026"
