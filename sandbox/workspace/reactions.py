"""Normalize the names of reactions."""

import re

from sandbox.rendering.text.emoji import glyphs

_SAME = {"thumbsup": "+1", "thumbsdown": "-1"}
_TONE = re.compile(r"::skin-tone-[2-6]\Z")


def emoji_name(name: str) -> str | None:
    """Return the name under which Slack counts an emoji, None if it does not exist."""
    name = name.strip(":") if "::" not in name else name
    plain = _TONE.sub("", name)
    if plain not in glyphs():
        return None
    return _SAME.get(plain, plain) + name[len(plain) :]
