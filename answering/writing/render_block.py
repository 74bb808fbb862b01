"""Render an excerpt as written in its source: a table, a list, steps, code, or a quotation."""

from collections.abc import Sequence

from answering.evidence.blocks import Block, blocks_in
from answering.evidence.excerpts import Excerpt
from answering.evidence.read import ReadExcerpt
from text.markdown_blocks import fence_after, scan_blocks
from text.plain import shorten
from text.sentences import Span, split_prose

MOST_STEPS, SHOWN_STEPS = 12, 10  # so that a cut hides three steps or more
_MOST_ITEMS = 20
_MOST_WORDS = 110
_MOST_CHARACTERS = 4_000
_HEADING_CHARACTERS = 120


def show_excerpts(shown: Sequence[ReadExcerpt], numbers: Sequence[int]) -> str:
    """Render excerpts as Markdown, each under its heading with the `[n]` of its note.

    Text is shown as written; very long text is cut, with a line that says so.
    """
    return "\n\n".join(
        f"**{_heading(one.excerpt)}** [{n}]\n\n{show_body(one)}"
        for one, n in zip(shown, numbers, strict=True)
    )


def show_body(read: ReadExcerpt) -> str:
    """Render an excerpt without its heading; of a long paragraph, the sentences at the answer."""
    excerpt = read.excerpt
    text = excerpt.text if excerpt.head or excerpt.lead else excerpt.body
    blocks = blocks_in(text)
    if excerpt.head or excerpt.lead or len(blocks) != 1:
        shown = text
    elif blocks[0].kind == "paragraph":
        shown = _around(text, Span(read.reading.start, read.reading.end))
    else:
        shown = _block(text, blocks[0])
    return _closed(_cut(shown))


def _closed(text: str) -> str:
    """Close a code block that is left open, so that following text is not shown as code."""
    fence = ""
    for line in text.splitlines():
        fence = fence_after(line, fence)
    return f"{text}\n{fence}" if fence else text


def _heading(excerpt: Excerpt) -> str:
    """Return the innermost heading, without asterisks, which would end the bold type."""
    heading = (excerpt.headings or ("",))[-1].replace("*", "").strip()
    return shorten(heading or "Found", _HEADING_CHARACTERS)


def _block(text: str, block: Block) -> str:
    """Render one block; long lists and procedures are cut, with a line that says so."""
    if block.kind == "steps" and len(block.parts) > MOST_STEPS:
        return _first_parts(text, block, SHOWN_STEPS, "steps")
    if block.kind == "list" and len(block.parts) > _MOST_ITEMS:
        return _first_parts(text, block, _MOST_ITEMS, "items")
    return text


def _first_parts(text: str, block: Block, count: int, name: str) -> str:
    kept = text[block.start : block.parts[count - 1].end]
    return f"{kept}\n\n_… {count} of {len(block.parts)} {name}; the others are at the source._"


def _around(text: str, span: Span) -> str:
    """Return the sentences of a paragraph around a span, at most 110 words if possible."""
    if len(text.split()) <= _MOST_WORDS:
        return text
    sentences = list(split_prose(text, 0, len(text)))
    at = next((n for n, one in enumerate(sentences) if one.end > span.start), 0)
    first, after = at, at + 1
    while True:
        grown = [(first, after + 1)] if after < len(sentences) else []
        grown += [(first - 1, after)] if first else []
        fitting = [(a, b) for a, b in grown if _words(text, sentences[a:b]) <= _MOST_WORDS]
        if not fitting:
            break
        first, after = fitting[0]
    kept = text[sentences[first].start : sentences[after - 1].end]
    return f"{'… ' if first else ''}{kept}{' …' if after < len(sentences) else ''}"


def _words(text: str, sentences: Sequence[Span]) -> int:
    return len(text[sentences[0].start : sentences[-1].end].split())


def _cut(text: str) -> str:
    """Cut a text to 4,000 characters, at the end of a block if possible, else of a line."""
    if len(text) <= _MOST_CHARACTERS:
        return text
    end = max((one.end for one in scan_blocks(text) if one.end <= _MOST_CHARACTERS), default=0)
    if end < _MOST_CHARACTERS // 2:
        end = max(end, text.rfind("\n", 0, _MOST_CHARACTERS))
    kept = text[:end] if end else shorten(text, _MOST_CHARACTERS)
    return f"{_closed(kept)}\n\n_… shortened; the rest is at the source._"
