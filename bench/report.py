"""The figures as a table for people, a section of docs/benchmarks.md, and pictures."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from bench import page
from bench.rows import TITLES, Result, Runs, spread
from bench.servers import KINDS, ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
PICTURES = ROOT / "docs" / "img"
COLUMNS = {
    "relay": ("server", "messages/s", "× Node", "server µs each", "acknowledged p50 / p99 ms", "pushed p50 / p99 ms"),
    "fanout": ("server", "deliveries/s", "× Node", "server µs each", "last of 1,000 p50 / p99 ms"),
    "idle": ("server", "connects/s", "× Node", "server µs each", "KiB a socket", "× Node"),
    "history": ("messages stored", "messages/s", "× first", "server µs each", "acknowledged p50 / p99 ms", "pushed p50 / p99 ms"),
}
_INK, _OTHERS = "#c8442e", "#8a8f98"


def lines(row: str, results: dict[str, Result]) -> list[tuple[str, ...]]:
    """The cells of a row's servers, the fastest peers and ourselves alike in the order they were asked for."""
    base = next(iter(results.values())) if row == "history" else results.get("node")
    return [_cells(row, label, result, base) for label, result in results.items()]


def _cells(row: str, label: str, result: Result, base: Result | None) -> tuple[str, ...]:
    title = f"{int(label):,}" if row == "history" else KINDS[label].title
    if result["faults"]:
        title += f" ({result['faults']} FAULTS)"
    cells = (title, f"{result['per_s']:,.0f}", _ratio(result, base, "per_s"), f"{result['server_us']:.1f}")
    if row == "idle":
        return (*cells, f"{result['bytes_each'] / 1024:.1f}", _ratio(result, base, "bytes_each"))
    if row == "fanout":
        return (*cells, _two(result["push_ms"]))
    return (*cells, _two(result["ack_ms"]), _two(result["push_ms"]))


def _ratio(result: Result, base: Result | None, key: str) -> str:
    return f"{result[key] / base[key]:.2f}" if base else "–"


def _two(times: dict[str, float]) -> str:
    return f"{times.get('p50', 0):.1f} / {times.get('p99', 0):.1f}"


def targets(found: Runs) -> list[tuple[str, str, str, bool]]:
    """What the hub is held to: the promise, its bound, what was measured, and whether it is kept."""
    held = []
    for row, key, least, most, promise in (
        ("relay", "per_s", 0.5, None, "relays at least half as many messages as Node, while committing each"),
        ("fanout", "per_s", 1.2, None, "delivers to a room at least 1.2 times as fast as Node"),
        ("idle", "bytes_each", None, 1.0, "an idle socket costs no more memory than Node's"),
    ):
        hub, node = found.get(row, {}).get("hub"), found.get(row, {}).get("node")
        if hub and node:
            ratio = hub[key] / node[key]
            bound = f"≥ {least}" if least is not None else f"≤ {most}"
            held.append((promise, bound, f"{ratio:.2f}", ratio >= least if least is not None else ratio <= (most or 0)))
    if found.get("history"):
        apart = spread(found["history"])
        held.append(("costs the same however many messages are stored", "≤ 15%", f"{apart:.0%}", apart <= 0.15))
    return held


def show(console: Console, found: Runs) -> None:
    """Print the table."""
    for row, results in found.items():
        table = Table(title=TITLES[row], title_justify="left", title_style="bold")
        for index, name in enumerate(COLUMNS[row]):
            table.add_column(name, justify="left" if index == 0 else "right")
        for cells in lines(row, results):
            table.add_row(*cells, style="bold" if cells[0] == KINDS["hub"].title else "")
        console.print(table)
        for remark in remarks(row, results):
            console.print(f"  {remark}")
        console.print()
    for promise, bound, measured, kept in targets(found):
        console.print(f"{'kept  ' if kept else 'MISSED'} {measured:>5} ({bound})  {promise}", style="" if kept else "red")


def remarks(row: str, results: dict[str, Result]) -> Iterable[str]:
    """What a reader must know to trust a row."""
    busiest = max((result["client_share"] for label, result in results.items() if label != "ceiling"), default=0.0)
    yield f"The load client was busy {busiest:.0%} of its core at most; the slowest and fastest run lay {_shake(results):.0%} apart."
    if row == "history":
        yield f"The rates lie {spread(results):.0%} apart."


def _shake(results: dict[str, Result]) -> float:
    return max(((result["fastest"] - result["slowest"]) / result["per_s"] for result in results.values()), default=0.0)


def machine() -> str:
    """Where the figures were taken."""
    return page.machine("aiohttp", "python-socketio", "uvloop", "picows")


def write(found: Runs, taken: str) -> None:
    """Put the tables between the marks of docs/benchmarks.md, and the pictures beside it.

    Raises:
        ValueError: the page has lost its marks.
    """
    parts = [f"Taken {taken} on {machine()}; server on one core, load on the other.\n"]
    held = "\n".join(f"| {promise} | {bound} | {measured} | {'yes' if kept else 'no'} |" for promise, bound, measured, kept in targets(found))
    parts.append(f"| the hub … | target | measured | kept |\n| --- | --: | --: | --- |\n{held}\n" if held else "")
    for row, results in found.items():
        head = COLUMNS[row]
        rule = " | ".join(["---", *["--:"] * (len(head) - 1)])
        body = "\n".join(f"| {' | '.join(cells)} |" for cells in lines(row, results))
        parts.append(f"### {TITLES[row]}\n\n| {' | '.join(head)} |\n| {rule} |\n{body}\n")
        parts.append(" ".join(remarks(row, results)) + "\n")
        parts.append(f"![{TITLES[row]}](img/bench-{row}.png)\n")
    page.put(PAGE, "bench", "\n".join(parts))
    PICTURES.mkdir(parents=True, exist_ok=True)
    for row, results in found.items():
        draw(row, results, PICTURES / f"bench-{row}.png")


def draw(row: str, results: dict[str, Result], path: Path) -> None:
    """Bars for a row; the whiskers are the slowest and the fastest run."""
    shown = {label: result for label, result in results.items() if label != "ceiling"}
    names = [f"{int(label):,} stored" if row == "history" else KINDS[label].title for label in shown]
    panels = [("per_s", COLUMNS[row][1], 1.0), *([("bytes_each", "KiB a socket", 1 / 1024)] if row == "idle" else [])]
    figure = Figure(figsize=(5 + 4.2 * len(panels), 0.55 * len(shown) + 1.2), layout="tight")
    axes = figure.subplots(1, len(panels), squeeze=False, sharey=True)
    for axis, (key, label, scale) in zip(axes[0], panels, strict=True):
        _bars(axis, names, list(shown.values()), key, scale)
        axis.set_xlabel(label)
    axes[0][0].invert_yaxis()
    figure.savefig(path, dpi=110, metadata={"Software": None})


def _bars(axis: Any, names: list[str], results: list[Result], key: str, scale: float) -> None:
    values = [result[key] * scale for result in results]
    colours = [_INK if "Weihub" in name or "stored" in name else _OTHERS for name in names]
    whiskers = None
    if key == "per_s":
        whiskers = [[result["per_s"] - result["slowest"] for result in results], [result["fastest"] - result["per_s"] for result in results]]
    axis.barh(names, values, color=colours, xerr=whiskers, ecolor="#444444", height=0.62)
    for place, value in enumerate(values):
        axis.annotate(f" {value:,.0f}" if value >= 100 else f" {value:.1f}", (value, place), va="center", fontsize=9)
    axis.margins(x=0.18)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
