"""Render running text inside Markdown: shortcodes as emoji, bare URLs as links."""

import re

from sandbox.rendering.text.emoji import with_emoji
from sandbox.rendering.text.links import link, split_trailing
from sandbox.rendering.text.markup import Html, join

_ADDRESS = re.compile(r"https?://[^\s<>|`\"\\]+")


def render_words(source: str) -> Html:
    """Render the words with their shortcodes as emoji and their URLs as links."""
    parts: list[Html] = []
    at = 0
    for found in _ADDRESS.finditer(source):
        address, _ = split_trailing(found[0])
        shown = link(address)
        if shown is not None:
            parts += [with_emoji(source[at : found.start()]), shown]
            at = found.start() + len(address)
    return join([*parts, with_emoji(source[at:])])
