"""`python -m bench.filters`: what the default filters hold and block, source by source, beside simple baselines; and what a message costs.

The data is that of the evaluation set, which is not part of Weihub (`WEIHUB_DATA`, or ../shared/data); no filter was trained on it. Costs are
processor time, for each message the least of twenty runs, so that what else the machine does counts little. Writes docs/filters.md.
"""

import argparse
import gc
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import page
from bench.disguises import DISGUISES, disguised
from bench.replies import data, scorer
from bench.servers import ROOT
from bench.train_filters import common_words
from config.filters import default_filter
from intents.disguise import Reading
from intents.filters import Action, Filter, Verdict
from intents.lexicon import Lexicon, Way, Words

PAGE = ROOT / "docs" / "filters.md"
SOURCES = {
    "livechat/spam": "adverts",
    "cold/abuse": "abuse",
    "livechat/normal": "live chat",
    "cold/normal": "forum",
    "jd/normal": "JD service",
    "sms/normal": "SMS",
}
"""The columns of `baselines.py --moderation`, in its order."""

SIZES = (0, 10_000, 45_000)
"""Own words beside the default setup."""

RUNS, SAMPLE = 20, 1_500
"""How often each message is timed, and how many of them are."""

PHRASE = "加微信vx12买资源"
Row = dict[str, Any]
Cells = tuple[str, ...]


def main() -> int:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.filters", description=__doc__)
    parser.add_argument("--split", default="dev", help="a folder of the data (default: dev)")
    parser.add_argument("--errors", type=int, default=0, help="how many errors of each source to print; they stay on this machine")
    parser.add_argument("--dry", action="store_true", help="print the tables, and leave docs/ as it is")
    args = parser.parse_args()
    console, score = Console(width=140), scorer()
    messages: list[Row] = score.read(str(data() / args.split / "moderation.jsonl"))
    verdicts = scans(messages)
    f1 = score.score_moderation(messages, [{"id": one["id"], "score": verdict.score} for one, verdict in zip(messages, verdicts, strict=True)])["f1"]
    tables = {
        "The default setup against its targets": (("the default setup …", "target", "measured", "kept"), targets(messages, verdicts)),
        "What is held, by source": (("method", "best F1", *SOURCES.values()), [*ours(messages, verdicts, f1), *baselines(args.split)]),
        "One advert in many disguises: the share of each that is found": (("disguise", "contains", "plain", "form", "sound"), disguises()),
        "What a message costs": (
            ("own words", "index made in ms", *(f"{kind} µs" for kind in ("mean", "median", "p99")), "JD service median µs"),
            paces(messages),
        ),
    }
    for title, (head, rows) in tables.items():
        console.print(shown(title, head, rows))
    _errors(console, messages, verdicts, args.errors)
    if not args.dry:
        write(tables)
        console.print(f"Written to {PAGE.relative_to(ROOT)}.")
    return 0


def scans(messages: Sequence[Row]) -> list[Verdict]:
    """The verdicts of the default setup."""
    filters = default_filter()
    return [filters.scan(message["text"]) for message in messages]


def share(messages: Sequence[Row], verdicts: Sequence[Verdict], source: str, *actions: Action) -> float:
    """The share of a source's messages with one of these actions."""
    found = [
        verdict.action in actions for message, verdict in zip(messages, verdicts, strict=True) if f"{message['source']}/{message['label']}" == source
    ]
    return sum(found) / len(found)


def ours(messages: Sequence[Row], verdicts: Sequence[Verdict], f1: float) -> list[Cells]:
    """What the default setup holds or blocks, and what of it is blocked outright."""
    held = (f"{share(messages, verdicts, source, Action.REVIEW, Action.BLOCK):.3f}" for source in SOURCES)
    blocked = (f"{share(messages, verdicts, source, Action.BLOCK):.3f}" for source in SOURCES)
    return [("**Weihub, held or blocked**", f"{f1:.3f}", *held), ("of these blocked", "", *blocked)]


def targets(messages: Sequence[Row], verdicts: Sequence[Verdict]) -> list[Cells]:
    """What the default setup is held to."""
    rows: list[Cells] = []
    for promise, source, actions, bound, least in (
        ("catches adverts", "livechat/spam", (Action.REVIEW, Action.BLOCK), 0.85, True),
        ("holds few messages of customer service", "jd/normal", (Action.REVIEW, Action.BLOCK), 0.02, False),
        ("holds few of a live chat", "livechat/normal", (Action.REVIEW, Action.BLOCK), 0.05, False),
        ("blocks hardly any message of customer service", "jd/normal", (Action.BLOCK,), 0.001, False),
    ):
        found = share(messages, verdicts, source, *actions)
        kept = found >= bound if least else found <= bound
        rows.append((promise, f"{'≥' if least else '≤'} {bound:.1%}", f"{found:.2%}", "yes" if kept else "no"))
    return rows


