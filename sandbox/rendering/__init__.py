"""Render messages, blocks and views from Slack's JSON to safe HTML."""

from typing import Any

from sandbox.rendering.messages import message_body
from sandbox.rendering.text.names import Names
from sandbox.rendering.views import view_body

__all__ = ["Names", "render_message", "render_view"]


def render_message(message: dict[str, Any], names: Names) -> str:
    """Render a message's body: its `markdown_text` (a stream's text so far), then its `blocks`.

    A message with neither shows its `text` as mrkdwn. Never raises, whatever the JSON holds.
    """
    return message_body(message, names)


def render_view(view: dict[str, Any], names: Names) -> str:
    """Render the body of a modal or a Home tab. Never raises, whatever the JSON holds."""
    return view_body(view, names)
