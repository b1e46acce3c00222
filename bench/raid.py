"""`python -m bench.raid`: new accounts join a group and post adverts; what members see, what moderators see, and whether talk goes on. Into docs/benchmarks.md."""

import argparse
import os
import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from bench import page
from bench.groups import BUSY, gathered
from bench.hub import ACCOUNT, furnished, running
from bench.rows import Result, load, pid_of
from bench.servers import LOAD_CORE, ROOT
from bot.actions.groups import OrderChanges
from bot.model.tempo import Raid
from config.logs import configure
from config.settings import Logs

RAIDERS = 500
ADVERTS_EACH = 2
MINUTE_S = 60.0
TALKERS, LISTENERS, RATE = 10, 200, 10.0
GROUP = 1_000
PAGE = ROOT / "docs" / "benchmarks.md"

ADVERTS = (
    "招兼职，在家动动手指一天三百，想做的加薇{contact}",
    "兼职日结不收押金，加 V X：{contact}，名额不多",
    "老师带单稳赚不赔，进群看 www.{word}88.top",
    "低价出各大平台会员，量大从优，扣扣{digits}",
    "需要办卡套现的联系+微-信 {contact}",
    "免费领红包！戳 http://{word}.xyz/{digits} 先到先得",
    "高仿鞋包一比一，支持验货，➕卫星{contact}",
    "彩票内部号码，跟着买就行，加群{digits}",
    "网贷不看征信当天下款，电话 1{digits}",
    "代开发票各行业都有，量大优惠，联系 q{digits}",
)
"""Made for this measurement; the classifier of the filters was not trained on them."""


def adverts(chance: random.Random) -> list[str]:
    """What one raider posts."""
    made = []
    for form in chance.sample(ADVERTS, ADVERTS_EACH):
        word = "".join(chance.choices("abcdefghkmnpqrstwxyz", k=6))
        digits = "".join(chance.choices("0123456789", k=9))
        made.append(form.format(contact=f"{word}{digits[:3]}", word=word, digits=digits))
    return made


def measure(order: OrderChanges | None, raid_s: float, quiet_s: float) -> Result:
    """A hub with one open group, by this order or the default, and the default filters; the raid, and what it left in the store."""
    chance = random.Random(2026)  # a repeatable raid is no secret
    people = TALKERS + LISTENERS
    with furnished(buyers=people, operators=1, strangers=RAIDERS) as place:
        group = gathered(place, GROUP, order)
        tokens = [{"token": token} for token in place.buyers]
        raiders = [{"token": token, "adverts": adverts(chance)} for token in place.strangers]
        job = {"core": LOAD_CORE, "account": ACCOUNT, "group": group, "rate": RATE, "warm_s": 2.0, "quiet_s": quiet_s, "raid_s": raid_s}
        with running(place) as hub:
            who = {"talkers": tokens[:TALKERS], "listeners": tokens[TALKERS:], "raiders": raiders}
            found = load({**job, **who, "http": hub.url, "url": hub.url.replace("http", "ws"), "pid": pid_of(hub)}, "bench.raiders")
        with closing(sqlite3.connect(f"file:{place.data / 'hub.db'}?mode=ro", uri=True)) as store:
            return {**found, "raid_s": raid_s, "left": dict(_left(store, group))}


def _left(store: sqlite3.Connection, group: str) -> Iterator[tuple[str, int]]:
    """What moderators find: by the tables behind their pages."""
    for name, question in (
        ("messages of raiders in the log", "SELECT count(*) FROM messages WHERE conversation = ? AND author LIKE 'raider-%'"),
        ("held for a moderator", "SELECT count(*) FROM held WHERE conversation = ? AND state = 'waiting'"),
        ("hits of filters", "SELECT count(*) FROM filter_hits WHERE conversation = ?"),
        ("open cases", "SELECT count(*) FROM cases WHERE conversation = ? AND state = 'open'"),
        ("asking to be let in", "SELECT count(*) FROM join_requests WHERE conversation = ?"),
        ("muted or banned", "SELECT count(*) FROM sanctions WHERE conversation = ?"),
        ("lines of the log", "SELECT count(*) FROM group_log WHERE conversation = ?"),
    ):
        yield name, int(store.execute(question, (group,)).fetchone()[0])


