"""`python -m bench.answering`: what a message costs the hub when an account of 1,000 rules answers it, and how much of that is the engine.

Every buyer asks nine different questions, each one that some rule answers, so that neither the cap of ten answers a minute
nor the guard against repeated answers comes in. The same questions to an account without rules show what storing costs alone.
"""

import json
import sqlite3
import statistics
import sys
from datetime import UTC, datetime
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from bench import pace, page
from bench.hub import ACCOUNT, Furnished, furnished, running
from bench.rows import load, pid_of
from bench.servers import LOAD_CORE, ROOT
from config.logs import configure
from config.settings import Logs

RULES = 1_000
BUYERS = 800
EACH = 9
BUDGET_S = 90.0
RUNS = 3

Figures = dict[str, Any]


def written(count: int = RULES) -> list[dict[str, Any]]:
    """The rules of `bench.pace`, each with an answer of its own."""
    rules: list[dict[str, Any]] = msgspec.json.decode(msgspec.json.encode(pace.rules(count)))
    for number, rule in enumerate(rules):
        rule["reply"]["messages"] = [{"kind": "text", "text": f"亲{{{{name|}}}}，这是第 {number} 个回答。"}]
    return rules


def questions(rules: list[dict[str, Any]], buyers: int = BUYERS) -> list[list[str]]:
    """For each buyer, the questions they ask, each one example of another rule."""
    asked = [rule["when"]["similar"][0] for rule in rules]
    return [[asked[(buyer * EACH + turn) % len(asked)] for turn in range(EACH)] for buyer in range(buyers)]


def measure(runs: int = RUNS) -> dict[str, Figures]:
    """The run in the middle by cost, without rules and with them."""
    rules = written()
    asked = questions(rules)
    found: dict[str, list[Figures]] = {"no rules": [], f"{RULES:,} rules": []}
    for _ in range(runs):
        for label, results in found.items():
            text = "" if label == "no rules" else json.dumps(rules, ensure_ascii=False)
            with furnished(buyers=BUYERS, operators=1, rules=text) as place:
                results.append(_run(place, asked, answered=bool(text)))
    return {label: sorted(results, key=lambda result: result["server_us"])[len(results) // 2] for label, results in found.items()}


def _run(place: Furnished, asked: list[list[str]], *, answered: bool) -> Figures:
    with running(place) as hub:
        job = {"scenario": "answers", "core": LOAD_CORE, "warm_s": 0.5, "measure_s": BUDGET_S, "account": ACCOUNT}
        buyers = [{"token": token} for token in place.buyers]
        more = {"questions": asked, "answered": answered, "url": hub.url.replace("http", "ws"), "pid": pid_of(hub)}
        result = load({**job, **more, "buyers": buyers})
    return {**result, "engine_us": _engine_us(place)}


def _engine_us(place: Furnished) -> float:
    """The median of what the decisions took, as their traces tell: a mean would hold what they waited for other threads."""
    with sqlite3.connect(f"file:{place.data / 'hub.db'}?mode=ro", uri=True) as store:
        return statistics.median(float(json.loads(trace)["us"]) for (trace,) in store.execute("SELECT trace FROM traces"))


def lines(found: dict[str, Figures]) -> list[tuple[str, ...]]:
    """The cells of the table."""
    return [
        (
            label,
            f"{result['per_s']:,.0f}",
            f"{result['server_us']:.0f}",
            f"{result['engine_us']:.0f}",
            f"{result['engine_us'] / result['server_us']:.0%}",
            f"{result['push_ms'].get('p50', 0):.0f} / {result['push_ms'].get('p99', 0):.0f}" if result["push_ms"] else "–",
        )
        for label, result in found.items()
    ]


PAGE = ROOT / "docs" / "replies.md"
COLUMNS = ("account", "questions/s", "hub µs a question", "engine µs", "share of the engine", "question → answer p50 / p99 ms")


def written_down(found: dict[str, Figures]) -> str:
    """The section of the page."""
    taken = f"{datetime.now(UTC):%Y-%m-%d}"
    where = page.machine("aiohttp", "uvloop", "SQLAlchemy")
    return (
        f"Taken {taken} on {where}; hub on one core, load on the other. {BUYERS} buyers ask {EACH} questions each, all at once, the next when the\n"
        f"last is answered; every message, answer and trace on disk. An account without rules gives its buyers to people after two questions.\n\n"
        f"{page.table(COLUMNS, lines(found))}"
    )


def main() -> int:
    """Print the table, and put it into docs/replies.md."""
    configure(Logs(level="error"))
    console = Console()
    console.width = max(console.width, 110)
    found = measure()
    table = Table(*COLUMNS, title=f"{BUYERS} buyers ask {EACH} questions each, all at once; every message and answer on disk", title_justify="left")
    for cells in lines(found):
        table.add_row(*cells)
    console.print(table)
    page.put(PAGE, "answering", written_down(found))
    return 1 if any(result["faults"] for result in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
