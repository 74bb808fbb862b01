"""Build Block Kit blocks within Slack's limits."""

import re
from collections.abc import Mapping
from typing import Any

from answering.types.answers import Answer, Citation
from bot.rendering.mrkdwn import escape, fit, link, one_line
from bot.rendering.plain_text import plain_text

Block = Mapping[str, Any]

ANSWER_LIMIT = 9_500
"""Characters of an answer's text; with its sources this stays under Slack's 12,000 per message."""
FALLBACK_LIMIT = 3_000
"""Characters of a message's fallback text: chat.update refuses more than 4,000."""
FEEDBACK = "feedback"
SHARE = "share"
REINDEX = "reindex"

_SECTION_LIMIT = 3_000
_SOURCES_LIMIT = 2_000
_MOST_SOURCES = 10
_BUTTON_LIMIT = 75
_HEADER_LIMIT = 150
_BETWEEN_WORDS = re.compile(r"[\W_]+")
SHORTENED = "\n\n_… shortened._"


def section(text: str, accessory: Block | None = None) -> Block:
    """Return a paragraph of mrkdwn; the caller has escaped it."""
    block = {"type": "section", "text": _mrkdwn(text)}
    return block if accessory is None else {**block, "accessory": accessory}


def context(*texts: str) -> Block:
    """Return small grey lines of mrkdwn, at most ten; the caller has escaped them."""
    return {"type": "context", "elements": [_mrkdwn(text) for text in texts[:10]]}


def header(text: str) -> Block:
    """Return a heading of plain text."""
    return {"type": "header", "text": _plain(text, _HEADER_LIMIT)}


def divider() -> Block:
    """Return a horizontal line."""
    return {"type": "divider"}


def markdown(text: str) -> Block:
    """Return a Markdown block, cut to an answer's length; the caller has made it safe."""
    return {"type": "markdown", "text": cut(text)}


def button(
    action_id: str, label: str, value: str = "", *, primary: bool = False, danger: bool = False
) -> Block:
    """Return a button for `actions` or a section."""
    made = {"type": "button", "action_id": action_id, "text": _plain(label, _BUTTON_LIMIT)}
    if value:
        made["value"] = value
    if primary or danger:
        made["style"] = "primary" if primary else "danger"
    return made


def actions(*buttons: Block, block_id: str = "") -> Block:
    """Return a row of buttons; `block_id` distinguishes rows with the same buttons."""
    made = {"type": "actions", "elements": list(buttons)}
    return {**made, "block_id": block_id} if block_id else made


def feedback_buttons() -> Block:
    """Return the good and bad buttons; a press arrives as the action `feedback`."""
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": FEEDBACK,
                "positive_button": {
                    "text": _plain("Good answer", _BUTTON_LIMIT),
                    "accessibility_label": "This answer helped",
                    "value": "good",
                },
                "negative_button": {
                    "text": _plain("Bad answer", _BUTTON_LIMIT),
                    "accessibility_label": "This answer did not help",
                    "value": "bad",
                },
            }
        ],
    }


def sources(answer: Answer) -> list[Block]:
    """Return the numbered sources as links, each with a short quotation."""
    shown = answer.citations[:_MOST_SOURCES]
    if not shown:
        return []
    each = min(500, _SOURCES_LIMIT // len(shown))
    # A quotation that the answer's text already contains is left out.
    said = _words(plain_text(cut(answer.text)))
    return [context(*(_source(citation, each, said) for citation in shown))]


def below_answer(answer: Answer, note: str | None = None) -> list[Block]:
    """Return the blocks below an answer's text: sources, a note, and the feedback buttons."""
    notes = [context(escape(note))] if note else []
    return [*sources(answer), *notes, feedback_buttons()]


def cut(text: str, limit: int = ANSWER_LIMIT) -> str:
    """Return the text, or its beginning and a note that it is shortened."""
    if len(text) <= limit:
        return text
    return text[: limit - len(SHORTENED)].rstrip() + SHORTENED


def fallback(text: str) -> str:
    """Return the fallback text for notifications and screen readers, escaped and cut."""
    return fit(text, FALLBACK_LIMIT)


def _source(citation: Citation, limit: int, said: str) -> str:
    place = f"*[{citation.n}]* {link(citation.url, citation.title, limit=80)}"
    quote = one_line(plain_text(citation.quote))
    if all(_words(part) in said for part in quote.split("…")):
        return place
    room = limit - 80 - len(f"[{citation.n}]")
    return f"{place}\n“{fit(quote, max(40, room))}”"


def _words(text: str) -> str:
    return _BETWEEN_WORDS.sub(" ", text).strip()


def _mrkdwn(text: str) -> Block:
    # Verbatim: Slack must not make links of addresses or names that merely stand in the text.
    return {"type": "mrkdwn", "text": text[:_SECTION_LIMIT], "verbatim": True}


def _plain(text: str, limit: int) -> Block:
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return {"type": "plain_text", "text": shown, "emoji": True}
