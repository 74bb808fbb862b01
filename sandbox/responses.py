"""response_url: the address an interaction can be answered at, five times in half an hour."""

import secrets
import time
from dataclasses import dataclass

from sandbox.clock import Clock
from sandbox.errors import Refusal
from sandbox.messages import Message

USES = 5
LIFE = 1800.0
"""Slack's seconds that an address works."""


@dataclass(slots=True)
class Origin:
    """Where and by whom something was done, and the message it was done on."""

    channel: str
    person: str
    message: Message | None
    thread_ts: str | None
    given: float
    uses: int = 0


class Responses:
    """The addresses given out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._origins: dict[str, Origin] = {}

    def give(
        self,
        channel: str,
        person: str,
        message: Message | None = None,
        thread_ts: str | None = None,
    ) -> str:
        """A new address's secret part."""
        now = time.monotonic()
        life = self._clock.wait(LIFE)
        stale = [key for key, origin in self._origins.items() if now - origin.given > 2 * life + 60]
        for key in stale:
            del self._origins[key]
        secret = secrets.token_urlsafe(18)
        self._origins[secret] = Origin(channel, person, message, thread_ts, now)
        return secret

    def use(self, secret: str) -> Origin:
        """Counts one use. Raises Refusal if the address is unknown, used up or too old."""
        origin = self._origins.get(secret)
        if origin is None:
            raise Refusal("invalid_url", status=404)
        if time.monotonic() - origin.given > self._clock.wait(LIFE):
            raise Refusal("expired_url", status=404)
        if origin.uses >= USES:
            raise Refusal("used_url", status=404)
        origin.uses += 1
        return origin
