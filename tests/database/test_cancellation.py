"""Tasks that are asked to end do, also where the request got lost on the way."""

import asyncio

import pytest

from database.cancellation import end, pause


async def loses_one(turns: list[int]) -> None:
    """A loop with a part that swallows a cancellation, as `asyncio.wait_for` may."""
    while True:
        turns.append(len(turns))
        try:
            await asyncio.sleep(0.01 if len(turns) > 1 else 60)
        except asyncio.CancelledError:
            turns.append(-1)
        await pause(60)


async def test_a_loop_ends_though_the_request_was_lost() -> None:
    """Asked once, it ends at its next pause: its part had taken the request for itself."""
    turns: list[int] = []
    task = asyncio.create_task(loses_one(turns))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task}, timeout=5)
    assert task.cancelled()
    assert turns == [0, -1]


async def test_a_pause_is_a_pause() -> None:
    """Where nobody asked the task to end it only sleeps."""
    await asyncio.wait_for(pause(0.001), 5)


async def test_who_does_not_listen_is_asked_again() -> None:
    """A task that loses the first request has the second."""
    asked = 0

    async def deaf() -> None:
        nonlocal asked
        while asked < 2:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                asked += 1

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await asyncio.wait_for(end(task, again=0.01), 5)
    assert asked == 2 and task.done()


async def test_what_failed_before_is_raised() -> None:
    """A task that ended in an error does not end in silence."""

    async def fails() -> None:
        raise OSError("full")

    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    with pytest.raises(OSError, match="full"):
        await end(task)
