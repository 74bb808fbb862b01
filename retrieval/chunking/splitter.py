"""Split documents into chunks along their structure, measured in the embedder's tokens."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from retrieval.chunking.packing import CHARACTERS_A_TOKEN, Piece, Unit, merge, pack
from retrieval.documents import Chunk, Document
from text.markdown_blocks import MarkdownBlock, scan_blocks, scan_lines
from text.plain import to_plain
from text.sentences import split_prose

SPLITTER = "structure-3"
"""The name of this splitter, part of a generation's identity. Change it when chunks change."""

CONTEXT_TOKENS = 64
"""The most tokens of title and headings. With CHUNK_TOKENS it stays below MiniLM's 254 tokens."""
_PIECE_TOKENS = 120  # measured: 80, 140 and 160 are no better (docs/log.md)
_HEADING_CHARACTERS = 300
_LONGEST_WORD = 100  # characters; a longer word may be cut
_REMEMBERED = 1024

Counter = Callable[[str], int]
"""Counts the tokens of a text."""


def split(document: Document, count_tokens: Counter) -> list[Chunk]:
    """Return the chunks of `document` in order: exact spans that together hold all its text.

    A chunk has at most CHUNK_TOKENS tokens and belongs to one section, except that tiny sections
    are merged. It cuts a sentence, table row or line of code only if that alone is too long.
    Linear in time.
    """
    text = document.text
    sections = list(_sections(text))
    count_tokens = lru_cache(_REMEMBERED)(count_tokens)  # rows and headings often repeat
    units: list[Unit] = []
    for path, blocks in sections:
        pieces = [p for block in blocks for p in _block_pieces(text, block, count_tokens)]
        units.extend(pack(path, pieces))
    return [
        _chunk(position, unit, document, count_tokens) for position, unit in enumerate(merge(units))
    ]


def embedded_text(chunk: Chunk) -> str:
    """Return the text that is embedded for a chunk: its context and text, as plain words."""
    return to_plain(f"{chunk.context}\n{chunk.text}")


def _chunk(position: int, unit: Unit, document: Document, count_tokens: Counter) -> Chunk:
    titles = (_heading(document.text, place) for place in unit.path)
    headings = tuple(title for title in titles if title)
    text = document.text[unit.start : unit.end]
    first_line = to_plain(text.partition("\n")[0][:_HEADING_CHARACTERS])
    # A chunk that begins with its heading need not have it in the context as well.
    above = headings[:-1] if headings and headings[-1] == first_line else headings
    context = _context((document.title, *above), count_tokens)
    if unit.header:
        context = f"{context}\n{unit.header}"
    return Chunk(position, headings, text, unit.start, unit.end, context)


def _context(names: tuple[str, ...], count_tokens: Counter) -> str:
    """Return `Title > Heading > …` within CONTEXT_TOKENS; the middle is dropped first."""
    path = [name for name, before in zip(names, ("", *names), strict=False) if name != before]
    while len(path) > 1 and _measure(" > ".join(path), count_tokens) > CONTEXT_TOKENS:
        path.pop(1)
    context = " > ".join(path)
    return next(
        (
            context[p.start : p.end]
            for p in _cut(context, 0, len(context), CONTEXT_TOKENS, count_tokens)
        ),
        "",
    )


def _measure(text: str, count_tokens: Counter) -> int:
    return max(count_tokens(to_plain(text)), -(-len(text) // CHARACTERS_A_TOKEN))


def _sections(text: str) -> Iterator[tuple[tuple[int, ...], list[MarkdownBlock]]]:
    """Yield sections: the offsets of the headings above, and the section's blocks.

    The section's own heading is its first block and the last of the offsets.
    """
    above: list[MarkdownBlock] = []
    own: list[MarkdownBlock] = []
    for block in scan_blocks(text):
        if block.kind == "heading":
            if own:
                yield tuple(b.start for b in above), own
            above = [b for b in above if b.level < block.level] + [block]
            own = [block]
        else:
            own.append(block)
    if own:
        yield tuple(b.start for b in above), own


def _heading(text: str, place: int) -> str:
    """Return the words of the heading that begins at `place`."""
    end = text.find("\n", place)
    return to_plain(text[place : end if end >= 0 else len(text)][:_HEADING_CHARACTERS])


def _block_pieces(text: str, block: MarkdownBlock, count_tokens: Counter) -> list[Piece]:
    pieces = list(_pieces(text, block, count_tokens))
    if len(pieces) > 1:
        tokens = sum(piece.tokens for piece in pieces)
        pieces[0] = replace(pieces[0], block_tokens=tokens)
    return pieces


def _pieces(text: str, block: MarkdownBlock, count_tokens: Counter) -> Iterator[Piece]:
    """Yield the block whole if it is short, else its rows, lines or sentences, cut if too long."""
    if block.end - block.start <= _PIECE_TOKENS * CHARACTERS_A_TOKEN:
        tokens = _measure(text[block.start : block.end], count_tokens)
        if tokens <= _PIECE_TOKENS:
            yield Piece(block.start, block.end, tokens, binds=block.kind == "heading")
            return
    if block.kind in ("table", "code"):
        yield from _line_pieces(text, block, count_tokens)
        return
    for span in split_prose(text, block.start, block.end):
        yield from _cut(text, span.start, span.end, _PIECE_TOKENS, count_tokens)


def _line_pieces(text: str, block: MarkdownBlock, count_tokens: Counter) -> Iterator[Piece]:
    lines = list(scan_lines(text, block.start, block.end))
    header = text[slice(*lines[0])].strip()[: _PIECE_TOKENS * CHARACTERS_A_TOKEN]
    header_tokens = _measure(header, count_tokens)
    # A long header is not repeated: it would leave too little room for rows.
    if header_tokens > _PIECE_TOKENS // 3:
        header, header_tokens = "", 0
    for number, (start, end) in enumerate(lines):
        for piece in _cut(text, start, end, _PIECE_TOKENS, count_tokens):
            yield replace(piece, header=header, header_tokens=header_tokens) if number else piece


def _cut(text: str, start: int, end: int, budget: int, count_tokens: Counter) -> Iterator[Piece]:
    """Cut `text[start:end]` into runs of at most `budget` tokens, between words if possible."""
    while start < end:
        stop = _word_end(text, start, start + budget * CHARACTERS_A_TOKEN, end)
        tokens = _measure(text[start:stop], count_tokens)
        while tokens > budget and stop - start > 1:
            shorter = start + max(1, (stop - start) * budget // (tokens + 1))
            stop = _word_end(text, start, shorter, end)
            tokens = _measure(text[start:stop], count_tokens)
        yield Piece(start, stop, tokens)
        start = stop
        while start < end and text[start].isspace():
            start += 1


def _word_end(text: str, start: int, stop: int, end: int) -> int:
    """Return the end of the last whole word before `stop`, or `stop` inside a very long word."""
    if stop >= end:
        return end
    for place in range(stop, max(start + 1, stop - _LONGEST_WORD), -1):
        if text[place].isspace():
            return place
    return stop
