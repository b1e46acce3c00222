"""Clients that never read: they are cut, the hub's memory stays where it was, and nobody else is slower for it."""

import asyncio
import resource
from pathlib import Path

import aiohttp
import msgspec
import pytest

from channels.client import Heard
from tests.faults.crowd import PROMPT_S, QuickClient, client_of, staff_of, talk_on, teach, token_of, until, visit, visits
from tests.faults.hubs import metric, pid_of, running
from tests.faults.raw import Raw
from tests.journeys.hub import HubProcess

DEAF = 4
MESSAGES = 1_000
TEXT = "长" * 4_000
"""Twelve kilobytes in UTF-8: a thousand of them are 12 MB to each device."""

GROWTH_BYTES = 40 * 2**20
PAGE_SIZE = resource.getpagesize()
ROOMY = {"WEIHUB_TALK__SEND_BURST": "100000", "WEIHUB_TALK__SEND_PER_S": "100000"}


def resident(hub: HubProcess) -> int:
    """Bytes of memory the hub holds now."""
    return int(Path(f"/proc/{pid_of(hub)}/statm").read_text().split()[1]) * PAGE_SIZE


async def deaf_poller(session: aiohttp.ClientSession, url: str, token: str) -> None:
    """A polling client that connects, fetches once, and never comes again."""
    address = f"{url}/socket.io/?EIO=4&transport=polling"
    async with session.get(address) as answer:
        sid = msgspec.json.decode((await answer.text())[1:])["sid"]
    async with session.post(f"{address}&sid={sid}", data="40" + msgspec.json.encode({"token": token}).decode()) as answer:
        assert answer.status == 200
    async with session.get(f"{address}&sid={sid}") as answer:
        assert (await answer.text()).startswith("40{")


async def pour(operator: QuickClient, room: str, hub: HubProcess) -> int:
    """Send all that text, eight at a time; the most memory the hub held meanwhile."""
    numbers = iter(range(MESSAGES))
    most = 0

    async def send() -> None:
        nonlocal most
        for number in numbers:
            await operator.send(room, f"long-{number}", TEXT)
            most = max(most, resident(hub))

    async with asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(send())
    return most


@pytest.mark.timeout(120)
async def test_clients_that_never_read_are_cut_and_harm_nobody() -> None:
    """Twelve megabytes for each of five deaf devices: they are cut as slow, one that comes back finds everything."""
    async with running(HubProcess(demo=True, env=ROOMY)) as (hub,), aiohttp.ClientSession() as session:
        await teach(hub)
        operator = QuickClient([hub.url], staff_of(hub, "operator").token)
        async with operator, visit([hub.url], hub.secret, "reader") as reader, visits([hub.url], hub.secret, ["an", "bo"]) as others:
            await operator.insist("claim", {"conversation": reader.room})
            for number in range(100):
                await operator.send(reader.room, f"warm-{number}", TEXT)
            token = token_of(hub.secret, "reader")
            deaf = [await Raw.enter(hub.url, token) for _ in range(DEAF)]
            await deaf_poller(session, hub.url, token)
            assert await metric(hub, "weihub_sockets") == 4 + DEAF + 1
            before, over = resident(hub), asyncio.Event()
            talking = asyncio.create_task(talk_on(others, over))
            most = await pour(operator, reader.room, hub)
            over.set()
            await talking

            await until(lambda: len(reader.heard) == MESSAGES + 100, 10, "the device that reads has heard everything")
            assert await metric(hub, 'weihub_cut_sockets_total{reason="slow"}') == DEAF + 1
            assert await metric(hub, "weihub_sockets") == 4
            texts, _ = await deaf[0].to_the_end()
            for raw in deaf:
                raw.close()
            async with client_of([hub.url], hub.secret, "reader") as again:
                found: list[Heard] = await again.pull(reader.room)

        slowest = max(other.slowest_s for other in others)
        assert most - before < GROWTH_BYTES
        assert slowest < PROMPT_S
        assert found == reader.state()
        assert len(texts) < MESSAGES
        assert reader.client.connections == 1
        assert {other.client.connections for other in others} == {1}
        assert b'"level": "error"' not in hub.log.read_bytes()
