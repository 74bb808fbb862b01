"""Check whether each part answers now."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from database.errors import DatabaseUnavailable
from houselore.embedded.supervisor import Address
from houselore.services import Services

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from database.database import Database

_MODEL_SECONDS = 10.0


def ready_checks(services: Services) -> dict[str, Callable[[], Awaitable[bool]]]:
    """Return a check for each part, by name."""
    model = _ModelCheck(services.chat)
    return {
        "database": lambda: database_answers(services.database),
        "redis": lambda: redis_answers(services.redis),
        "chat model": model.answers,
    }


async def all_answer(checks: Sequence[Callable[[], Awaitable[bool]]]) -> bool:
    """Return whether all of these checks pass."""
    return all([await check() for check in checks])


async def database_answers(database: "Database") -> bool:
    """Return whether the database answers; wait two seconds at most for a connection."""

    try:
        async with database.connection(2) as connection:
            await connection.execute("select 1")
    except DatabaseUnavailable:
        return False
    return True


async def redis_answers(redis: "Redis") -> bool:
    """Return whether Redis answers a ping."""
    from redis.exceptions import RedisError

    try:
        await redis.ping()
    except (RedisError, OSError):
        return False
    return True


async def model_answers(chat: Address | None) -> bool:
    """Return whether the endpoint lists its models; True for a provider, which is not asked."""
    import aiohttp

    if chat is None:
        return True
    headers = {"Authorization": f"Bearer {chat.api_key}"} if chat.api_key else {}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as session,
            session.get(f"{chat.url.rstrip('/')}/models", headers=headers) as response,
        ):
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


async def is_alive(port: int) -> bool:
    """Return whether a Houselore runs on this machine with its health checks on `port`."""
    import aiohttp

    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session,
            session.get(f"http://127.0.0.1:{port}/healthz") as response,
        ):
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


class _ModelCheck:
    """`model_answers`, cached for ten seconds, because a hosted endpoint counts each call."""

    def __init__(self, chat: Address | None) -> None:
        self._chat = chat
        self._asked_at = float("-inf")
        self._answered = False

    async def answers(self) -> bool:
        """Return the cached answer, or ask again."""
        if time.monotonic() - self._asked_at > _MODEL_SECONDS:
            self._answered = await model_answers(self._chat)
            self._asked_at = time.monotonic()
        return self._answered
