"""The two connections of a bus to Redis, one that speaks and one that hears; each comes back by itself."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from bot.live.envelope import seal
from bot.live.jobs import Backoff
from bot.live.local import LocalBus
from bot.live.redis import Line, RedisAway, RedisLink, Word
from bot.model.facts import Ring

_log = structlog.get_logger()

CONTROL = "!"
"""The topic on which a process says that it had to drop rings; no topic of the model is called so."""

_BATCH = 128
_CHUNK = 1_000
_RETRY_MOST_S = 2.0

_PUBLISH = """
local at = 2
while at <= #ARGV do
  local last = at + 1 + tonumber(ARGV[at + 1])
  for topic = at + 2, last do redis.call('PUBLISH', ARGV[1] .. ARGV[topic], ARGV[at]) end
  at = last + 1
end
"""
"""ARGV: the channels' prefix, then for each message its bytes, how many topics, the topics. A fifth of the cost of a pipeline."""

Changed = Callable[[], None]


class Speaker:
    """Sends rings to Redis from a bounded queue, in batches; a batch whose fate is unknown is sent again.

    Attributes:
        up: whether the last batch was taken, or a connection was just made.
    """

    def __init__(self, link: RedisLink, origin: str, changed: Changed, *, queue_limit: int) -> None:
        self.up = False
        self._link = link
        self._channel = f"{link.prefix}:"
        self._origin = origin
        self._changed = changed
        self._queue: deque[tuple[int, Ring]] = deque()
        self._queue_limit = queue_limit
        self._batch: list[tuple[int, Ring]] = []
        self._dropped = 0
        self._waiting = asyncio.Event()
        self._idle = asyncio.Event()

    def say(self, now: int, rings: Sequence[Ring]) -> None:
        """Queue rings, published at `now` in milliseconds; the oldest are dropped when there are too many."""
        for ring in rings:
            self._queue.append((now, ring))
        while len(self._queue) > self._queue_limit:
            self._queue.popleft()
            self._dropped += 1
        self._idle.clear()
        self._waiting.set()

    async def flushed(self) -> None:
        """Return when everything queued has been taken by Redis."""
        await self._idle.wait()

    async def run(self) -> None:
        """Keep a connection and send over it what waits, for ever."""
        backoff = Backoff(0.05, _RETRY_MOST_S)
        while True:
            try:
                async with self._link.line() as line:
                    self._set(up=True)
                    await self._send_all(line, backoff)
            except RedisAway as error:
                if self.up:
                    _log.warning("bus_cannot_speak", why=str(error))
            self._set(up=False)
            await asyncio.sleep(backoff.next())

    def _set(self, *, up: bool) -> None:
        self.up = up
        self._changed()

    async def _send_all(self, line: Line, backoff: Backoff) -> None:
        while True:
            while self._batch or self._queue or self._dropped:
                await self._send_batch(line)
                backoff.reset()
            self._idle.set()
            self._waiting.clear()
            await self._waiting.wait()

    async def _send_batch(self, line: Line) -> None:
        dropped = self._dropped
        while self._queue and len(self._batch) < _BATCH:
            self._batch.append(self._queue.popleft())
        words: list[Word] = [self._channel]
        for sent_at, ring in self._batch:
            words += (seal(self._origin, sent_at, ring), len(ring.topics), *ring.topics)
        if dropped:
            words += (self._origin, 1, CONTROL)
        await line.send("EVAL", _PUBLISH, 0, *words)
        await line.read()
        self._batch.clear()
        self._dropped -= dropped


