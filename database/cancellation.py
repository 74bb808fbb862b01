"""Tasks that are asked to end, and do, also where a library loses the request. Starts none.

On Python 3.11 `asyncio.wait_for` returns its outcome instead of a cancellation that comes with it,
and pools of connections wait by it: a loop that is cancelled just then would go on for ever.
"""

import asyncio
import contextlib

_AGAIN_SECONDS = 10.0  # longer than a worker's jobs are waited for


async def pause(seconds: float) -> None:
    """Sleep in a loop. Raises CancelledError at once where the task was asked to end before."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
    await asyncio.sleep(seconds)


async def end(task: "asyncio.Task[None]", again: float = _AGAIN_SECONDS) -> None:
    """Cancel a task, every `again` seconds, until it has ended. Raises what it failed with."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=again)
    with contextlib.suppress(asyncio.CancelledError):
        await task
