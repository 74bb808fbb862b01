"""Send a message that only one person sees."""

import logging
from collections.abc import Sequence

from bot.errors import SlackFailed
from bot.inbox.retry_policy import may_pass
from bot.inbox.store import InboxRow
from bot.rendering.blocks import Block, fallback, section
from bot.rendering.mrkdwn import fit
from bot.services import BotServices

_log = logging.getLogger(__name__)


async def tell(
    services: BotServices, row: InboxRow, text: str, blocks: Sequence[Block] = ()
) -> None:
    """Send `blocks`, or `text` without them, to this row's person alone.

    Try the response_url (valid for half an hour), then an ephemeral message in the channel, then a
    direct message. If Slack takes the blocks nowhere, send the text alone. Raises SlackFailed when
    a retry may help; any other refusal is logged.
    """
    message = {"text": fallback(text), "blocks": list(blocks) or [section(fit(text, 3_000))]}
    if row.response_url:
        try:
            reply = {"response_type": "ephemeral", "replace_original": False, **message}
            await services.client.respond(row.response_url, reply)
        except SlackFailed:
            _log.info("a response_url was used up; telling %s otherwise", row.person)
        else:
            return
    if row.channel:
        try:
            await services.client.call(
                "chat.postEphemeral",
                channel=row.channel,
                user=row.person,
                thread_ts=row.thread_ts or None,
                **message,
            )
        except SlackFailed as error:
            _log.info("%s cannot be told in %s: %s", row.person, row.channel, error)
        else:
            return
    try:
        channel = await direct_message(services, row.person)
        await services.client.call("chat.postMessage", channel=channel, **message)
    except SlackFailed as error:
        if may_pass(error):
            raise
        # Perhaps only the blocks were refused.
        if blocks:
            await tell(services, row, text)
            return
        _log.warning("%s cannot be told at all: %s", row.person, error)


async def respond(services: BotServices, response_url: str, text: str) -> None:
    """Send an ephemeral text to a response_url; log it if Slack refuses."""
    reply = {"response_type": "ephemeral", "replace_original": False, "text": fallback(text)}
    try:
        await services.client.respond(response_url, reply)
    except SlackFailed as error:
        _log.warning("nobody could be told %r: %s", text, error)


async def direct_message(services: BotServices, person: str) -> str:
    """Open the direct message with this person and return its id. Raises SlackFailed."""
    opened = await services.client.call("conversations.open", users=person)
    return str(opened["channel"]["id"])
