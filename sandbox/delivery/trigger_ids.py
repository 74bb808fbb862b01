"""Trigger ids, with which an app may open a modal right after a person acted."""

import secrets
import time
from dataclasses import dataclass

from sandbox.errors import Refusal

LIFE = 3.0
"""Seconds that a trigger is valid."""


@dataclass(slots=True)
class _Trigger:
    person: str
    given: float
    used: bool = False


class Triggers:
    """The triggers given out, and whether they were used."""

    def __init__(self) -> None:
        self._given: dict[str, _Trigger] = {}

    def give(self, person: str) -> str:
        """Return a new trigger for what this person just did."""
        now = time.monotonic()
        stale = [key for key, trigger in self._given.items() if now - trigger.given > 600]
        for key in stale:
            del self._given[key]
        trigger_id = f"{time.time_ns() // 10**6}.{secrets.randbelow(10**9)}.{secrets.token_hex(8)}"
        self._given[trigger_id] = _Trigger(person, now)
        return trigger_id

    def take(self, trigger_id: str) -> str:
        """Use a trigger and return who acted. Raises Refusal if it is unknown, used or expired."""
        trigger = self._given.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if time.monotonic() - trigger.given > LIFE:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger.person
