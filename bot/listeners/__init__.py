"""The table of what Slack may send, and who listens. Each stores and is done; none calls Slack."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.listeners import (
    buttons,
    commands,
    home,
    lifecycle,
    mentions,
    messages,
    reactions,
)
from bot.services import BotServices

Body = Mapping[str, Any]
OnEvent = Callable[[BotServices, Body], Awaitable[None]]
OnRequest = Callable[[BotServices, Body, AsyncAck], Awaitable[None]]

EVENTS: Mapping[str, OnEvent] = {
    "agent_session_stopped": lifecycle.on_stopped,
    "app_home_opened": home.on_opened,
    "app_mention": mentions.on_mention,
    "app_uninstalled": lifecycle.on_gone,
    "member_joined_channel": lifecycle.on_joined,
    "message": messages.on_message,
    "reaction_added": reactions.on_reaction,
    "reaction_removed": reactions.on_reaction,
    "tokens_revoked": lifecycle.on_gone,
}
"""Every event of the manifest (its `message.…` are one type); what nobody hears is sent again."""

COMMANDS: Mapping[str, OnRequest] = {
    "/ask": commands.on_ask,
    "/houselore": commands.on_houselore,
}

_log = logging.getLogger(__name__)


def register_listeners(app: AsyncApp, services: BotServices) -> None:
    """Register every listener on the app."""
    for event, on_event in EVENTS.items():
        _listen(app, event, services, on_event)
    for command, on_command in COMMANDS.items():
        app.command(command)(_answering(services, on_command))
    app.action(re.compile(".*"))(_answering(services, buttons.on_press))


def _listen(app: AsyncApp, event: str, services: BotServices, on_event: OnEvent) -> None:
    async def listener(body: Body) -> None:
        await on_event(services, body)

    app.event(event)(listener)


def _answering(
    services: BotServices, on_request: OnRequest
) -> Callable[[Body, AsyncAck], Awaitable[None]]:
    async def listener(body: Body, ack: AsyncAck) -> None:
        await on_request(services, body, ack)

    return listener
