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
_HEADING_MARK = re.compile(r"^ {0,3}#{1,6}[ \t]+|(?<![ \t])[ \t]++#++[ \t]*+$", re.MULTILINE)
_SPACES = re.compile(r"[ \t]{2,}")
_KEPT_CONTROLS = frozenset("\n\t")


def to_plain(markdown: str) -> str:
    """The words of `markdown` without the marks of links, emphasis, headings, tables and tags."""
    text = _IMAGE_OR_LINK.sub(r"\1", markdown)
    text = _TAG.sub(" ", _AUTOLINK.sub(r"\1", text))
    text = _TABLE_RULE.sub("", text).replace("|", " ")
    text = _HEADING_MARK.sub("", text)
    text = _MARK.sub(lambda mark: mark[1] or "", text)
    return _SPACES.sub(" ", html.unescape(text)).strip()


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