class Listener:
    """Hears what Redis publishes on the topics of a local bus; subscribes everything anew when the connection comes back.

    Behind each change of topics goes a PING with a number, the mark: when Redis returns it, everything before is in
    force. The same PING is the heartbeat.

    Args:
        topics: says which topics are wanted.
        hear: takes the topic and the bytes of each message.
        changed: called when `up` changed.

    Attributes:
        up: whether all wanted topics were confirmed since the connection was made.
    """

    def __init__(self, link: RedisLink, topics: LocalBus, hear: Callable[[str, bytes], None], changed: Changed, *, heartbeat_s: float) -> None:
        self.up = False
        self._link = link
        self._channel = f"{link.prefix}:"
        self._topics = topics
        self._hear = hear
        self._changed = changed
        self._heartbeat_s = heartbeat_s
        self._line: Line | None = None
        self._scope: asyncio.Timeout | None = None
        self._on_line: set[str] = set()
        self._pending: set[str] = set()
        self._wake = asyncio.Event()
        self._sent = 0
        self._seen = 0
        self._up_at = 0
        self._marks: dict[int, asyncio.Event] = {}
        self._heard_at = 0.0

    def update(self, topic: str) -> None:
        """The topic came or went; Redis is told soon, of many topics at once."""
        self._pending.add(topic)
        self._wake.set()

    async def settled(self) -> None:
        """Return when Redis has confirmed every change made so far, or the connection is down."""
        mark = self._sent + 1 if self._pending else self._sent
        if self._line is not None and mark > self._seen:
            await self._marks.setdefault(mark, asyncio.Event()).wait()

    async def run(self) -> None:
        """Keep a connection and hear over it, for ever."""
        backoff = Backoff(0.05, _RETRY_MOST_S)
        while True:
            try:
                async with self._link.line() as line, asyncio.timeout(None) as self._scope:
                    await self._listen(line, backoff)
            except (RedisAway, TimeoutError) as error:
                if self.up:
                    _log.warning("bus_cannot_hear", why=str(error) or "silent for too long")
            finally:
                self._hang_up()
            await asyncio.sleep(backoff.next())

    def _hang_up(self) -> None:
        self._line = None
        self.up = False
        self._changed()
        for mark in self._marks.values():
            mark.set()
        self._marks.clear()

    async def _listen(self, line: Line, backoff: Backoff) -> None:
        self._on_line.clear()
        self._pending = set(self._topics.topics)
        self._heard_at = time.monotonic()
        await line.send("SUBSCRIBE", self._channel + CONTROL)
        self._up_at = await self._send_topics(line)
        self._line = line
        self._wake.set()
        while True:
            reply = await line.read(forever=True)
            self._heard_at = time.monotonic()
            if reply[0] == b"message":
                self._hear(reply[1].decode().removeprefix(self._channel), reply[2])
            elif reply[0] == b"pong":
                backoff.reset()
                self._pong(int(reply[1]))

    def _pong(self, mark: int) -> None:
        self._seen = max(self._seen, mark)
        for known in [known for known in self._marks if known <= mark]:
            self._marks.pop(known).set()
        if mark >= self._up_at and not self.up:
            self.up = True
            self._changed()

    async def keep_topics(self) -> None:
        """Tell Redis of topics that came or went, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._line is not None and self._pending:
                # On a fault the connection is closed, the listener meets that too, and starts anew.
                with suppress(RedisAway):
                    await self._send_topics(self._line)

    async def _send_topics(self, line: Line) -> int:
        """Bring the subscriptions up to date, and give the mark sent behind them."""
        pending, self._pending = self._pending, set()
        self._sent += 1
        mark = self._sent
        fresh = [topic for topic in pending if self._topics.listens(topic) and topic not in self._on_line]
        stale = [topic for topic in pending if topic in self._on_line and not self._topics.listens(topic)]
        self._on_line.update(fresh)
        self._on_line.difference_update(stale)
        for verb, topics in (("SUBSCRIBE", fresh), ("UNSUBSCRIBE", stale)):
            for start in range(0, len(topics), _CHUNK):
                await line.send(verb, *(self._channel + topic for topic in topics[start : start + _CHUNK]))
        await line.send("PING", mark)
        return mark

    async def watch(self) -> None:
        """To be called each heartbeat: ask when Redis is silent, give it up when it stays so. A frozen one keeps its connections open."""
        silent_s = time.monotonic() - self._heard_at
        if self._line is None or silent_s < self._heartbeat_s:
            return
        if silent_s > 2.5 * self._heartbeat_s and self._scope is not None:
            self._scope.reschedule(asyncio.get_running_loop().time())
        else:
            with suppress(RedisAway):
                await self._line.send("PING", self._seen)
