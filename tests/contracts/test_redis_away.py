"""Redis killed, frozen, cut and absent, in the middle of everything; each on the real one."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from bot.live.bus import RedisBus
from bot.live.lines import CONTROL
from bot.live.metrics import Metrics
from bot.live.ports import Rate
from bot.live.redis import RedisAway, RedisLimiter, RedisLink, RedisPresence, ping
from tests.contracts.rings import Ear, ring, until
from tests.servers import RedisServer, free_port


class Process:
    """What one hub process has of Redis, and what it heard and was told."""

    def __init__(self, url: str, *, queue_limit: int = 1_000) -> None:
        self.link = RedisLink(url, timeout_s=0.3)
        self.metrics = Metrics()
        self.bus = RedisBus(self.link, self.metrics, queue_limit=queue_limit, heartbeat_s=0.2)
        self.ear = Ear()
        self.restored = 0
        self.bus.attach(self.ear)
        self.bus.on_restored(self._count)
        self.presence = RedisPresence(self.link, renewed_within_s=0.3)
        self.limiter = RedisLimiter(self.link)

    def _count(self) -> None:
        self.restored += 1

    def up(self) -> bool:
        """What Prometheus is shown."""
        return b"weihub_bus_up 1.0" in self.metrics.render()[0]


Opener = Callable[..., Awaitable[Process]]


@pytest.fixture
async def process(redis_url: str) -> AsyncIterator[Opener]:
    """Starts hub processes on one Redis, and stops them."""
    async with AsyncExitStack() as stack:

        async def opened(*topics: str, url: str = redis_url, queue_limit: int = 1_000) -> Process:
            one = Process(url, queue_limit=queue_limit)
            await stack.enter_async_context(one.link)
            await stack.enter_async_context(one.bus)
            for topic in topics:
                one.bus.subscribe(topic)
            await one.bus.settled()
            return one

        yield opened


async def channels(link: RedisLink) -> int:
    """How many channels anybody is subscribed to, but for the control channel."""
    names = await link.script("return redis.call('PUBSUB', 'CHANNELS', ARGV[1])", [], [f"{link.prefix}:*"])
    return len([name for name in names if name.decode() != f"{link.prefix}:{CONTROL}"])


async def test_people_of_one_process_chat_on_while_redis_is_dead(process: Opener, redis_server: RedisServer) -> None:
    """Publishing neither waits nor fails; the state is shown as degraded."""
    near, far = await process("c:talk"), await process("c:talk")
    assert near.bus.healthy
    assert near.up()

    redis_server.kill()
    await until(lambda: not near.bus.healthy and not far.bus.healthy)
    began = time.perf_counter()
    for number in range(100):
        near.bus.publish([ring(number, "c:talk")])
    took = time.perf_counter() - began
    redis_server.start()

    assert near.ear.ids == [f"ring-{number}" for number in range(100)]
    assert took < 0.1
    assert not near.up()
    await until(near.up)


async def test_on_return_everyone_is_told_once_and_hears_again(process: Opener, redis_server: RedisServer) -> None:
    """What was published meanwhile comes late, topics asked for meanwhile are in force, and `on_restored` fires once."""
    near, far = await process("c:talk"), await process("c:talk", "c:gone")
    redis_server.kill()
    await until(lambda: not near.bus.healthy and not far.bus.healthy)
    near.bus.publish([ring(1, "c:talk")])
    far.bus.subscribe("c:new")
    far.bus.unsubscribe("c:gone")
    await far.bus.settled()

    redis_server.start()
    await until(lambda: near.bus.healthy and far.bus.healthy)
    near.bus.publish([ring(2, "c:new", "c:gone"), ring(3, "c:talk")])
    await until(lambda: "ring-3" in far.ear.ids)

    assert sorted(set(far.ear.ids)) in (["ring-1", "ring-2", "ring-3"], ["ring-2", "ring-3"])
    assert (near.restored, far.restored) == (1, 1)
    assert await channels(far.link) == 2


async def test_redis_can_die_again_and_again(process: Opener, redis_server: RedisServer) -> None:
    """Each return is told; nothing wears out."""
    near, far = await process("c:talk"), await process("c:talk")
    for times in (1, 2, 3):
        redis_server.kill()
        await until(lambda: not near.bus.healthy and not far.bus.healthy)
        redis_server.start()
        await until(lambda: near.bus.healthy and far.bus.healthy)
        near.bus.publish([ring(times, "c:talk")])
        await until(lambda times=times: f"ring-{times}" in far.ear.ids)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        assert (near.restored, far.restored) == (times, times)


async def test_a_frozen_redis_counts_as_away(process: Opener, redis_server: RedisServer) -> None:
    """Its connections stay open and nothing comes: silence is noticed, and nobody waits for it."""
    near = await process("c:talk")
    redis_server.pause()
    try:
        near.bus.subscribe("c:late")
        async with asyncio.timeout(5):
            await near.bus.settled()
        await until(lambda: not near.bus.healthy, within_s=5)
        began = time.perf_counter()
        near.bus.publish([ring(1, "c:talk")])
        await near.bus.settled()
        await near.presence.hold("li", "phone", 10)
        assert await near.presence.present(["li", "wang"]) == {"li"}
        assert await near.limiter.take("key", Rate(1, 0.01)) == 0.0
        assert time.perf_counter() - began < 1.5
    finally:
        redis_server.resume()

    await until(lambda: near.bus.healthy)
    assert near.restored == 1


async def test_a_listener_that_was_cut_is_told_and_nobody_else(process: Opener) -> None:
    """Redis cuts readers that are too slow; what they missed, only they must ask for."""
    near = await process("c:talk")
    async with near.link.line() as line:
        await line.send("CLIENT", "KILL", "TYPE", "pubsub")
        await line.read()

    await until(lambda: near.restored == 1)
    later = await process("c:talk")
    near.bus.publish([ring(1, "c:talk")])

    await until(lambda: later.ear.ids == ["ring-1"])
    assert later.restored == 0


async def test_a_speaker_that_was_cut_loses_nothing(process: Opener) -> None:
    """What was on its way is sent again, and heard once."""
    near, far = await process(), await process("c:talk")
    async with near.link.line() as line:
        for number in range(300):
            near.bus.publish([ring(number, "c:talk")])
            if number % 100 == 50:
                await line.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                await line.read()
            await asyncio.sleep(0)
        await until(lambda: len(far.ear.ids) == 300)

    assert sorted(far.ear.ids) == sorted(f"ring-{number}" for number in range(300))
    assert far.restored == 0


async def test_when_rings_were_dropped_the_others_are_told(process: Opener) -> None:
    """More at once than the queue holds: the newest arrive, and every other process is told to ask the log, once."""
    near, far = await process("c:talk", queue_limit=10), await process("c:talk")

    near.bus.publish([ring(number, "c:talk") for number in range(50)])
    near.bus.publish([ring(number, "c:talk") for number in range(50, 60)])
    await until(lambda: far.restored == 1)
    near.bus.publish([ring(60, "c:talk")])
    await until(lambda: "ring-60" in far.ear.ids)
    await asyncio.sleep(0.3)

    assert far.ear.ids == [f"ring-{number}" for number in range(50, 61)]
    assert len(near.ear.ids) == 61
    assert (near.restored, far.restored) == (0, 1)


async def test_a_hub_starts_without_redis_and_is_told_when_it_comes(process: Opener, redis_server: RedisServer) -> None:
    """No order of starting is needed."""
    redis_server.kill()
    near = await process("c:talk")
    near.bus.publish([ring(1, "c:talk")])
    assert near.ear.ids == ["ring-1"]
    assert not near.bus.healthy

    redis_server.start()
    await until(lambda: near.bus.healthy)

    assert near.restored == 1


async def test_topics_asked_for_while_it_connects_are_in_force(process: Opener, redis_url: str) -> None:
    """At whatever step of connecting the subscription falls."""
    far = await process()
    async with RedisLink(redis_url) as link:
        for steps in range(60):
            bus = RedisBus(link, Metrics())
            entering = asyncio.ensure_future(bus.__aenter__())
            async with AsyncExitStack() as stack, asyncio.timeout(5):
                stack.push_async_exit(bus)
                for _ in range(steps):
                    await asyncio.sleep(0)
                bus.subscribe(f"c:{steps}")
                await entering
                await bus.settled()
                assert await channels(far.link) == 1


async def test_leaving_sends_what_waits(process: Opener, redis_url: str) -> None:
    """A hub that stops has rung its last bell."""
    far = await process("c:talk")
    async with RedisLink(redis_url) as link, RedisBus(link, Metrics()) as bus:
        bus.publish([ring(number, "c:talk") for number in range(500)])

    await until(lambda: len(far.ear.ids) == 500)


async def test_leaving_takes_no_longer_than_its_budget_without_redis(redis_server: RedisServer, redis_url: str) -> None:
    """A dead Redis does not hold up a stop, and no task stays behind."""
    before = asyncio.all_tasks()
    async with RedisLink(redis_url) as link, RedisBus(link, Metrics()) as bus:
        redis_server.kill()
        await until(lambda: not bus.healthy)
        bus.publish([ring(1, "c:talk")])
        began = time.perf_counter()

    assert time.perf_counter() - began < 1.5
    assert asyncio.all_tasks() == before


async def test_topics_are_not_kept_in_redis_when_nobody_listens(process: Opener) -> None:
    """Thousands come and go without a leak, there or here."""
    near = await process()
    topics = [f"c:{number}" for number in range(3_000)]
    for topic in topics:
        near.bus.subscribe(topic)
    await near.bus.settled()
    assert await channels(near.link) == 3_000

    for topic in topics:
        near.bus.unsubscribe(topic)
    await near.bus.settled()

    assert await channels(near.link) == 0
    assert near.bus._listener._on_line == set()


async def test_what_cannot_be_read_is_passed_over(process: Opener) -> None:
    """A newer hub beside us may ring for what we do not know; rubbish harms nobody."""
    near = await process("c:talk")
    newer = '["other",1,"ring-9",{"id":"ring-9","topics":["c:talk"],"fact":{"type":"moon_rose"}}]'
    for text in ("", "{", '["a"]', newer):
        await near.link.script("return redis.call('PUBLISH', ARGV[1], ARGV[2])", [], [f"{near.link.prefix}:c:talk", text])
    far = await process()
    far.bus.publish([ring(1, "c:talk")])

    await until(lambda: near.ear.ids == ["ring-1"])


async def test_hubs_with_other_prefixes_do_not_hear_each_other(process: Opener, redis_url: str) -> None:
    """Two deployments may share a Redis."""
    near = await process("c:talk")
    async with RedisLink(redis_url, prefix="other") as link, RedisBus(link, Metrics()) as other:
        other.publish([ring(1, "c:talk")])
    async with RedisLink(redis_url) as link, RedisBus(link, Metrics()) as same:
        same.publish([ring(2, "c:talk")])

    await until(lambda: near.ear.ids == ["ring-2"])


async def test_the_lag_of_the_bus_is_measured(process: Opener) -> None:
    """From publishing to hearing, through the broker."""
    near = await process("c:talk")
    near.bus.publish([ring(1, "c:talk")])

    await until(lambda: b"weihub_bus_lag_seconds_count 1.0" in near.metrics.render()[0])


async def test_presence_without_redis_knows_its_own_people_and_says_so(process: Opener, redis_server: RedisServer) -> None:
    """`healthy` is False: that somebody else is absent proves nothing."""
    near, far = await process(), await process()
    await near.presence.hold("li", "phone", 60)
    assert await far.presence.present(["li"]) == {"li"}

    redis_server.kill()
    here, there = await near.presence.present(["li"]), await far.presence.present(["li"])
    redis_server.start()

    assert here == {"li"}
    assert there == frozenset()
    assert not far.presence.healthy


async def test_presence_tells_a_redis_that_forgot(process: Opener, redis_server: RedisServer) -> None:
    """A restarted Redis is empty: each process tells its leases again, and until all can have done so none is sure."""
    near, far = await process(), await process()
    await near.presence.hold("li", "phone", 60)
    await near.presence.hold("wang", "phone", 60)
    await until(lambda: near.presence.healthy)
    await far.presence.present(["li"])

    redis_server.kill()
    redis_server.start()
    await until_answered(near, "li")
    sure_at_once = near.presence.healthy
    there = await until_answered(far, "li", "wang")
    unsure = far.presence.healthy
    await until(lambda: near.presence.healthy and far.presence.healthy, within_s=3)

    assert there == {"li", "wang"}
    assert (sure_at_once, unsure) == (False, False)


async def until_answered(one: Process, *persons: str) -> frozenset[str]:
    """Ask until Redis itself answers."""
    while True:
        found = await one.presence.present([*persons, "nobody"])
        if one.link.healthy:
            return found
        await asyncio.sleep(0.01)


async def test_a_bucket_used_up_stays_so_when_redis_dies(process: Opener, redis_server: RedisServer) -> None:
    """A limit is not lifted by taking Redis away; new keys are limited within the process."""
    near = await process()
    rate = Rate(2, 0.01)
    assert [await near.limiter.take("login:li", rate) for _ in range(2)] == [0.0, 0.0]

    redis_server.kill()
    waits = [await near.limiter.take("login:li", rate), *[await near.limiter.take("login:wang", rate) for _ in range(3)]]
    redis_server.start()

    assert waits[0] == pytest.approx(100, abs=5)
    assert waits[1:3] == [0.0, 0.0]
    assert waits[3] == pytest.approx(100, abs=5)


async def test_while_redis_is_away_one_caller_tries_and_the_others_go_on(redis_server: RedisServer, redis_url: str) -> None:
    """A frozen Redis costs its time limit once in a while, not on every call."""
    async with RedisLink(redis_url, timeout_s=0.2) as link:
        limiter = RedisLimiter(link)
        redis_server.pause()
        began = time.perf_counter()
        try:
            for number in range(200):
                assert await limiter.take(f"key-{number}", Rate(5, 1)) == 0.0
        finally:
            redis_server.resume()
        took = time.perf_counter() - began
        assert not link.healthy
        assert await tries_at_once(limiter, redis_server) == 1

        await asyncio.sleep(1)
        assert await limiter.take("key-0", Rate(5, 1)) == 0.0
        assert link.healthy
        assert took < 1


async def tries_at_once(limiter: RedisLimiter, redis_server: RedisServer) -> int:
    """How many of fifty callers wait for a frozen Redis that was away before."""

    async def timed(number: int) -> float:
        began = time.perf_counter()
        await limiter.take(f"other-{number}", Rate(5, 1))
        return time.perf_counter() - began

    await asyncio.sleep(0.6)
    redis_server.pause()
    try:
        times = await asyncio.gather(*(timed(number) for number in range(50)))
    finally:
        redis_server.resume()
    return len([seconds for seconds in times if seconds > 0.15])


async def test_ping_says_what_is_the_matter(redis_server: RedisServer) -> None:
    """In a sentence for the operator of the hub, without the password."""
    assert await ping(redis_server.url) is None
    dead = await ping(f"redis://:secret@127.0.0.1:{free_port()}/0")
    assert dead is not None
    assert dead.startswith("Redis does not answer: ConnectionError")
    assert "secret" not in dead
    refused = await ping(redis_server.url.replace("redis://", "redis://:secret@"))
    assert refused is not None
    assert refused.startswith("Redis does not answer: ")
    assert "secret" not in refused
    nonsense = await ping("http://127.0.0.1")
    assert nonsense is not None
    assert nonsense.startswith("The URL of Redis is not one: ")


async def test_a_script_on_a_dead_redis_is_away(redis_server: RedisServer, redis_url: str) -> None:
    """One kind of error, with the reason; the next caller does not even try."""
    async with RedisLink(redis_url) as link:
        redis_server.kill()
        with pytest.raises(RedisAway, match="ConnectionError"):
            await link.script("return 1", [], [])
        with pytest.raises(RedisAway, match="a moment ago"):
            await link.script("return 1", [], [])
        redis_server.start()
        await until(lambda: time.monotonic() > link._retry_at)
        assert await link.script("return 1", [], []) == 1
