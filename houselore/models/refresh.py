"""Poll the model registry for promotions and canaries."""

import asyncio

from houselore.models.periodic import repeat
from houselore.models.router import House

SECONDS = 3.0


async def keep_following(house: House, seconds: float = SECONDS) -> None:
    """Poll the registry every `seconds` and load models that were promoted or put on canary."""
    # Two loops, because loading may take minutes: what is loaded already is switched to meanwhile.
    async with asyncio.TaskGroup() as loops:
        loops.create_task(repeat(seconds, house.follow, "the registry could not be read"))
        loops.create_task(repeat(seconds, house.look, "no model could be opened"))
