"""Markdown to the bare words, for embedding, counting and titles. Does not keep offsets."""

import html
import re
import unicodedata

_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\s+\"[^\"]*\")?\)|\[[^\[\]]*\])")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,400}>")
_TABLE_RULE = re.compile(
    r"^[ \t]*+\|?(?:[ \t]*+:?-++:?[ \t]*+\|)++[ \t]*+(?::?-++:?)?[ \t]*+$", re.MULTILINE
)
_MARK = re.compile(r"\\([!-/:-@\[-`{-~])|\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)|~~|`+")
_MARKS = frozenset("\\*_~`")
_HEADING_MARK = re.compile(r"^ {0,3}#{1,6}[ \t]+|(?<![ \t])[ \t]++#++[ \t]*+$", re.MULTILINE)
_SPACES = re.compile(r"[ \t]{2,}")
_KEPT_CONTROLS = frozenset("\n\t")


def to_plain(markdown: str) -> str:
    """The words of `markdown` without the marks of links, emphasis, headings, tables and tags."""
    text = markdown  # most blocks have few kinds of marks: to look for one costs less than a regex
    if "[" in text:
        text = _IMAGE_OR_LINK.sub(r"\1", text)
    if "<" in text:
        text = _TAG.sub(" ", _AUTOLINK.sub(r"\1", text))
    if "|" in text:
        text = _TABLE_RULE.sub("", text).replace("|", " ")
    if "#" in text:
        text = _HEADING_MARK.sub("", text)
    if not _MARKS.isdisjoint(text):
        text = _MARK.sub(lambda mark: mark[1] or "", text)
    text = html.unescape(text)
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
