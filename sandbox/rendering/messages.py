"""Render a message's body: its text or its blocks, and its attachments."""

from typing import Any

from sandbox.rendering.blocks import render_blocks
from sandbox.rendering.reading import mappings, string
from sandbox.rendering.text.links import link
from sandbox.rendering.text.markdown import render_markdown
from sandbox.rendering.text.markup import EMPTY, Html, element, join, text
from sandbox.rendering.text.mrkdwn import render_mrkdwn
from sandbox.rendering.text.names import Names
from sandbox.rendering.text_objects import plain


def message_body(message: dict[str, Any], names: Names) -> Html:
    """Render `markdown_text`, then `blocks`; `text` if the message has neither."""
    streamed = string(message.get("markdown_text"))
    blocks = render_blocks(message.get("blocks"), names)
    parts = [
        element("div", render_markdown(streamed, names), class_="block markdown-block")
        if streamed
        else EMPTY,
        blocks,
    ]
    said = string(message.get("text"))
    if said and not streamed and not blocks:
        words = render_mrkdwn(said, names) if message.get("mrkdwn") is not False else text(said)
        parts = [element("div", words, class_="text")]
    return join(
        [*parts, *(_attachment(one, names) for one in mappings(message.get("attachments")))]
    )


def _attachment(attachment: dict[str, Any], names: Names) -> Html:
    """Render a legacy attachment: its pretext, then a bar beside title, text and blocks."""
    title = text(plain(attachment.get("title")))
    linked = link(string(attachment.get("title_link")), title) if title else None
    said = string(attachment.get("text"))
    blocks = render_blocks(attachment.get("blocks"), names)
    fallback = "" if said or title or blocks else string(attachment.get("fallback"))
    pretext = string(attachment.get("pretext"))
    return join([
        element("div", render_mrkdwn(pretext, names), class_="text") if pretext else EMPTY,
        element(
            "div", element("strong", linked or title) if title else EMPTY,
            element("div", render_mrkdwn(said or fallback, names), class_="text"), blocks,
            class_="attachment",
        ),
    ])  # fmt: skip
