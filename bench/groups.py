"""`python -m bench.groups`: one large group; how fast its messages reach thousands, and what coming and going costs. Into docs/benchmarks.md."""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bench import page
from bench.hub import ACCOUNT, Furnished, furnished, running
from bench.rows import Result, load, pid_of
from bench.servers import KINDS, LOAD_CORE, NODE, ROOT, Peer
from bot.actions.access import Access
from bot.actions.groups import Groups, NewGroup, OrderChanges
from bot.actions.membership import Memberships
from bot.live.local import LocalBus
from bot.live.ports import Rate
from bot.model.basics import now_ms
from bot.model.groups import CAPACITY_LIMIT
from bot.model.people import Actor
from bot.model.tempo import Flood, Raid, Repeat
from bot.store import members
from bot.store.tables import FOLLOWS, GROUPS, MEMBERS, PEOPLE, READS, ROLES
from bot.store.unit import Database
from config.logs import configure
from config.settings import Logs

MEMBERS_OF_GROUP = 10_000
ONLINE = 2_000
SENDERS = 20
RATE = 20
WINDOW = 4
SMALL = 100
COMERS = 200
BUSY = 4.0
"""A load of the machine, over a quarter of an hour, above which the page says that the figures were taken beside other work."""

PAGE = ROOT / "docs" / "benchmarks.md"
COLUMNS = ("server", "deliveries/s", "× Node", "server µs each", "× Node", f"sent → received p50 / p99 ms at {RATE}/s")
COMING = ("members before", "join ms", "leave ms", "first page of 50 ms", "last page ms")

Found = dict[str, dict[str, Result]]


UNHURRIED = OrderChanges(flood=Flood(messages=0), repeat=Repeat(messages=0, newcomers=0), raid=Raid(joins=0))
"""What is measured is neither who writes too fast, or the same, nor who comes in a burst."""


class _Generous:
    """A limiter that lets everything through: what is measured is not how fast one person may come and go."""

    async def take(self, key: str, rate: Rate, cost: int = 1) -> float:  # noqa: ARG002  # a Limiter
        return 0.0


def gathered(place: Furnished, count: int, order: OrderChanges | None, name: str = "Bench") -> str:
    """A group of so many members, the buyers of the place among them, written at once; its id. They came a month ago; None is the order a group has by default."""
    return asyncio.run(_gather(place, count, order, name))


async def _gather(place: Furnished, count: int, order: OrderChanges | None, name: str) -> str:
    now = now_ms() - 30 * 86_400_000
    async with Database.at(f"sqlite:///{place.data / 'hub.db'}") as db, LocalBus() as bus:
        groups = Groups(db=db, access=Access(db, bus), bus=bus, limiter=_Generous())
        owner = await _owner(db)
        made = await groups.create(owner, ACCOUNT, NewGroup(name=name, capacity=CAPACITY_LIMIT))
        group, account = made.row.id, made.row.account
        if order is not None:
            await groups.set_order(owner, group, made.row.version, order)
        persons = [f"buyer-{index}" for index in range(count - 1)]
        new = persons[len(place.buyers) :]
        joined = {"conversation": group, "role": "member", "joined_seq": 0, "visible_after": 0, "posts": 0, "hushed": False}
        async with db.write() as conn:
            if new:
                await conn.execute(sa.insert(PEOPLE).prefix_with("OR IGNORE"), [{"id": one, "name": one, "created_at": now} for one in new])
                follows = [{"account": account, "person": one, "at": now, "source": "bench", "muted": False} for one in new]
                await conn.execute(sa.insert(FOLLOWS).prefix_with("OR IGNORE"), follows)
            await conn.execute(sa.insert(MEMBERS), [{**joined, "person": one, "joined_at": now + place} for place, one in enumerate(persons)])
            await conn.execute(sa.insert(READS), [{"conversation": group, "person": one, "seq": 0, "at": now} for one in persons])
            await conn.execute(sa.update(GROUPS).where(GROUPS.c.id == group).values(members=count))
    return group


async def _owner(db: Database) -> Actor:
    async with db.read() as conn:
        person = (await conn.execute(sa.select(ROLES.c.person).where(ROLES.c.role == "owner"))).scalar_one()
    return Actor(person=person, name="Bench")


