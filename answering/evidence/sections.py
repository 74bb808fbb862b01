"""Cut a page into its tree of sections, each with its blocks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from answering.evidence.blocks import Block, cut_blocks
from text.markdown_blocks import MarkdownBlock, scan_blocks
from text.plain import to_plain

_HEADING_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the blocks directly under it.

    `headings` is its path without the page's title, outermost first. `start` is the offset of its
    heading, 0 for the text above the first one. `inner` are the indices of all its subsections in
    the page's list of sections.
    """

    headings: tuple[str, ...]
    level: int
    start: int
    blocks: tuple[Block, ...]
    inner: range = field(default=range(0))


def cut_sections(text: str, above: Sequence[str] = ()) -> list[Section]:
    """Return the sections of a page in order. Linear in time.

    If the page's beginning was cut off, `above` are the headings that its first text is under.
    """
    found = [
        _section(text, path, pieces, above) for path, pieces in _by_heading(text) if path or pieces
    ]
    return [
        Section(s.headings, s.level, s.start, s.blocks, _inside(found, at))
        for at, s in enumerate(found)
    ]


def _by_heading(text: str) -> Iterator[tuple[list[MarkdownBlock], list[MarkdownBlock]]]:
    """Yield each heading's path and the pieces under it, first those above any heading."""
    path: list[MarkdownBlock] = []
    own: list[MarkdownBlock] = []
    for piece in scan_blocks(text):
        if piece.kind != "heading":
            own.append(piece)
            continue
        yield path, own
        path = [*(one for one in path if one.level < piece.level), piece]
        own = []
    yield path, own


def _section(
    text: str, path: Sequence[MarkdownBlock], pieces: Sequence[MarkdownBlock], above: Sequence[str]
) -> Section:
    titles = [_title(text, heading) for heading in path]
    return Section(
        headings=tuple(title for title in titles if title) if path else tuple(above),
        level=path[-1].level if path else 0,
        start=path[-1].start if path else 0,
        blocks=tuple(cut_blocks(text, pieces)),
    )


def _title(text: str, heading: MarkdownBlock) -> str:
    first_line = text[heading.start : heading.end].partition("\n")[0]
    return to_plain(first_line[:_HEADING_CHARACTERS])


def _inside(sections: Sequence[Section], at: int) -> range:
    after = at + 1
    level = sections[at].level
    while level and after < len(sections) and sections[after].level > level:
        after += 1
    return range(at + 1, after)
