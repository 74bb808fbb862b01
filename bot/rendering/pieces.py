"""Parse an answer's Markdown into flat pieces that Slack and a terminal can show.

Slack's rich text and a terminal cannot nest lists or put code in a list. A nested block becomes a
piece with an indent, and the list that continues after it keeps its numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it.tree import SyntaxTreeNode

from bot.rendering.markdown import parse

Style = Literal["bold", "italic", "strike", "code"]
_Run = tuple[str, frozenset[Style]]
Align = Literal["left", "center", "right"]

_STYLES: dict[str, Style] = {"strong": "bold", "em": "italic", "s": "strike", "code_inline": "code"}


@dataclass(frozen=True, slots=True)
class StyledText:
    """Text in one style; its line breaks are shown."""

    text: str
    style: frozenset[Style] = frozenset()


Spans = tuple[StyledText, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph or a heading."""

    spans: Spans
    indent: int = 0
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """Consecutive items of a list; `number` is the first one's, None for bullets."""

    items: tuple[Spans, ...]
    number: int | None
    indent: int = 0
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """Code, literally, without its last line break."""

    text: str
    indent: int = 0
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: heads, rows (each as long as the heads), and the columns' alignment."""

    heads: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]
    aligns: tuple[Align, ...]
    indent: int = 0
    quoted: bool = False

    def as_items(self) -> Items:
        """Return the rows as list items that name each cell's column, for lack of a table."""
        items = tuple(map(self._row, self.rows or (self.heads,)))
        return Items(items, None, self.indent, self.quoted)

    def _row(self, row: tuple[Spans, ...]) -> Spans:
        spans: list[StyledText] = []
        for head, cell in zip(self.heads, row, strict=True):
            if not words(cell):
                continue
            spans += [StyledText("; ")] if spans else []
            if head != cell and words(head):
                named = StyledText(f"{words(head)}: ", frozenset({"bold"}))
                spans.append(named)
            spans += cell
        return tuple(spans) or (StyledText(" "),)


@dataclass(frozen=True, slots=True)
class Divider:
    """A horizontal line."""


Piece = Prose | Items | Code | Grid | Divider


def read_pieces(text: str) -> tuple[tuple[Piece, ...], ...]:
    """Return the pieces of a Markdown text, grouped by top-level block."""
    root = SyntaxTreeNode(parse(text))
    blocks = (tuple(_pieces([node], 0, quoted=False)) for node in root.children)
    return tuple(block for block in blocks if block)


def words(spans: Spans) -> str:
    """Return the text of spans without their styles."""
    return "".join(span.text for span in spans)


def _pieces(nodes: Sequence[SyntaxTreeNode], indent: int, *, quoted: bool) -> Iterator[Piece]:
    for node in nodes:
        match node.type:
            case "paragraph":
                yield Prose(_spans(node.children), indent, quoted)
            case "heading":
                yield Prose(_spans(node.children, frozenset({"bold"})), indent, quoted)
            case "bullet_list" | "ordered_list":
                yield from _items(node, indent, quoted=quoted)
            case "blockquote":
                yield from _pieces(node.children, indent, quoted=True)
            case "fence" | "code_block":
                yield Code(node.content.removesuffix("\n"), indent, quoted)
            case "table":
                yield _grid(node, indent, quoted=quoted)
            case "hr":
                yield Divider()


def _items(node: SyntaxTreeNode, indent: int, *, quoted: bool) -> Iterator[Piece]:
    """Yield a list as runs of items with the nested pieces in between, numbered as written."""
    ordered = node.type == "ordered_list"
    run: list[Spans] = []
    first = number = int(node.attrs.get("start", 1))
    for item in node.children:
        if ordered and int(item.info) > number:  # a list out of which an item was left
            if run:
                yield Items(tuple(run), first, indent, quoted)
            run, first, number = [], int(item.info), int(item.info)
        said, nested = _lead(item)
        run.append(said)
        number += 1
        if nested:
            yield Items(tuple(run), first if ordered else None, indent, quoted)
            yield from _pieces(nested, indent + 1, quoted=quoted)
            run, first = [], number
    if run:
        yield Items(tuple(run), first if ordered else None, indent, quoted)


def _lead(item: SyntaxTreeNode) -> tuple[Spans, list[SyntaxTreeNode]]:
    """Return an item's own text, one line a paragraph, and the nodes nested in it."""
    nodes = item.children
    count = next((at for at, node in enumerate(nodes) if node.type != "paragraph"), len(nodes))
    spans: list[StyledText] = []
    for node in nodes[:count]:
        spans += [StyledText("\n")] if spans else []
        spans += _spans(node.children)
    return tuple(spans) or (StyledText(" "),), nodes[count:]


def _grid(node: SyntaxTreeNode, indent: int, *, quoted: bool) -> Grid:
    rows = [[_cell(cell) for cell in row.children] for part in node.children
            for row in part.children]  # fmt: skip
    heads = node.children[0].children[0].children
    aligns = tuple(_align(str(head.attrs.get("style", ""))) for head in heads)
    return Grid(tuple(rows[0]), tuple(map(tuple, rows[1:])), aligns, indent, quoted)


def _cell(node: SyntaxTreeNode) -> Spans:
    return _spans(node.children)


def _align(style: str) -> Align:
    if style == "text-align:right":
        return "right"
    return "center" if style == "text-align:center" else "left"


def _spans(nodes: Sequence[SyntaxTreeNode], style: frozenset[Style] = frozenset()) -> Spans:
    """Return the spans of inline content; neighbours of one style are merged."""
    spans: list[StyledText] = []
    for text, styled in _runs(nodes, style):
        if spans and spans[-1].style == styled:
            spans[-1] = StyledText(spans[-1].text + text, styled)
        elif text:
            spans.append(StyledText(text, styled))
    return tuple(spans)


def _runs(nodes: Sequence[SyntaxTreeNode], style: frozenset[Style]) -> Iterator[_Run]:
    for node in nodes:
        match node.type:
            case "text":
                yield node.content, style
            case "code_inline":
                yield node.content, style | {"code"}
            case "softbreak" | "hardbreak":
                yield "\n", style
            case "strong" | "em" | "s":
                yield from _runs(node.children, style | {_STYLES[node.type]})
            case _:  # the node that holds a paragraph's content
                yield from _runs(node.children or [], style)
