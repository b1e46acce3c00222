"""kill -9 under load: nothing acknowledged is lost, doubled or out of order, and every answer comes exactly once."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.faults.crowd import Crowd, teach
from tests.faults.hubs import two_hubs
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


@pytest.mark.timeout(240)
async def test_one_of_two_hubs_dies_again_and_again(postgres_url: str, redis_url: str, tmp_path: Path) -> None:
    """On PostgreSQL and Redis, first one and then the other: clients go on at the one that lives, which finishes what the dead one began."""
    async with two_hubs(postgres_url, redis_url, tmp_path) as hubs:
        urls, secret = [hub.url for hub in hubs], hubs[0].secret
        await teach(hubs[0])
        async with Crowd(urls, secret, "pair") as crowd:
            for number in range(4):
                dying = hubs[number % 2]
                await crowd.until_acked(30)
                await asyncio.to_thread(dying.kill)
                await crowd.until_acked(60)
                await asyncio.to_thread(dying.start)
            await asyncio.to_thread(hubs[1].kill)

        await check(postgres_url, [hubs[0].url], secret, crowd.met)
