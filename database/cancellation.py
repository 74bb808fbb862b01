"""Cancel asyncio tasks reliably, even where a library swallows the cancellation.

On Python 3.11 `asyncio.wait_for` may return its result and lose a cancellation that arrives at the
same moment. Connection pools wait with it, so a cancelled loop could run on for ever.
"""

import asyncio
import contextlib

_AGAIN_SECONDS = 10.0  # longer than a worker's jobs are waited for


async def pause(seconds: float) -> None:
    """Sleep inside a loop. Raises CancelledError at once if the task was already cancelled."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
    await asyncio.sleep(seconds)


async def end(task: "asyncio.Task[None]", again: float = _AGAIN_SECONDS) -> None:
    """Cancel a task every `again` seconds until it has ended. Raises what the task raised."""
    # One request may be lost (see above), so it is repeated.
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=again)
    with contextlib.suppress(asyncio.CancelledError):
        await task
