"""Load the documents that passages were found in, to read around them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from database.database import Database
from database.statements import load_statements
from retrieval.audience import Audience
from retrieval.documents import Passage
from retrieval.index.generations import Generation

_SQL = load_statements("retrieval.search")

_BEFORE = 60_000  # characters read before the first hit of a long document
_MOST = 160_000  # characters of a page


@dataclass(frozen=True, slots=True)
class ChunkSpan:
    """A chunk of a page: `page.text[start:end]`."""

    id: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """A document's text; of a very long one, the 160,000 characters around the first hit.

    It begins at offset `start` of the document, in the section with the heading path `above`.
    `chunks` are the chunks within it, in order.
    """

    document_id: int
    key: str
    title: str
    url: str | None
    modified_at: datetime | None
    readers: frozenset[str]
    text: str = field(repr=False)
    chunks: tuple[ChunkSpan, ...] = field(default=(), repr=False)
    start: int = 0
    above: tuple[str, ...] = ()

    def chunk_at(self, start: int, end: int) -> int | None:
        """Return the id of the chunk with most of `text[start:end]`; None if none has any."""
        shared = [(min(end, c.end) - max(start, c.start), c.id) for c in self.chunks]
        most = max(shared, default=(0, 0), key=lambda one: one[0])
        return most[1] if most[0] > 0 else None


async def load_pages(
    database: Database,
    generation: Generation,
    audience: Audience,
    passages: Sequence[Passage],
) -> list[Page]:
    """Load the pages of passages, in the order of each page's best one.

    Pages that are gone, or that `audience` may no longer read, are left out. Raises
    DatabaseUnavailable.
    """
    best: dict[int, Passage] = {}
    for passage in passages:
        best.setdefault(passage.document_id, passage)
    starts = {document: max(0, hit.start - _BEFORE) for document, hit in best.items()}
    values = {
        "workspace": audience.workspace,
        "readers": sorted(audience.readers),
        "documents": list(starts),
        "starts": list(starts.values()),
        "most": _MOST,
    }
    rows = await database.fetch_all(generation.statement(_SQL["load_pages"]), dict_row, **values)
    found = {row["id"]: row for row in rows}
    return [_page(found[one], start) for one, start in starts.items() if one in found]


def _page(row: dict[str, Any], start: int) -> Page:
    """Make a page of a row, cut to begin where a chunk begins."""
    # A chunk's start is a safe cut: a page should not begin inside code or a table.
    spans = [
        (id_, first, end)
        for id_, first, end in zip(
            row["chunk_ids"], row["chunk_starts"], row["chunk_ends"], strict=True
        )
        if first >= start
    ]
    cut = spans[0][1] - start if start and spans else 0
    start += cut
    return Page(
        document_id=row["id"],
        key=row["key"],
        title=row["title"],
        url=row["url"],
        modified_at=row["modified_at"],
        readers=frozenset(row["readers"]),
        text=row["text"][cut:],
        chunks=tuple(ChunkSpan(id_, first - start, end - start) for id_, first, end in spans),
        start=start,
        above=tuple(row["headings"] or ()) if start else (),
    )
