"""Slack's text objects: `plain_text`, `mrkdwn` and the plain strings that some fields hold."""

from typing import Any

from sandbox.rendering.emoji import with_emoji
from sandbox.rendering.markup import Html
from sandbox.rendering.mrkdwn import render_mrkdwn
from sandbox.rendering.names import Names
from sandbox.rendering.reading import mapping, string


def render_text(value: object, names: Names) -> Html:
    """The text as Html; nothing where there is none."""
    given = mapping(value)
    if given.get("type") == "mrkdwn":
        return render_mrkdwn(string(given.get("text")), names)
    return with_emoji(plain(value))


def plain(value: object) -> str:
    """The text without markup, for labels and placeholders."""
    given: dict[str, Any] = mapping(value)
    return string(given.get("text")) if given else string(value)
