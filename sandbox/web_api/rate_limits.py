"""Rate limits by method, in real time."""

import math
import time
from collections import defaultdict, deque

from sandbox.errors import Refusal
from sandbox.web_api.scopes import calls_a_minute

WINDOW = 60.0
POSTING_WINDOW = 1.0


class Rates:
    """Limits calls a minute by method, and `chat.postMessage` to one a second in each channel."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def check(self, method: str, channel: str) -> None:
        """Count a call. Raises Refusal with `retry_after` if it is one too many."""
        if method == "chat.postMessage":
            self._count(f"{method} {channel}", 1, POSTING_WINDOW)
        elif method not in ("auth.test", "chat.getPermalink"):
            self._count(method, calls_a_minute(method), WINDOW)

    def _count(self, key: str, most: int, window: float) -> None:
        now = time.monotonic()
        calls = self._calls[key]
        while calls and now - calls[0] >= window:
            calls.popleft()
        if len(calls) >= most:
            after = max(1, math.ceil(window - (now - calls[0])))
            raise Refusal("ratelimited", status=429, retry_after=after)
        calls.append(now)
