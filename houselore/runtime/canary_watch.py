"""Monitor the canary while the bot runs, and tell the admins how it ended."""

import logging
from collections.abc import Awaitable, Callable

from psycopg import AsyncConnection

from database.cancellation import pause
from database.database import Database
from houselore.models.periodic import repeat
from tuning.rollout.canary import BY_ITSELF, Ended, ended_rollouts, look_at_rollout

SECONDS = 20.0

_log = logging.getLogger(__name__)

Announce = Callable[[str], Awaitable[None]]
"""Sends the admins a text."""


async def keep_watch(database: Database, announce: Announce, seconds: float = SECONDS) -> None:
    """Check the rollout every `seconds` until cancelled; announce each end once.

    Only one of several bots monitors, chosen by a lock. Rollouts that ended before it began are not
    announced.
    """
    known: set[int] = set()
    known_at_first = True

    async def tell(alone: AsyncConnection) -> None:
        nonlocal known_at_first
        for ended in await ended_rollouts(alone, database.workspace):
            if ended.id in known:
                continue
            known.add(ended.id)
            if not known_at_first:
                sentence = describe_end(ended)
                _log.info(sentence)
                await announce(sentence)
        known_at_first = False

    async def watch() -> None:
        async with database.try_advisory_lock(f"{database.workspace}/watch") as alone:
            while alone is not None:
                await look_at_rollout(database)
                await tell(alone)
                await pause(seconds)

    await repeat(seconds, watch, "the canary was not looked at")


def describe_end(ended: Ended) -> str:
    """Return a sentence on a canary's end: what happened, who decided, and why."""
    match ended.how:
        case "promoted":
            became = f"{ended.canary} answers now, instead of {ended.served}."
        case "rolled back":
            became = f"{ended.canary} was taken back, {ended.served} answers."
        case "stopped":
            became = f"{ended.canary} is tried no more."
    why = ended.reason if ended.by == BY_ITSELF else f"By {ended.by}: {ended.reason}"
    return f"{became} {why}"
