"""The load of a raid: members of a group who talk, listeners, and new accounts that follow, join and post adverts.

A scenario is one process, as in `bench.load`: a JSON job on standard input, a JSON result on standard output.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter
from typing import Any

import aiohttp
import uvloop
from picows import WSMsgType

from bench.load import Socket, connect, connect_all, cpu_s, percentiles

OURS = b'"id":"raider-'
"""How a raider's message is known in what listeners hear."""

_NUMBER = b'"text":"#'

_WHAT = (
    "这泡白茶",
    "昨天收到的岩茶",
    "店里的新红茶",
    "朋友送的普洱",
    "去年的陈皮",
    "今年的龙井",
    "茉莉花茶",
    "那只小盖碗",
    "手工的紫砂壶",
    "上次买的茶饼",
)
_HOW = (
    "第三泡最好喝",
    "放了半年更顺口",
    "用山泉水泡很甜",
    "闻着有兰花香",
    "比我想的清淡",
    "适合下午喝",
    "泡久了有点涩",
    "配点心刚刚好",
    "早上喝不伤胃",
    "颜色真漂亮",
)
_SO = ("大家觉得呢", "下次还买", "推荐你们试试", "我妈也喜欢", "水温别太高", "谁也有同感", "周末再泡一次", "准备囤一点", "先记下来", "晒个图给你们看")


def sentence(number: int) -> str:
    """What a member says; another thing a thousand times over, as nobody settled says the same all day."""
    return f"{_WHAT[number % 10]}{_HOW[number // 10 % 10]}，{_SO[number // 100 % 10]}"


class Talkers:
    """Ordinary members who go on talking by the clock; each delay is from the moment a message was due to a listener's hearing it."""

    def __init__(self, group: str, sockets: list[Socket], rate: float) -> None:
        self._group = group
        self._sockets = sockets
        self._rate = rate
        self._due: list[float] = []
        self.refused = 0
        self.delays: list[float] = []
        for socket in sockets:
            socket.acked = self._acked

    async def talk(self, over: asyncio.Event) -> None:
        """Until it is over."""
        start, turn = time.perf_counter(), 0
        while not over.is_set():
            due = start + turn / self._rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            number = len(self._due)
            self._due.append(due)
            body = {"text": f"#{number} {sentence(number)}"}
            data = {"conversation": self._group, "key": f"t{os.getpid()}-{number}", "kind": "text", "body": body}
            self._sockets[turn % len(self._sockets)].send(
                WSMsgType.TEXT, b"42%d%b" % (number, json.dumps(["send", data], ensure_ascii=False).encode())
            )
            turn += 1

    def _acked(self, data: bytes) -> None:
        self.refused += b'"ok":true' not in data

    def heard(self, data: bytes) -> None:
        """What a listener hears of them."""
        start = data.find(_NUMBER)
        if start >= 0:
            self.delays.append(time.perf_counter() - self._due[int(data[start + len(_NUMBER) : data.index(b" ", start)])])


class Watcher:
    """A listener, who counts what the room is shown of the raid."""

    def __init__(self, talkers: Talkers) -> None:
        self._talkers = talkers
        self.adverts = 0
        self.shown_at: list[float] = []

    def pushed(self, data: bytes) -> None:
        """One push."""
        if OURS in data and b'"message"' in data[:20]:
            self.adverts += 1
            self.shown_at.append(time.perf_counter())
        else:
            self._talkers.heard(data)


class Meter:
    """The shares of a core that the server and this process used since the last reading."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._last = self._now()

    def _now(self) -> tuple[float, float, float]:
        return cpu_s(self._pid), time.process_time(), time.perf_counter()

    def read(self) -> dict[str, float]:
        """Of each."""
        before, self._last = self._last, self._now()
        server, client, took = (now - then for now, then in zip(self._last, before, strict=True))
        return {"server": server / took, "client": client / took}


async def _emit(socket: Socket, event: str, data: Any) -> dict[str, Any]:
    """The answer, whether it was allowed or not."""
    try:
        answer: dict[str, Any] = await socket.call(event, data)
    except RuntimeError as refused:
        told = str(refused)
        code = told.partition("'code': '")[2].partition("'")[0]
        return {"ok": False, "code": code or told}
    return answer


async def _raid(job: dict[str, Any], raider: dict[str, Any], http: aiohttp.ClientSession, counts: Counter[str]) -> None:
    """One new account: follow, join, post."""
    headers = {"Authorization": f"Bearer {raider['token']}"}
    async with http.put(f"{job['http']}/api/v1/accounts/{job['account']}/follow", headers=headers, json={}) as answer:
        if answer.status >= 400:
            counts["follow refused"] += 1
            return
    socket = await connect(job["url"], {"token": raider["token"]})
    joined = await _emit(socket, "join", {"group": job["group"]})
    state = ("in" if joined["joined"] else "asked to be let in") if joined.get("ok") else joined["code"]
    counts[f"join {state}"] += 1
    for number, text in enumerate(raider["adverts"]):
        data = {"conversation": job["group"], "key": f"r{number}", "kind": "text", "body": {"text": text}}
        told = await _emit(socket, "send", data)
        counts[f"post {'held' if told.get('held') else 'shown' if told.get('ok') else told['code']}"] += 1
        await asyncio.sleep(1.0)
    socket.transport.disconnect()


async def raid(job: dict[str, Any]) -> dict[str, Any]:
    """First quiet, then the raid; the members talk through both."""
    sockets = await connect_all(job["url"], [*job["talkers"], *job["listeners"]])
    talkers = Talkers(job["group"], sockets[: len(job["talkers"])], job["rate"])
    watchers = [Watcher(talkers) for _ in job["listeners"]]
    for socket, watcher in zip(sockets[len(job["talkers"]) :], watchers, strict=True):
        socket.pushed = watcher.pushed
    over = asyncio.Event()
    talking = asyncio.create_task(talkers.talk(over))
    await asyncio.sleep(job["warm_s"])
    talkers.delays.clear()
    meter = Meter(job["pid"])
    await asyncio.sleep(job["quiet_s"])
    quiet, refused, calm = percentiles(talkers.delays), talkers.refused, meter.read()
    talkers.delays.clear()
    counts: Counter[str] = Counter()
    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as tasks:
        for raider in job["raiders"]:
            tasks.create_task(_raid(job, raider, http, counts))
            await asyncio.sleep(job["raid_s"] / len(job["raiders"]))
    raided, busy = percentiles(talkers.delays), meter.read()
    await asyncio.sleep(1.0)
    over.set()
    await talking
    return {
        "quiet_ms": quiet,
        "raid_ms": raided,
        "quiet_share": calm,
        "raid_share": busy,
        "refused_quiet": refused,
        "refused": talkers.refused - refused,
        "counts": dict(counts),
        "shown": max(watcher.adverts for watcher in watchers),
    }


def main() -> None:
    """Run the job on standard input."""
    job = json.load(sys.stdin)
    os.sched_setaffinity(0, {job["core"]})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(raid(job))
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
