"""Render an answer as plain text, for notifications, screen readers and old clients."""

from collections.abc import Iterator

from bot.rendering.pieces import Code, Divider, Grid, Items, Piece, Prose, read_pieces, words

_INDENT = "    "


def plain_text(text: str) -> str:
    """Return the text without Markdown syntax: bullets, numbers, code, table rows with heads."""
    blocks = ("\n".join(map(_shown, pieces)) for pieces in read_pieces(text))
    return "\n\n".join(blocks).strip("\n")


def _shown(piece: Piece) -> str:
    match piece:
        case Prose(spans):
            lines = words(spans).split("\n")
        case Items():
            lines = list(_items(piece))
        case Code(code):
            lines = code.split("\n")
        case Grid():
            lines = list(_items(piece.as_items()))
        case Divider():
            return "———"
    mark = _INDENT * piece.indent + ("> " if piece.quoted else "")
    return "\n".join(mark + line for line in lines)


def _items(piece: Items) -> Iterator[str]:
    for at, item in enumerate(piece.items):
        mark = "• " if piece.number is None else f"{piece.number + at}. "
        yield mark + words(item).replace("\n", "\n" + " " * len(mark))
