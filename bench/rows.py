"""The rows of the table: what is asked of each server, and the runs."""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.hub import ACCOUNT, Furnished, furnished, running
from bench.servers import HUB, KINDS, LOAD_CORE, ROOT, Kind, Peer
from tests.servers import Server

PAIRS = 100
WINDOW = 4
RECEIVERS = 1_000
IDLE = 2_000
WARMERS = 20
STORED = (1_000, 100_000, 1_000_000)
LOAD_BUDGET_S = 180.0

Result = dict[str, Any]
Runs = dict[str, dict[str, Result]]
"""Row → server (or number of stored messages) → medians of its runs."""

TITLES = {
    "relay": f"Relay: {PAIRS} pairs, window {WINDOW}; sent, acknowledged, and pushed to the other side",
    "fanout": f"Fan-out: one message to {RECEIVERS:,} sockets of one room",
    "idle": f"{IDLE:,} idle sockets: how fast they connect, and what each costs",
    "history": f"The relay of the first row, over a database that holds messages already ({PAIRS} conversations)",
}
SERVERS = {
    "relay": ("hub", "lean", "node", "plain", "raw", "ceiling"),
    "fanout": ("hub", "lean", "node", "plain", "raw", "ceiling"),
    "idle": ("hub", "lean", "node", "plain", "raw"),
    "history": ("hub",),
}


def measure(row: str, names: tuple[str, ...], seconds: float, runs: int, say: Callable[[str], None]) -> dict[str, Result]:
    """All servers of a row, turn by turn, so that a noisy minute does not fall on one of them alone."""
    cases: list[tuple[str, Kind, int]] = [(name, KINDS[name], 0) for name in SERVERS[row] if name in names]
    if row == "history":
        cases = [(str(stored), HUB, stored) for stored in STORED] if "hub" in names else []
    found: dict[str, list[Result]] = {label: [] for label, _, _ in cases}
    for turn in range(runs):
        for label, kind, stored in cases:
            say(f"{row}: {label} ({turn + 1}/{runs})")
            found[label].append(_run("relay" if row == "history" else row, kind, seconds, stored))
    return {label: _median(results) for label, results in found.items()}


def _median(results: list[Result]) -> Result:
    """The run in the middle by speed, with the spread of all and every fault."""
    ordered = sorted(results, key=lambda result: result["per_s"])
    speeds = [result["per_s"] for result in ordered]
    middle = ordered[len(ordered) // 2]
    return {**middle, "slowest": speeds[0], "fastest": speeds[-1], "faults": sum(result["faults"] for result in results)}


def _run(row: str, kind: Kind, seconds: float, stored: int) -> Result:
    job = {"scenario": row, "core": LOAD_CORE, "window": WINDOW, "warm_s": min(1.0, seconds / 3), "measure_s": seconds}
    with _up(row, kind, stored) as (server, people):
        return load({**job, "url": server[0], "pid": server[1], **people})


def load(job: dict[str, Any], module: str = "bench.load") -> Result:
    """One scenario of a module in a process of its own.

    Raises:
        RuntimeError: it failed; the text ends with what it said.
    """
    command = [sys.executable, "-m", module]
    done = subprocess.run(command, input=json.dumps(job), cwd=ROOT, capture_output=True, text=True, timeout=LOAD_BUDGET_S, check=False)
    if done.returncode:
        raise RuntimeError(f"the load client failed: {done.stderr.strip()[-2000:]}")
    result: Result = json.loads(done.stdout)
    return result


@contextmanager
def _up(row: str, kind: Kind, stored: int) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    """A running server: its url and process, and who connects to it."""
    if kind is HUB:
        buyers = {"relay": PAIRS, "fanout": 1, "idle": IDLE + WARMERS}[row]
        with furnished(buyers=buyers, operators=PAIRS if row == "relay" else 1, stored=stored) as place, running(place) as hub:
            yield (hub.url.replace("http", "ws"), pid_of(hub)), hub_people(row, place)
    else:
        with Peer(kind) as peer:
            yield (peer.url, pid_of(peer)), _peer_people(row)


def pid_of(server: Server) -> int:
    """The process of a running server.

    Raises:
        RuntimeError: it is not running.
    """
    if server.process is None:
        raise RuntimeError("the server is not running")
    return server.process.pid


def hub_people(row: str, place: Furnished) -> dict[str, Any]:
    """Who connects to the hub in a scenario."""
    buyers, operators = ([{"token": token} for token in tokens] for tokens in (place.buyers, place.operators))
    if row == "relay":
        return {"pairs": [{"buyer": buyer, "operator": operator, "account": ACCOUNT} for buyer, operator in zip(buyers, operators, strict=True)]}
    if row == "fanout":
        return {"sender": buyers[0], "receivers": operators * RECEIVERS, "account": ACCOUNT}
    return {"sockets": buyers[:IDLE], "warmers": buyers[IDLE:]}


def _peer_people(row: str) -> dict[str, Any]:
    if row == "relay":
        return {"pairs": [{"buyer": {"pair": pair, "side": "a"}, "operator": {"pair": pair, "side": "b"}} for pair in range(PAIRS)]}
    if row == "fanout":
        return {"sender": {"room": "r"}, "receivers": [{"room": "r"}] * RECEIVERS}
    sides = [{"pair": pair, "side": "a"} for pair in range(IDLE + WARMERS)]
    return {"sockets": sides[:IDLE], "warmers": sides[IDLE:]}


def spread(results: dict[str, Result]) -> float:
    """How far the speeds of a row lie apart, as a share of their mean."""
    speeds = [result["per_s"] for result in results.values()]
    return (max(speeds) - min(speeds)) / statistics.mean(speeds) if speeds else 0.0
