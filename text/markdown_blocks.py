"""Split Markdown into blocks (headings, paragraphs, items, tables, code) with exact offsets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "paragraph", "item", "table", "code", "rule"]

_LINE = re.compile(r"[^\n]+\n?|\n+")
_LONGEST_WRAPPED = 200  # characters; no editor wraps so late, so a longer line is a paragraph
_FENCE = re.compile(r"[ \t>]*(`{3,}(?=[^`]*$)|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_UNDERLINE = re.compile(r" {0,3}(?:={2,}|-{2,})[ \t\r]*$")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})\r?$")
ITEM_MARK = re.compile(r"[ \t]*(?:[-*+\u2022\u25cf\u25cb\u25aa\u25e6\u2023]|(\d{1,9})[.)])[ \t]+")
"""The bullet or number that starts a list item; the group is the number, if any."""
_ITEM = re.compile(ITEM_MARK.pattern + r"\S")
TABLE_RULE = re.compile(r"[ \t]*+\|?(?:[ \t]*+:?-++:?[ \t]*+\|)++(?:[ \t]*+:?-++:?)?[ \t]*+\r?$")


@dataclass(frozen=True, slots=True)
class MarkdownBlock:
    """A run of whole lines, `text[start:end]`, without the blank lines around it.

    `level` is 1 to 6 for a heading and 0 otherwise. An item is one list item without its nested
    items, a table is all its rows, code is a fenced block with its fences.
    """

    kind: Kind
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def scan_blocks(text: str) -> list[MarkdownBlock]:
    """Return the blocks of `text` in order; together they hold all its text. Linear in time."""
    lines = [
        _Line(m.start(), m.start() + len(m[0].rstrip()), m[0].rstrip("\n"))
        for m in _LINE.finditer(text)
    ]
    return list(_blocks(lines))


def scan_lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each line in `text[start:end]` that is not blank."""
    for match in _LINE.finditer(text, start, end):
        stripped = match[0].rstrip()
        if stripped:
            yield match.start(), match.start() + len(stripped)


def fence_after(line: str, fence: str = "") -> str:
    """Return the code fence that is open after a line, `fence` being open before it; "" for none.

    A fence is closed by one of the same character, at least as long, alone on its line.
    """
    if not fence:
        return found[1] if (found := _FENCE.match(line)) else ""
    inner = line.strip(" \t>\r\n")
    return "" if inner.startswith(fence) and not inner.strip(fence[0]) else fence


def _blocks(lines: list[_Line]) -> Iterator[MarkdownBlock]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.start == line.end or not line.text.strip():
            at += 1
            continue
        kind, level, after = _block_at(lines, at)
        yield MarkdownBlock(kind, line.start, lines[after - 1].end, level)
        at = after


def _block_at(lines: list[_Line], at: int) -> tuple[Kind, int, int]:
    """Return the kind and level of the block that begins at line `at`, and the line after it."""
    line = lines[at].text
    if fence := _FENCE.match(line):
        return "code", 0, _after_fence(lines, at, fence[1])
    if heading := _HEADING.match(line):
        return "heading", len(heading[1]), at + 1
    if _RULE.match(line):
        return "rule", 0, at + 1
    if _is_table(lines, at):
        after = at + 2
        while after < len(lines) and "|" in lines[after].text:
            after += 1
        return "table", 0, after
    if not _ITEM.match(line) and at + 1 < len(lines) and _UNDERLINE.match(lines[at + 1].text):
        return "heading", 1 if "=" in lines[at + 1].text else 2, at + 2
    kind: Kind = "item" if _ITEM.match(line) else "paragraph"
    after = at + 1
    while after < len(lines) and not _interrupts(lines, after):
        after += 1
    return kind, 0, after


def _after_fence(lines: list[_Line], at: int, fence: str) -> int:
    """Return the line after the fenced block at `at`; an unclosed one runs to the end."""
    for after in range(at + 1, len(lines)):
        if not fence_after(lines[after].text, fence):
            return after + 1
    after = len(lines)
    while not lines[after - 1].text.strip():
        after -= 1
    return after


def _is_table(lines: list[_Line], at: int) -> bool:
    return (
        at + 1 < len(lines)
        and "|" in lines[at].text
        and "|" in lines[at + 1].text
        and TABLE_RULE.match(lines[at + 1].text) is not None
    )


def _interrupts(lines: list[_Line], at: int) -> bool:
    """Return whether line `at` ends the paragraph or item before it."""
    line = lines[at].text
    return (
        not line.strip()
        or (len(lines[at - 1].text) > _LONGEST_WRAPPED and not line.startswith(("  ", "\t")))
        or _ITEM.match(line) is not None
        or _FENCE.match(line) is not None
        or _HEADING.match(line) is not None
        or _RULE.match(line) is not None
        or _is_table(lines, at)
    )
