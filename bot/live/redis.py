"""The home of the Redis library: the link, and the live services that are scripts on it.

Each goes on within the process while Redis is away. Needs Redis 5 or later, reached as one server (not a cluster: a
script asks for many persons at once). Nothing here needs Redis to keep anything over a restart.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Self

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.live.jobs import Backoff
from bot.live.local import LocalLimiter, LocalPresence, bounded, check_cost
from bot.live.ports import DEVICE_LIMIT, Rate

_log = structlog.get_logger()

_FAULTS = (RedisError, OSError)
_CONNECTIONS = 16
_CHUNK = 1_000
_RETRY_MOST_S = 2.0

Word = str | bytes | int


class RedisAway(Exception):
    """Redis cannot be asked now, and why; the caller goes on without."""


class Line:
    """One connection to Redis, for commands and answers of one's own; every fault is `RedisAway`."""

    def __init__(self, connection: AbstractConnection) -> None:
        self._connection = connection

    async def send(self, *words: Word) -> None:
        """Send one command without waiting for its answer."""
        try:
            await self._connection.send_command(*words)
        except _FAULTS as error:
            raise _away(error) from error

    async def read(self, *, forever: bool = False) -> Any:
        """The next answer, as bytes, whole numbers and lists; within the link's time, or `forever`."""
        try:
            return await self._connection.read_response(disable_decoding=True, timeout=math.inf if forever else None)
        except _FAULTS as error:
            raise _away(error) from error


def _away(error: Exception) -> RedisAway:
    return RedisAway(f"{type(error).__name__}: {error}")


