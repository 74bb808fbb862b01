"""The interface of a transport, which brings the app events and interactions."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Kind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery attempt: the first has `number` 0, a retry has a reason."""

    number: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The outcome of an attempt; `payload` is the app's answer, text or JSON."""

    status: str
    acknowledged: bool = False
    payload: Any = None
    may_retry: bool = True


NOT_CONNECTED = Reply("not_connected")


class Transport(Protocol):
    """Socket Mode or HTTP."""

    async def deliver(self, kind: Kind, payload: dict[str, Any], attempt: Attempt) -> Reply:
        """Deliver once and wait for the acknowledgement. Never raises for the app's faults."""

    async def ready(self, seconds: float) -> bool:
        """Wait up to `seconds` until the app can be reached; return False if it cannot."""

    async def close(self) -> None:
        """Close all connections."""
