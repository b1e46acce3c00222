"""`python -m bench`: measure the hub beside its peers, print the table, and write docs/benchmarks.md and its pictures."""

import argparse
import json
import os
import sys
from datetime import UTC, datetime

from rich.console import Console

from bench import report
from bench.rows import SERVERS, Runs, measure
from bench.servers import KINDS, ROOT
from config.logs import configure
from config.settings import Logs

RESULTS = ROOT / "bench" / "out" / "results.json"


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", default=",".join(SERVERS), help=f"some of {','.join(SERVERS)} (default: all)")
    parser.add_argument("--servers", default=",".join(KINDS), help=f"some of {','.join(KINDS)} (default: all)")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each run counts (default: 3)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each server; the median is shown (default: 3)")
    parser.add_argument("--dry", action="store_true", help="print the table, and leave docs/ as it is")
    args = parser.parse_args()
    rows, servers = args.rows.split(","), tuple(args.servers.split(","))
    unknown = [*(set(rows) - set(SERVERS)), *(set(servers) - set(KINDS))]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    configure(Logs(level="error"))
    console = Console()
    console.width = max(console.width, 118)
    if (os.cpu_count() or 1) < 2:
        console.print("Two cores are needed, one for the server and one for the load.", style="red")
        return 1
    found = _measure(console, rows, servers, args.seconds, args.runs)
    report.show(console, found)
    if not args.dry:
        taken = datetime.now(UTC).strftime("%Y-%m-%d")
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps({"taken": taken, "found": found}, indent=1), encoding="utf-8")
        report.write(found, taken)
        console.print(f"Written to {report.PAGE.relative_to(ROOT)} and {report.PICTURES.relative_to(ROOT)}.")
    return 1 if any(result["faults"] for results in found.values() for result in results.values()) else 0


def _measure(console: Console, rows: list[str], servers: tuple[str, ...], seconds: float, runs: int) -> Runs:
    with console.status("starting") as status:
        return {row: measure(row, servers, seconds, runs, status.update) for row in rows}


if __name__ == "__main__":
    sys.exit(main())
