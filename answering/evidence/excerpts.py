"""Cut a page into excerpts: runs of blocks that can be judged, cited and shown alone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from answering.evidence.barred_text import IsBarred, without_barred
from answering.evidence.blocks import Block, Kind
from answering.evidence.sections import Section, cut_sections
from retrieval.search.pages import Page
from text.sentences import Span

ExcerptKind = Literal["section", "item"] | Kind

SHORT_WORDS = 110
"""A section of at most so many words is one excerpt: its parts seldom make sense alone."""
BETWEEN_CELLS = "; "
_LONG_LIST_WORDS = 90  # an item of a longer list may be an excerpt of its own
_STEPWISE_WORDS = 600
# A paragraph that begins like this refers to the block before it.
_LEANS_BACK = re.compile(
    r"[>*_\s]*(?:this|these|that|those|it|they|he|she|however|but|except|exceptions?|unless|otherwise"
    r"|only|note that|in (?:that|this) case|then|also|if (?:so|not))\b",
    re.IGNORECASE,
)
_BAR, _OUTER_BARS = re.compile(r"(?<!\\)\|"), re.compile(r"^\||(?<!\\)\|$")
_STEP_HEADING = re.compile(r"(?:step\s*)?\d+[.):]?\s|step\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a page that may be shown: `page.text[start:end]`, or a table's head and one row.

    `headings` begin with the page's title. `lead` is the lead-in of the table or list that a row
    or an item belongs to. `rows` are all rows shown, if they are several.
    """

    page: Page
    headings: tuple[str, ...]
    kind: ExcerptKind
    start: int
    end: int
    lead: str = ""
    head: str = ""
    rows: tuple[Span, ...] = ()

    @property
    def body(self) -> str:
        """Return the run itself as written, or its rows."""
        spans = self.rows or (Span(self.start, self.end),)
        return "\n".join(self.page.text[span.start : span.end] for span in spans)

    @property
    def text(self) -> str:
        """Return it as Markdown: the lead-in, a table's head, the run."""
        table = f"{self.head}\n{self.body}" if self.head else self.body
        return f"{self.lead}\n\n{table}" if self.lead else table

    @property
    def plain(self) -> str:
        """Return what the reader reads: `text`, but rows as cells with their columns' names."""
        if self.kind != "table" or not self.head:
            return self.text
        names = _names_in(self.head)
        rows = "\n".join(name_cells(names, split_row(row)) for row in self.body.split("\n"))
        return f"{self.lead}\n{rows}" if self.lead else rows

    def overlaps(self, other: "Excerpt") -> bool:
        """Return whether both contain a part of the same text."""
        return (
            self.page.document_id == other.page.document_id
            and self.start < other.end
            and other.start < self.end
        )

    def is_within(self, other: "Excerpt") -> bool:
        """Return whether all of it is inside another one that is not a table row."""
        return (
            self.page.document_id == other.page.document_id
            and other.start <= self.start
            and self.end <= other.end
            and not other.head
        )

    def is_row_beside(self, other: "Excerpt") -> bool:
        """Return whether both are rows of the same table."""
        return (
            self.kind == other.kind == "table"
            and self.page.document_id == other.page.document_id
            and (self.headings, self.head) == (other.headings, other.head)
        )

    def with_rows(self, others: Iterable["Excerpt"]) -> "Excerpt":
        """Return the same with more rows of its table, in the table's order."""
        spans = {Span(one.start, one.end) for one in (self, *others)}
        return replace(self, rows=tuple(sorted(spans, key=lambda span: span.start)))


def split_row(line: str) -> list[str]:
    """Split a table row into stripped cells. One bar at each end belongs to the row."""
    return [cell.strip() for cell in _BAR.split(_OUTER_BARS.sub("", line.strip()))]


@lru_cache(64)
def _names_in(head: str) -> tuple[str, ...]:
    """Return the names of a table's columns. Cached, since each row of a table needs them."""
    return tuple(split_row(head.partition("\n")[0]))


def name_cells(names: Sequence[str], cells: Sequence[str]) -> str:
    """Write a row in words: each cell after the name of its column."""
    named = zip(names, cells, strict=False)
    return BETWEEN_CELLS.join(f"{name}: {cell}" if name else cell for name, cell in named if cell)


