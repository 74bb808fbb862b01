"""Render Slack's text objects: `plain_text`, `mrkdwn`, and plain strings of some fields."""

from typing import Any

from sandbox.rendering.reading import mapping, string
from sandbox.rendering.text.emoji import with_emoji
from sandbox.rendering.text.markup import Html
from sandbox.rendering.text.mrkdwn import render_mrkdwn
from sandbox.rendering.text.names import Names


def render_text(value: object, names: Names) -> Html:
    """Render the text object; empty if there is none."""
    given = mapping(value)
    if given.get("type") == "mrkdwn":
        return render_mrkdwn(string(given.get("text")), names)
    return with_emoji(plain(value))


def plain(value: object) -> str:
    """Return the text without markup, for labels and placeholders."""
    given: dict[str, Any] = mapping(value)
    return string(given.get("text")) if given else string(value)
