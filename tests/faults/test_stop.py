"""A stop under load: clients are told, nothing acknowledged is lost, and it ends in time."""

import asyncio
import signal
import subprocess
import time
from functools import partial

import pytest

from tests.faults.crowd import Buyer, Crowd, teach, until
from tests.faults.hubs import running
from tests.faults.witness import check, sqlite_of
from tests.journeys.hub import HubProcess

DRAIN_S = 3.0
BUDGET_S = 10.0


async def ended(process: "subprocess.Popen[bytes]", began: float) -> float:
    """Seconds until the process has ended by itself, and well."""
    assert await asyncio.to_thread(process.wait, BUDGET_S + DRAIN_S) == 0
    return time.monotonic() - began


def told(buyers: list[Buyer]) -> bool:
    """Whether any of them was told to go elsewhere."""
    return any(buyer.drains for buyer in buyers)


@pytest.mark.timeout(180)
async def test_a_stop_under_load_drains_and_a_second_signal_hurries_it() -> None:
    """SIGTERM: every client hears `drain`, and the process ends with 0 when its clients have had time to go; with two signals at once."""
    async with running(HubProcess(demo=True, env={"WEIHUB_SERVER__DRAIN_S": str(DRAIN_S)})) as (hub,):
        await teach(hub)
        took = []
        async with Crowd([hub.url], hub.secret, "stop") as crowd:
            for signals in (1, 2):
                await crowd.until_acked(60)
                process = hub.process
                assert process is not None
                inside = [buyer for buyer in crowd.met if buyer.client.connected]
                process.send_signal(signal.SIGTERM)
                began = time.monotonic()
                if signals == 2:
                    await until(partial(told, inside), BUDGET_S, "clients are told to go")
                    process.send_signal(signal.SIGTERM)
                took.append(await ended(process, began))
                assert [buyer.person for buyer in inside if not buyer.drains and not buyer.left] == []
                await asyncio.to_thread(hub.start)

        graceful, hurried = took
        assert DRAIN_S <= graceful < DRAIN_S + BUDGET_S
        assert hurried < DRAIN_S
        assert b'"level": "error"' not in hub.log.read_bytes()
        await check(sqlite_of(hub.data), [hub.url], hub.secret, crowd.met)