def widen(excerpt: Excerpt, sections: Sequence[Section]) -> Excerpt:
    """Widen an excerpt to the section that it is in; return itself if it contains more than one.

    `sections` are those of its page.
    """
    for section in sections:
        start = section.blocks[0].start if section.blocks else 0
        end = section.blocks[-1].end if section.blocks else 0
        if start <= excerpt.start and excerpt.end <= end:
            return Excerpt(excerpt.page, excerpt.headings, "section", start, end)
    return excerpt


def cut_excerpts(page: Page, is_barred: IsBarred | None = None) -> list[Excerpt]:
    """Return all excerpts of a page in order; an excerpt comes before those inside it.

    Sentences, rows and items that are barred are in none of them.
    """
    sections = cut_sections(page.text, page.above)
    if is_barred is not None:
        sections = [without_barred(page.text, section, is_barred) for section in sections]
    return [
        excerpt
        for section in sections
        for excerpt in (
            *_with_inner(page, section, sections),
            *_of_section(page, section),
        )
    ]


def _with_inner(page: Page, section: Section, sections: Sequence[Section]) -> Iterator[Excerpt]:
    """Yield a section with its subsections as one excerpt, if it is short or they are steps."""
    inner = [sections[at] for at in section.inner]
    if not inner or not section.level:
        return
    children = [one for one in inner if len(one.headings) == len(section.headings) + 1]
    stepwise = sum(_is_step(child) for child in children) > 1
    start = section.blocks[0].start if section.blocks else inner[0].start
    end = max((block.end for one in (section, *inner) for block in one.blocks), default=start)
    words = len(page.text[start:end].split())
    has_table = any(block.kind == "table" for one in (section, *inner) for block in one.blocks)
    # Not on level 1: a short FAQ page as a whole does not answer one of its questions.
    is_short = words <= SHORT_WORDS and not has_table and section.level > 1
    if end > start and (is_short or (stepwise and words <= _STEPWISE_WORDS)):
        yield Excerpt(page, _path(page, section), "steps" if stepwise else "section", start, end)


def _is_step(section: Section) -> bool:
    return bool(section.headings) and _STEP_HEADING.match(section.headings[-1]) is not None


def _of_section(page: Page, section: Section) -> Iterator[Excerpt]:
    blocks = section.blocks
    if not blocks:
        return
    start, end = blocks[0].start, blocks[-1].end
    words = len(page.text[start:end].split())
    is_whole = all(not page.text[a.end : b.start].strip() for a, b in pairwise(blocks))
    if words <= SHORT_WORDS and is_whole and all(block.kind != "table" for block in blocks):
        kind: ExcerptKind = blocks[0].kind if len(blocks) == 1 else "section"
        yield Excerpt(page, _path(page, section), kind, start, end)
        return
    for run in _runs(page.text, blocks):
        yield from _of_run(page, _path(page, section), run)


def _runs(text: str, blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield runs of blocks: a paragraph that refers to the block before it joins that one."""
    run: list[Block] = []
    for block in blocks:
        joins = run and block.kind == "paragraph" and run[-1].kind != "table"
        said = text[block.start : block.end]
        if joins and _LEANS_BACK.match(said) and _words(text, run[0], block) <= SHORT_WORDS:
            run.append(block)
        else:
            if run:
                yield run
            run = [block]
    if run:
        yield run


def _of_run(page: Page, path: tuple[str, ...], run: Sequence[Block]) -> Iterator[Excerpt]:
    first = run[0]
    if first.kind == "table" and first.parts:
        yield from _rows(page, path, first)
        return
    yield Excerpt(page, path, first.kind, first.start, run[-1].end)
    if first.kind == "list" and _words(page.text, first, first) > _LONG_LIST_WORDS:
        lead = _text(page, first.lead)
        for part in first.parts:
            yield Excerpt(page, path, "item", part.start, part.end, lead)


def _rows(page: Page, path: tuple[str, ...], table: Block) -> Iterator[Excerpt]:
    lead, head = _text(page, table.lead), _text(page, table.head)
    for row in table.parts:
        yield Excerpt(page, path, "table", row.start, row.end, lead, head)


def _path(page: Page, section: Section) -> tuple[str, ...]:
    return tuple(dict.fromkeys((page.title, *section.headings)))


def _text(page: Page, span: Span | None) -> str:
    return page.text[span.start : span.end] if span else ""


def _words(text: str, first: Block, last: Block) -> int:
    return len(text[first.start : last.end].split())