ORDERS: dict[str, OrderChanges | None] = {"as a group is by default": None, "without the guard against bursts": OrderChanges(raid=Raid(joins=0))}
"""Under which orders the same raid comes."""


def ratio(found: Result) -> float:
    """How much longer members wait for each other during the raid, at the 99th percentile."""
    return float(found["raid_ms"]["p99"] / found["quiet_ms"]["p99"])


def rows(found: Result) -> list[tuple[str, str]]:
    """What there is to tell."""
    posted = sum(count for name, count in found["counts"].items() if name.startswith("post "))
    told = [(f"raiders: {name}", f"{count:,}") for name, count in sorted(found["counts"].items())]
    told.append(("**adverts that members saw**", f"**{found['shown']:,} of {posted:,}**"))
    told += [(f"moderators: {name}", f"{count:,}") for name, count in found["left"].items()]
    for name, key in (("quiet", "quiet_ms"), ("raid", "raid_ms")):
        share = found[key.replace("_ms", "_share")]
        told.append((f"members, sent → received p50 / p99 ms, {name}", f"{found[key]['p50']:.1f} / {found[key]['p99']:.1f}"))
        told.append((f"the hub's core, and the load's, {name}", f"{share['server']:.0%}, {share['client']:.0%}"))
    return [*told, ("members' messages refused", f"{found['refused_quiet'] + found['refused']:,}")]


def side_by_side(results: dict[str, Result]) -> list[tuple[str, ...]]:
    """The rows of each order, beside each other; what did not happen is a dash."""
    told = [dict(rows(found)) for found in results.values()]
    names = dict.fromkeys(name for one in told for name in one)
    return [(name, *(one.get(name, "–") for one in told)) for name in sorted(names, key=_place)]


def _place(name: str) -> int:
    """The order of the rows: what raiders met, what was seen, what moderators find, how the others fared."""
    return next(place for place, part in enumerate(("raiders", "adverts", "moderators", "")) if part in name)


def written_down(results: dict[str, Result]) -> str:
    """The section of the page."""
    found = next(iter(results.values()))
    shared = f" Other work ran meanwhile: {os.getloadavg()[2]:.0f} processes wanted the cores." if os.getloadavg()[2] > BUSY else ""
    kept = "kept" if all(ratio(one) < 2 and not one["refused"] for one in results.values()) else "missed"
    ratios = " and ".join(f"{ratio(one):.2f} ×" for one in results.values())
    return (
        f"Taken {datetime.now(UTC):%Y-%m-%d} on {page.machine('aiohttp', 'uvloop', 'SQLAlchemy')}; server on one core, load on the other.{shared}\n\n"
        f"{RAIDERS} accounts that are new follow, join and post {ADVERTS_EACH} adverts each within {found['raid_s']:.0f} s. The group\n"
        f"is open, has {GROUP:,} members, and the filters that a group has by default. {TALKERS} members go on talking, {RATE:.0f} messages a second\n"
        f"together, and {LISTENERS} listen. The adverts are made for this measurement and are not what the classifier was trained on.\n\n"
        f"{page.table(('what became of it', *results), side_by_side(results))}\n"
        f"Target: members wait less than twice as long as in quiet at the 99th percentile, and none of theirs is refused; measured {ratios}, {kept}.\n"
    )


def main() -> int:
    """Run it, print it, and put it into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.raid", description=__doc__)
    parser.add_argument("--raid-s", type=float, default=MINUTE_S, help="seconds in which all raiders come (default: 60)")
    parser.add_argument("--quiet-s", type=float, default=10.0, help="seconds of quiet before (default: 10)")
    parser.add_argument("--dry", action="store_true", help="print the figures, and leave docs/ as it is")
    args = parser.parse_args()
    configure(Logs(level="error"))
    console = Console()
    console.width = max(console.width, 118)
    results: dict[str, Result] = {}
    for name, order in ORDERS.items():
        with console.status(f"a raid, {name}"):
            results[name] = measure(order, args.raid_s, args.quiet_s)
    table = Table("what became of it", *results, title_justify="left")
    for cells in side_by_side(results):
        table.add_row(*(cell.strip("*") for cell in cells))
    console.print(table)
    for name, found in results.items():
        console.print(f"{name}: members wait {ratio(found):.2f} times as long at the 99th percentile")
    if not args.dry:
        page.put(PAGE, "raid", written_down(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
