"""The bus across processes, over Redis channels."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Self

import msgspec
import structlog

from bot.live.envelope import ring_in, unseal
from bot.live.jobs import Jobs
from bot.live.lines import CONTROL, Listener, Speaker
from bot.live.local import LocalBus
from bot.live.metrics import Metrics
from bot.live.ports import Ear
from bot.live.redis import RedisLink
from bot.model.basics import now_ms
from bot.model.facts import Fact, Ring

_log = structlog.get_logger()

_FIRST_CONNECT_S = 2.0
_LAST_FLUSH_S = 1.0
_SAMPLE_MS = 10
_GATHER_S = 0.2


class RedisBus:
    """One channel for each topic, subscribed only while somebody of this process listens on it.

    People of this process hear each other at once, with or without Redis. Rings for other processes wait in a bounded
    queue while Redis is slow or away; receivers drop what they have heard. When the queue had to drop rings, the other
    processes are told so and their `on_restored` fires, as it does in every process whose own connection was away.

    Args:
        queue_limit: rings kept for Redis; the oldest go first.
        heartbeat_s: after this much silence Redis is asked; after about three times as much it counts as away.
    """

    def __init__(self, link: RedisLink, metrics: Metrics, *, queue_limit: int = 8_192, heartbeat_s: float = 3.0) -> None:
        self._metrics = metrics
        metrics.bus_up.set(0)
        self._origin = secrets.token_hex(8)
        self._local = LocalBus()
        self._speaker = Speaker(link, self._origin, self._changed, queue_limit=queue_limit)
        self._listener = Listener(link, self._local, self._hear, self._changed, heartbeat_s=heartbeat_s)
        self._heartbeat_s = heartbeat_s
        self._jobs = Jobs()
        self._callbacks: list[Callable[[], None]] = []
        self._connected = asyncio.Event()
        self._was_up = False
        self._heard = False
        self._missed = False
        self._gathering: asyncio.TimerHandle | None = None
        self._sampled_at = 0

    def publish(self, rings: Sequence[Ring]) -> None:
        """Ring here, and queue the rings for the others."""
        self._local.publish(rings)
        self._speaker.say(now_ms(), rings)

    def attach(self, ear: Ear, *facts: type[Fact]) -> None:
        """Add an ear."""
        self._local.attach(ear, *facts)

    def subscribe(self, topic: str) -> None:
        """Count one more listener; the first one subscribes in Redis."""
        if not self._local.listens(topic):
            self._listener.update(topic)
        self._local.subscribe(topic)

    def unsubscribe(self, topic: str) -> None:
        """Count one listener less; the last one unsubscribes in Redis."""
        self._local.unsubscribe(topic)
        if not self._local.listens(topic):
            self._listener.update(topic)

    async def settled(self) -> None:
        """Wait until Redis has confirmed every subscription made so far."""
        await self._listener.settled()

    def on_restored(self, callback: Callable[[], None]) -> None:
        """Add a callback."""
        self._callbacks.append(callback)

    @property
    def healthy(self) -> bool:
        """Whether both connections stand and all topics are subscribed."""
        return self._speaker.up and self._listener.up

    async def __aenter__(self) -> Self:
        """Connect; without Redis go on after two seconds, and tell `on_restored` when it comes."""
        self._jobs.start("bus-listen", self._listener.run)
        self._jobs.start("bus-topics", self._listener.keep_topics)
        self._jobs.start("bus-speak", self._speaker.run)
        self._jobs.every("bus-watch", self._heartbeat_s, self._listener.watch)
        try:
            async with asyncio.timeout(_FIRST_CONNECT_S):
                await self._connected.wait()
        except TimeoutError:
            self._missed = True
            _log.warning("bus_starts_without_redis")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Send what waits, if Redis takes it within a second, and hang up."""
        if self._speaker.up:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LAST_FLUSH_S):
                    await self._speaker.flushed()
        await self._jobs.stop(0)
        if self._gathering is not None:
            self._gathering.cancel()
        self._metrics.bus_up.set(0)

    def _changed(self) -> None:
        """One of the two connections came or went."""
        if self._listener.up and self._missed:
            self._missed = False
            self._restored()
        elif self._heard and not self._listener.up:
            self._missed = True
        self._heard = self._listener.up
        if self.healthy != self._was_up:
            self._was_up = self.healthy
            self._metrics.bus_up.set(1 if self.healthy else 0)
            _log.info("bus_up" if self.healthy else "bus_down")
            self._connected.set()

    def _hear(self, topic: str, data: bytes) -> None:
        if topic == CONTROL:
            self._others_missed(data)
            return
        try:
            envelope = unseal(data)
            self._sample(envelope.sent_at)
            if envelope.origin != self._origin and not self._local.heard(envelope.id):
                self._local.publish([ring_in(envelope)])
        except msgspec.MsgspecError:
            _log.warning("bus_ring_unreadable", size=len(data))

    def _sample(self, sent_at: int) -> None:
        now = now_ms()
        if now - self._sampled_at >= _SAMPLE_MS:
            self._sampled_at = now
            self._metrics.bus_lag_seconds.observe(max(0, now - sent_at) / 1_000)

    def _others_missed(self, origin: bytes) -> None:
        """A process had to drop rings. Several may say so at once: they are gathered for a moment."""
        if origin.decode() != self._origin and self._gathering is None:
            self._gathering = asyncio.get_running_loop().call_later(_GATHER_S, self._restored)

    def _restored(self) -> None:
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        for callback in self._callbacks:
            try:
                callback()
            except Exception as error:
                _log.error("restored_callback_failed", error=type(error).__name__)
