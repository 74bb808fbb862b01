"""Run an action periodically and survive its expected failures."""

import logging
from collections.abc import Awaitable, Callable

from database.cancellation import pause
from database.errors import DatabaseUnavailable
from houselore.errors import HouseloreError
from retrieval.errors import RetrievalError
from tuning.errors import TuningError

_OURS = (HouseloreError, DatabaseUnavailable, RetrievalError, TuningError)

_log = logging.getLogger(__name__)


async def repeat(seconds: float, act: Callable[[], Awaitable[None]], failed: str) -> None:
    """Run `act` at once and every `seconds` until cancelled.

    Expected errors (database, services, the machine) are logged with `failed` as the lead; the same
    error is logged once until it changes.
    """
    told = ""
    while True:
        try:
            await act()
        except (*_OURS, OSError) as error:
            if told != str(error):
                _log.warning("%s: %s", failed, error)
            told = str(error)
        else:
            told = ""
        await pause(seconds)
