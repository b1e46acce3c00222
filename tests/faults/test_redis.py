"""Redis killed and started again under two hubs: the bell is gone for a while, no letter is lost."""

from pathlib import Path

import pytest

from channels.client import Heard
from tests.faults.crowd import PROMPT_S, Buyer, Crowd, QuickClient, client_of, staff_of, teach, until, visit
from tests.faults.hubs import metric, readiness, two_hubs
from tests.faults.witness import check
from tests.journeys.hub import HubProcess
from tests.servers import RedisServer

SOON_S = 15.0


async def states(hubs: tuple[HubProcess, HubProcess]) -> list[tuple[int, str, str, float]]:
    """Of each hub: status of `/readyz`, the word in it, the state of the bus in it, the metric of the bus."""
    seen = []
    for hub in hubs:
        status, body = await readiness(hub)
        seen.append((status, body["status"], body["checks"]["bus"]["state"], await metric(hub, "weihub_bus_up")))
    return seen


async def become(hubs: tuple[HubProcess, HubProcess], wanted: tuple[int, str, str, float]) -> None:
    """Wait until both hubs say this of themselves."""

    async def both() -> bool:
        return await states(hubs) == [wanted] * 2

    await until(both, SOON_S, f"both hubs are {wanted}")


def by_role(device: Buyer, role: str) -> list[Heard]:
    """What was pushed to a device from people of a role."""
    return [message for message in device.heard.values() if message.author.role == role]


async def logs_of(urls: list[str], secret: str, device: Buyer) -> list[Heard]:
    """The conversation of a device as a fresh client sees it."""
    async with client_of(urls, secret, device.person) as fresh:
        return await fresh.pull(device.room)


@pytest.mark.timeout(180)
async def test_redis_is_killed_and_comes_back(postgres_url: str, redis_server: RedisServer, redis_url: str, tmp_path: Path) -> None:
    """Near people chat on and hear each other, both hubs say that they are degraded, and on the return everybody is told to catch up."""
    async with two_hubs(postgres_url, redis_url, tmp_path) as hubs:
        near, far = hubs
        urls, secret = [near.url, far.url], near.secret
        await teach(near)
        operator = QuickClient([near.url], staff_of(near, "operator").token)
        at_desk: list[str] = []
        told: list[object] = []
        operator.on("message", lambda data: at_desk.append(data["body"]["text"]))
        operator.on("resync", told.append)
        async with operator, visit([near.url], secret, "an") as an, visit([near.url], secret, "bo") as bo, visit([far.url], secret, "bo") as away:
            await operator.insist("claim", {"conversation": an.room})
            await away.say("在吗", "before")
            await until(lambda: 1 in bo.heard, SOON_S, "the other process is heard")

            async with Crowd(urls, secret, "redis", abreast=4) as crowd:
                redis_server.kill()
                await become(hubs, (200, "degraded", "degraded", 0.0))
                for number in range(5):
                    await an.say(f"第{number}句", f"an-{number}")
                    await operator.send(an.room, f"op-{number}", f"答{number}")
                    await away.say(f"远{number}", f"away-{number}")
                    await bo.say(f"近{number}", f"near-{number}")
                await until(lambda: len(at_desk) == len(by_role(an, "operator")) == 5, SOON_S, "people of one process hear each other")
                await crowd.until_acked(40)
                missed = [one for one in away.acked if one.seq not in bo.heard]
                slowest = max(an.slowest_s, away.slowest_s, bo.slowest_s)
                assert [len(told), *(device.resyncs for device in (an, bo, away))] == [0, 0, 0, 0]

                redis_server.start()
                await until(lambda: told and min(device.resyncs for device in (an, bo, away)) > 0, SOON_S, "everyone is told to catch up")
                await become(hubs, (200, "ready", "ok", 1.0))
                for device in (an, bo, away):
                    await device.catch_up()
                    assert device.state() == await logs_of(urls, secret, device)
                await away.say("又通了", "after")
                await until(lambda: any(one.body["text"] == "又通了" for one in bo.heard.values()), SOON_S, "the other process is heard again")

        assert at_desk == [f"第{number}句" for number in range(5)]
        assert len(missed) == 5
        assert slowest < PROMPT_S
        assert len(away.acked) == 7
        await check(postgres_url, urls, secret, crowd.met)
