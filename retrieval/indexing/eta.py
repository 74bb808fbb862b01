"""Estimate the time left of a running job (ETA), and format durations."""

import time
from collections.abc import Callable

_FIRST_SECONDS = 1.0  # no estimate before that
_MOST_SEEN = 40  # reports
_BETWEEN = 0.25  # seconds between two reports that are kept


class Eta:
    """Told how far a work is, again and again, it reckons the seconds left.

    The speed is that of the last 40 reports, which span at least ten seconds once there are so
    many, so a slow start is forgotten.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: list[tuple[float, int]] = []

    def left(self, done: int, total: int) -> float | None:
        """Return the seconds until `done` reaches `total`; None while it cannot be estimated."""
        now = self._clock()
        # The count went back: another step began.
        if self._seen and done < self._seen[-1][1]:
            self._seen.clear()
        if not self._seen or now - self._seen[-1][0] >= _BETWEEN:
            self._seen = [*self._seen[-_MOST_SEEN:], (now, done)]
        began, first = self._seen[0]
        if done >= total:
            return 0.0
        if done == first or now - began < _FIRST_SECONDS:
            return None
        return (total - done) * (now - began) / (done - first)


def in_words(seconds: float) -> str:
    """Format a duration: `8 s`, `3 min`, `1 h 20 min`."""
    if seconds < 59.5:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
