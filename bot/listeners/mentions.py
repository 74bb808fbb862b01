"""Handle @houselore in a channel: store the question."""

from collections.abc import Mapping
from typing import Any

from bot.inbox import threads
from bot.inbox.events import Message
from bot.inbox.store import store
from bot.inbox.threads import Said
from bot.listeners.messages import is_settled
from bot.services import BotServices


async def on_mention(services: BotServices, body: Mapping[str, Any]) -> None:
    """Store the question; its `message` event may have stored it already."""
    message = Message.from_event(body)
    if message is None:
        return
    said = Said(message.ts, message.text, by_me=False)
    await threads.note(services, message.channel, message.root, said)
    if not await is_settled(services, message):
        await store(services, message.question())
