"""Extract the text of a PDF, page by page. Scanned pages need OCR first."""

import logging
import re
import time
from collections import Counter
from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader

from retrieval.converters.content import Content
from retrieval.errors import UnreadableDocument

_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]\n(?=[a-z\u00df-\u00ff])")
_PAGE_NUMBER = re.compile(r"\d+")
_FEWEST_PAGES = 4  # on fewer pages a repeated line proves nothing
_MOST_PAGES = 3000
_MOST_SECONDS = 120.0
_MOST_DRAWN = 8 * 1024 * 1024  # bytes; one page can take very long and cannot be interrupted
# Titles set by programs: file names, single words, or nothing.
_GIVEN_BY_PROGRAMS = re.compile(r"^Microsoft (?:Word|PowerPoint) - |\.\w{2,5}$|^\S*$")

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of every flaw; we report once


def read_pdf(data: bytes) -> Content:
    """Return the text of all pages, with hyphenated words joined and running heads removed.

    Raises UnreadableDocument for a file that is locked, has no text, or is too long to read.
    """
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableDocument("is locked with a password. Save it without one.")
    pages = list(_pages(reader))
    if not any(pages):
        raise UnreadableDocument("holds pictures only, no text. Run a text recognition over it.")
    text = "\n\n".join(_without_running_heads(pages))
    title = str(reader.metadata.title or "") if reader.metadata else ""
    return Content(_HYPHEN.sub("", text), "" if _GIVEN_BY_PROGRAMS.search(title) else title)


def _pages(reader: PdfReader) -> Iterator[str]:
    """Yield the text of each page.

    Raises UnreadableDocument if there are too many pages, or reading takes too long.
    """
    count = len(reader.pages)
    if count > _MOST_PAGES:
        raise UnreadableDocument(
            f"has {count} pages; the most is {_MOST_PAGES}. Split it, or leave it out."
        )
    deadline = time.monotonic() + _MOST_SECONDS
    for number, page in enumerate(reader.pages, 1):
        drawn = page.get_contents()
        if drawn is not None and len(drawn.get_data()) > _MOST_DRAWN:
            raise UnreadableDocument(
                f"draws more than {_MOST_DRAWN // 1024**2} MB on page {number}. Leave that page "
                "out, or save it as a picture."
            )
        yield page.extract_text().strip()
        if time.monotonic() > deadline:
            raise UnreadableDocument(
                f"took more than {_MOST_SECONDS:.0f} seconds to read as far as page {number} of "
                f"{count}. Split it, save it anew, or leave it out."
            )


def _without_running_heads(pages: list[str]) -> list[str]:
    """Remove first and last lines that most pages share, page numbers aside.

    A document of fewer than 4 pages is left as it is.
    """
    lines = [page.splitlines() for page in pages]
    edges = Counter(edge for page in lines if page for edge in {_edge(page[0]), _edge(page[-1])})
    running = {
        edge
        for edge, count in edges.items()
        if len(pages) >= _FEWEST_PAGES and count > len(pages) / 2
    }
    kept = []
    for page in lines:
        # A page keeps at least one line: if all pages are alike, that line is their text.
        if len(page) > 1 and _edge(page[0]) in running:
            page = page[1:]
        if len(page) > 1 and _edge(page[-1]) in running:
            page = page[:-1]
        kept.append("\n".join(page))
    return kept


def _edge(line: str) -> str:
    return _PAGE_NUMBER.sub("#", line.strip())
