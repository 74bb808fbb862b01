"""Record when each step of an answer ended."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds from the question to the end of each step."""

    marks: dict[str, float] = field(default_factory=dict)
    _start: float = field(default_factory=time.perf_counter)

    def mark(self, step: str) -> None:
        """Record that a step ended now."""
        self.marks[step] = round((time.perf_counter() - self._start) * 1000, 1)

    def mark_once(self, step: str) -> None:
        """Record it the first time only."""
        if step not in self.marks:
            self.mark(step)
