"""Somebody who sends without end, by socket, by REST, and by opening connections: told to wait, while others are served as before."""

import asyncio
from typing import Any

import aiohttp
import msgspec
import pytest
import sqlalchemy as sa

from bot.store.tables import MESSAGES
from bot.store.unit import Database
from tests.faults.crowd import PROMPT_S, talk_on, teach, token_of, until, visit, visits
from tests.faults.hubs import metric, running
from tests.faults.raw import Closed, Raw
from tests.faults.witness import sqlite_of
from tests.journeys.hub import HubProcess

SENT = 3_000
BURST, PER_S = 60, 20
DEVICES = 10
SILENT = 200


async def flood_socket(url: str, token: str, room: str) -> list[tuple[str, dict[str, Any]]]:
    """Thousands of messages without waiting for any; key and answer of each, in the order they were sent."""
    raw = await Raw.enter(url, token)
    answers: dict[int, dict[str, Any]] = {}

    async def send() -> list[int]:
        asked = []
        for number in range(SENT):
            asked.append(raw.ask("send", {"conversation": room, "key": f"flood-{number}", "kind": "text", "body": {"text": f"第{number}句"}}))
            await raw.flush()
        return asked

    async def listen() -> None:
        while len(answers) < SENT:
            packet = (await raw.until("43"))[2:]
            number = packet.partition("[")[0]
            answers[int(number)] = msgspec.json.decode(packet[len(number) :])[0]

    async with asyncio.TaskGroup() as group:
        group.create_task(listen())
        sending = group.create_task(send())
    raw.close()
    return [(f"flood-{at}", answers[number]) for at, number in enumerate(sending.result())]


async def flood_rest(url: str, token: str, room: str) -> list[tuple[str, int, str | None, dict[str, Any]]]:
    """Hundreds of requests, fifty at a time; key, status, `Retry-After` and answer of each."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}, connector=aiohttp.TCPConnector(limit=50)) as session:

        async def send(number: int) -> tuple[str, int, str | None, dict[str, Any]]:
            key = f"rest-{number}"
            body = {"key": key, "kind": "text", "body": {"text": f"第{number}句"}}
            async with session.post(f"{url}/api/v1/conversations/{room}/messages", json=body) as answer:
                return key, answer.status, answer.headers.get("Retry-After"), await answer.json()

        return await asyncio.gather(*(send(number) for number in range(400)))


async def comes_in(url: str, token: str) -> bool:
    """Whether somebody is let in, for a moment."""
    raw = await Raw.open(url)
    raw.send("40" + msgspec.json.encode({"token": token}).decode())
    answer = await raw.until("4")
    raw.close()
    return answer.startswith("40")


async def flood_connections(url: str, token: str) -> tuple[list[Raw], list[str]]:
    """Four times as many devices as one person may have; those let in, and the codes of the refusals."""
    inside, codes = [], []
    for _ in range(4 * DEVICES):
        raw = await Raw.open(url)
        raw.send("40" + msgspec.json.encode({"token": token}).decode())
        answer = await raw.until("4")
        if answer.startswith("40"):
            inside.append(raw)
        else:
            codes.append(msgspec.json.decode(answer[2:])["data"]["code"])
            raw.close()
    return inside, codes


async def stored(db: Database, author: str) -> list[str]:
    """The keys of somebody's messages, in the order of the log."""
    async with db.read() as conn:
        return [row[0] for row in await conn.execute(sa.select(MESSAGES.c.key).where(MESSAGES.c.author == author).order_by(MESSAGES.c.seq))]


@pytest.mark.timeout(120)
async def test_a_flood_is_held_back_and_others_are_served() -> None:
    """`rate_limited` with a time to wait, once for each message too many; what was acknowledged is stored, in order, and only that."""
    async with running(HubProcess(demo=True)) as (hub,):
        await teach(hub)
        url, secret = hub.url, hub.secret
        async with visits([url], secret, ["an", "bo"]) as others, visits([url], secret, ["socket", "rest"]) as (one, two):
            silent = [await Raw.open(url) for _ in range(SILENT)]
            over, began = asyncio.Event(), asyncio.get_running_loop().time()
            async with asyncio.TaskGroup() as group:
                group.create_task(talk_on(others, over))
                by_socket, by_rest, (inside, codes) = await asyncio.gather(
                    flood_socket(url, token_of(secret, "socket"), one.room),
                    flood_rest(url, token_of(secret, "rest"), two.room),
                    flood_connections(url, token_of(secret, "crowd")),
                )
                took = asyncio.get_running_loop().time() - began
                async with visit([url], secret, "late") as late:
                    await late.say("在吗")
                over.set()
            for raw in inside:
                raw.close()
            await until(lambda: comes_in(url, token_of(secret, "crowd")), 10, "somebody whose devices are gone comes in again")

            accepted = [key for key, answer in by_socket if answer["ok"]]
            errors = [answer["error"] for _, answer in by_socket if not answer["ok"]]
            assert BURST <= len(accepted) <= BURST + PER_S * (took + 1)
            assert {error["code"] for error in errors} == {"rate_limited"}
            assert min(error["retry_after"] for error in errors) >= 1
            assert {status for _, status, _, _ in by_rest} == {200, 429}
            assert {error["error"]["code"] for _, status, _, error in by_rest if status == 429} == {"rate_limited"}
            assert min(float(wait or 0) for _, status, wait, _ in by_rest if status == 429) >= 1
            assert (len(inside), set(codes), len(codes)) == (DEVICES, {"rate_limited"}, 3 * DEVICES)
            assert [other.refused for other in others] == [[], []]
            slowest = max(other.slowest_s for other in others)
            assert slowest < PROMPT_S

            for raw in silent:
                with pytest.raises(Closed, match="1008"):
                    await raw.receive()
                raw.close()
            assert await metric(hub, 'weihub_cut_sockets_total{reason="unconnected"}') == SILENT

        assert b'"level": "error"' not in hub.log.read_bytes()
        async with Database.at(sqlite_of(hub.data)) as db:
            assert await stored(db, "socket") == accepted
            assert sorted(await stored(db, "rest")) == sorted(key for key, status, _, _ in by_rest if status == 200)
