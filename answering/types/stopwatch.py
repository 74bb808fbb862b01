"""How long each step of an answer took. Measures nothing by itself."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds since the question came, by step."""

    marks: dict[str, float] = field(default_factory=dict)
    _start: float = field(default_factory=time.perf_counter)

    def mark(self, step: str) -> None:
        """This step has ended now."""
        self.marks[step] = round((time.perf_counter() - self._start) * 1000, 1)

    def mark_once(self, step: str) -> None:
        """The same, for the first time only."""
        if step not in self.marks:
            self.mark(step)
