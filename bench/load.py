"""The load: sockets that speak Engine.IO 4 and Socket.IO 5 by hand on picows, in one process on one core.

A scenario is one process: a JSON job on standard input, a JSON result on standard output. It waits until the server has
settled, warms up, and then counts for some seconds; the server's processor time is read from /proc at both ends.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import picows
import uvloop
from picows import WSFrame, WSMsgType, WSTransport

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SLOTS = 64
_SAMPLED = 8
"""Every eighth message is timed."""


def cpu_s(pid: int) -> float:
    """Processor seconds that a process has used, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_bytes(pid: int) -> int:
    """Resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


_Listener: Any = picows.WSListener


class Socket(_Listener):  # type: ignore[misc]  # whether or not picows is installed where types are checked
    """One connection: `ready` is set when the server has taken it in."""

    def __init__(self, auth: dict[str, Any]) -> None:
        self._auth = json.dumps(auth).encode()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._calls = 900_000_000
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.send: Callable[[Any, bytes], None]
        self.out: list[bytes] = []
        self.acked: Callable[[bytes], None] | None = None
        self.pushed: Callable[[bytes], None] | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The handshake is over."""
        self.transport = transport
        self.send = transport.send

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002  # a WSListener
        """A server that closes on us ends the scenario."""
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("closed by the server"))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """The hot path of the load client."""
        data = frame.get_payload_as_bytes()
        kind = data[:2]
        if kind == b"42":
            if self.pushed is not None:
                self.pushed(data)
        elif kind == b"43":
            if self.acked is None:
                self._answer(data)
            else:
                self.acked(data)
                if frame.last_in_buffer:
                    self.flush()
        elif data == b"2":
            transport.send(WSMsgType.TEXT, b"3")
        elif kind == b"0{":
            transport.send(WSMsgType.TEXT, b"40" + self._auth)
        elif kind == b"40":
            self.ready.set_result(None)
        elif frame.msg_type == WSMsgType.TEXT:
            raise RuntimeError(f"the server said {data[:200]!r}")

    def flush(self) -> None:
        """Send what was said since the last time, in one piece."""
        if self.out:
            transport, out = self.transport.underlying_transport, self.out
            self.out = []
            transport.write(out[0] if len(out) == 1 else b"".join(out))

    def _answer(self, data: bytes) -> None:
        number, _, rest = data[2:].partition(b"[")
        self._answers.pop(int(number)).set_result(json.loads(b"[" + rest)[0])

    async def call(self, event: str, data: Any) -> Any:
        """Emit and wait for the acknowledgement, before the load starts."""
        self._calls += 1
        answer = self._answers[self._calls] = asyncio.get_running_loop().create_future()
        self.send(WSMsgType.TEXT, b"42%d%b" % (self._calls, json.dumps([event, data]).encode()))
        told = await answer
        if not told.get("ok"):
            raise RuntimeError(f"{event} was refused: {told}")
        return told


def masked(payload: bytes) -> bytes:
    """A client's text frame with a mask of zeros: nothing to compute for us, and no less work for the server."""
    size = len(payload)
    if size < 126:
        return b"\x81%c\0\0\0\0%b" % (0x80 | size, payload)
    return b"\x81\xfe%b\0\0\0\0%b" % (size.to_bytes(2, "big"), payload)


async def connect(url: str, auth: dict[str, Any]) -> Socket:
    """A socket that the server has taken in."""
    socket = Socket(auth)
    await picows.ws_connect(lambda: socket, f"{url}/socket.io/?EIO=4&transport=websocket", websocket_handshake_timeout=30)
    await socket.ready
    return socket


async def connect_all(url: str, auths: list[dict[str, Any]], at_once: int = 50) -> list[Socket]:
    """Many sockets, some at a time."""
    places = asyncio.Semaphore(at_once)

    async def one(auth: dict[str, Any]) -> Socket:
        async with places:
            return await connect(url, auth)

    return list(await asyncio.gather(*map(one, auths)))


class Tally:
    """What is counted."""

    def __init__(self) -> None:
        self.acks = 0
        self.pushes = 0
        self.faults = 0
        self.ack_s: list[float] = []
        self.push_s: list[float] = []


