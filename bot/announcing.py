"""What the admins named in the settings are told, each directly. Decides not what."""

import logging

from bot.blocks import fallback
from bot.errors import SlackFailed
from bot.services import BotServices
from bot.telling import direct_message

_log = logging.getLogger(__name__)


async def tell_admins(services: BotServices, text: str) -> None:
    """Say something to each admin; who cannot be reached is named in the log."""
    for person in sorted(services.admins):
        try:
            channel = await direct_message(services, person)
            await services.client.call("chat.postMessage", channel=channel, text=fallback(text))
        except SlackFailed as error:
            _log.warning("the admin %s cannot be told: %s", person, error)
