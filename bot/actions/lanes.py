"""Work in lanes: within a lane in order and one at a time, lanes side by side, and never more than a bound in all."""

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Lanes(Generic[T]):
    """A queue whose items are keyed by lane.

    A worker takes the first item of a free lane; the lane is then busy until `done` (the item is finished) or `again`
    (it stays first and is offered once more after a delay). Holds at most `limit` items.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._lanes: dict[str, deque[T]] = {}
        self._free: asyncio.Queue[str] = asyncio.Queue()
        self._delayed: dict[str, asyncio.TimerHandle] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[T]:
        """Every item that is not finished."""
        for lane in self._lanes.values():
            yield from lane

    def put(self, lane: str, item: T) -> bool:
        """Add an item at the end of its lane; False when there is no room for it."""
        if self._size >= self._limit:
            return False
        self._size += 1
        self._empty.clear()
        waiting = self._lanes.get(lane)
        if waiting is None:
            self._lanes[lane] = deque([item])
            self._free.put_nowait(lane)
        else:
            waiting.append(item)
        return True

    async def take(self) -> tuple[str, T]:
        """The first item of a free lane, which is busy from now on."""
        lane = await self._free.get()
        return lane, self._lanes[lane][0]

    def done(self, lane: str) -> None:
        """The first item of a busy lane is finished; the next may be taken."""
        waiting = self._lanes[lane]
        waiting.popleft()
        self._size -= 1
        if self._size == 0:
            self._empty.set()
        if waiting:
            self._free.put_nowait(lane)
        else:
            del self._lanes[lane]

    def again(self, lane: str, delay_s: float) -> None:
        """The first item of a busy lane is to be taken again after a delay; the others of the lane wait behind it."""
        self._delayed[lane] = asyncio.get_running_loop().call_later(delay_s, self._offer, lane)

    def _offer(self, lane: str) -> None:
        del self._delayed[lane]
        self._free.put_nowait(lane)

    async def empty(self) -> None:
        """Return when everything is finished."""
        await self._empty.wait()

    def close(self) -> None:
        """Forget the delays; nothing that waits for one is offered any more."""
        for timer in self._delayed.values():
            timer.cancel()
        self._delayed.clear()
