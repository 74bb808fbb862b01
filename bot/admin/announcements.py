"""What the admins are told, each directly: the workspace's and those named. Decides not what."""

import logging

from bot.errors import SlackFailed
from bot.inbox.private_reply import direct_message
from bot.rendering.blocks import fallback
from bot.services import BotServices

_log = logging.getLogger(__name__)


async def tell_admins(services: BotServices, text: str) -> None:
    """Say something to each admin; who cannot be reached is named in the log.

    Where Slack does not say who its admins are, those that the settings name are told.
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
