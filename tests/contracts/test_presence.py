"""The contract of presence, for every implementation."""

import asyncio

import pytest

from bot.live.ports import DEVICE_LIMIT, PRESENT_LIMIT, Presence

Presences = tuple[Presence, Presence]


async def test_a_lease_makes_a_person_present_everywhere(presences: Presences) -> None:
    """Also in the eyes of another process; whoever holds none is absent."""
    near, far = presences
    await near.hold("staff:li", "phone", 30)

    assert await near.present(["staff:li", "王小二"]) == {"staff:li"}
    assert await far.present(["staff:li", "王小二"]) == {"staff:li"}


async def test_a_lease_ends_by_itself(presences: Presences) -> None:
    """A device that vanished is gone when its time is over, not before."""
    near, far = presences
    await near.hold("li", "phone", 0.3)
    before = [await near.present(["li"]), await far.present(["li"])]
    await asyncio.sleep(0.4)

    assert before == [frozenset({"li"})] * 2
    assert await near.present(["li"]) == frozenset()
    assert await far.present(["li"]) == frozenset()


async def test_a_renewed_lease_goes_on(presences: Presences) -> None:
    """Its time counts from the last renewal."""
    near, far = presences
    for _ in range(4):
        await near.hold("li", "phone", 0.2)
        await asyncio.sleep(0.1)

    assert await far.present(["li"]) == {"li"}


async def test_a_person_is_present_until_the_last_device_goes(presences: Presences) -> None:
    """Devices may hang on different processes, and end in any order."""
    near, far = presences
    await near.hold("li", "phone", 30)
    await far.hold("li", "desktop", 30)

    await near.release("li", "phone")
    one_left = [await near.present(["li"]), await far.present(["li"])]
    await far.release("li", "desktop")

    assert one_left == [frozenset({"li"})] * 2
    assert await near.present(["li"]) == frozenset()
    assert await far.present(["li"]) == frozenset()


async def test_a_short_lease_does_not_end_a_long_one(presences: Presences) -> None:
    """Each device has its own time."""
    near, far = presences
    await near.hold("li", "desktop", 30)
    await near.hold("li", "phone", 0.05)
    await asyncio.sleep(0.1)

    assert await far.present(["li"]) == {"li"}


async def test_releasing_what_is_not_held_is_no_fault(presences: Presences) -> None:
    """A socket that closes twice, or after its lease ended."""
    await presences[0].release("li", "phone")

    assert await presences[0].present(["li"]) == frozenset()


async def test_a_thousand_persons_can_be_asked_for_at_once(presences: Presences) -> None:
    """More than that is refused, and nobody is asked for nothing."""
    near, far = presences
    for number in range(0, PRESENT_LIMIT, 100):
        await near.hold(f"p-{number}", "phone", 30)

    assert await far.present(f"p-{number}" for number in range(PRESENT_LIMIT)) == {f"p-{number}" for number in range(0, PRESENT_LIMIT, 100)}
    assert await far.present([]) == frozenset()
    with pytest.raises(ValueError, match="1001 persons; the limit is 1000"):
        await far.present(f"p-{number}" for number in range(PRESENT_LIMIT + 1))


async def test_devices_of_one_person_are_bounded(presences: Presences) -> None:
    """Too many devices push out the lease that ends first, and the person stays."""
    near, far = presences
    await near.hold("li", "first", 5)
    for number in range(DEVICE_LIMIT):
        await near.hold("li", f"device-{number}", 30)
    for number in range(DEVICE_LIMIT):
        await near.release("li", f"device-{number}")

    assert await near.present(["li"]) == frozenset()
    assert await far.present(["li"]) == frozenset()
