"""Values that may be a little old, kept in this process. Nothing that matters lives only here."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """At most `size` values, each loaded again once it is older than `seconds`."""

    def __init__(self, seconds: float, size: int = 10_000) -> None:
        self._seconds = seconds
        self._size = size
        self._drops = 0
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def find(self, key: K) -> V | None:
        """The value under this key, unless it is missing or too old."""
        at, value = self._kept.get(key, (None, None))
        return value if at is not None and time.monotonic() - at < self._seconds else None

    def put(self, key: K, value: V) -> V:
        """Keep a value under this key, dropping the oldest when there are too many."""
        self._kept.pop(key, None)
        self._kept[key] = (time.monotonic(), value)
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)
        return value

    async def get(self, key: K, load: Callable[[], Awaitable[V]]) -> V:
        """The value under this key, loaded when it is missing or too old."""
        value = self.find(key)
        if value is not None:
            return value
        drops = self._drops
        value = await load()
        # What was dropped meanwhile may have been read before it changed.
        return self.put(key, value) if drops == self._drops else value

    def drop(self, key: K) -> None:
        """Forget the value under this key, also one that is being loaded."""
        self._drops += 1
        self._kept.pop(key, None)
