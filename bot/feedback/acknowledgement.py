"""Thank people for a vote, and ask after a bad one why."""

import logging
from typing import Final

from bot.errors import SlackFailed
from bot.feedback import rated_answer
from bot.rendering.blocks import Block, actions, button, section
from bot.services import BotServices

WHY: Final = "why"
"""The action id of the button that opens the comment form."""

_THANKS = {
    "good": "Thank you. This is how I learn which answers help.",
    "bad": "Thank you. I keep this, so that the next model learns from it.",
}

_log = logging.getLogger(__name__)


async def thank(
    services: BotServices, response_url: str, label: str, answer_id: int | None
) -> None:
    """Thank for a press of a feedback button. Raises SlackFailed."""
    thanks: dict[str, object] = {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": _THANKS[label],
    }
    if label == "bad" and answer_id is not None:
        thanks["blocks"] = _why(answer_id)
    await services.client.respond(response_url, thanks)


async def ask_why(services: BotServices, channel: str, ts: str, person: str) -> None:
    """Thank for a thumbs-down reaction and offer the comment form."""
    judged = await rated_answer.judged_at(services, channel, ts)
    if judged is None:
        return
    try:
        # A reaction brings no trigger_id, so the form cannot open by itself as it does after a
        # button.
        await services.client.call(
            "chat.postEphemeral",
            channel=channel,
            user=person,
            thread_ts=judged.thread_ts,
            text=_THANKS["bad"],
            blocks=_why(judged.id),
        )
    except SlackFailed as error:
        _log.info("%s cannot be asked why: %s", person, error)


def _why(answer_id: int) -> list[Block]:
    return [section(_THANKS["bad"]), actions(button(WHY, "Tell us why", str(answer_id)))]