def fan_out(seconds: float, runs: int, say: Callable[[str], None]) -> Found:
    """Each scenario on the hub and on Node, turn by turn; the run in the middle of each."""
    found: dict[str, dict[str, list[Result]]] = {row: {"hub": [], "node": []} for row in ("saturated", "paced")}
    with furnished(buyers=ONLINE + SENDERS, operators=1) as place:
        group = gathered(place, MEMBERS_OF_GROUP, UNHURRIED)
        for turn in range(runs):
            for row, results in found.items():
                job = {"scenario": row, "core": LOAD_CORE, "window": WINDOW, "rate": RATE, "warm_s": 1.0, "measure_s": seconds}
                say(f"{row}: hub ({turn + 1}/{runs})")
                results["hub"].append(_on_hub(place, group, job))
                say(f"{row}: node ({turn + 1}/{runs})")
                results["node"].append(_on_node(job))
    return {row: {name: _middle(several) for name, several in results.items()} for row, results in found.items()}


def _on_hub(place: Furnished, group: str, job: dict[str, Any]) -> Result:
    tokens = [{"token": token} for token in place.buyers]
    with running(place) as hub:
        who = {"senders": tokens[:SENDERS], "receivers": tokens[SENDERS:], "conversation": group}
        return load({**job, **who, "url": hub.url.replace("http", "ws"), "pid": pid_of(hub)}, "bench.crowd")


def _on_node(job: dict[str, Any]) -> Result:
    with Peer(NODE) as peer:
        who = {"senders": [{"room": "r"}] * SENDERS, "receivers": [{"room": "r"}] * ONLINE, "conversation": "c"}
        return load({**job, **who, "url": peer.url, "pid": pid_of(peer)}, "bench.crowd")


