"""Tell a person that their question waits because the database is down."""

import logging
from collections.abc import Mapping
from typing import Any

from bot.errors import SlackFailed
from bot.inbox.events import Message
from bot.services import BotServices
from bot.slack.ttl_cache import Recent

WAITING = (
    "My database does not answer just now. I will answer this as soon as it is back; if I have not "
    "within ten minutes, please ask again. An admin can run `houselore doctor`."
)

_log = logging.getLogger(__name__)

Told = Recent[tuple[str, str], bool]
"""The messages, by (channel, ts), whose authors were told: Slack delivers each several times."""


async def tell_once(services: BotServices, told: Told, body: Mapping[str, Any]) -> None:
    """Tell the author privately, once per message, if the message was for the bot."""
    if body["event"]["type"] not in ("app_mention", "message"):
        return
    message = Message.from_event(body)
    if message is None or told.find((message.channel, message.ts)):
        return
    me = await services.directory.me()
    # Whether the bot takes part in a thread is known only to the database, which is down.
    if not message.is_direct and not message.mentions(me.user):
        return
    told.put((message.channel, message.ts), True)
    try:
        await services.client.call(
            "chat.postEphemeral",
            channel=message.channel,
            user=message.person,
            thread_ts=message.root if message.in_thread else None,
            text=WAITING,
        )
    except SlackFailed:
        _log.warning("the database is away, and %s could not be told", message.person)
