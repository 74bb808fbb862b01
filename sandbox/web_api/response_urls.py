"""response_url: the address for answers to an interaction, valid five times in half an hour."""

import secrets
import time
from dataclasses import dataclass

from sandbox.errors import Refusal
from sandbox.workspace.clock import Clock
from sandbox.workspace.messages import Message

USES = 5
LIFE = 1800.0
"""Seconds, in Slack's time, that an address is valid."""


@dataclass(slots=True)
class Origin:
    """Where and by whom an interaction was made, and the message it was made on."""

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
        """Return a new address's secret part."""
        now = time.monotonic()
        life = self._clock.wait(LIFE)
        stale = [key for key, origin in self._origins.items() if now - origin.given > 2 * life + 60]
        for key in stale:
            del self._origins[key]
        secret = secrets.token_urlsafe(18)
        self._origins[secret] = Origin(channel, person, message, thread_ts, now)
        return secret

    def use(self, secret: str) -> Origin:
        """Count one use. Raises Refusal if the address is unknown, used up or expired."""
        origin = self._origins.get(secret)
        if origin is None:
            raise Refusal("invalid_url", status=404)
        if time.monotonic() - origin.given > self._clock.wait(LIFE):
            raise Refusal("expired_url", status=404)
        if origin.uses >= USES:
            raise Refusal("used_url", status=404)
        origin.uses += 1
        return origin
