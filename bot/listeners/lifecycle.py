"""What happens around the questions: Stop is pressed, members come and go, the app is removed."""

import logging
from collections.abc import Mapping
from typing import Any

from bot import inbox
from bot.services import BotServices

_log = logging.getLogger(__name__)


async def on_stopped(services: BotServices, body: Mapping[str, Any]) -> None:
    """The answers being written in this thread end with what there is."""
    event = body["event"]
    thread_ts = event.get("thread_ts")
    if event.get("channel") and thread_ts:
        await inbox.stop_questions(services, event["channel"], thread_ts)


async def on_members(services: BotServices, body: Mapping[str, Any]) -> None:
    """Who may read a channel has changed."""
    event = body["event"]
    services.directory.forget_members(event["channel"], event["user"])


async def on_gone(services: BotServices, body: Mapping[str, Any]) -> None:
    """The app was removed from the workspace, or its token taken back."""
    _log.error(
        "Slack says %s: the bot of %s can do nothing until the app is installed again.",
        body["event"]["type"],
        services.workspace,
    )
