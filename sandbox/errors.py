"""The sandbox's errors.

SandboxError ├── WorldError      the world file cannot be read or contradicts itself ├──
ManifestError   the app manifest cannot be read ├── StateError      the saved state cannot be read
├── AddressError    the port is taken or the address cannot be bound ├── Refusal         a Web API
call is refused, under Slack's error name └── Mistake         a control call asks for something
impossible
"""

from typing import Any


class SandboxError(Exception):
    """Root of the sandbox's errors; its text is a sentence for a person."""


class WorldError(SandboxError):
    """The world file cannot be read or contradicts itself."""


class ManifestError(SandboxError):
    """The app manifest cannot be read."""


class StateError(SandboxError):
    """The saved state cannot be read."""


class AddressError(SandboxError):
    """The port is taken or the address cannot be bound."""


class Refusal(SandboxError):
    """A Web API call is refused: `error` is Slack's name for it, `extra` joins the response."""

    def __init__(self, error: str, *messages: str, status: int = 200, **extra: Any) -> None:
        super().__init__(error if not messages else f"{error}: {'; '.join(messages)}")
        self.error = error
        self.status = status
        self.extra = dict(extra)
        if messages:
            self.extra["response_metadata"] = {"messages": [f"[ERROR] {text}" for text in messages]}


class Mistake(SandboxError):
    """A control call asks for something impossible."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(detail)
        self.error = error
        self.detail = detail