class RedisLink:
    """The way to one Redis, shared by bus, presence and limiter; an async context manager.

    Args:
        url: `redis://`, `rediss://` or `unix://`, with user, password and database.
        prefix: before every key and channel, so that hubs can share a Redis. Channels do not know databases.
        timeout_s: how long one question may take; after that Redis counts as away.

    Attributes:
        healthy: whether the last question was answered.
    """

    def __init__(self, url: str, *, prefix: str = "weihub", timeout_s: float = 1.0) -> None:
        self.prefix = prefix
        self.healthy = True
        self._timeout_s = timeout_s
        self._backoff = Backoff(0.1, _RETRY_MOST_S)
        self._retry_at = 0.0
        limits = {"timeout": timeout_s, "socket_timeout": timeout_s, "socket_connect_timeout": timeout_s}
        self._pool = BlockingConnectionPool.from_url(url, max_connections=_CONNECTIONS, protocol=2, retry=Retry(NoBackoff(), 0), **limits)
        self._client = Redis(connection_pool=self._pool)

    async def script(self, lua: str, keys: Sequence[str], arguments: Sequence[str | int]) -> Any:
        """Run a script on `keys` (the prefix is added).

        Raises:
            RedisAway: at once while Redis is known to be away, but for one caller now and then who tries.
        """
        now = time.monotonic()
        if not self.healthy:
            if now < self._retry_at:
                raise RedisAway("it was away a moment ago")
            self._retry_at = now + self._timeout_s
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await self._client.eval(lua, len(keys), *(f"{self.prefix}:{key}" for key in keys), *arguments)
        except _FAULTS as error:
            self._lost(error)
            raise _away(error) from error
        self._found()
        return answer

    def _lost(self, error: Exception) -> None:
        if self.healthy:
            _log.warning("redis_away", error=type(error).__name__, why=str(error))
        self.healthy = False
        self._retry_at = time.monotonic() + self._backoff.next()

    def _found(self) -> None:
        if not self.healthy:
            _log.info("redis_back")
            self.healthy = True
        self._backoff.reset()

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """One connection of one's own, for as long as the block lasts.

        Raises:
            RedisAway: no connection, or a refusal of the user or password.
        """
        connection: Any = self._pool.make_connection()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        try:
            try:
                await connection.connect()
            except _FAULTS as error:
                raise _away(error) from error
            yield Line(connection)
        finally:
            await connection.disconnect(nowait=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        await self._pool.aclose()


async def ping(url: str) -> str | None:
    """Whether a Redis can be used: None, or what is the matter, in a sentence."""
    try:
        async with RedisLink(url) as link, link.line() as line:
            await line.send("EVAL", "return redis.call('PING')", 0)
            await line.read()
    except ValueError as error:
        return f"The URL of Redis is not one: {error}"
    except RedisAway as error:
        return f"Redis does not answer: {error}"
    return None


_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local born = redis.call('GET', KEYS[1])
if not born then
  born = string.format('%.0f', now)
  redis.call('SET', KEYS[1], born)
end
"""
_HOLD = f"""{_NOW}
for at = 2, #KEYS do
  redis.call('ZREMRANGEBYSCORE', KEYS[at], '-inf', now)
  redis.call('ZADD', KEYS[at], now + ARGV[2 * at - 2], ARGV[2 * at - 1])
  redis.call('ZREMRANGEBYRANK', KEYS[at], 0, -(ARGV[1] + 1))
  redis.call('PEXPIREAT', KEYS[at], redis.call('ZRANGE', KEYS[at], -1, -1, 'WITHSCORES')[2])
end
return {{born, now - born}}
"""
_RELEASE = f"""{_NOW}
redis.call('ZREM', KEYS[2], ARGV[1])
return {{born, now - born}}
"""
_PRESENT = f"""{_NOW}
local found = {{born, now - born}}
for at = 2, #KEYS do found[at + 1] = redis.call('ZCOUNT', KEYS[at], '(' .. string.format('%.0f', now), '+inf') end
return found
"""
_BORN = "presence"


class RedisPresence:
    """Leases in Redis: a sorted set of devices for each person, scored by when the lease ends on Redis's own clock.

    Devices of this process are known here too, so that they stay present without Redis, and are told to Redis again
    when it forgot. A key tells since when Redis remembers; while that is shorter than everyone needs to renew, an absence
    proves nothing and `healthy` is False.

    Args:
        renewed_within_s: within this time every process has renewed its leases.
    """

    def __init__(self, link: RedisLink, *, renewed_within_s: float = 30.0) -> None:
        self._link = link
        self._local = LocalPresence()
        self._renewed_within_s = renewed_within_s
        self._born: bytes | None = None
        self._sure_at = 0.0

    @property
    def healthy(self) -> bool:
        """Whether Redis answers and has remembered for long enough."""
        return self._link.healthy and time.monotonic() >= self._sure_at

    async def hold(self, person: str, device: str, ttl_s: float) -> None:
        """Take or renew a lease, here and in Redis."""
        self._local.note(person, device, ttl_s)
        with suppress(RedisAway):
            await self._hold([(person, device, ttl_s)])

    async def _hold(self, leases: Sequence[tuple[str, str, float]]) -> None:
        details = [word for _, device, ttl_s in leases for word in (math.ceil(ttl_s * 1_000), device)]
        await self._ask(_HOLD, [person for person, _, _ in leases], [DEVICE_LIMIT, *details])

    async def release(self, person: str, device: str) -> None:
        """End a lease, here and in Redis; a Redis that is away lets it run out."""
        await self._local.release(person, device)
        with suppress(RedisAway):
            await self._ask(_RELEASE, [person], [device])

    async def present(self, persons: Iterable[str]) -> frozenset[str]:
        """Those with a lease here or, in one round trip for all others, in Redis."""
        asked = bounded(persons)
        here = await self._local.present(asked)
        others = [person for person in asked if person not in here]
        if not others:
            return here
        try:
            counts = await self._ask(_PRESENT, others, [])
        except RedisAway:
            return here
        return here.union(person for person, count in zip(others, counts, strict=True) if count)

    async def _ask(self, lua: str, persons: Sequence[str], arguments: Sequence[str | int]) -> list[int]:
        answer: list[Any] = await self._link.script(lua, [_BORN, *(f"presence:{person}" for person in persons)], arguments)
        born, age_ms = answer[:2]
        if born != self._born:
            forgot, self._born = self._born is not None, born
            self._sure_at = time.monotonic() + self._renewed_within_s - age_ms / 1_000
            if forgot:
                await self._tell_again()
        return answer[2:]

    async def _tell_again(self) -> None:
        leases = self._local.leases()
        for start in range(0, len(leases), _CHUNK):
            await self._hold(leases[start : start + _CHUNK])


_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full_at = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
local wait = full_at - now - ARGV[1]
if wait > 0 then return wait end
full_at = full_at + ARGV[2]
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
return 0
"""


class RedisLimiter:
    """Token buckets in Redis, by its clock in microseconds; the algorithm is that of `LocalLimiter`.

    What this process was granted is counted here too: while Redis is away the buckets go on from there, one set for
    each process.
    """

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._local = LocalLimiter()

    async def take(self, key: str, rate: Rate, cost: int = 1) -> float:
        """Take, or give the seconds to wait."""
        check_cost(rate, cost)
        token_us = max(1, round(1_000_000 / rate.per_s))
        try:
            wait_us = await self._link.script(_TAKE, [f"limit:{key}"], [(rate.burst - cost) * token_us, cost * token_us])
        except RedisAway:
            return self._local.try_take(key, rate, cost)
        if wait_us:
            return float(wait_us) / 1_000_000
        self._local.charge(key, rate, cost)
        return 0.0
