"""The form that asks why an answer was bad."""

import asyncio
import logging
from typing import Any, Final

from bot.errors import SlackFailed
from bot.feedback.comments import REASONS, Remark, read_remark
from bot.rendering.blocks import Block
from bot.services import BotServices
from database.errors import DatabaseUnavailable

REMARK: Final = "remark"
"""The form's callback id."""
EMPTY: Final = "Tick a reason, say it in your words, or write a better answer."
NOT_OPENED: Final = "The form did not open in time. Please press “Tell us why” once more."

_SECONDS = 2.0  # Slack takes the trigger of a press for three
_LONGEST = 3_000  # Slack's own limit of a text field

_log = logging.getLogger(__name__)


async def open_form(services: BotServices, trigger: str, answer_id: int, person: str) -> bool:
    """Open the form with the person's earlier comment; return whether it opened in time."""
    try:
        async with asyncio.timeout(_SECONDS):
            said = await read_remark(services, answer_id, person)
            view = remark_form(answer_id, said)
            await services.client.call("views.open", trigger_id=trigger, view=view)
    except (SlackFailed, DatabaseUnavailable, TimeoutError) as error:
        _log.warning("the form for answer %s could not be opened: %r", answer_id, error)
        return False
    return True


def remark_form(answer_id: int, said: Remark) -> Block:
    """Return the form's view for one answer. Each field may be empty, but not all of them."""
    return {
        "type": "modal",
        "callback_id": REMARK,
        "private_metadata": str(answer_id),
        "title": _plain("Tell us why"),
        "submit": _plain("Send"),
        "close": _plain("Cancel"),
        "blocks": [
            _reasons(said.reasons),
            _text("note", "In your words", said.note),
            _text(
                "better",
                "A better answer",
                said.better,
                "As I should have written it. It is kept with your name, for those who "
                "review what I learn from.",
            ),
        ],
    }


def _reasons(chosen: tuple[str, ...]) -> Block:
    options = {name: {"text": _plain(words), "value": name} for name, words in REASONS.items()}
    element: dict[str, Any] = {
        "type": "checkboxes",
        "action_id": "reasons",
        "options": list(options.values()),
    }
    if chosen:
        element["initial_options"] = [options[name] for name in chosen]
    return _input("reasons", "What is wrong with the answer?", element)


def _text(name: str, label: str, said: str, hint: str = "") -> Block:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": True,
        "max_length": _LONGEST,
    }
    if said:
        element["initial_value"] = said[:_LONGEST]
    return _input(name, label, element, hint)


def _input(name: str, label: str, element: Block, hint: str = "") -> Block:
    made = {
        "type": "input",
        "block_id": name,
        "optional": True,
        "label": _plain(label),
        "element": element,
    }
    return {**made, "hint": _plain(hint)} if hint else made


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
