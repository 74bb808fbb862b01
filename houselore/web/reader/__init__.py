"""Render the reader page: an indexed document with the cited passage marked."""

import html
from datetime import datetime
from importlib.resources import files
from string import Template

from markdown_it import MarkdownIt
from markdown_it.token import Token

STYLE = files(__package__).joinpath("reader.css").read_text(encoding="utf-8")
_PAGE = Template(files(__package__).joinpath("page.html").read_text(encoding="utf-8"))
# Pictures are left out: a document must not make its reader's browser call somebody.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_MARKED = {"paragraph_open", "heading_open", "tr_open", "fence", "code_block"}


def reader_page(title: str, text: str, cited: tuple[int, int] | None, indexed_at: datetime) -> str:
    """Return a document's page; `cited` is the passage as (start, end) character offsets."""
    note = f"Read by Houselore on {indexed_at:%d %B %Y}."
    if cited is None:
        note += " The cited passage has changed since."
    return _PAGE.substitute(
        title=html.escape(title), note=html.escape(note), body=render_document(text, cited)
    )


def message_page(title: str, sentence: str) -> str:
    """Return a page with one sentence."""
    return _PAGE.substitute(
        title=html.escape(title), note="", body=f"<h1>{html.escape(sentence)}</h1>"
    )


def render_document(text: str, cited: tuple[int, int] | None) -> str:
    """Return Markdown as safe HTML; blocks that overlap `cited` get the class `cited`."""
    tokens = _MARKDOWN.parse(text)
    if cited is not None:
        first = text.count("\n", 0, cited[0])
        last = text.count("\n", 0, max(cited[0], cited[1] - 1))
        _mark(tokens, first, last)
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _mark(tokens: list[Token], first: int, last: int) -> None:
    """Mark the innermost blocks on lines `first` to `last`; the first one gets the id `cited`."""
    anchored = False
    for before, token in zip([None, *tokens], tokens, strict=False):
        # A tight list's paragraphs have no element of their own: its item is marked instead.
        shown = before if token.hidden and before is not None else token
        if token.type not in _MARKED or token.map is None:
            continue
        if token.map[0] <= last and token.map[1] > first:
            shown.attrJoin("class", "cited")
            if not anchored:
                shown.attrSet("id", "cited")
                anchored = True
