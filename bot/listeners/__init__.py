"""Register the listeners for Slack's events, commands, buttons, shortcuts and forms.

A listener only stores what came in; jobs do the work.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import DatabaseDown
from bot.feedback.comment_form import REMARK
from bot.listeners import (
    buttons,
    commands,
    home,
    lifecycle,
    mentions,
    messages,
    outage,
    reactions,
    shortcuts,
    views,
)
from bot.reviews.edit_form import REVIEW
from bot.services import BotServices
from bot.slack.ttl_cache import Recent

Body = Mapping[str, Any]
OnEvent = Callable[[BotServices, Body], Awaitable[None]]
OnRequest = Callable[[BotServices, Body, AsyncAck], Awaitable[None]]

EVENTS: Mapping[str, OnEvent] = {
    "agent_session_stopped": lifecycle.on_stopped,
    "app_home_opened": home.on_opened,
    "app_mention": mentions.on_mention,
    "app_uninstalled": lifecycle.on_gone,
    "channel_shared": lifecycle.on_sharing,
    "channel_unshared": lifecycle.on_sharing,
    "member_joined_channel": lifecycle.on_members,
    "member_left_channel": lifecycle.on_members,
    "message": messages.on_message,
    "reaction_added": reactions.on_reaction,
    "reaction_removed": reactions.on_reaction,
    "subteam_created": lifecycle.on_groups,
    "subteam_members_changed": lifecycle.on_groups,
    "subteam_updated": lifecycle.on_groups,
    "tokens_revoked": lifecycle.on_gone,
    "user_change": lifecycle.on_person,
}
"""Every event of the manifest (`message.…` are one type). Without a listener Slack redelivers."""

COMMANDS: Mapping[str, OnRequest] = {
    "/ask": commands.on_ask,
    "/houselore": commands.on_houselore,
}

SHORTCUTS: Mapping[str, OnRequest] = {"save_as_answer": shortcuts.on_save}
"""Every shortcut of the manifest."""

_TOLD_SECONDS = 900


def register_listeners(app: AsyncApp, services: BotServices) -> None:
    """Register every listener on the app."""
    told: outage.Told = Recent(_TOLD_SECONDS)
    for event, on_event in EVENTS.items():
        _listen(app, event, services, on_event, told)
    for command, on_command in COMMANDS.items():
        app.command(command)(_answering(services, on_command))
    app.action(re.compile(".*"))(_answering(services, buttons.on_press))
    for shortcut, on_shortcut in SHORTCUTS.items():
        app.shortcut(shortcut)(_answering(services, on_shortcut))
    app.view(REMARK)(_answering(services, views.on_remark))
    app.view(REVIEW)(_answering(services, views.on_review))


def _listen(
    app: AsyncApp, event: str, services: BotServices, on_event: OnEvent, told: outage.Told
) -> None:
    async def listener(body: Body) -> None:
        try:
            await on_event(services, body)
        except DatabaseDown:
            await outage.tell_once(services, told, body)
            raise  # not acknowledged: Slack delivers it again

    app.event(event)(listener)


def _answering(
    services: BotServices, on_request: OnRequest
) -> Callable[[Body, AsyncAck], Awaitable[None]]:
    async def listener(body: Body, ack: AsyncAck) -> None:
        await on_request(services, body, ack)

    return listener
