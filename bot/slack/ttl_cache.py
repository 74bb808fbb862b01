"""A small in-process cache with an age limit."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """At most `size` values; one older than `seconds` is loaded again."""

    def __init__(self, seconds: float, size: int = 10_000) -> None:
        self._seconds = seconds
        self._size = size
        self._drops = 0
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def find(self, key: K) -> V | None:
        """Return the value, or None if it is missing or too old."""
        at, value = self._kept.get(key, (None, None))
        return value if at is not None and time.monotonic() - at < self._seconds else None

    def put(self, key: K, value: V) -> V:
        """Store a value and return it; drop the oldest if there are more than `size`."""
        self._kept.pop(key, None)
        self._kept[key] = (time.monotonic(), value)
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)
        return value

    async def get(self, key: K, load: Callable[[], Awaitable[V]]) -> V:
        """Return the value; load it if it is missing or too old."""
        value = self.find(key)
        if value is not None:
            return value
        drops = self._drops
        value = await load()
        # The value may be older than the change that dropped it: use it once, do not store it.
        return self.put(key, value) if drops == self._drops else value

    def drop(self, key: K) -> None:
        """Remove the value, also one that is being loaded."""
        self._drops += 1
        self._kept.pop(key, None)
