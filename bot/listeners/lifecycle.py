"""What happens around the questions: Stop is pressed, members come and go, the app is removed."""

import logging
from collections.abc import Mapping
from typing import Any

from bot.inbox import store
from bot.inbox.events import Incoming
from bot.services import BotServices
from bot.slack.directory import Person

_log = logging.getLogger(__name__)


async def on_stopped(services: BotServices, body: Mapping[str, Any]) -> None:
    """The answers being written in this thread end with what there is."""
    event = body["event"]
    thread_ts = event.get("thread_ts")
    if event.get("channel") and thread_ts:
        await store.stop_questions(services, event["channel"], thread_ts)


async def on_members(services: BotServices, body: Mapping[str, Any]) -> None:
    """Somebody came into a channel or left it; the bot itself reads nothing."""
    channel, person = body["event"]["channel"], body["event"]["user"]
    if person != (await services.directory.me()).user:
        await _changed(services, body, channel, person)


async def on_sharing(services: BotServices, body: Mapping[str, Any]) -> None:
    """A channel is shared with another workspace, or no longer."""
    await _changed(services, body, body["event"]["channel"], None)


async def on_person(services: BotServices, body: Mapping[str, Any]) -> None:
    """Somebody's profile or standing changed; of most such changes nothing depends on it."""
    user = body["event"]["user"]
    now = Person.from_user(user, (await services.directory.me()).team)
    known = services.directory.known_person(now.id)
    if now.is_outsider if known is None else known != now:
        await _changed(services, body, None, now.id)


async def on_groups(services: BotServices, body: Mapping[str, Any]) -> None:
    """A user group was made, changed or switched off."""
    await _changed(services, body, None, None)


async def _changed(
    services: BotServices, body: Mapping[str, Any], channel: str | None, person: str | None
) -> None:
    """Who may read what has changed: for us at once, for other processes before they answer."""
    services.memberships.forget(channel, person)
    await store.store(services, Incoming(body["event_id"], "membership", person, channel))


async def on_gone(services: BotServices, body: Mapping[str, Any]) -> None:
    """The app was removed from the workspace, or its token taken back."""
    _log.error(
        "Slack says %s: the bot of %s can do nothing until the app is installed again.",
        body["event"]["type"],
        services.workspace,
    )
