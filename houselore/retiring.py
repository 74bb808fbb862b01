"""Models out of service closed a while later: servers end, endpoints let go. Retires none."""

import asyncio
import logging
import time

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from houselore.errors import HouseloreError
from houselore.house import House
from tuning.registry import Model, lock_models, set_aside

SECONDS = 20.0
GRACE = 600.0  # seconds: whoever still answers with one has ended by then

_log = logging.getLogger(__name__)


class Retirement:
    """The models that are neither served, tried nor next in a rollback, each with its time here.

    A process closes what it has seen so for `grace` seconds. It holds the registry meanwhile, so
    that nobody promotes a model while it is closed; afterwards it is opened as any other.
    """

    def __init__(
        self, pool: AsyncConnectionPool, workspace: str, house: House, grace: float = GRACE
    ) -> None:
        self._pool, self._workspace = pool, workspace
        self._house = house
        self._grace = grace
        self._since: dict[str, float] = {}
        self._closed: set[str] = set()

    async def look(self) -> None:
        """See who is out of service, and close those whose time has come."""
        async with self._pool.connection() as connection:
            aside = await set_aside(connection, self._workspace)
        now = time.monotonic()
        self._since = {model.name: self._since.get(model.name, now) for model in aside}
        self._closed &= self._since.keys()
        due = {name for name, since in self._since.items() if now - since >= self._grace}
        if not due - self._closed:
            return
        async with self._pool.connection() as connection, connection.transaction():
            await lock_models(connection, self._workspace)
            for model in await set_aside(connection, self._workspace):
                if model.name in due - self._closed and model.name not in self._house.in_use:
                    await self._close(model)

    async def _close(self, model: Model) -> None:
        try:
            await self._house.close(model)
        except HouseloreError as error:
            _log.warning("%s is out of service and was not closed: %s", model.name, error)
            self._since[model.name] = time.monotonic()  # to be tried again, not at every look
            return
        self._closed.add(model.name)


async def keep_tidy(
    pool: AsyncConnectionPool, workspace: str, house: House, seconds: float = SECONDS
) -> None:
    """Every `seconds` until cancelled: follow the registry, also unasked, and close what is out."""
    retirement = Retirement(pool, workspace, house)
    while True:
        await asyncio.sleep(seconds)
        try:
            await house.look()
            await retirement.look()
        except (psycopg.Error, PoolTimeout) as error:
            _log.warning("it was not looked which models are out of service: %s", error)
