"""Handle Stop, membership changes and the removal of the app."""

import logging
from collections.abc import Mapping
from typing import Any

from bot.inbox import store
from bot.inbox.events import Incoming
from bot.services import BotServices
from bot.slack.directory import Person

_log = logging.getLogger(__name__)


async def on_stopped(services: BotServices, body: Mapping[str, Any]) -> None:
    """Stop the answers that are being written in this thread."""
    event = body["event"]
    thread_ts = event.get("thread_ts")
    if event.get("channel") and thread_ts:
        await store.stop_questions(services, event["channel"], thread_ts)


async def on_members(services: BotServices, body: Mapping[str, Any]) -> None:
    """Record that somebody joined or left a channel."""
    channel, person = body["event"]["channel"], body["event"]["user"]
    # The bot is in no audience, so its own coming and going changes none.
    if person != (await services.directory.me()).user:
        await _changed(services, body, channel, person)


async def on_sharing(services: BotServices, body: Mapping[str, Any]) -> None:
    """Record that a channel is shared with another workspace, or no longer."""
    await _changed(services, body, body["event"]["channel"], None)


async def on_person(services: BotServices, body: Mapping[str, Any]) -> None:
    """Record that a person's name, role or guest status changed."""
    user = body["event"]["user"]
    now = Person.from_user(user, (await services.directory.me()).team)
    # Most profile changes (a status, a photo) change no audience: skip them.
    known = services.directory.known_person(now.id)
    if now.is_outsider if known is None else known != now:
        await _changed(services, body, None, now.id)


async def on_groups(services: BotServices, body: Mapping[str, Any]) -> None:
    """Record that a user group was created, changed or disabled."""
    await _changed(services, body, None, None)


async def _changed(
    services: BotServices, body: Mapping[str, Any], channel: str | None, person: str | None
) -> None:
    """Drop what this process has cached, and store the change for the other processes."""
    services.memberships.forget(channel, person)
    await store.store(services, Incoming(body["event_id"], "membership", person, channel))


async def on_gone(services: BotServices, body: Mapping[str, Any]) -> None:
    """Log that the app was removed or its token revoked."""
    _log.error(
        "Slack says %s: the bot of %s can do nothing until the app is installed again.",
        body["event"]["type"],
        services.workspace,
    )
