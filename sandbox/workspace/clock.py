"""Slack's time: unique message timestamps, and durations divided by `speed`."""

import time


class Clock:
    """A clock that gives out unique timestamps and scales durations."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._last = 0

    def ts(self) -> str:
        """Return a new message timestamp, later than any before."""
        self._last = max(time.time_ns() // 1000, self._last + 1)
        return stamp(self._last)

    def wait(self, seconds: float) -> float:
        """Return the real seconds that Slack's `seconds` last here."""
        return seconds / self.speed


def stamp(microseconds: int) -> str:
    """Format microseconds since 1970 as Slack does."""
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06d}"
