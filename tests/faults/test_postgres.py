"""PostgreSQL restarted, and killed, under load: senders are told to try again, and it goes on by itself."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from tests.faults.crowd import Crowd, teach, token_of, visit
from tests.faults.hubs import pid_of, readiness, two_hubs
from tests.faults.witness import check
from tests.servers import PostgresServer

SOON_S = 15.0


async def refusal_by_rest(url: str, token: str, room: str) -> tuple[int, str | None, dict[str, object]]:
    """Status, `Retry-After` and error of a message sent by REST."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        body = {"key": "by-rest", "kind": "text", "body": {"text": "在吗"}}
        async with session.post(f"{url}/api/v1/conversations/{room}/messages", json=body) as answer:
            return answer.status, answer.headers.get("Retry-After"), (await answer.json())["error"]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_postgres_goes_away_and_comes_back(
    how: str, postgres_server: PostgresServer, postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    """Everybody who sends meanwhile is answered `unavailable` with a time to wait, by socket and by REST; nobody restarts a hub."""
    async with two_hubs(postgres_url, redis_url, tmp_path) as hubs:
        urls, secret = [hub.url for hub in hubs], hubs[0].secret
        pids = [pid_of(hub) for hub in hubs]
        await teach(hubs[0])
        async with visit(urls, secret, "witness") as witness, Crowd(urls, secret, "store") as crowd:
            for _ in range(2):
                await crowd.until_acked(40)
                await asyncio.to_thread(postgres_server.stop if how == "stop" else postgres_server.kill)
                await crowd.until_refused(20, SOON_S)
                assert [(await readiness(hub))[0] for hub in hubs] == [503, 503]
                status, retry_after, error = await refusal_by_rest(urls[0], token_of(secret, "witness"), witness.room)
                assert (status, error["code"]) == (503, "unavailable")
                assert retry_after is not None
                assert float(retry_after) >= 1
                await asyncio.to_thread(postgres_server.start)
                await crowd.until_acked(40, SOON_S)
            await witness.say("在吗")

        assert {refusal.code for refusal in crowd.refused} == {"unavailable"}
        assert all(refusal.data["retry_after"] >= 1 for refusal in crowd.refused)
        assert max(buyer.slowest_s for buyer in crowd.met) < SOON_S / 2
        assert [pid_of(hub) for hub in hubs] == pids
        assert [(await readiness(hub))[0] for hub in hubs] == [200, 200]
        await check(postgres_url, urls, secret, crowd.met)
