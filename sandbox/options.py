"""What the sandbox was started with; reads no command line."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """How the workspace behaves; waits are in Slack's seconds."""

    host: str = "127.0.0.1"
    port: int = 3000
    events_url: str | None = None
    speed: float = 1.0
    patience: float = 3.0
    stream_life: float | None = None
    rate_limits: bool = False
    state: Path | None = None

    @property
    def stream_seconds(self) -> float:
        """Real seconds that a stream lives: five of Slack's minutes unless said otherwise."""
        return self.stream_life if self.stream_life is not None else 300 / self.speed
