"""Close models that went out of service, after a grace period for running answers."""

import logging
import time

from psycopg_pool import AsyncConnectionPool

from houselore.errors import HouseloreError
from houselore.models.periodic import repeat
from houselore.models.router import House
from tuning.hosted.jobs import hosted_id
from tuning.rollout.registry import Model, find_idle, lock_models, set_aside

SECONDS = 20.0
GRACE = 600.0  # seconds: whoever still answers with one has ended by then

_log = logging.getLogger(__name__)


class Retirement:
    """Tracks models that are not served, not on canary and not next in a rollback.

    A model is closed once it has been out of service for `grace` seconds, and not again until it
    has been back in service.
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
        """Find the models out of service and close those whose grace period is over."""
        async with self._pool.connection() as connection:
            aside = await set_aside(connection, self._workspace)
        now = time.monotonic()
        self._since = {m.name: self._since.get(m.name, now) for m in aside if _holds_a_place(m)}
        self._closed &= self._since.keys()
        in_use = self._house.in_use | self._closed
        for name, since in self._since.items():
            if now - since < self._grace or name in in_use:
                continue
            try:
                await close_if_idle(self._pool, self._workspace, self._house, name)
            except HouseloreError as error:
                _log.warning("%s is out of service and was not closed: %s", name, error)
                # What keeps this one from closing would keep the others too: stop for this round.
                self._since[name] = now  # to be tried again, not at every look
                return
            self._closed.add(name)


async def close_if_idle(pool: AsyncConnectionPool, workspace: str, house: House, name: str) -> None:
    """Close a model unless it is served, on canary or next in a rollback.

    It can be opened again like any other. Raises a HouseloreError.
    """
    async with pool.connection() as connection, connection.transaction():
        # The lock keeps others from promoting the model in the meantime.
        await lock_models(connection, workspace)
        model = await find_idle(connection, workspace, name)
        if model is not None and _holds_a_place(model):
            await house.close(model)


def _holds_a_place(model: Model) -> bool:
    """Return whether the model has its own server or adapter slot: it is no base and not hosted."""
    return model.adapter is not None and hosted_id(model.adapter) is None


async def keep_tidy(
    pool: AsyncConnectionPool,
    workspace: str,
    house: House,
    seconds: float = SECONDS,
    grace: float = GRACE,
) -> None:
    """Every `seconds` until cancelled, close models out of service for `grace` seconds."""
    retirement = Retirement(pool, workspace, house, grace)
    await repeat(seconds, retirement.look, "it was not looked which models are out of service")