class Pair:
    """A buyer who keeps a window of messages on the way, and an operator who looks whether all arrive in order."""

    def __init__(self, tally: Tally, buyer: Socket, operator: Socket, conversation: str, index: int) -> None:
        self._tally = tally
        self._buyer = buyer
        self._sent = 0
        self._heard = 0
        self._since = [0.0] * _SLOTS
        run = os.getpid()
        self._form = (
            b'42%%d["send",{"conversation":"%b","key":"%d-%d-%%d","kind":"text","body":{"text":"%%d \xe4\xba\xb2\xef\xbc\x8c'
            b"\xe8\xbf\x99\xe4\xb8\xaa\xe4\xbb\x80\xe4\xb9\x88\xe6\x97\xb6\xe5\x80\x99\xe5\x8f\x91\xe8\xb4\xa7\xef\xbc\x9f"
            b'"}}]'
        ) % (conversation.encode(), run, index)
        buyer.acked = self._acked
        operator.pushed = self._pushed

    def start(self, window: int) -> None:
        """Send the first messages."""
        for _ in range(window):
            self._send()
        self._buyer.flush()

    def _send(self) -> None:
        number = self._sent
        self._sent += 1
        if not number % _SAMPLED:
            self._since[number % _SLOTS] = time.perf_counter()
        self._buyer.out.append(masked(self._form % (number, number, number)))

    def _acked(self, data: bytes) -> None:
        tally = self._tally
        if b'"ok":true' not in data:
            tally.faults += 1
        tally.acks += 1
        number = int(data[2 : data.index(b"[")])
        if not number % _SAMPLED:
            tally.ack_s.append(time.perf_counter() - self._since[number % _SLOTS])
        self._send()

    def _pushed(self, data: bytes) -> None:
        start = data.find(b'"text":"')
        if start < 0:
            return
        tally = self._tally
        tally.pushes += 1
        number = int(data[start + 8 : data.index(b" ", start)])
        if number != self._heard:
            tally.faults += 1
        self._heard = number + 1
        if not number % _SAMPLED:
            tally.push_s.append(time.perf_counter() - self._since[number % _SLOTS])


def percentiles(samples: list[float]) -> dict[str, float]:
    """Milliseconds."""
    ordered = sorted(samples)
    if not ordered:
        return {}
    return {f"p{share}": round(1000 * ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 3) for share in (50, 99)}


def _sign(job: dict[str, Any]) -> None:
    """Tell a watched server (`bench.where`) that counting begins or ends."""
    if job.get("signs"):
        os.kill(job["pid"], signal.SIGUSR1)


async def relay(job: dict[str, Any]) -> dict[str, Any]:
    """Pairs with a window each; messages acknowledged and pushed a second."""
    buyers = await connect_all(job["url"], [pair["buyer"] for pair in job["pairs"]])
    operators = await connect_all(job["url"], [pair["operator"] for pair in job["pairs"]])
    tally = Tally()
    pairs = []
    for index, (buyer, operator, spec) in enumerate(zip(buyers, operators, job["pairs"], strict=True)):
        conversation = "c"
        if "account" in spec:
            conversation = (await buyer.call("open", {"account": spec["account"]}))["conversation"]
            await operator.call("claim", {"conversation": conversation})
        pairs.append(Pair(tally, buyer, operator, conversation, index))
    for pair in pairs:
        pair.start(job["window"])
    await asyncio.sleep(job["warm_s"])
    tally.ack_s.clear()
    tally.push_s.clear()
    _sign(job)
    acks, pushes, cpu, mine, start = tally.acks, tally.pushes, cpu_s(job["pid"]), time.process_time(), time.perf_counter()
    await asyncio.sleep(job["measure_s"])
    took = time.perf_counter() - start
    _sign(job)
    done = tally.pushes - pushes
    used = cpu_s(job["pid"]) - cpu
    return {
        "per_s": done / took,
        "acks_per_s": (tally.acks - acks) / took,
        "server_us": 1e6 * used / max(done, 1),
        "server_share": used / took,
        "client_share": (time.process_time() - mine) / took,
        "faults": tally.faults,
        "ack_ms": percentiles(tally.ack_s),
        "push_ms": percentiles(tally.push_s),
    }


