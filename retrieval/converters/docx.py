"""Convert Word documents to Markdown: headings, paragraphs, lists and tables.

Pictures and comments are left out.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import docx
from docx.table import Table
from docx.text.paragraph import Paragraph

from retrieval.converters.content import Content
from retrieval.errors import UnreadableDocument

_MOST_UNPACKED = 200 * 1024 * 1024
# The parsed tree takes up to 50 times as much memory; a small file must not exhaust it.
_MOST_XML = 20 * 1024 * 1024
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_LIST = re.compile(r"list (bullet|number|paragraph)(?: (\d))?", re.IGNORECASE)


def read_docx(data: bytes) -> Content:
    """Convert paragraphs and tables in order.

    The title is that of the document's properties, or "" if the text has a heading. Raises
    UnreadableDocument for a file that unpacks to too much.
    """
    with ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > _MOST_UNPACKED:
            raise UnreadableDocument("unpacks to more than 200 MB. Split it, or leave it out.")
        if any(p.file_size > _MOST_XML for p in parts if p.filename.endswith((".xml", ".rels"))):
            raise UnreadableDocument("has more than 20 MB of text. Split it, or leave it out.")
    document = docx.Document(BytesIO(data))
    styles: dict[str | None, str] = {}
    blocks = [
        block
        for part in document.iter_inner_content()
        for block in ([_paragraph(part, styles)] if isinstance(part, Paragraph) else _table(part))
    ]
    text = "\n".join(block for block in blocks if block)
    has_heading = any(block.startswith("\n#") for block in blocks)
    return Content(text, "" if has_heading else document.core_properties.title or "")


def _paragraph(paragraph: Paragraph, styles: dict[str | None, str]) -> str:
    """Convert a paragraph. `styles` caches the names of styles by their ids."""
    text = paragraph.text.strip()
    if not text:
        return ""
    known_as = paragraph._p.style  # the id: looking up the style itself takes 3 ms each time
    if known_as not in styles:
        styles[known_as] = (paragraph.style and paragraph.style.name) or ""
    style = styles[known_as]
    if style == "Title":
        return f"\n# {_one_line(text)}\n"
    if heading := _HEADING.match(style):
        return f"\n{'#' * min(6, int(heading[1]))} {_one_line(text)}\n"
    if found := _LIST.match(style):
        mark = "1." if found[1].lower() == "number" else "-"
        return f"{'  ' * (int(found[2] or 1) - 1)}{mark} {_one_line(text)}"
    return f"\n{text}\n"


def _table(table: Table) -> Iterator[str]:
    rows = [[_cell(cell.text) for cell in row.cells] for row in table.rows]
    if not rows:
        return
    yield f"\n| {' | '.join(rows[0])} |"
    yield f"|{' --- |' * len(rows[0])}"
    for row in rows[1:]:
        yield f"| {' | '.join(row)} |"
    yield " \n"


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


def _one_line(text: str) -> str:
    return " ".join(text.split())
