"""Common emoji by their shortcodes, a part of Unicode's."""

import re
from functools import cache
from pathlib import Path

from sandbox.rendering.text.markup import Html, element, join, text

SHORTCODE = re.compile(r":([a-z0-9_+'-]{1,64}):(?::skin-tone-[2-6]:)?")


@cache
def glyphs() -> dict[str, str]:
    """Return glyphs by name, without colons, from `emoji.txt` (a glyph and its names a line)."""
    lines = Path(__file__).with_name("emoji.txt").read_text(encoding="utf-8").splitlines()
    return {name: line.split()[0] for line in lines for name in line.split()[1:]}


def glyph(name: str) -> str:
    """Return the glyph of a shortcode such as `+1` or `wave::skin-tone-3`, else `:name:`."""
    return glyphs().get(name.partition("::")[0], f":{name}:")


def emoji(name: str) -> Html | None:
    """Render an emoji with its name for screen readers, None if the name is unknown."""
    shown = glyphs().get(name)
    if shown is None:
        return None
    named = f":{name}:"
    return element(
        "span", text(shown), class_="emoji", role="img", aria_label=name.replace("_", " "),
        title=named, data_emoji=name,
    )  # fmt: skip


def with_emoji(words: str) -> Html:
    """Render plain text with its shortcodes as emoji."""
    parts: list[Html] = []
    at = 0
    for match in SHORTCODE.finditer(words):
        shown = emoji(match[1])
        if shown is not None:
            parts += [text(words[at : match.start()]), shown]
            at = match.end()
    return join([*parts, text(words[at:])])
