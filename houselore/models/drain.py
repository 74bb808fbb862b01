"""Close models that went out of service, after a grace period for running answers."""

import logging
import time

from database.database import Database
from houselore.errors import HouseloreError
from houselore.models.periodic import repeat
from houselore.models.router import ModelRouter
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

    def __init__(self, database: Database, house: ModelRouter, grace: float = GRACE) -> None:
        self._database = database
        self._house = house
        self._grace = grace
        self._since: dict[str, float] = {}
        self._closed: set[str] = set()

    async def look(self) -> None:
        """Find the models out of service and close those whose grace period is over."""
        async with self._database.connection() as connection:
            aside = await set_aside(connection, self._database.workspace)
        now = time.monotonic()
        self._since = {m.name: self._since.get(m.name, now) for m in aside if _holds_a_place(m)}
        self._closed &= self._since.keys()
        in_use = self._house.in_use | self._closed
        for name, since in self._since.items():
            if now - since < self._grace or name in in_use:
                continue
            try:
                await close_if_idle(self._database, self._house, name)
            except HouseloreError as error:
                _log.warning("%s is out of service and was not closed: %s", name, error)
                # What keeps this one from closing would keep the others too: stop for this round.
                self._since[name] = now  # to be tried again, not at every look
                return
            self._closed.add(name)


async def close_if_idle(database: Database, house: ModelRouter, name: str) -> None:
    """Close a model unless it is served, on canary or next in a rollback.

    It can be opened again like any other. Raises a HouseloreError.
    """
    async with database.connection() as connection, connection.transaction():
        await lock_models(connection, database.workspace)
        model = await find_idle(connection, database.workspace, name)
        if model is not None and _holds_a_place(model):
            await house.close(model)


def _holds_a_place(model: Model) -> bool:
    """Return whether the model has its own server or adapter slot: it is no base and not hosted."""
    return model.adapter is not None and hosted_id(model.adapter) is None


async def keep_tidy(
    database: Database,
    house: ModelRouter,
    seconds: float = SECONDS,
    grace: float = GRACE,
) -> None:
    """Every `seconds` until cancelled, close models out of service for `grace` seconds."""
    retirement = Retirement(database, house, grace)
    await repeat(seconds, retirement.look, "it was not looked which models are out of service")
