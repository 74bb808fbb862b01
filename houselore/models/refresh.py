"""The registry followed while a process runs: who is served, who is tried. Closes no model."""

import asyncio

from houselore.models.periodic import repeat
from houselore.models.router import ModelRouter

SECONDS = 3.0


async def keep_following(house: ModelRouter, seconds: float = SECONDS) -> None:
    """Every `seconds` until cancelled: take up who is served and tried, and open who is not open.

    An opening may take minutes. What is open is taken up meanwhile, also where that is another
    model than the one that is being opened.
    """
    async with asyncio.TaskGroup() as loops:
        loops.create_task(repeat(seconds, house.follow, "the registry could not be read"))
        loops.create_task(repeat(seconds, house.look, "no model could be opened"))
