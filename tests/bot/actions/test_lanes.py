"""Lanes keep order within a conversation and let conversations run side by side."""

import asyncio

import pytest

from bot.actions.lanes import Lanes


async def test_a_lane_gives_one_item_at_a_time_in_order() -> None:
    """The second item of a lane is offered only when the first is done."""
    lanes: Lanes[int] = Lanes(10)
    lanes.put("a", 1)
    lanes.put("a", 2)
    assert await lanes.take() == ("a", 1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(lanes.take(), 0.01)
    lanes.done("a")
    assert await lanes.take() == ("a", 2)


async def test_lanes_run_side_by_side() -> None:
    """A busy lane holds up nobody else."""
    lanes: Lanes[int] = Lanes(10)
    lanes.put("a", 1)
    lanes.put("b", 2)
    assert [await lanes.take(), await lanes.take()] == [("a", 1), ("b", 2)]


async def test_an_item_to_be_done_again_stays_first() -> None:
    """What failed is offered again after its delay, before what came later."""
    lanes: Lanes[int] = Lanes(10)
    lanes.put("a", 1)
    lanes.put("a", 2)
    await lanes.take()
    lanes.again("a", 0.01)
    assert await asyncio.wait_for(lanes.take(), 1) == ("a", 1)


async def test_a_full_queue_refuses() -> None:
    """The bound counts every item that is not finished, also those being worked on."""
    lanes: Lanes[int] = Lanes(2)
    assert lanes.put("a", 1)
    assert lanes.put("b", 2)
    lane, _ = await lanes.take()
    assert not lanes.put("c", 3)
    lanes.done(lane)
    assert lanes.put("c", 3)
    assert sorted(lanes) == [2, 3]


async def test_a_finished_lane_leaves_nothing_behind() -> None:
    """Memory is bounded by what waits, not by how many conversations there ever were."""
    lanes: Lanes[int] = Lanes(10)
    for number in range(100):
        assert lanes.put(f"lane {number}", number)
        lanes.done((await lanes.take())[0])
    assert (len(lanes), lanes._lanes) == (0, {})


async def test_closing_cancels_the_delays() -> None:
    """After closing, a delayed item is not offered."""
    lanes: Lanes[int] = Lanes(10)
    lanes.put("a", 1)
    await lanes.take()
    lanes.again("a", 0.01)
    lanes.close()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(lanes.take(), 0.05)
