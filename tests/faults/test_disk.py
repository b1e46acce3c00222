"""A disk that is full: messages are refused as long as there is no room, and nothing that was acknowledged is lost."""

import contextlib
import os
import resource
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from channels.rest_client import Refused, Rest, Staff
from tests.faults.crowd import Buyer, Crowd, QuickClient, client_of, staff_of, teach, token_of, visit
from tests.faults.hubs import pid_of, readiness, running
from tests.faults.witness import check, sqlite_of
from tests.journeys.hub import HubProcess

SOON_S = 20.0
PAGE = 4_096
"""What is left of a file's last block when the disk is full to the last block."""

Switch = Callable[[], None]


class Disk(NamedTuple):
    """A hub on a disk that can be filled, in several ways one after the other, and emptied again."""

    hub: HubProcess
    fills: tuple[Switch, ...]
    free: Switch


@asynccontextmanager
async def quota() -> AsyncIterator[Disk]:
    """A hub whose files may not grow past a limit: a little above the database, so that it is met within a commit, then where its log ends."""
    async with running(HubProcess(demo=True)) as (hub,):

        def limit(size: int) -> None:
            resource.prlimit(pid_of(hub), resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

        def in_a_commit() -> None:
            limit((hub.data / "hub.db-wal").stat().st_size + 20_000)

        def in_the_log() -> None:
            limit(hub.log.stat().st_size)

        yield Disk(hub, (in_a_commit, in_the_log), lambda: limit(resource.RLIM_INFINITY))


@asynccontextmanager
async def small_disk() -> AsyncIterator[Disk]:
    """A hub with everything it writes, its log too, on a small disk of its own, which somebody else fills."""
    hub = HubProcess(demo=True)
    filler = hub.directory / "filler"

    def fill() -> None:
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(65_536))
        with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(1))

    try:
        with mounted(hub.directory):
            async with running(hub):
                yield Disk(hub, (fill, fill), filler.unlink)
    finally:
        hub.directory.rmdir()


@contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """A small disk in memory."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "weihub-test", str(folder)], check=True, capture_output=True)
    try:
        yield
    finally:
        # Lazily: a file of it may be open for another moment.
        subprocess.run(["umount", "-l", str(folder)], check=True)


def may_mount() -> bool:
    """Whether we are somebody who may make a disk; elsewhere the quota alone is tried."""
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        try:
            with mounted(Path(folder)):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


DISKS = [quota, *([small_disk] if may_mount() else [])]


async def is_put_off(ask: Awaitable[object]) -> bool:
    """Whether something is answered `unavailable`; or done, where its few bytes still found a place."""
    try:
        await ask
    except Refused as refusal:
        return refusal.code == "unavailable"
    return True


async def check_reading(hub: HubProcess, staff: Staff, buyer: Buyer) -> None:
    """Who is known comes in with the token they have, and reads everything; who would have to be written down is told to come back."""
    async with client_of([hub.url], hub.secret, buyer.person) as device:
        assert [one.body["text"] for one in await device.pull(buyer.room) if one.author.id == buyer.person] == [one.text for one in buyer.acked]
        assert (await device.open("demo")).conversation == buyer.room
        assert len((await device.ask("inbox", {}))["conversations"]) == 1
        (caught,) = (await device.ask("sync", {"cursors": {buyer.room: 0}}))["conversations"]
        assert caught["head"] == len(caught["messages"])
    async with QuickClient([hub.url], staff.token) as operator:
        assert (await operator.ask("desk", {"account": "demo", "watch": True}))["waiting"] == []
        assert len(await operator.pull(buyer.room)) == caught["head"]
    async with Rest(hub.url, token=token_of(hub.secret, buyer.person)) as rest:
        for _ in range(30):
            assert (await rest.ask("GET", f"/conversations/{buyer.room}/messages"))["messages"] != []
    async with Rest(hub.url, token=token_of(hub.secret, "new")) as rest:
        assert await is_put_off(rest.ask("PUT", "/accounts/demo/follow", {"source": "fault"}))
        assert await is_put_off(rest.ask("POST", "/sessions", {"login": staff.login, "password": hub.passwords[staff.login]}))


@pytest.mark.timeout(180)
@pytest.mark.parametrize("disk", DISKS, ids=lambda disk: disk.__name__)
async def test_a_full_disk_refuses_and_recovers(disk: Callable[[], AbstractAsyncContextManager[Disk]]) -> None:
    """Sends are answered `unavailable`, reads go on, the process lives though it cannot even write its log, and room is all it needs."""
    async with disk() as (hub, fills, free):
        await teach(hub)
        staff = staff_of(hub, "operator")
        await staff.token()
        pid = pid_of(hub)
        async with visit([hub.url], hub.secret, "witness") as witness, Crowd([hub.url], hub.secret, "disk", pace_s=0.005) as crowd:
            await witness.say("在吗")
            for fill in fills:
                await crowd.until_acked(150)
                fill()
                await crowd.until_refused(40, SOON_S)
                written = hub.log.stat().st_size
                await check_reading(hub, staff, witness)
                grown = hub.log.stat().st_size - written
                assert (await readiness(hub))[1]["status"] != "down"
                free()
                await crowd.until_acked(40, SOON_S)

        assert grown < PAGE
        assert {refusal.code for refusal in crowd.refused} == {"unavailable"}
        assert all(refusal.data["retry_after"] >= 1 for refusal in crowd.refused)
        assert pid_of(hub) == pid
        assert (await readiness(hub))[1]["status"] == "ready"
        assert b'"level": "error"' not in hub.log.read_bytes()
        await check(sqlite_of(hub.data), [hub.url], hub.secret, crowd.met)
