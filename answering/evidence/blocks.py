"""Cut a section's Markdown into structural blocks that can be judged, cited and shown alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from text.markdown_blocks import ITEM_MARK, MarkdownBlock, scan_blocks, scan_lines
from text.sentences import Span, split_prose

Kind = Literal["paragraph", "list", "steps", "table", "code"]

_LEAD_IN_WORDS = 60  # of a longer paragraph only the last sentence is the lead-in
_TAB = 4
_BETWEEN_STEPS = 4  # blocks that may be unindented between two steps


@dataclass(frozen=True, slots=True)
class Block:
    """A run of a page's text, `text[start:end]`, with what it needs to be understood.

    `parts` are a table's rows or a list's outer items, each with its nested items. `head` is a
    table's header row with the rule below it. `lead` is the lead-in: the sentence or paragraph
    before a list, a table or code that says what it is; it begins at `start`.
    """

    kind: Kind
    start: int
    end: int
    parts: tuple[Span, ...] = ()
    head: Span | None = None
    lead: Span | None = None


def cut_blocks(text: str, pieces: Sequence[MarkdownBlock]) -> list[Block]:
    """Group the pieces of one section of `text`, without headings, into blocks in order."""
    blocks: list[Block] = []
    for block in _grouped(text, pieces):
        before = blocks[-1] if blocks else None
        if before is not None and _may_lead_in(text, before, block):
            lead = _lead_in(text, before)
            if lead is not None and lead.start == before.start:
                blocks.pop()
            if lead is not None:
                block = replace(block, start=lead.start, lead=lead)
        blocks.append(block)
    return blocks


def blocks_in(text: str) -> list[Block]:
    """Return the blocks of a text, without headings."""
    return cut_blocks(text, [piece for piece in scan_blocks(text) if piece.kind != "heading"])


def _may_lead_in(text: str, before: Block, block: Block) -> bool:
    """Return whether one block is a paragraph right before another of a different kind."""
    adjoins = not text[before.end : block.start].strip()
    return before.kind == "paragraph" != block.kind and adjoins


def _grouped(text: str, pieces: Sequence[MarkdownBlock]) -> Iterator[Block]:
    at = 0
    while at < len(pieces):
        piece, after = pieces[at], at + 1
        if piece.kind == "item":
            after = _list_end(text, pieces, at)
            yield _list(text, pieces[at:after])
        elif piece.kind == "table":
            yield _table(text, piece)
        elif piece.kind == "code":
            while after < len(pieces) and pieces[after].kind == "code":
                after += 1
            yield Block("code", piece.start, pieces[after - 1].end)
        elif piece.kind == "paragraph":
            yield Block("paragraph", piece.start, piece.end)
        at = after


def _table(text: str, piece: MarkdownBlock) -> Block:
    lines = [Span(start, end) for start, end in scan_lines(text, piece.start, piece.end)]
    head = Span(lines[0].start, lines[1].end)
    return Block("table", piece.start, piece.end, tuple(lines[2:]), head)


def _list(text: str, pieces: Sequence[MarkdownBlock]) -> Block:
    outer = _indent(text, pieces[0])
    first = [at for at, piece in enumerate(pieces) if _is_item_at(text, piece, outer)]
    parts = [
        Span(pieces[at].start, pieces[after - 1].end)
        for at, after in zip(first, [*first[1:], len(pieces)], strict=True)
    ]
    kind: Kind = "list" if _number(text, pieces[0]) is None else "steps"
    return Block(kind, pieces[0].start, pieces[-1].end, tuple(parts))


def _list_end(text: str, pieces: Sequence[MarkdownBlock], first: int) -> int:
    """Return the index after the last piece of the list that begins at `first`."""
    outer, number = _indent(text, pieces[first]), _number(text, pieces[first])
    at = first + 1
    while at < len(pieces) and pieces[at].kind != "rule":
        piece = pieces[at]
        if _indent(text, piece) <= outer:
            if piece.kind == "item":
                found = _number(text, piece)
                if (found is None) != (number is None):
                    break
                number = found
            elif number is None or not _goes_on(text, pieces[at : at + _BETWEEN_STEPS], number):
                break
        at += 1
    return at


def _goes_on(text: str, pieces: Sequence[MarkdownBlock], number: int) -> bool:
    """Return whether unindented pieces are followed by the step after `number`."""
    following = next((piece for piece in pieces if piece.kind == "item"), None)
    # The same number counts too: Markdown allows an author to write 1 for every step.
    return following is not None and _number(text, following) in (number + 1, number)


def _is_item_at(text: str, piece: MarkdownBlock, indent: int) -> bool:
    return piece.kind == "item" and _indent(text, piece) <= indent


def _number(text: str, piece: MarkdownBlock) -> int | None:
    """Return the number of an ordered list's item; None for a bullet or another piece."""
    mark = ITEM_MARK.match(text, piece.start)
    return int(mark[1]) if mark and mark[1] else None


def _indent(text: str, piece: MarkdownBlock) -> int:
    """Return the columns of blanks before a piece's first character."""
    line = text[piece.start : piece.end]
    blanks = line[: len(line) - len(line.lstrip(" \t"))]
    return len(blanks.expandtabs(_TAB))


def _lead_in(text: str, paragraph: Block) -> Span | None:
    """Return the lead-in of a paragraph: all of it, or the last sentence if it is long."""
    if len(text[paragraph.start : paragraph.end].split()) <= _LEAD_IN_WORDS:
        return Span(paragraph.start, paragraph.end)
    *_, last = split_prose(text, paragraph.start, paragraph.end)
    is_short = len(text[last.start : last.end].split()) <= _LEAD_IN_WORDS
    return last if is_short else None
