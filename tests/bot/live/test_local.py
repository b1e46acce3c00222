"""What the contracts do not say of the services within the process: their memory is bounded."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.live.envelope import Recent
from bot.live.local import LocalBus, LocalLimiter, LocalPresence
from bot.live.ports import Rate
from bot.model.facts import Ring
from tests.contracts.rings import ring

SLOW = Rate(burst=2, per_s=0.1)


class Clock:
    """Seconds that go on when told."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_recent_ids_are_forgotten_oldest_first() -> None:
    """And only when there are too many."""
    recent = Recent(3)
    assert [recent.first_time(name) for name in "abcab"] == [True, True, True, False, False]
    assert recent.first_time("d")

    assert "a" not in recent
    assert [name in recent for name in "bcd"] == [True, True, True]


async def test_a_topic_without_listeners_costs_no_memory() -> None:
    """Neither the topic nor the ring is kept."""
    bus = LocalBus()
    bus.subscribe("a")
    bus.unsubscribe("a")
    bus.publish([ring(1, "a")])

    assert list(bus.topics) == []
    assert not bus.heard("ring-1")


async def test_a_listeners_fault_is_logged_without_its_text() -> None:
    """By kind of fact and of error only."""

    def broken(_: Ring) -> None:
        raise RuntimeError("secret words")

    bus = LocalBus()
    bus.attach(broken)
    bus.subscribe("a")
    with capture_logs() as logs:
        bus.publish([ring(1, "a")])

    assert [(entry["event"], entry["fact"], entry["error"]) for entry in logs] == [("ear_failed", "Typed", "RuntimeError")]
    assert "secret" not in str(logs)


async def test_leases_that_ended_leave_the_memory() -> None:
    """A million visitors a day do not stay; the present ones do."""
    clock = Clock()
    presence = LocalPresence(clock)
    await presence.hold("staff:li", "desktop", 1_000_000)
    for number in range(10_000):
        clock.now += 1
        await presence.hold(f"buyer-{number}", "phone", 30)

    assert len(presence) < 2_100
    assert await presence.present(["staff:li", "buyer-9999", "buyer-1"]) == {"staff:li", "buyer-9999"}


async def test_leases_are_listed_with_what_is_left_of_them() -> None:
    """For a Redis that forgot."""
    clock = Clock()
    presence = LocalPresence(clock)
    await presence.hold("li", "phone", 30)
    await presence.hold("li", "desktop", 10)
    clock.now += 20

    assert presence.leases() == [("li", "phone", 10)]


async def test_a_lease_is_over_at_its_very_end() -> None:
    """Not a moment later."""
    clock = Clock()
    presence = LocalPresence(clock)
    await presence.hold("li", "phone", 30)
    clock.now += 29.999
    assert await presence.present(["li"]) == {"li"}
    clock.now += 0.001

    assert await presence.present(["li"]) == frozenset()


def test_the_limiter_follows_the_clock_exactly() -> None:
    """Token by token, for an hour: the number of grants is burst + time * rate, never more, and waits are kept."""
    clock = Clock()
    limiter = LocalLimiter(clock=clock)
    rate = Rate(burst=5, per_s=3)
    granted = 0
    began = clock.now
    while clock.now < began + 3_600:
        wait = limiter.try_take("k", rate)
        granted += wait == 0.0
        clock.now += wait

    assert granted == pytest.approx(5 + 3_600 * 3, abs=1)


def test_a_burst_is_exact_whatever_the_fractions() -> None:
    """Rounding neither refuses the last token nor grants one more."""
    clock = Clock()
    for burst in (1, 3, 7, 10, 49, 1_000):
        for per_s in (0.1, 0.3, 1, 3, 7, 1_000):
            limiter = LocalLimiter(clock=clock)
            waits = [limiter.try_take("k", Rate(burst, per_s)) for _ in range(burst + 1)]
            assert waits[:-1] == [0.0] * burst
            assert waits[-1] == pytest.approx(1 / per_s, rel=1e-3)


def test_the_memory_of_the_limiter_is_bounded() -> None:
    """Keys beyond the capacity push out others."""
    clock = Clock()
    limiter = LocalLimiter(capacity=100, clock=clock)
    for number in range(10_000):
        clock.now += 0.001
        limiter.try_take(f"key-{number}", SLOW)

    assert len(limiter) == 100


def test_a_flood_of_new_keys_does_not_lift_a_lock() -> None:
    """A bucket that is empty for long outlasts those nearer to full, though it was not asked for since."""
    clock = Clock()
    limiter = LocalLimiter(capacity=100, clock=clock)
    lock = Rate(burst=2, per_s=0.001)
    limiter.try_take("login:li", lock, 2)
    for number in range(5_000):
        clock.now += 0.001
        limiter.try_take(f"key-{number}", SLOW)

    assert len(limiter) == 100
    assert limiter.try_take("login:li", lock) > 900


def test_a_key_in_use_is_never_pushed_out() -> None:
    """A person who floods stays limited while a thousand others come by."""
    clock = Clock()
    limiter = LocalLimiter(capacity=100, clock=clock)
    rate = Rate(burst=10, per_s=1)
    granted = 0
    for number in range(10_000):
        clock.now += 0.001
        limiter.try_take(f"key-{number}", rate)
        granted += limiter.try_take("flood", rate) == 0.0

    assert granted == pytest.approx(10 + 10, abs=1)


async def test_the_async_door_gives_the_same_verdicts() -> None:
    """`take` is `try_take`."""
    limiter = LocalLimiter()
    assert await asyncio.gather(*(limiter.take("k", SLOW) for _ in range(2))) == [0.0, 0.0]
    assert await limiter.take("k", SLOW) == pytest.approx(10, abs=0.1)
