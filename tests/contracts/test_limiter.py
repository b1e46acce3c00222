"""The contract of the limiter, for every implementation."""

import asyncio
import time

import pytest

from bot.live.ports import Limiter, Rate
from tests.contracts.rings import until

Limiters = tuple[Limiter, Limiter]
SLOW = Rate(burst=3, per_s=0.01)


async def pass_time(seconds: float) -> None:
    """Sleep no less than that: uvloop counts from when its round began, and may wake early by as much."""
    end = time.monotonic() + seconds
    await asyncio.sleep(seconds)
    await until(lambda: time.monotonic() > end)


async def test_a_burst_passes_and_then_one_waits(limiters: Limiters) -> None:
    """The wait told is the time until one token has flowed in; being refused costs nothing."""
    near, _ = limiters
    waits = [await near.take("send:li", SLOW) for _ in range(5)]

    assert waits[:3] == [0.0, 0.0, 0.0]
    assert waits[3] == pytest.approx(100, abs=2)
    assert waits[4] == pytest.approx(100, abs=2)


async def test_all_processes_draw_from_one_bucket(limiters: Limiters) -> None:
    """Nobody gets more by reconnecting to another process."""
    near, far = limiters
    assert await near.take("send:li", SLOW) == 0.0
    assert await far.take("send:li", SLOW, 2) == 0.0

    assert await near.take("send:li", SLOW) == pytest.approx(100, abs=2)
    assert await far.take("send:li", SLOW) == pytest.approx(100, abs=2)


async def test_keys_do_not_touch_each_other(limiters: Limiters) -> None:
    """One person's flood is that person's."""
    near, _ = limiters
    assert [await near.take("send:li", SLOW, 3), await near.take("send:wang", SLOW, 3)] == [0.0, 0.0]
    assert await near.take("send:li", SLOW) > 0


async def test_after_the_wait_it_passes(limiters: Limiters) -> None:
    """What was told is true, through several rounds and from both sides."""
    near, far = limiters
    rate = Rate(burst=2, per_s=4)
    assert await near.take("k", rate, 2) == 0.0
    for limiter in (near, far):
        wait = await limiter.take("k", rate)
        assert 0 < wait <= 0.25
        await pass_time(wait)
        assert await limiter.take("k", rate) == 0.0


async def test_a_bucket_never_holds_more_than_its_burst(limiters: Limiters) -> None:
    """Rest is not saved up."""
    near, _ = limiters
    rate = Rate(burst=2, per_s=10)
    await near.take("k", rate, 2)
    await pass_time(0.5)

    assert await near.take("k", rate, 2) == 0.0
    assert await near.take("k", rate, 2) > 0


async def test_many_at_once_get_the_burst_and_no_more(limiters: Limiters) -> None:
    """Two processes and fifty callers race for ten."""
    near, far = limiters
    rate = Rate(burst=10, per_s=0.01)
    waits = await asyncio.gather(*((near if number % 2 else far).take("k", rate) for number in range(50)))

    assert waits.count(0.0) == 10


async def test_a_cost_that_no_waiting_would_allow_is_a_fault(limiters: Limiters) -> None:
    """Neither is there a free one."""
    for cost in (0, -1, 4):
        with pytest.raises(ValueError, match=rf"cost of {cost} is outside 1\.\.3"):
            await limiters[0].take("k", SLOW, cost)


@pytest.mark.parametrize(("burst", "per_s"), [(0, 1.0), (1, 0.0), (1, -1.0), (1, float("nan"))])
def test_a_rate_that_lets_nothing_through_is_a_fault(burst: int, per_s: float) -> None:
    """It would be a ban in disguise."""
    with pytest.raises(ValueError, match="A rate needs burst >= 1 and per_s > 0"):
        Rate(burst, per_s)