def baselines(split: str) -> list[Cells]:
    """The rows of the data's own baselines; the last of them is trained on this very data, in five folds."""
    (ROOT / "bench" / "out").mkdir(exist_ok=True)
    told = subprocess.run(
        [sys.executable, "-W", "ignore", str(data() / "baselines.py"), "--split", split, "--moderation"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT / "bench" / "out",
    ).stdout
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in told.splitlines()[2:]]
    return [(row[1], *row[2:9]) for row in rows]


def disguises() -> list[Cells]:
    """How often a phrase is found that was hidden in one way, or in several as the adverts of the training are: by `in`, and by each way of a list."""
    chance = random.Random(7)
    ways = [(way, Lexicon([Words((PHRASE,), way=way)])) for way in Way]
    rows: list[Cells] = []
    for name, hide in {**DISGUISES, "one to three of these": disguised}.items():
        hidden = [text for text in (hide(PHRASE, chance) for _ in range(2_000)) if text != PHRASE]
        found = [sum(PHRASE in text for text in hidden), *(sum(bool(index.find(Reading(text))) for text in hidden) for _, index in ways)]
        rows.append((name, *(f"{count / len(hidden):.0%}" for count in found)))
    return rows


def paces(messages: Sequence[Row]) -> list[Cells]:
    """Costs with more and more words of an account's own, some four characters each, compared by sound."""
    rows: list[Cells] = []
    chance, common = random.Random(1), [word for word, _ in common_words() if len(word) > 1]
    timed = random.Random(2).sample(list(messages), min(SAMPLE, len(messages)))
    for size in SIZES:
        words = {chance.choice(common) + chance.choice(common) for _ in range(size * 2)}
        with TemporaryDirectory() as directory:
            (Path(directory) / "own.txt").write_text("\n".join(sorted(words)[:size] or ["占位的词"]), encoding="utf-8")
            began = time.process_time_ns()
            filters = default_filter(Path(directory))
            made = (time.process_time_ns() - began) / 1e6
        spent = _spent(filters, [message["text"] for message in timed])
        jd = sorted(one for one, message in zip(spent, timed, strict=True) if message["source"] == "jd")
        ordered = sorted(spent)
        figures = (sum(spent) / len(spent), ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100], jd[len(jd) // 2])
        rows.append((f"{size:,}", f"{made:,.0f}", *(f"{figure:.0f}" for figure in figures)))
    return rows


def _spent(filters: Filter, texts: Sequence[str]) -> list[float]:
    """Microseconds of processor time for each text, the least of the runs."""
    runs = []
    gc.freeze()
    for _ in range(RUNS):
        run = []
        for text in texts:
            began = time.thread_time_ns()
            filters.scan(text)
            run.append((time.thread_time_ns() - began) / 1_000)
        runs.append(run)
    return [min(times) for times in zip(*runs, strict=True)]


def shown(title: str, head: Cells, rows: Sequence[Cells]) -> Table:
    """A table for the terminal."""
    table = Table(*head, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(cell.strip("*") for cell in row))
    return table


def write(tables: dict[str, tuple[Cells, list[Cells]]]) -> None:
    """Put the tables between the marks of docs/filters.md.

    Raises:
        ValueError: the page has lost its marks.
    """
    parts = [
        f"Taken {datetime.now(UTC):%Y-%m-%d} on {page.machine('rapidfuzz', 'ahocorasick_rs', 'scikit-learn')}; load {os.getloadavg()[1]:.1f}, this run included.\n"
    ]
    parts += [f"### {title}\n\n{page.table(head, rows)}" for title, (head, rows) in tables.items()]
    page.put(PAGE, "bench", "\n".join(parts))


def _errors(console: Console, messages: Sequence[Row], verdicts: Sequence[Verdict], most: int) -> None:
    for source in SOURCES:
        mine = [
            (message, verdict) for message, verdict in zip(messages, verdicts, strict=True) if f"{message['source']}/{message['label']}" == source
        ]
        wrong = [(message, verdict) for message, verdict in mine if (message["label"] == "normal") != (verdict.action is Action.PASS)]
        for message, verdict in wrong[:most]:
            console.print(f"{source} {verdict.action} {verdict.score:.2f} {message['text'][:80]!r}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
