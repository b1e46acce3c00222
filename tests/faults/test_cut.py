"""Connections that break in every way a network can think of: nobody else notices, and who is gone is not held to be there."""

import asyncio
import os
import random
from collections.abc import Callable

import pytest

from channels.rest_client import Refused
from tests.faults.crowd import PROMPT_S, Crowd, QuickClient, staff_of, teach, token_of, until, visits
from tests.faults.hubs import metric, running
from tests.faults.raw import Raw, frame
from tests.faults.witness import check, sqlite_of
from tests.journeys.hub import HubProcess

SOON_S = 10.0
HEARTBEAT = {"WEIHUB_SOCKETS__PING_INTERVAL_S": "1", "WEIHUB_SOCKETS__PING_TIMEOUT_S": "3"}
SEND = frame('421["send",{"conversation":"c","key":"half","kind":"text","body":{"text":"' + "半" * 300 + '"}}]')

End = Callable[[Raw], None]


def closed_in_a_frame(raw: Raw) -> None:
    """FIN where the rest of a frame should be."""
    raw.write(SEND[: random.randint(1, len(SEND) - 1)])
    raw.close()


def reset_in_a_frame(raw: Raw) -> None:
    """RST there."""
    raw.write(SEND[: random.randint(1, len(SEND) - 1)])
    raw.reset()


def reset_after_an_ask(raw: Raw) -> None:
    """RST while the answer is on its way."""
    for _ in range(20):
        raw.ask("inbox", {})
    raw.reset()


def silent_in_a_frame(raw: Raw) -> None:
    """Half open: half a frame, and never a word again."""
    raw.write(SEND[:20])


def silent(_: Raw) -> None:
    """Half open: the line is dead, and nobody says so."""


def garbage(raw: Raw) -> None:
    """Bytes that are no frames."""
    raw.write(os.urandom(2_000))


def huge(raw: Raw) -> None:
    """A frame that says it is a gigabyte."""
    raw.write(b"\x81\xff" + (2**30).to_bytes(8) + bytes(4) + b"x" * 10_000)


def nonsense(raw: Raw) -> None:
    """A frame with words that are no Socket.IO."""
    raw.send('42["send",{')


ENDS: tuple[End, ...] = (closed_in_a_frame, reset_in_a_frame, reset_after_an_ask, silent_in_a_frame, silent, garbage, huge, nonsense)


async def broken_handshakes(url: str) -> None:
    """Connections that never become a websocket: cut in the request, in a body, or not HTTP at all."""
    host, port = url.removeprefix("http://").split(":")
    upgrade = b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    post = b"POST /api/v1/sessions HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"
    poll = b"POST /socket.io/?EIO=4&transport=polling&sid=none HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n40"
    for said in (
        upgrade[:40],
        upgrade,
        upgrade + b"\r\n",
        post,
        poll,
        os.urandom(500),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\r\n" * 50,
        b"",
    ):
        for ending in ("close", "abort"):
            _, writer = await asyncio.open_connection(host, int(port))
            writer.write(said)
            await writer.drain()
            if ending == "close":
                writer.close()
            else:
                writer.transport.abort()


async def given(owner: QuickClient, room: str, to: str) -> bool:
    """Whether a conversation can be given to somebody of the staff, who must be present for that; it is taken back."""
    try:
        await owner.ask("assign", {"conversation": room, "to": to})
    except Refused as refusal:
        if refusal.code != "conflict":
            raise
        return False
    await owner.ask("hand_back", {"conversation": room})
    return True


async def is_gone(owner: QuickClient, room: str, staff: str) -> bool:
    """Whether somebody of the staff is not held to be present any more."""
    return not await given(owner, room, staff)


async def only(hub: HubProcess, sockets: int) -> bool:
    """Whether the hub has so many sockets and no more."""
    return await metric(hub, "weihub_sockets") == sockets


@pytest.mark.timeout(120)
async def test_broken_connections_are_noticed_by_nobody_else() -> None:
    """Thirty buyers and an operator for each way to break: the others talk on without a reconnection, presence ends, no error is logged."""
    async with running(HubProcess(demo=True, env=HEARTBEAT)) as (hub,):
        await teach(hub)
        url, secret = hub.url, hub.secret
        staff, chief = staff_of(hub, "operator"), staff_of(hub, "owner")
        operator_token = await staff.token()
        async with QuickClient([url], chief.token) as owner, visits([url], secret, ["an", "bo"]) as calm:
            room, raws = calm[0].room, []
            assert not await given(owner, room, staff.person)
            async with Crowd([url], secret, "cut", abreast=4) as crowd:
                for number, end in enumerate(ENDS):
                    at_desk = await Raw.enter(url, operator_token)
                    assert await given(owner, room, staff.person)
                    doomed = [await Raw.enter(url, token_of(secret, f"doomed-{number}-{place}")) for place in range(30)]
                    for raw in (at_desk, *doomed):
                        end(raw)
                    raws += [at_desk, *doomed]
                    await until(lambda: is_gone(owner, room, staff.person), SOON_S, f"presence ends after {end.__name__}")
                await broken_handshakes(url)
                await crowd.until_acked(20)
                for other in calm:
                    await other.say("在吗")
            await until(lambda: only(hub, 3), SOON_S, "every broken socket is forgotten")
            assert {other.client.connections for other in [*calm, *crowd.met]} == {1}
            assert owner.connections == 1
            assert max(other.slowest_s for other in crowd.met) < PROMPT_S
            for raw in raws:
                raw.close()

        errors = [line for line in hub.log.read_text().splitlines() if '"level": "error"' in line or "Traceback" in line]
        assert errors == []
        await check(sqlite_of(hub.data), [url], secret, crowd.met)
