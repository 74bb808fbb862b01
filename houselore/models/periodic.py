"""One act done again and again while a process runs, whatever it meets. Knows none of the acts."""

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
    """Do `act` at once and every `seconds` until cancelled.

    Where the database, a part or the machine fails, `failed` and the reason are logged, once until
    it changes, and it goes on.
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
