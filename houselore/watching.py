"""A canary looked at again and again while the bot runs, until it is promoted, or tried no more.

Judges nothing itself: the rollout does.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from tuning.canaries import Rollout, look_at_rollout
from tuning.rollout import Decision

SECONDS = 20.0

_log = logging.getLogger(__name__)

Announce = Callable[[str], Awaitable[None]]
"""Tells the admins a sentence."""


async def keep_watch(
    pool: AsyncConnectionPool, workspace: str, announce: Announce, seconds: float = SECONDS
) -> None:
    """Look at the rollout every `seconds` until cancelled; how it ended is announced once."""
    while True:
        await asyncio.sleep(seconds)
        try:
            looked = await look_at_rollout(pool, workspace)
        except (psycopg.Error, PoolTimeout) as error:
            _log.warning("the canary was not looked at: %s", error)
            continue
        if looked is not None and looked[1].end != "go on":
            sentence = describe_end(*looked)
            _log.info(sentence)
            await announce(sentence)


def describe_end(rollout: Rollout, decision: Decision) -> str:
    """What became of a canary, and why."""
    if decision.end == "promote":
        return f"{rollout.canary} answers now, instead of {rollout.served}. {decision.reason}"
    if decision.end == "stop":
        return f"{rollout.canary} is tried no more, {rollout.served} answers. {decision.reason}"
    return f"{rollout.canary} was taken back, {rollout.served} answers. {decision.reason}"
