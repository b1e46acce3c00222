"""`python -m bench.where`: where the hub's processor time goes while it relays, by room and by library.

The hub runs with a timer that ticks every few milliseconds of processor time (ITIMER_PROF) and notes where its main thread
stands: in which of our modules, and in whose code. Ticks during work of other threads (SQLite's) are told apart by the
processor time of the main thread. A sampler costs the hub little, unlike a tracing profiler, which makes small functions look dear.
"""

import json
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from rich.console import Console
from rich.table import Table

from bench.hub import furnished, running
from bench.rows import PAIRS, WINDOW, hub_people, load, pid_of
from bench.servers import LOAD_CORE, ON_CORE, ROOT
from config.cli import main as serve
from config.logs import configure
from config.settings import Logs

_EVERY_S = 0.002
_ROOMS = ("config", "channels", "bot", "replies", "intents")
_SECONDS = 5.0


class Ticks:
    """What the timer saw: (our module, whose code) → ticks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: Counter[tuple[str, str]] = Counter()
        self._own_s = 0.0
        self._ticking = False

    def start(self) -> None:
        """Wait for the load client's sign to begin, and for the one to stop."""
        signal.signal(signal.SIGPROF, self._tick)
        signal.signal(signal.SIGUSR1, self._sign)

    def _sign(self, *_: object) -> None:
        pause = 0.0 if self._ticking else _EVERY_S
        self._ticking = not self._ticking
        signal.setitimer(signal.ITIMER_PROF, pause, pause)

    def _tick(self, _: int, frame: FrameType | None) -> None:
        own_s = time.thread_time()
        mine, self._own_s = own_s - self._own_s > _EVERY_S / 4, own_s
        self._seen[_place(frame) if mine else ("(other threads: the database)", "sqlite")] += 1

    def save(self) -> None:
        """Write what was seen."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        self._path.write_text(json.dumps([[*place, count] for place, count in self._seen.most_common()]), encoding="utf-8")


def _place(frame: FrameType | None) -> tuple[str, str]:
    library = ""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", "?"))
        library = library or name.partition(".")[0]
        if name.partition(".")[0] in _ROOMS and not name.startswith("config.cli"):
            return name, library if library not in _ROOMS else "itself"
        frame = frame.f_back
    return "(under none: the loop, its callbacks, and sqlalchemy's greenlets)", "the loop" if library == "asyncio" else library or "?"


def _child(path: Path, arguments: list[str]) -> int:
    ticks = Ticks(path)
    ticks.start()
    try:
        return serve(arguments)
    finally:
        ticks.save()


def main() -> None:
    """Run the relay over a watched hub and print the table."""
    configure(Logs(level="error"))
    console = Console()
    console.width = max(console.width, 110)
    with TemporaryDirectory() as directory, furnished(buyers=PAIRS, operators=PAIRS) as place:
        path = Path(directory) / "ticks.json"
        watched = (*ON_CORE, "env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "bench.where", "--child", str(path))
        with running(place, prefix=watched) as hub:
            job = {"scenario": "relay", "core": LOAD_CORE, "window": WINDOW, "warm_s": 1.0, "measure_s": _SECONDS, "signs": True}
            result = load({**job, "url": hub.url.replace("http", "ws"), "pid": pid_of(hub), **hub_people("relay", place)})
        seen = json.loads(path.read_text(encoding="utf-8"))
    _show(console, seen, result["server_us"])


def _show(console: Console, seen: list[tuple[str, str, int]], each_us: float) -> None:
    total = sum(count for *_, count in seen)
    table = Table(title=f"Where {each_us:.0f} µs of each message go", title_justify="left")
    for name in ("module of ours", "share", "µs", "in whose code"):
        table.add_column(name, justify="right" if name in {"share", "µs"} else "left")
    rooms: Counter[str] = Counter()
    for room, _, count in seen:
        rooms[room] += count
    for room, count in rooms.most_common(20):
        inside = sorted(((one, library) for place, library, one in seen if place == room), reverse=True)[:4]
        told = ", ".join(f"{library} {one / count:.0%}" for one, library in inside)
        table.add_row(room, f"{count / total:.1%}", f"{each_us * count / total:.1f}", told)
    console.print(table)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        sys.exit(_child(Path(sys.argv[2]), sys.argv[4:]))
    main()
