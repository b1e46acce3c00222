"""kill -9 under load: nothing acknowledged is lost, doubled or out of order, and every answer comes exactly once."""

import asyncio
import random

import pytest

from tests.faults.crowd import Crowd, teach
from tests.faults.witness import check, sqlite_of
from tests.journeys.hub import HubProcess

KILLS = 20
SEED = 20261122


@pytest.mark.timeout(300)
async def test_twenty_kills_at_random_moments_lose_nothing() -> None:
    """A hub on SQLite dies twenty times, sometimes as soon as it stands, sometimes in the middle of the talk; no start needs a repair."""
    rng = random.Random(SEED)
    with HubProcess(demo=True) as hub:
        await teach(hub)
        async with Crowd([hub.url], hub.secret, "kill") as crowd:
            for _ in range(KILLS):
                await crowd.until_acked(rng.randint(0, 60))
                await asyncio.sleep(rng.uniform(0, 0.02))
                await asyncio.to_thread(hub.kill)
                await asyncio.to_thread(hub.start)

        assert crowd.acked > 20 * KILLS
        await check(sqlite_of(hub.data), [hub.url], hub.secret, crowd.met)
