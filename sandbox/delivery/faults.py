"""Faults to inject on purpose; all are off until the control API switches them on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.errors import Mistake, Refusal

KNOWN = ("redeliver", "delay_ms", "disconnect", "rate_limit", "fail", "expire_streams")


@dataclass(slots=True)
class Trap:
    """Refuses the next `times` calls of a method (`*`: of any)."""

    method: str
    times: int
    error: str
    retry_after: int | None = None

    def catches(self, method: str) -> bool:
        """Return whether a call is refused; counts it if so."""
        if self.times <= 0 or self.method not in (method, "*"):
            return False
        self.times -= 1
        return True

    def refusal(self) -> Refusal:
        """Return the error for the caller."""
        if self.retry_after is not None:
            return Refusal("ratelimited", status=429, retry_after=self.retry_after)
        return Refusal(self.error)


@dataclass(slots=True)
class Faults:
    """The faults that are on."""

    redeliver: int = 0
    delay_ms: float = 0
    traps: list[Trap] = field(default_factory=list)

    def set(self, wanted: Mapping[str, Any]) -> None:
        """Switch faults on; those not named stay as they are. Raises Mistake."""
        if unknown := set(wanted) - set(KNOWN):
            raise Mistake("unknown_fault", f"No fault is called {sorted(unknown)}: use {KNOWN}.")
        try:
            self.redeliver = int(wanted.get("redeliver", self.redeliver))
            self.delay_ms = float(wanted.get("delay_ms", self.delay_ms))
            if (limit := wanted.get("rate_limit")) is not None:
                after = int(limit.get("retry_after", 1))
                times = int(limit.get("times", 1))
                self.traps.append(Trap(limit["method"], times, "ratelimited", after))
            if (fail := wanted.get("fail")) is not None:
                error = fail.get("error", "internal_error")
                self.traps.append(Trap(fail["method"], int(fail.get("times", 1)), error))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Mistake(
                "invalid_fault", f"A fault has a missing or odd value: {error}."
            ) from error

    def clear(self) -> None:
        """Switch all faults off."""
        self.redeliver, self.delay_ms, self.traps = 0, 0, []

    def check(self, method: str) -> None:
        """Raise the Refusal that is set for this call, if any."""
        for trap in self.traps:
            if trap.catches(method):
                raise trap.refusal()

    def shape(self) -> dict[str, Any]:
        """Return the faults for the control API."""
        waiting = [trap for trap in self.traps if trap.times > 0]
        return {
            "redeliver": self.redeliver,
            "delay_ms": self.delay_ms,
            "rate_limit": [
                {"method": trap.method, "times": trap.times, "retry_after": trap.retry_after}
                for trap in waiting
                if trap.retry_after is not None
            ],
            "fail": [
                {"method": trap.method, "times": trap.times, "error": trap.error}
                for trap in waiting
                if trap.retry_after is None
            ],
        }
