"""Message timestamps and sped-up waits; never sleeps itself."""

import time


class Clock:
    """Slack's time: unique timestamps, and waits of minutes divided by `speed`."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._last = 0

    def ts(self) -> str:
        """A new message timestamp, later than any given before."""
        self._last = max(time.time_ns() // 1000, self._last + 1)
        return stamp(self._last)

    def wait(self, seconds: float) -> float:
        """How long, in real seconds, Slack's `seconds` last here."""
        return seconds / self.speed


def stamp(microseconds: int) -> str:
    """Microseconds since 1970 as Slack writes them."""
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06d}"
