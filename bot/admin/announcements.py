"""Send a direct message to every admin."""

import logging

from bot.errors import SlackFailed
from bot.inbox.private_reply import direct_message
from bot.rendering.blocks import fallback
from bot.services import BotServices

_log = logging.getLogger(__name__)


async def tell_admins(services: BotServices, text: str) -> None:
    """Send a text to each admin; log those who cannot be reached.

    When Slack does not list its admins, only those in HOUSELORE_ADMINS get it.
    """
    try:
        admins = await services.all_admins()
    except SlackFailed as error:
        _log.warning("only the admins in HOUSELORE_ADMINS are told: %s", error)
        admins = services.admins
    for person in sorted(admins):
        try:
            channel = await direct_message(services, person)
            await services.client.call("chat.postMessage", channel=channel, text=fallback(text))
        except SlackFailed as error:
            _log.warning("the admin %s cannot be told: %s", person, error)
