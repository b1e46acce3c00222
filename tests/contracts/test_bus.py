"""The contract of the bus, for every implementation."""

import asyncio

import pytest

from bot.live.ports import Bus
from bot.model.facts import Fact, Ring
from tests.contracts.rings import FACTS, Ear, ring, until

Buses = tuple[Bus, Bus]


async def listening(bus: Bus, *topics: str) -> Ear:
    """An ear on topics that are in force."""
    ear = Ear()
    bus.attach(ear)
    for topic in topics:
        bus.subscribe(topic)
    await bus.settled()
    return ear


async def test_a_ring_reaches_whoever_listens_on_its_topic(buses: Buses) -> None:
    """After `settled`, nothing another process publishes on the topic is missed."""
    near, far = buses
    ear = await listening(far, "c:talk")

    near.publish([ring(1, "c:talk"), ring(2, "c:other"), ring(3, "c:talk")])
    await until(lambda: len(ear.ids) == 2)

    assert ear.ids == ["ring-1", "ring-3"]


async def test_a_ring_with_several_topics_is_heard_once(buses: Buses) -> None:
    """A person looking at a conversation is concerned twice and told once."""
    near, far = buses
    ear = await listening(far, "c:talk", "p:buyer-1", "end")

    near.publish([ring(1, "c:talk", "p:buyer-1", "d:shop"), ring(2, "end")])
    await until(lambda: "ring-2" in ear.ids)

    assert ear.ids == ["ring-1", "ring-2"]


async def test_a_ring_published_again_is_heard_once(buses: Buses) -> None:
    """A publisher that does not know whether it was heard may repeat."""
    near, far = buses
    ear = await listening(far, "c:talk")

    near.publish([ring(1, "c:talk")])
    near.publish([ring(1, "c:talk"), ring(2, "c:talk")])
    await until(lambda: "ring-2" in ear.ids)

    assert ear.ids == ["ring-1", "ring-2"]


async def test_the_own_process_hears_before_publish_returns(buses: Buses) -> None:
    """People of one process do not wait for a broker, and its echo is not heard."""
    near, _ = buses
    ear = await listening(near, "c:talk", "end")

    near.publish([ring(1, "c:talk")])
    heard_at_once = list(ear.ids)
    near.publish([ring(2, "end")])
    await asyncio.sleep(0.05)

    assert heard_at_once == ["ring-1"]
    assert ear.ids == ["ring-1", "ring-2"]


async def test_what_was_published_before_one_listens_is_not_heard(buses: Buses) -> None:
    """Not even as an echo that comes while the topic is getting into force."""
    near, _ = buses
    ear = Ear()
    near.attach(ear)
    near.subscribe("end")
    for number in range(50):
        near.publish([ring(number, f"c:{number}")])
        near.subscribe(f"c:{number}")
        await near.settled()
    near.publish([ring(99, "end")])
    await asyncio.sleep(0.05)

    assert ear.ids == ["ring-99"]


async def test_the_last_unsubscribe_ends_it(buses: Buses) -> None:
    """Listeners are counted: the first of two to go leaves the other listening."""
    near, far = buses
    ear = await listening(far, "c:talk", "c:talk", "end")

    far.unsubscribe("c:talk")
    await far.settled()
    near.publish([ring(1, "c:talk")])
    await until(lambda: ear.ids == ["ring-1"])
    far.unsubscribe("c:talk")
    await far.settled()
    near.publish([ring(2, "c:talk"), ring(3, "end")])
    await until(lambda: "ring-3" in ear.ids)

    assert ear.ids == ["ring-1", "ring-3"]


async def test_a_topic_that_comes_back_is_heard_again(buses: Buses) -> None:
    """Going and coming within one moment ends with listening."""
    near, far = buses
    ear = await listening(far, "c:talk")

    far.unsubscribe("c:talk")
    far.subscribe("c:talk")
    await far.settled()
    near.publish([ring(1, "c:talk")])
    await until(lambda: ear.ids == ["ring-1"])
    far.unsubscribe("c:talk")
    await far.settled()
    far.subscribe("c:talk")
    await far.settled()
    near.publish([ring(2, "c:talk")])

    await until(lambda: ear.ids == ["ring-1", "ring-2"])


async def test_unsubscribing_what_is_not_subscribed_is_a_fault(buses: Buses) -> None:
    """A count gone wrong shows at once."""
    with pytest.raises(ValueError, match="'c:talk' is not subscribed"):
        buses[0].unsubscribe("c:talk")


async def test_an_ear_that_raises_disturbs_nobody(buses: Buses) -> None:
    """Neither the other ears, nor the publisher, nor the next ring."""
    near, far = buses

    def broken(_: Ring) -> None:
        raise RuntimeError("what a buyer wrote")

    far.attach(broken)
    ear = await listening(far, "c:talk")

    near.publish([ring(1, "c:talk")])
    near.publish([ring(2, "c:talk")])

    await until(lambda: ear.ids == ["ring-1", "ring-2"])


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
async def test_every_fact_arrives_as_it_was(buses: Buses, fact: Fact) -> None:
    """Values, Chinese, emoji and the stored JSON of a body, byte for byte."""
    near, far = buses
    ear = await listening(far, "c:talk")

    near.publish([ring(1, "c:talk", "p:王小二", fact=fact)])
    await until(lambda: bool(ear.ids))

    assert ear.rings == [ring(1, "c:talk", "p:王小二", fact=fact)]


async def test_many_rings_keep_their_order(buses: Buses) -> None:
    """What one process publishes is heard in that order."""
    near, far = buses
    ear = await listening(far, "c:talk")

    for start in range(0, 3_000, 30):
        near.publish([ring(number, "c:talk", "p:x") for number in range(start, start + 30)])
    await until(lambda: len(ear.ids) == 3_000)

    assert ear.ids == [f"ring-{number}" for number in range(3_000)]


async def test_thousands_of_topics_are_in_force_together(buses: Buses) -> None:
    """A hub with many people subscribes for each of them."""
    near, far = buses
    topics = [f"p:buyer-{number}" for number in range(5_000)]
    ear = await listening(far, *topics)

    near.publish([ring(number, topic) for number, topic in enumerate(topics)])
    await until(lambda: len(ear.ids) == 5_000)

    assert ear.ids == [f"ring-{number}" for number in range(5_000)]


async def test_a_working_bus_is_healthy_and_restores_nothing(buses: Buses) -> None:
    """Nobody is told to sync without a reason."""
    near, far = buses
    calls: list[str] = []
    near.on_restored(lambda: calls.append("near"))
    far.on_restored(lambda: calls.append("far"))
    ear = await listening(far, "c:talk")

    near.publish([ring(1, "c:talk")])
    await until(lambda: bool(ear.ids))

    assert near.healthy
    assert far.healthy
    assert calls == []
