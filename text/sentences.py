"""Split Markdown into sentences with exact offsets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from text.markdown_blocks import TABLE_RULE, MarkdownBlock, scan_blocks, scan_lines

# Escaped, because full-width Chinese and Japanese punctuation looks like ASCII.
_END = re.compile(
    r"(?P<cjk>[\u3002\uff01\uff1f\uff61]+[\u300d\u300f\u201d\u2019\uff09\u3011]*)"
    r"|(?P<latin>(?:\u2026|(?<![.!?])[.!?])[.!?]*+[\"'\u201d\u2019)\]*_\u00bb]*+)(?=\s)"
)
_CODE_SPAN = re.compile(r"`[^`]+`")
_LAST_WORD = re.compile(r"[\w.&'\u2019-]+$")
_DOTTED = re.compile(r"(?:[^\W\d]\.)+[^\W\d]")
_OPENING = frozenset("\"'\u201c\u2018\u00ab([*_`>#-")
_ABBREVIATIONS = """
    mr mrs ms dr prof st sr jr vs fig figs eq sec ch vol pp ed eds eg ie cf al approx dept est gen
    gov hon inc jan feb mar apr jun jul aug sep sept oct nov dec no nos rev sen viz
"""
_NEVER_LAST = frozenset(_ABBREVIATIONS.split())
_BEFORE_DIGITS = frozenset(("no", "nos", "sec", "ch", "vol", "ed", "fig", "figs", "eq"))
_LOOK_BACK = 40


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters: `text[start:end]`."""

    start: int
    end: int


def split_sentences(text: str) -> list[Span]:
    """Return the sentences of `text` in order, without the blanks around them.

    Each heading, table row and fenced block counts as one sentence; a list item is split, and its
    first sentence keeps the bullet. Rules (`---`) are left out. Linear in time.
    """
    return [span for block in scan_blocks(text) for span in _of_block(text, block)]


def split_prose(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the sentences of the paragraph `text[start:end]`, by Latin or Chinese punctuation."""
    code = _CodeSpans(text, start, end)
    begin = start
    for match in _END.finditer(text, start, end):
        if code.holds(match.start()):
            continue
        if match["latin"] and not _ends(text, begin, match):
            continue
        yield from _trimmed(text, begin, match.end())
        begin = match.end()
    yield from _trimmed(text, begin, end)


def _of_block(text: str, block: MarkdownBlock) -> Iterator[Span]:
    if block.kind == "rule":
        return
    if block.kind == "table":
        for start, end in scan_lines(text, block.start, block.end):
            if not TABLE_RULE.match(text[start:end]):
                yield Span(start, end)
    elif block.kind in ("heading", "code"):
        yield Span(block.start, block.end)
    else:
        yield from split_prose(text, block.start, block.end)


class _CodeSpans:
    """The inline code of a paragraph. Ask for offsets in increasing order only."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._spans = _CODE_SPAN.finditer(text, start, end)
        self._span = next(self._spans, None)

    def holds(self, place: int) -> bool:
        while self._span is not None and self._span.end() <= place:
            self._span = next(self._spans, None)
        return self._span is not None and self._span.start() <= place


def _ends(text: str, begin: int, match: re.Match[str]) -> bool:
    """Return whether the punctuation of `match`, which a blank follows, ends a sentence."""
    after = text[match.end() : match.end() + 8].lstrip()[:1]
    if after.islower():
        return False
    if not match[0].startswith(".") or match[0].startswith(".."):
        return True
    if after and not (after.isalnum() or after in _OPENING):
        return True
    found = _LAST_WORD.search(text[max(begin, match.start() - _LOOK_BACK) : match.start()])
    word = found[0] if found else ""
    if word.isdigit() and text[begin : match.start()].strip() == word:
        return False  # the number of a list item: "1. First"
    bare = word.casefold().strip(".'’-")
    if bare in _BEFORE_DIGITS:
        return not after.isdigit()
    if len(word) == 1 and word.isupper() and word != "I":
        return False  # an initial: "J. Smith"
    if _DOTTED.fullmatch(word) and bare not in ("a.m", "p.m"):
        return False
    return bare not in _NEVER_LAST


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield Span(start, end)
