"""Poll the model registry for promotions and canaries."""

import asyncio

from houselore.models.periodic import repeat
from houselore.models.router import ModelRouter

SECONDS = 3.0


async def keep_following(house: ModelRouter, seconds: float = SECONDS) -> None:
    """Poll the registry every `seconds` and load models that were promoted or put on canary."""
    async with asyncio.TaskGroup() as loops:
        loops.create_task(repeat(seconds, house.follow, "the registry could not be read"))
        loops.create_task(repeat(seconds, house.look, "no model could be opened"))