def _middle(results: list[Result]) -> Result:
    ordered = sorted(results, key=lambda result: result["server_us"])
    return {**ordered[len(ordered) // 2], "faults": sum(result["faults"] for result in results)}


def coming(count: int) -> dict[str, float]:
    """What it costs to join and leave a group of so many members, in milliseconds of the process, the least of five rounds of forty; and its pages."""
    with furnished(buyers=COMERS, operators=1) as place:
        return asyncio.run(_come_and_go(place, count))


async def _come_and_go(place: Furnished, count: int) -> dict[str, float]:
    async with Database.at(f"sqlite:///{place.data / 'hub.db'}") as db, LocalBus() as bus:
        owner = await _owner(db)
        groups = Groups(db=db, access=Access(db, bus), bus=bus, limiter=_Generous())
        comings = Memberships(db=db, bus=bus, limiter=_Generous())
        made = await groups.create(owner, ACCOUNT, NewGroup(name="Bench", capacity=CAPACITY_LIMIT))
        group = made.row.id
        await groups.set_order(owner, group, made.row.version, UNHURRIED)
        now = now_ms()
        row = {"conversation": group, "role": "member", "joined_seq": 0, "visible_after": 0, "posts": 0, "hushed": False}
        there = [f"there-{index}" for index in range(count - 1)]
        async with db.write() as conn:
            await conn.execute(sa.insert(PEOPLE), [{"id": one, "name": one, "created_at": now} for one in there])
            await conn.execute(sa.insert(MEMBERS), [{**row, "person": one, "joined_at": now + place} for place, one in enumerate(there)])
            await conn.execute(sa.update(GROUPS).where(GROUPS.c.id == group).values(members=count))
        comers = [Actor(person=f"buyer-{index}", name=f"Buyer {index}") for index in range(COMERS)]
        rounds = [comers[start : start + 40] for start in range(0, COMERS, 40)]
        joins = [await _each(lambda actor: comings.join(actor, group), some) for some in rounds]
        leaves = [await _each(lambda actor: comings.leave(actor, group), some) for some in rounds]
        first, last = await _pages(db, group)
    return {"join": min(joins), "leave": min(leaves), "first": first, "last": last}


async def _each(act: Callable[[Actor], Any], actors: list[Actor]) -> float:
    begun = time.process_time()
    for actor in actors:
        await act(actor)
    return 1000 * (time.process_time() - begun) / len(actors)


async def _pages(db: Database, group: str) -> tuple[float, float]:
    """The first page and the last, walked to by its cursor: the least of twenty."""
    async with db.read() as conn:
        cursors: list[str | None] = [None]
        while (cursor := (await members.members(conn, group, cursors[-1], 50)).cursor) is not None:
            cursors.append(cursor)
        took: list[list[float]] = [[], []]
        for _ in range(20):
            for place, at in enumerate((cursors[0], cursors[-1])):
                begun = time.process_time()
                await members.members(conn, group, at, 50)
                took[place].append(1000 * (time.process_time() - begun))
    return min(took[0]), min(took[1])


def lines(found: Found) -> list[tuple[str, ...]]:
    """The cells of the fan-out."""
    node = found["saturated"]["node"]
    rows: list[tuple[str, ...]] = []
    for name, result in found["saturated"].items():
        delays = found["paced"][name]["push_ms"]
        faults = result["faults"] + found["paced"][name]["faults"]
        title = KINDS[name].title + (f" ({faults} FAULTS)" if faults else "")
        speed, cost = f"{result['per_s'] / node['per_s']:.2f}", f"{result['server_us'] / node['server_us']:.2f}"
        rows.append((title, f"{result['per_s']:,.0f}", speed, f"{result['server_us']:.1f}", cost, f"{delays['p50']:.1f} / {delays['p99']:.1f}"))
    return rows


def coming_lines(costs: dict[int, dict[str, float]]) -> list[tuple[str, ...]]:
    """The cells of coming and going."""
    return [(f"{count:,}", *(f"{cost[name]:.2f}" for name in ("join", "leave", "first", "last"))) for count, cost in costs.items()]


def written_down(found: Found, costs: dict[int, dict[str, float]]) -> str:
    """The section of the page."""
    hub, node = found["saturated"]["hub"], found["saturated"]["node"]
    ratio = hub["per_s"] / node["per_s"]
    small, large = costs[SMALL], costs[MEMBERS_OF_GROUP]
    busy = max(result["client_share"] for results in found.values() for result in results.values())
    shared = f" Other work ran meanwhile: {os.getloadavg()[2]:.0f} processes wanted the cores." if os.getloadavg()[2] > BUSY else ""
    return (
        f"Taken {datetime.now(UTC):%Y-%m-%d} on {page.machine('aiohttp', 'uvloop', 'SQLAlchemy')}; server on one core, load on the other.{shared}\n\n"
        f"### One group of {MEMBERS_OF_GROUP:,} members, {ONLINE:,} of them online, on one hub; a room of as many sockets on Node\n\n"
        f"{page.table(COLUMNS, lines(found))}\n"
        f"Deliveries are those of a saturated server, with {WINDOW} messages on the way; delays those of {RATE} messages a second from {SENDERS} members, counted from the\n"
        f"moment each was due. The hub commits every message first. Target: at least 1.2 times Node's deliveries; measured {ratio:.2f}, {'kept' if ratio >= 1.2 else 'missed'}.\n"
        f"The load client was busy {busy:.0%} of its core at most.\n\n"
        f"### Coming into a group and leaving it, and the list of its members\n\n"
        f"{page.table(COMING, coming_lines(costs))}\n"
        f"Milliseconds of processor time, verb and store together, the least of several rounds. A join of the large group costs {large['join'] / small['join']:.2f} times one of the small, a\n"
        f"leave {large['leave'] / small['leave']:.2f} times; that none of their statements goes through a whole table, the suite asks both databases (`tests/bot/store/test_plans.py`).\n"
    )


def show(console: Console, found: Found, costs: dict[int, dict[str, float]]) -> None:
    """Print the tables."""
    for columns, rows in ((COLUMNS, lines(found)), (COMING, coming_lines(costs))):
        table = Table(*columns, title_justify="left")
        for cells in rows:
            table.add_row(*cells)
        console.print(table)


def main() -> int:
    """Run it, print it, and put it into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.groups", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each run counts (default: 5)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each server; the one in the middle is shown (default: 3)")
    parser.add_argument("--dry", action="store_true", help="print the tables, and leave docs/ as it is")
    args = parser.parse_args()
    configure(Logs(level="error"))
    console = Console()
    console.width = max(console.width, 118)
    with console.status("starting") as status:
        found = fan_out(args.seconds, args.runs, status.update)
        costs = {count: coming(count) for count in (SMALL, MEMBERS_OF_GROUP)}
    show(console, found, costs)
    if not args.dry:
        page.put(PAGE, "groups", written_down(found, costs))
    return 1 if any(result["faults"] for results in found.values() for result in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
