"""Handle the message shortcut "Save as answer"."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import DatabaseDown
from bot.inbox.interactions import Shortcut
from bot.inbox.private_reply import respond
from bot.inbox.store import store
from bot.services import BotServices


async def on_save(services: BotServices, body: Mapping[str, Any], ack: AsyncAck) -> None:
    """Store the reply, then acknowledge. The job finds the answer that it corrects."""
    shortcut = Shortcut.from_body(body)
    try:
        await store(services, shortcut.incoming("save"))
    except DatabaseDown as error:
        await respond(services, shortcut.response_url, str(error))
    await ack()
