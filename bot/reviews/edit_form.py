"""The form in which a reviewer edits an example's answer."""

import asyncio
import logging
from typing import Final

from bot.errors import ReviewRefused, SlackFailed
from bot.inbox.events import Incoming
from bot.inbox.interactions import Submission
from bot.rendering.blocks import Block
from bot.review_protocol import EDIT, Waiting
from bot.reviews.queue import LONGEST, example_for
from bot.services import BotServices
from database.errors import DatabaseUnavailable

REVIEW: Final = "review"
"""The form's callback id."""
FIELD: Final = "answer"
EMPTY: Final = "Write the answer that is to be learned, with the numbers of its notes, like [1]."

_SECONDS = 2.0  # Slack takes the trigger of a press for three

_log = logging.getLogger(__name__)


async def open_form(services: BotServices, trigger: str, example: int, person: str) -> None:
    """Open the form, if this person may review the example; otherwise only log it."""
    try:
        async with asyncio.timeout(_SECONDS):
            waiting = await example_for(services, person, example)
            view = review_form(waiting)
            await services.client.call("views.open", trigger_id=trigger, view=view)
    except (ReviewRefused, SlackFailed, DatabaseUnavailable, TimeoutError) as error:
        _log.warning("the form for example %s could not be opened: %r", example, error)


def review_form(waiting: Waiting) -> Block:
    """Return the form's view for one example, filled with its answer."""
    return {
        "type": "modal",
        "callback_id": REVIEW,
        "private_metadata": str(waiting.id),
        "title": _plain("Edit and approve"),
        "submit": _plain("Approve"),
        "close": _plain("Cancel"),
        "blocks": [
            {
                "type": "input",
                "block_id": FIELD,
                "label": _plain("The answer to learn"),
                "hint": _plain("Names, addresses and secrets are taken out when it is kept."),
                "element": {
                    "type": "plain_text_input",
                    "action_id": FIELD,
                    "multiline": True,
                    "max_length": LONGEST,
                    "initial_value": waiting.answer[:LONGEST],
                },
            }
        ],
    }


def edited(submission: Submission) -> Incoming:
    """Return the submitted edit as an inbox event."""
    payload = {
        "verdict": EDIT,
        "number": int(submission.metadata),
        "text": submission.text(FIELD),
    }
    return Incoming(submission.event_id, "review", submission.person, payload=payload)


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
