"""The seam between the workspace and the app: what a way of delivering must do."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Kind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver: the first has `number` 0, a retry says why."""

    number: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """How a try went; `payload` is what the app answered with, text or JSON."""

    status: str
    acknowledged: bool = False
    payload: Any = None
    may_retry: bool = True


NOT_CONNECTED = Reply("not_connected")


class Transport(Protocol):
    """Socket Mode or HTTP."""

    async def deliver(self, kind: Kind, payload: dict[str, Any], attempt: Attempt) -> Reply:
        """Delivers once and waits for the acknowledgement. Never raises for the app's faults."""

    async def ready(self, seconds: float) -> bool:
        """Waits up to `seconds` until the app can be reached; False if it cannot."""

    async def close(self) -> None:
        """Lets everything go."""
