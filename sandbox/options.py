"""The options that the sandbox was started with."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """How the workspace behaves."""

    host: str = "127.0.0.1"
    port: int = 3000
    events_url: str | None = None
    # Durations are real seconds; `speed` divides those that Slack fixes.
    speed: float = 1.0
    patience: float = 3.0
    stream_life: float | None = None
    rate_limits: bool = False
    state: Path | None = None

    @property
    def stream_seconds(self) -> float:
        """Real seconds until Slack closes a stream: by default five minutes divided by `speed`."""
        return self.stream_life if self.stream_life is not None else 300 / self.speed
