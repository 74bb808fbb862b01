"""Choose the converter for a file by its suffix, and convert bytes to a title and Markdown."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from types import MappingProxyType

from retrieval.converters.charset import decode
from retrieval.converters.content import Content
from retrieval.converters.docx import read_docx
from retrieval.converters.html import read_html
from retrieval.converters.markdown import read_markdown
from retrieval.converters.pdf import read_pdf
from retrieval.errors import UnreadableDocument
from text.markdown_blocks import scan_blocks
from text.plain import clean, to_plain

READER = "r3"
"""The version of the converters. Change it when one gives other text: all files are read again."""

MOST_CHARACTERS = 10_000_000
"""The most characters of a document: about 3,000 pages, most of an hour to embed."""
_LONGEST_TITLE = 200
_HEADING_WITHIN = 50_000  # characters; a heading further down is not the title
_INDEX_NAMES = frozenset(("index", "readme", "_index"))
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){3,}")


def _read_text(data: bytes) -> Content:
    return Content(decode(data))


_READERS: MappingProxyType[str, Callable[[bytes], Content]] = MappingProxyType(
    {
        **dict.fromkeys((".md", ".markdown", ".mdx", ".mkd", ".qmd"), read_markdown),
        **dict.fromkeys((".html", ".htm", ".xhtml"), read_html),
        **dict.fromkeys((".txt", ".text", ".rst", ".adoc", ".org"), _read_text),
        ".pdf": read_pdf,
        ".docx": read_docx,
    }
)
SUFFIXES = frozenset(_READERS)
"""The suffixes that can be converted, in lower case."""


def read_bytes(data: bytes, name: str) -> Content:
    """Convert the file `name` (a path with `/`) to a title and text; empty bytes give "".

    The title is the one the file declares, else its first heading, else its name made readable.
    Raises UnreadableDocument with a sentence that begins with the name.
    """
    reader = _READERS[PurePosixPath(name).suffix.lower()]
    try:
        content = reader(data) if data.strip() else Content("")
    except UnreadableDocument as error:
        raise UnreadableDocument(f"{name} {error}") from error
    except Exception as error:  # a broken file can make the parsers raise anything
        raise UnreadableDocument(f"{name} is broken and cannot be read.") from error
    if len(content.text) > MOST_CHARACTERS:
        raise UnreadableDocument(
            f"{name} has {len(content.text) / 1e6:.0f} million characters of text; the most is "
            f"{MOST_CHARACTERS // 1_000_000} million. Split it, or leave it out."
        )
    text = _BLANK_LINES.sub("\n\n\n", clean(content.text)).strip()
    given = " ".join(to_plain(clean(content.title)).split())
    return Content(text, (given or _first_heading(text) or _readable(name))[:_LONGEST_TITLE])


def _first_heading(text: str) -> str:
    for block in scan_blocks(text[:_HEADING_WITHIN]):
        if block.kind == "heading":
            return to_plain(text[block.start : block.end][:1000].partition("\n")[0])
    return ""


def _readable(name: str) -> str:
    """Make a title of a path: `guides/getting-started.md` gives `Getting started`.

    An index or readme gets its folder's name.
    """
    path = PurePosixPath(name)
    stem = path.stem
    if stem.casefold() in _INDEX_NAMES and path.parent.name:
        stem = path.parent.name
    words = re.sub(r"[-_\s]+", " ", stem).strip() or name
    return words[0].upper() + words[1:]
