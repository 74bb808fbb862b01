"""Decide which URLs may be followed or shown, and render links."""

import re

from sandbox.rendering.text.markup import Html, element, text

_FOLLOWED = re.compile(r"(?:https?://|slack://|mailto:)[^\s<>\"\x00-\x1f\x7f\\]+", re.IGNORECASE)
_SHOWN = re.compile(r"https?://[^\s<>\"\x00-\x1f\x7f\\]+", re.IGNORECASE)
_TRAILING = ".,;:!?'*_~"


def followable(url: str) -> str | None:
    """Return the URL if a reader may follow it, else None (`javascript:`, `data:`, relative)."""
    return url if _FOLLOWED.fullmatch(url) else None


def picture(url: str) -> str | None:
    """Return the URL if it may be shown as a picture, else None."""
    return url if _SHOWN.fullmatch(url) else None


def link(url: str, label: Html | None = None) -> Html | None:
    """Render a link that opens a new tab, or return None if the URL may not be followed."""
    address = followable(url)
    if address is None:
        return None
    shown = text(url) if label is None else label
    return element("a", shown, href=address, target="_blank", rel="noopener noreferrer nofollow")


def split_trailing(url: str) -> tuple[str, str]:
    """Split a bare URL in running text from the punctuation after it."""
    end = len(url)
    opened, closed = url.count("("), url.count(")")
    while end:
        last = url[end - 1]
        if last == ")" and closed > opened:
            closed -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return url[:end], url[end:]
