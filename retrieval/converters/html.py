"""Convert the main part of a web page to Markdown, without menus, scripts and hidden elements."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, CData, Tag
from bs4.element import NavigableString, PageElement

from retrieval.converters.charset import decode
from retrieval.converters.content import Content
from retrieval.errors import UnreadableDocument

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([\w-]{2,40})", re.IGNORECASE)
_DROPPED = (
    "script style noscript template svg iframe object button input select textarea nav aside "
    "footer head"
)
_DROPPED_TAGS = frozenset(_DROPPED.split())
_DROPPED_ROLES = frozenset(("navigation", "banner", "contentinfo"))
# The parsed tree takes 80 times as much memory, and parsing takes 2 s for each megabyte.
_MOST_BYTES = 10 * 1024 * 1024
_HEADING = re.compile(r"h[1-6]")
_BLOCK_TAGS = (
    "p div section article main header body html figure figcaption blockquote dl dd dt details "
    "summary address fieldset center form"
)
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_EMPHASIS = {"strong": "**", "b": "**", "em": "*", "i": "*"}


def read_html(data: bytes) -> Content:
    """Convert headings, lists, tables, code and links of the page's main part.

    The title is its first `h1`, else the `title` element. Raises UnreadableDocument for a page of
    more than 10 MB.
    """
    if len(data) > _MOST_BYTES:
        raise UnreadableDocument("is a page of more than 10 MB. Split it, or leave it out.")
    declared = _CHARSET.search(data[:4096])
    soup = BeautifulSoup(decode(data, declared[1].decode() if declared else None), "lxml")
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    main = _main(soup)
    for tag in [each for each in main.descendants if isinstance(each, Tag) and _is_dropped(each)]:
        if not tag.decomposed:  # a tag inside a removed one is already gone
            tag.decompose()
    heading = main.find("h1")
    if heading and (words := heading.get_text(" ", strip=True)):
        title = words
    lines = (line.rstrip() for line in "".join(_markdown(main)).splitlines())
    return Content(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)), title)


def _main(soup: BeautifulSoup) -> Tag:
    """Return the only `main`, `role=main` or `article` element that has text, else the body."""
    for found in (
        soup.find_all("main", limit=2),
        soup.find_all(role="main", limit=2),
        soup.find_all("article", limit=2),
    ):
        if len(found) == 1 and isinstance(found[0], Tag) and found[0].get_text(strip=True):
            return found[0]
    return soup.body or soup


def _is_dropped(tag: Tag) -> bool:
    """Return whether a tag is not part of the text: navigation, script or hidden."""
    if tag.name in _DROPPED_TAGS:
        return True
    given = tag.attrs
    return bool(given) and (
        "hidden" in given
        or given.get("aria-hidden") == "true"
        or given.get("role") in _DROPPED_ROLES
    )


def _markdown(element: PageElement) -> Iterator[str]:
    if isinstance(element, NavigableString):
        # Its other subclasses are comments, doctypes, scripts and style sheets.
        if type(element) in (NavigableString, CData):
            yield re.sub(r"\s+", " ", element)
        return
    if not isinstance(element, Tag):
        return
    name = element.name
    if _HEADING.fullmatch(name):
        yield f"\n\n{'#' * int(name[1])} {_line(element)}\n\n"
    elif name == "pre":
        yield f"\n\n```\n{element.get_text().strip(chr(10))}\n```\n\n"
    elif name in ("ul", "ol"):
        yield from _list(element)
    elif name == "table":
        yield from _table(element)
    elif name == "br":
        yield "\n"
    elif name == "hr":
        yield "\n\n---\n\n"
    elif name in _BLOCKS:
        yield "\n\n"
        yield _inner(element).strip()
        yield "\n\n"
    else:
        yield _inline(element)


def _inline(element: Tag) -> str:
    inner = _inner(element)
    words = inner.strip()
    if not words or "\n" in words:
        return inner
    if element.name == "a" and (target := element.get("href")):
        return inner.replace(words, f"[{words}]({str(target).replace(' ', '%20')})", 1)
    if element.name in ("code", "kbd", "samp", "tt"):
        return inner.replace(words, f"`{words}`", 1)
    if mark := _EMPHASIS.get(element.name):
        return inner.replace(words, f"{mark}{words}{mark}", 1)
    return inner


def _list(element: Tag) -> Iterator[str]:
    yield "\n\n"
    for number, item in enumerate(element.find_all("li", recursive=False), 1):
        mark = f"{number}. " if element.name == "ol" else "- "
        lines = [line for line in _inner(item).strip().splitlines() if line.strip()]
        yield mark + ("\n" + " " * len(mark)).join(lines) + "\n"
    yield "\n"


def _table(element: Tag) -> Iterator[str]:
    rows = [
        [_line(cell).replace("|", "\\|") for cell in row.find_all(("th", "td"), recursive=False)]
        for row in element.find_all("tr")
        if row.find_parent("table") is element
    ]
    rows = [row for row in rows if any(row)]
    if not rows:
        return
    yield f"\n\n| {' | '.join(rows[0])} |\n|{' --- |' * len(rows[0])}\n"
    for row in rows[1:]:
        yield f"| {' | '.join(row)} |\n"
    yield "\n"


def _inner(element: Tag) -> str:
    return "".join(piece for child in element.children for piece in _markdown(child))


def _line(element: Tag) -> str:
    return " ".join(_inner(element).split())
