"""Whether each part answers at this moment. Mends none."""

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
    """A check by the name of each part."""
    model = _ModelCheck(services.chat)
    return {
        "database": lambda: database_answers(services.database),
        "redis": lambda: redis_answers(services.redis),
        "chat model": model.answers,
    }


async def all_answer(checks: Sequence[Callable[[], Awaitable[bool]]]) -> bool:
    """Whether each of these parts answers."""
    return all([await check() for check in checks])


async def database_answers(database: "Database") -> bool:
    """Whether a statement comes back within two seconds."""

    try:
        async with database.connection(2) as connection:
            await connection.execute("select 1")
    except DatabaseUnavailable:
        return False
    return True


async def redis_answers(redis: "Redis") -> bool:
    """Whether Redis answers a ping."""
    from redis.exceptions import RedisError

    try:
        await redis.ping()
    except (RedisError, OSError):
        return False
    return True


async def model_answers(chat: Address | None) -> bool:
    """Whether the endpoint lists its models; a provider's own API is not asked."""
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
    """Whether a Houselore runs on this machine with its health checks on `port`."""
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
    """`model_answers`, remembered for a while: a hosted endpoint counts each call."""

    def __init__(self, chat: Address | None) -> None:
        self._chat = chat
        self._asked_at = float("-inf")
        self._answered = False

    async def answers(self) -> bool:
        """What was found within the last ten seconds, or is found now."""
        if time.monotonic() - self._asked_at > _MODEL_SECONDS:
            self._answered = await model_answers(self._chat)
            self._asked_at = time.monotonic()
        return self._answered
