"""kill -9 under load: nothing acknowledged is lost, doubled or out of order, and every answer comes exactly once."""

import asyncio
import random

from tests.faults.crowd import LINES, Buyer, check_fresh, check_store, crowd, publish_rules, sqlite_of
from tests.journeys.hub import HubProcess

KILLS = 20
SEED = 20261122


async def test_twenty_kills_at_random_moments() -> None:
    """A hub on SQLite dies twenty times while buyers talk; each start needs no repair."""
    rng = random.Random(SEED)
    everyone: list[Buyer] = []
    with HubProcess(demo=True) as hub:
        publish_rules(hub)
        for kill in range(KILLS):
            async with crowd([hub.url], hub.secret, [f"k{kill}-{number}" for number in range(8)]) as buyers:
                async with asyncio.TaskGroup() as group:
                    for buyer in buyers:
                        group.create_task(buyer.chat(LINES[:6], pace_s=0.05))
                    await asyncio.sleep(rng.uniform(0.0, 0.4))
                    await asyncio.to_thread(hub.kill)
                    await asyncio.to_thread(hub.start)
                everyone += buyers
        await check_fresh([hub.url], hub.secret, everyone)
        await check_store(sqlite_of(hub.data), everyone)
