"""Values read from the store and believed for a while: bounded, dropped when a fact says that they changed."""

import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Fresh(Generic[K, V]):
    """A cache by key. `ttl_s` gives how long a value is believed that nobody called stale; at most `size` are kept, the oldest go first.

    Where values differ much in size, `weigh` tells it, and `size` bounds the sum.
    """

    def __init__(self, ttl_s: Callable[[], float], size: int, weigh: Callable[[V], int] = lambda _: 1) -> None:
        self._ttl_s = ttl_s
        self._size = size
        self._weigh = weigh
        self._weight = 0
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._loading: Counter[K] = Counter()
        self._overtaken: set[K] = set()

    def __len__(self) -> int:
        return len(self._kept)

    def peek(self, key: K) -> V | None:
        """The value, if there is a fresh one."""
        found = self._kept.get(key)
        return None if found is None or time.monotonic() - found[0] > self._ttl_s() else found[1]

    async def load(self, key: K, read: Callable[[], Awaitable[V | None]]) -> V | None:
        """The value as `read` gives it, which is then kept; not where there is none, nor where it changed while it was read."""
        began = time.monotonic()
        self._loading[key] += 1
        try:
            value = await read()
            if value is not None and key not in self._overtaken:
                self._drop(key)
                self._kept[key] = (began, value)
                self._weight += self._weigh(value)
                while self._weight > self._size and len(self._kept) > 1:
                    self._drop(next(iter(self._kept)))
        finally:
            self._loading[key] -= 1
            if not self._loading[key]:
                del self._loading[key]
                self._overtaken.discard(key)
        return value

    def amend(self, key: K, value: V) -> None:
        """Replace a value that is kept by what became of it here; its age stays."""
        found = self._kept.get(key)
        if found is not None:
            self._weight += self._weigh(value) - self._weigh(found[1])
            self._kept[key] = (found[0], value)

    def last(self, key: K) -> V | None:
        """The value that is kept, however old: to find out whether it still holds."""
        found = self._kept.get(key)
        return None if found is None else found[1]

    def forget(self, key: K) -> None:
        """It changed: drop it, and do not keep one that is being read now."""
        self._drop(key)
        if key in self._loading:
            self._overtaken.add(key)

    def forget_where(self, stale: Callable[[V], bool]) -> None:
        """Drop all of which this is true, and whatever is being read now."""
        self._overtaken.update(self._loading)
        for key in [key for key, (_, value) in self._kept.items() if stale(value)]:
            self._drop(key)

    def forget_keys(self, stale: Callable[[K], bool]) -> None:
        """Drop all whose key is such, and do not keep those of them that are being read now."""
        self._overtaken.update(filter(stale, self._loading))
        for key in list(filter(stale, self._kept)):
            self._drop(key)

    def clear(self) -> None:
        """Drop everything: facts may have been missed."""
        self.forget_where(lambda _: True)

    def _drop(self, key: K) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._weight -= self._weigh(found[1])
