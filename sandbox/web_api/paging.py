"""Cursor pagination: parts of a list, each with the cursor of the next."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.errors import Refusal


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list; `next_cursor` is empty on the last."""

    items: list[Any]
    next_cursor: str

    @property
    def metadata(self) -> dict[str, Any]:
        """`response_metadata` of the answer."""
        return {"response_metadata": {"next_cursor": self.next_cursor}}


def page(items: Sequence[Any], cursor: str, limit: int) -> Page:
    """Return `limit` items from the cursor on. Raises Refusal for a cursor that is not ours."""
    start = _decode(cursor) if cursor else 0
    end = start + limit
    following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return Page(list(items[start:end]), following)


def _decode(cursor: str) -> int:
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "next" and number.isdecimal():
            return int(number)
    except (binascii.Error, UnicodeDecodeError):
        pass  # refused below, like any other foreign cursor
    raise Refusal("invalid_cursor")
