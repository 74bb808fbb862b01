"""HTML that is safe by its type: escaped text and known elements."""

from collections.abc import Iterable
from html import escape
from typing import Literal, NewType, get_args

Html = NewType("Html", str)
"""Markup that is safe in a page. Only this module makes one from a `str`."""

Tag = Literal[
    "a", "b", "blockquote", "br", "button", "code", "details", "div", "em", "fieldset",
    "figcaption", "figure", "h3", "h4", "h5", "hr", "i", "img", "input", "label", "legend", "li",
    "ol", "option", "p", "pre", "s", "section", "select", "small", "span", "strong", "summary",
    "table", "tbody", "td", "textarea", "th", "thead", "time", "tr", "ul",
]  # fmt: skip

TAGS: frozenset[str] = frozenset(get_args(Tag))
"""Every element that the renderer may produce; a test checks it."""

EMPTY = Html("")
_VOID = frozenset({"br", "hr", "img", "input"})


def text(words: str) -> Html:
    """Escape plain text, keeping its line breaks."""
    escaped = escape(words.replace("\x00", "\ufffd"), quote=True)
    return Html(escaped.replace("\n", "<br>"))


def join(parts: Iterable[Html], between: Html = EMPTY) -> Html:
    """Join pieces of HTML."""
    return Html(between.join(parts))


def element(tag: Tag, *children: Html, **attributes: str | bool | None) -> Html:
    """Render one element: `data_value="x"` becomes `data-value="x"`, `class_` becomes `class`.

    `True` writes the bare attribute; `False` and `None` leave it out.
    """
    opening = f"<{tag}{''.join(_attributes(attributes))}>"
    if tag in _VOID:
        return Html(opening)
    return Html(f"{opening}{''.join(children)}</{tag}>")


def preformatted(words: str) -> Html:
    """Escape text whose line breaks the surrounding element keeps: code, a text area."""
    return Html(escape(words.replace("\x00", "\ufffd"), quote=True))


def _attributes(attributes: dict[str, str | bool | None]) -> Iterable[str]:
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        written = name.rstrip("_").replace("_", "-")
        if value is True:
            yield f" {written}"
        else:
            yield f' {written}="{escape(value.replace(chr(0), ""), quote=True)}"'
