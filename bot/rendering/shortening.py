"""Shorten long answers to Slack's limit, at the end of a paragraph, item or sentence."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from bot.rendering.blocks import ANSWER_LIMIT, SHORTENED
from bot.rendering.markdown import parse

_FENCE_ROOM = 12
"""Characters reserved to close a code block that is cut."""
_SENTENCE_ENDS = (". ", "? ", "! ", "。", ".\n", "; ", ", ", " ")


def shorten(text: str, limit: int = ANSWER_LIMIT) -> str:
    """Return the text, or its beginning and a note that it is shortened, within `limit` characters.

    Cut before the block that does not fit. If that block takes more than half of the room, cut
    inside it: after an item, a row, a line of code or a sentence.
    """
    if len(text) <= limit:
        return text
    room = text[: limit - len(SHORTENED) - _FENCE_ROOM]
    tokens = parse(room)
    end = max((at for at in _ends(room, tokens) if at > len(room) // 2), default=0)
    kept = (room[:end] if end else _inside(room, tokens)).rstrip()
    return close_code(kept) + SHORTENED


def close_code(text: str) -> str:
    """Return the text with a code block at its end closed, so that a note may follow."""
    last = next((t for t in reversed(parse(text)) if t.type == "fence"), None)
    if last is None or last.map is None:
        return text
    lines = text.split("\n")
    if last.map[1] < len(lines) or lines[-1].strip(" >").startswith(last.markup):
        return text
    before = lines[last.map[0]].partition(last.markup)[0]
    return f"{text}\n" + re.sub(r"[^>]", " ", before) + last.markup


def _ends(text: str, tokens: Sequence[Token]) -> Iterator[int]:
    """Yield the offsets at which top-level blocks begin, where those before them end."""
    starts = _line_starts(text)
    for token in tokens:
        if token.level == 0 and token.map and token.nesting >= 0:
            yield starts[token.map[0]]


def _inside(text: str, tokens: Sequence[Token]) -> str:
    """Return the text up to the last whole item, row, line or sentence of its last block."""
    last = next((t.type for t in reversed(tokens) if t.level == 0 and t.map), "")
    if last in ("bullet_list_open", "ordered_list_open"):
        items = [t.map[0] for t in tokens if t.type == "list_item_open" and t.map]
        if (end := _line_starts(text)[items[-1]]) > len(text) // 2:
            return text[:end]
    if last in ("table_open", "code_block") or close_code(text) != text:
        return text[: text.rfind("\n") + 1] or text
    for mark in _SENTENCE_ENDS:
        if (end := text.rfind(mark)) > len(text) // 2:
            return text[: end + len(mark)]
    return text


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts
