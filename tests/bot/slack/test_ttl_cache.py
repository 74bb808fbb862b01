"""Values that are kept for a while are never older than the last word about them."""

import asyncio

from bot.slack.ttl_cache import Recent


async def test_what_is_dropped_while_it_loads_is_not_kept() -> None:
    """A value that somebody drops in mid-load is loaded again by the next who asks."""
    recent: Recent[str, int] = Recent(60)
    gate = asyncio.Event()

    async def old() -> int:
        await gate.wait()
        return 1

    async def new() -> int:
        return 2

    first = asyncio.create_task(recent.get("a", old))
    await asyncio.sleep(0)
    recent.drop("a")
    gate.set()
    assert await first == 1
    assert await recent.get("a", new) == 2
    assert await recent.get("a", old) == 2