async def fanout(job: dict[str, Any]) -> dict[str, Any]:
    """One sender, many receivers of one room; deliveries a second, with some messages on the way."""
    sockets = await connect_all(job["url"], [job["sender"], *job["receivers"]])
    sender, receivers = sockets[0], sockets[1:]
    conversation = "c"
    if "account" in job:
        conversation = (await sender.call("open", {"account": job["account"]}))["conversation"]
        for receiver in receivers:
            await receiver.call("pull", {"conversation": conversation, "limit": 1})
    tally = Tally()
    form = b'42%%d["send",{"conversation":"%b","key":"%d-%%d","kind":"text","body":{"text":"%%d to all of you"}}]' % (
        conversation.encode(),
        os.getpid(),
    )
    count = len(receivers)
    sent = 0
    since: dict[int, float] = {}

    def send() -> None:
        nonlocal sent
        since[sent] = time.perf_counter()
        sender.send(WSMsgType.TEXT, form % (sent, sent, sent))
        sent += 1

    def pushed(data: bytes) -> None:  # noqa: ARG001  # a listener
        tally.pushes += 1
        if tally.pushes % count == 0:
            tally.push_s.append(time.perf_counter() - since.pop(tally.pushes // count - 1))
            send()

    def acked(data: bytes) -> None:
        if b'"ok":true' not in data:
            tally.faults += 1

    sender.acked = acked
    for receiver in receivers:
        receiver.pushed = pushed
    for _ in range(job["window"]):
        send()
    await asyncio.sleep(job["warm_s"])
    tally.push_s.clear()
    pushes, cpu, mine, start = tally.pushes, cpu_s(job["pid"]), time.process_time(), time.perf_counter()
    await asyncio.sleep(job["measure_s"])
    took, used = time.perf_counter() - start, cpu_s(job["pid"]) - cpu
    done = tally.pushes - pushes
    return {
        "per_s": done / took,
        "server_us": 1e6 * used / max(done, 1),
        "server_share": used / took,
        "client_share": (time.process_time() - mine) / took,
        "faults": tally.faults,
        "push_ms": percentiles(tally.push_s),
    }


async def idle(job: dict[str, Any]) -> dict[str, Any]:
    """Connect many sockets as fast as the server takes them, then let them sit; memory for each."""
    await connect_all(job["url"], job["warmers"])
    await asyncio.sleep(job["warm_s"])
    before, cpu, mine, start = memory_bytes(job["pid"]), cpu_s(job["pid"]), time.process_time(), time.perf_counter()
    sockets = await connect_all(job["url"], job["sockets"])
    took = time.perf_counter() - start
    busy, own = cpu_s(job["pid"]) - cpu, time.process_time() - mine
    await asyncio.sleep(job["measure_s"])
    count = len(sockets)
    return {
        "per_s": count / took,
        "server_us": 1e6 * busy / count,
        "server_share": busy / took,
        "client_share": own / took,
        "bytes_each": (memory_bytes(job["pid"]) - before) / count,
        "faults": 0,
    }


class Asker:
    """A buyer who asks one question after the other: the next when the bot has answered, or, where it has no rules, at the ack."""

    def __init__(self, tally: Tally, socket: Socket, conversation: str, questions: list[str], *, answered: bool) -> None:
        self._tally = tally
        self._socket = socket
        self._questions = questions
        self._conversation = conversation
        self._asked = 0
        self._at = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        socket.acked = self._acked if answered else self._next
        if answered:
            socket.pushed = self._pushed

    def ask(self) -> None:
        """Send the next question, or be done."""
        if self._asked == len(self._questions):
            self.done.set_result(None)
            return
        number, self._at = self._asked, time.perf_counter()
        body = {"conversation": self._conversation, "key": f"q{number}", "kind": "text", "body": {"text": self._questions[number]}}
        self._asked += 1
        self._socket.send(WSMsgType.TEXT, b"42%d%b" % (number, json.dumps(["send", body]).encode()))

    def _acked(self, data: bytes) -> None:
        self._tally.acks += 1
        if b'"ok":true' not in data:
            self._tally.faults += 1

    def _next(self, data: bytes) -> None:
        self._acked(data)
        self._tally.ack_s.append(time.perf_counter() - self._at)
        self.ask()

    def _pushed(self, data: bytes) -> None:
        if b'"role":"bot"' in data:
            self._tally.pushes += 1
            self._tally.push_s.append(time.perf_counter() - self._at)
            self.ask()


async def answers(job: dict[str, Any]) -> dict[str, Any]:
    """Buyers with some questions each, all at once; messages a second until every one is answered (or acknowledged)."""
    sockets = await connect_all(job["url"], job["buyers"])
    tally = Tally()
    askers = []
    for socket, questions in zip(sockets, job["questions"], strict=True):
        conversation = (await socket.call("open", {"account": job["account"]}))["conversation"]
        askers.append(Asker(tally, socket, conversation, questions, answered=job["answered"]))
    await asyncio.sleep(job["warm_s"])
    cpu, mine, start = cpu_s(job["pid"]), time.process_time(), time.perf_counter()
    for asker in askers:
        asker.ask()
    async with asyncio.timeout(job["measure_s"]):
        await asyncio.gather(*(asker.done for asker in askers))
    took, used = time.perf_counter() - start, cpu_s(job["pid"]) - cpu
    return {
        "per_s": tally.acks / took,
        "server_us": 1e6 * used / max(tally.acks, 1),
        "server_share": used / took,
        "client_share": (time.process_time() - mine) / took,
        "faults": tally.faults,
        "messages": tally.acks,
        "ack_ms": percentiles(tally.ack_s),
        "push_ms": percentiles(tally.push_s),
    }


SCENARIOS = {"relay": relay, "fanout": fanout, "idle": idle, "answers": answers}


def main() -> None:
    """Run the job on standard input."""
    job = json.load(sys.stdin)
    os.sched_setaffinity(0, {job["core"]})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(SCENARIOS[job["scenario"]](job))
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
