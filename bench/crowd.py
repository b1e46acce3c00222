"""The load of a group: thousands of sockets that hear one room, some that write, by the sockets of `bench.load`.

A scenario is one process, as there: a JSON job on standard input, a JSON result on standard output.
"""

import asyncio
import json
import os
import sys
import time
from typing import Any

import uvloop
from picows import WSMsgType

from bench.load import Socket, connect_all, cpu_s, percentiles

SAMPLED = 16
"""Every sixteenth receiver is timed."""

_TEXT = b'"text":"'


class Chorus:
    """Messages of one run, numbered: when each was sent, and how long it took to those who are timed.

    `heard` counts what the receivers were given, `faults` what was refused, lost, doubled or out of order.
    """

    def __init__(self, conversation: str) -> None:
        self.sent = 0
        self.heard = 0
        self.faults = 0
        self.delays: list[float] = []
        self._since: list[float] = []
        self._form = b'42%%d["send",{"conversation":"%b","key":"%d-%%d","kind":"text","body":{"text":"%%d %b"}}]' % (
            conversation.encode(),
            os.getpid(),
            "大家看看这个怎么样".encode(),
        )

    def send(self, sender: Socket) -> None:
        """One more message."""
        number = self.sent
        self.sent += 1
        self._since.append(time.perf_counter())
        sender.send(WSMsgType.TEXT, self._form % (number, number, number))

    def acked(self, data: bytes) -> None:
        """What a sender is told."""
        if b'"ok":true' not in data:
            self.faults += 1

    def timed(self, data: bytes) -> None:
        """What a receiver hears who is timed."""
        start = data.find(_TEXT) + len(_TEXT)
        if start >= len(_TEXT):
            self.heard += 1
            self.delays.append(time.perf_counter() - self._since[int(data[start : data.index(b" ", start)])])

    def counted(self, data: bytes) -> None:
        """What the others hear."""
        self.heard += _TEXT in data


async def _assembled(job: dict[str, Any]) -> tuple[Chorus, list[Socket], list[Socket]]:
    sockets = await connect_all(job["url"], [*job["senders"], *job["receivers"]])
    senders, receivers = sockets[: len(job["senders"])], sockets[len(job["senders"]) :]
    chorus = Chorus(job["conversation"])
    for sender in senders:
        sender.acked = chorus.acked
        sender.pushed = None
    for place, receiver in enumerate(receivers):
        receiver.pushed = chorus.timed if place % SAMPLED == 0 else chorus.counted
    return chorus, senders, receivers


async def paced(job: dict[str, Any]) -> dict[str, Any]:
    """So many messages a second, by the clock and not by the answers; each delay is from the moment it was due."""
    chorus, senders, receivers = await _assembled(job)
    period = 1 / job["rate"]
    for turn in range(round(job["warm_s"] * job["rate"])):
        chorus.send(senders[turn % len(senders)])
        await asyncio.sleep(period)
    await _reached(chorus, chorus.sent * len(receivers))
    chorus.delays.clear()
    before, heard, cpu, mine, start = chorus.sent, chorus.heard, cpu_s(job["pid"]), time.process_time(), time.perf_counter()
    for turn in range(round(job["measure_s"] * job["rate"])):
        await asyncio.sleep(max(0.0, start + turn * period - time.perf_counter()))
        chorus.send(senders[turn % len(senders)])
    due = (chorus.sent - before) * len(receivers)
    await _reached(chorus, heard + due)
    took, used = time.perf_counter() - start, cpu_s(job["pid"]) - cpu
    return _result(chorus, took, used, time.process_time() - mine, chorus.heard - heard, due)


async def _reached(chorus: Chorus, heard: int) -> None:
    """Until so many deliveries are counted; a server that cannot keep up is waited for."""
    async with asyncio.timeout(90):
        while chorus.heard < heard:  # noqa: ASYNC110  # counted in callbacks
            await asyncio.sleep(0.01)


async def saturated(job: dict[str, Any]) -> dict[str, Any]:
    """As many messages as the server delivers, with some on the way; the next goes when one has reached everybody."""
    chorus, senders, receivers = await _assembled(job)
    count = len(receivers)

    def counted(data: bytes) -> None:
        if _TEXT in data:
            chorus.heard += 1
            if chorus.heard % count == 0:
                chorus.send(senders[chorus.sent % len(senders)])

    for receiver in receivers:
        receiver.pushed = counted
    for turn in range(job["window"]):
        chorus.send(senders[turn % len(senders)])
    await asyncio.sleep(job["warm_s"])
    heard, cpu, mine, start = chorus.heard, cpu_s(job["pid"]), time.process_time(), time.perf_counter()
    await asyncio.sleep(job["measure_s"])
    took, used = time.perf_counter() - start, cpu_s(job["pid"]) - cpu
    done = chorus.heard - heard
    return _result(chorus, took, used, time.process_time() - mine, done, done)


def _result(chorus: Chorus, took: float, used: float, mine: float, done: int, due: int) -> dict[str, Any]:
    return {
        "per_s": done / took,
        "server_us": 1e6 * used / max(done, 1),
        "server_share": used / took,
        "client_share": mine / took,
        "faults": chorus.faults + abs(due - done),
        "push_ms": percentiles(chorus.delays),
    }


SCENARIOS = {"paced": paced, "saturated": saturated}


def main() -> None:
    """Run the job on standard input."""
    job = json.load(sys.stdin)
    os.sched_setaffinity(0, {job["core"]})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(SCENARIOS[job["scenario"]](job))
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
