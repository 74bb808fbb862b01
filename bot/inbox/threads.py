"""Read a Slack thread as the turns of a conversation; its last messages are cached in Redis.

The cache gets each new message of a thread once the thread was read. Whenever it may be incomplete,
the thread is read from Slack.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from redis.exceptions import RedisError, WatchError

from answering.types.questions import Turn
from bot.inbox.store import InboxRow
from bot.rendering.mrkdwn import mentions, plain
from bot.services import BotServices
from bot.slack.directory import Myself

_MOST_TURNS = 12
_MOST_KEPT = 40
_KEPT_SECONDS = 600
# Writing the cache delays the acknowledgement of an event, so it may take little time.
_NOTE_SECONDS = 0.05
_READ_SECONDS = 0.25
_PAGE = 200
_MOST_PAGES = 10
_AWAY = (RedisError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a thread, in Slack's own markup; `by_me`: the bot wrote it."""

    ts: str
    text: str
    by_me: bool

    @classmethod
    def from_message(cls, message: Mapping[str, Any], me: Myself) -> "Said":
        """Parse a message object of Slack's."""
        by_me = message.get("user") == me.user or message.get("bot_id") == me.bot
        return cls(message["ts"], message.get("text") or "", by_me)


async def turns_before(services: BotServices, row: InboxRow, me: Myself) -> tuple[Turn, ...]:
    """Return the last 12 turns of a thread before a question, oldest first. Raises SlackFailed."""
    if row.ts == row.thread_ts:
        return ()
    said = await _remembered(services, row)
    if said is None:
        said = await _read(services, row, me)
    before = sorted((one for one in said if _number(one.ts) < _number(row.ts)), key=_order)
    recent = [one for one in before if one.text.strip()][-_MOST_TURNS:]
    names = await services.directory.names(
        user for one in recent for user in mentions(one.text) if user != me.user
    )
    return tuple(
        Turn("bot" if one.by_me else "person", plain(one.text, me.user, names)) for one in recent
    )


async def note(services: BotServices, channel: str, root: str, said: Said) -> None:
    """Add a new message to its thread's cache entry, if there is one."""
    key = _key(services, channel, root)

    async def write() -> None:
        assert services.redis is not None  # noqa: S101 - `_with_redis` runs nothing without it
        async with services.redis.pipeline() as pipe:
            pipe.incr(f"{key}:version")
            pipe.expire(f"{key}:version", _KEPT_SECONDS * 2)
            # RPUSHX: without an entry, one message would pass for the whole thread.
            pipe.rpushx(key, json.dumps(asdict(said)))
            pipe.ltrim(key, -_MOST_KEPT, -1)
            await pipe.execute()

    await _with_redis(services, write, _NOTE_SECONDS)


async def forget(services: BotServices, channel: str, root: str) -> None:
    """Drop a thread's cache entry, because one of its messages changed or was deleted."""
    key = _key(services, channel, root)

    async def write() -> None:
        assert services.redis is not None  # noqa: S101 - `_with_redis` runs nothing without it
        async with services.redis.pipeline() as pipe:
            pipe.incr(f"{key}:version")
            pipe.expire(f"{key}:version", _KEPT_SECONDS * 2)
            pipe.delete(key)
            await pipe.execute()

    await _with_redis(services, write, _NOTE_SECONDS)


async def _remembered(services: BotServices, row: InboxRow) -> list[Said] | None:
    """Return the cached messages; None when the entry may be incomplete."""
    key = _key(services, row.channel, row.thread_ts)

    async def read() -> list[Said]:
        assert services.redis is not None  # noqa: S101 - `_with_redis` runs nothing without it
        kept = await services.redis.lrange(key, 0, -1)
        # Slack delivers a message more than once; the last copy of each counts.
        return list({one.ts: one for one in (Said(**json.loads(item)) for item in kept)}.values())

    said = await _with_redis(services, read, _READ_SECONDS)
    # The question's own event must have reached the entry, or others may be missing too.
    return said if said and any(one.ts == row.ts for one in said) else None


async def said_in(services: BotServices, channel: str, root: str, me: Myself) -> list[Said]:
    """Return a thread's messages from Slack, oldest first, 2,000 at most. Raises SlackFailed."""
    said: list[Said] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await services.client.call(
            "conversations.replies", channel=channel, ts=root, limit=_PAGE, cursor=cursor
        )
        said += [Said.from_message(message, me) for message in page["messages"]]
        cursor = page.get("response_metadata", {}).get("next_cursor") or None
        if cursor is None:
            break
    return said


async def _read(services: BotServices, row: InboxRow, me: Myself) -> list[Said]:
    """Read the thread from Slack and cache it."""
    key = _key(services, row.channel, row.thread_ts)
    version = await _with_redis(services, lambda: _get(services, f"{key}:version"), _READ_SECONDS)
    said = (await said_in(services, row.channel, row.thread_ts, me))[-_MOST_KEPT:]

    async def keep() -> None:
        assert services.redis is not None  # noqa: S101 - `_with_redis` runs nothing without it
        async with services.redis.pipeline() as pipe:
            # Do not cache what an event has overtaken while Slack was read.
            await pipe.watch(f"{key}:version")
            if await pipe.get(f"{key}:version") != version:
                return
            pipe.multi()  # type: ignore[no-untyped-call] # redis-py has no types for it
            pipe.delete(key)
            pipe.rpush(key, *(json.dumps(asdict(one)) for one in said))
            pipe.expire(key, _KEPT_SECONDS)
            await pipe.execute()

    if said:
        await _with_redis(services, keep, _READ_SECONDS)
    return said


async def _get(services: BotServices, key: str) -> bytes | str | None:
    assert services.redis is not None  # noqa: S101 - `_with_redis` runs nothing without it
    value: bytes | str | None = await services.redis.get(key)
    return value


async def _with_redis(
    services: BotServices, work: Callable[[], Awaitable[Any]], seconds: float
) -> Any:
    """Return the work's result; None without Redis, when it is slow or down, or on a WatchError."""
    if services.redis is None:
        return None
    try:
        async with asyncio.timeout(seconds):
            return await work()
    except (WatchError, *_AWAY):
        return None


def _key(services: BotServices, channel: str, root: str) -> str:
    return f"houselore:{services.workspace}:thread:{channel}:{root}"


def _number(ts: str) -> tuple[int, int]:
    seconds, _, rest = ts.partition(".")
    return int(seconds), int(rest or 0)


def _order(said: Said) -> tuple[int, int]:
    return _number(said.ts)
