"""Deliver events to the app, with retries until acknowledged, and interactions once."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.delivery.events import Event, Events, wrap
from sandbox.delivery.faults import Faults
from sandbox.delivery.transport import Attempt, Kind, Reply, Transport
from sandbox.workspace.domain_events import Happening
from sandbox.workspace.workspace import Workspace

RETRIES = (0.0, 60.0, 300.0)
"""Seconds, in Slack's time, before the first, second and third retry."""


@dataclass(slots=True)
class Record:
    """The delivery of one event."""

    at: float
    event_id: str
    type: str
    attempts: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: bool = False

    def shape(self) -> dict[str, Any]:
        """Return the record for the control API."""
        return {
            "at": self.at,
            "event_id": self.event_id,
            "type": self.type,
            "attempts": self.attempts,
            "acknowledged": self.acknowledged,
        }


class Delivery:
    """Sends the app the events that it subscribed to."""

    def __init__(
        self, workspace: Workspace, events: Events, transport: Transport, faults: Faults
    ) -> None:
        self.workspace = workspace
        self.events = events
        self.transport = transport
        self.faults = faults
        self.records: deque[Record] = deque(maxlen=5000)
        self._tasks: set[asyncio.Task[None]] = set()
        workspace.listeners.append(self.hear)

    def hear(self, happening: Happening) -> None:
        """Send the events of a domain event, without waiting for them."""
        for event in self.events.of(happening):
            self.send(event)

    def send(self, event: Event) -> None:
        """Send one event in the background."""
        body = wrap(event, self.workspace)
        record = Record(time.time(), body["event_id"], str(event["type"]))
        self.records.append(record)
        task = asyncio.get_running_loop().create_task(self._deliver(body, record))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def interact(self, kind: Kind, payload: dict[str, Any], patience: float) -> Reply:
        """Send the app a command or an interaction, once, and wait up to `patience` seconds."""
        deadline = time.monotonic() + patience
        await self._delay()
        if not await self.transport.ready(patience):
            return Reply("operation_timeout")
        try:
            async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
                reply = await self.transport.deliver(kind, payload, Attempt())
        except TimeoutError:
            return Reply("operation_timeout")
        return Reply("operation_timeout") if reply.status == "timeout" else reply

    async def give_up(self) -> None:
        """Cancel the events that the app has not acknowledged."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Cancel open deliveries and close the transport."""
        await self.give_up()
        await self.transport.close()

    async def _deliver(self, body: Event, record: Record) -> None:
        attempt = Attempt()
        while True:
            reply = await self._try(body, record, attempt)
            if reply.acknowledged or not reply.may_retry or attempt.number == len(RETRIES):
                break
            if not await self._wait(attempt.number, reply):
                break
            attempt = Attempt(attempt.number + 1, _reason(reply))
        for again in range(self.faults.redeliver):
            await self._try(body, record, Attempt(again + 1, "http_timeout"))

    async def _try(self, body: Event, record: Record, attempt: Attempt) -> Reply:
        await self._delay()
        at = time.time()
        reply = await self.transport.deliver("events_api", body, attempt)
        record.attempts.append({"at": at, "status": reply.status})
        record.acknowledged = record.acknowledged or reply.acknowledged
        return reply

    async def _wait(self, retry: int, reply: Reply) -> bool:
        """Wait for the next retry; return False if the app stayed away too long."""
        if reply.status == "not_connected":
            # A restarting app needs real time, however fast the retries are.
            return await self.transport.ready(sum(RETRIES))
        await asyncio.sleep(self.workspace.clock.wait(RETRIES[retry]))
        return True

    async def _delay(self) -> None:
        if self.faults.delay_ms:
            await asyncio.sleep(self.faults.delay_ms / 1000)


def _reason(reply: Reply) -> str:
    return "timeout" if reply.status in ("not_connected", "connection_closed") else reply.status
