"""Render an answer's Markdown as Block Kit: lists, code and tables as rich text.

Text that is only prose stays Markdown, as it was streamed. Rich text shows its `text` elements
literally, so mentions and links in them need no escape.
"""

from collections.abc import Iterable, Mapping, Sequence

from bot.rendering.blocks import ANSWER_LIMIT, Block, divider, markdown
from bot.rendering.markdown import is_plain_for_slack
from bot.rendering.mrkdwn import safe_markdown
from bot.rendering.pieces import (
    Code,
    Divider,
    Grid,
    Items,
    Piece,
    Prose,
    Spans,
    StyledText,
    read_pieces,
)
from bot.rendering.shortening import shorten

_MOST_BLOCKS = 40
"""Blocks of an answer's text; Slack takes 50 in a message."""
_MOST_TEXT = 10_000
"""Characters; with the sources this stays under the 13,000 at which Slack refuses a message."""
_LEAST = 1_000
_MOST_ROWS = 100
_MOST_COLUMNS = 20
_DEEPEST = 8


def answer_blocks(text: str) -> list[Block]:
    """Return the blocks that show an answer's Markdown, shortened to fit a message."""
    limit = ANSWER_LIMIT
    while True:
        shown = shorten(text, limit)
        if is_plain_for_slack(shown):
            return [markdown(safe_markdown(shown))]
        blocks = _built(shown)
        if _length(blocks) <= _MOST_TEXT or limit < _LEAST:
            return blocks
        limit = limit * 3 // 4  # rows that name each cell's column are longer than they were


def _built(text: str) -> list[Block]:
    blocks: list[Block] = []
    for pieces in read_pieces(text):
        # Past the limit everything goes into one last rich text block.
        if len(blocks) < _MOST_BLOCKS:
            has_table = any(block["type"] == "table" for block in blocks)
            blocks.append(_block(pieces, may_be_table=not has_table))
        else:
            rest = blocks.pop()["elements"] if len(blocks) > _MOST_BLOCKS else []
            blocks.append(_rich_text([*rest, *map(_element, pieces)]))
    return blocks


def _block(pieces: Sequence[Piece], *, may_be_table: bool) -> Block:
    """Return the block for the pieces of one top-level Markdown block."""
    match pieces:
        # Slack allows one table in a message; further ones become lists.
        case [Grid() as grid] if may_be_table and _fits(grid):
            return _table(grid)
        case [Divider()]:
            return divider()
        case _:
            return _rich_text(list(map(_element, pieces)))


def _element(piece: Piece) -> Block:
    match piece:
        case Prose(spans, _, quoted):
            return _part("rich_text_quote" if quoted else "rich_text_section", _inline(spans))
        case Items(items, number, indent, quoted):
            made = _list(items, number, indent)
            return {**made, "border": 1} if quoted else made
        case Code(text, _, quoted):
            made = _part("rich_text_preformatted", [_text(StyledText(text or " "))])
            return {**made, "border": 1} if quoted else made
        case Grid():
            return _element(piece.as_items())
        case Divider():
            return _part("rich_text_section", [_text(StyledText("———"))])


def _list(items: Iterable[Spans], number: int | None, indent: int) -> Block:
    made = {
        "type": "rich_text_list",
        "style": "bullet" if number is None else "ordered",
        "indent": min(indent, _DEEPEST),
        "elements": [_part("rich_text_section", _inline(item)) for item in items],
    }
    return {**made, "offset": number - 1} if number is not None and number > 1 else made


def _fits(grid: Grid) -> bool:
    return len(grid.rows) < _MOST_ROWS and len(grid.heads) <= _MOST_COLUMNS


def _table(grid: Grid) -> Block:
    heads = [
        tuple(StyledText(span.text, span.style | {"bold"}) for span in head) for head in grid.heads
    ]
    return {
        "type": "table",
        "column_settings": [{"align": align, "is_wrapped": True} for align in grid.aligns],
        "rows": [[_cell(cell) for cell in row] for row in (heads, *grid.rows)],
    }


def _cell(spans: Spans) -> Block:
    return _rich_text([_part("rich_text_section", _inline(spans or (StyledText(" "),)))])


def _rich_text(elements: Sequence[Block]) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def _part(kind: str, elements: Sequence[Block]) -> Block:
    return {"type": kind, "elements": list(elements)}


def _inline(spans: Spans) -> list[Block]:
    return [_text(span) for span in spans]


def _text(span: StyledText) -> Block:
    made: Block = {"type": "text", "text": span.text}
    return {**made, "style": dict.fromkeys(sorted(span.style), True)} if span.style else made


def _length(value: object) -> int:
    """Return the total length of all texts in blocks."""
    match value:
        case str():
            return 0
        case {"text": str(text)}:
            return len(text)
        case Mapping():
            return sum(map(_length, value.values()))
        case Iterable():
            return sum(map(_length, value))
    return 0
