"""`python -m bench.replies`: right answers, false answers and microseconds of the reply engine, beside simple baselines; writes docs/replies.md.

The data is that of the evaluation set, which is not part of Weihub (`WEIHUB_DATA`, or ../shared/data): its `keywords` groups become
all-of patterns, its `examples` similar questions. What a decision costs is measured on rules made up here, and needs no data.
"""

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from rich.console import Console
from rich.markdown import Markdown

from bench import cutting, pace, page
from bench.judging import DRAWS, FOLDS, SETS, Row, Sets, answers, cross_validated, judged, predictions, ready
from bench.servers import ROOT
from config.cli_decide import Decided

PAGE = ROOT / "docs" / "replies.md"
WANTED = {"ecom": 0.90, "stream": 0.78, "bank": 0.72, "general": 0.95}
"""F1 on the development data."""

BASELINES = {
    "a_contains": "a question stands in the message, or the message in it",
    "a_seller_kw": "a loop over the keyword groups, longest first",
    "b_ratio": "rapidfuzz ratio",
    "d_jieba_bm25": "jieba and BM25",
    "f_ratio_char12": "ratio and TF-IDF of characters",
    "h_kw_plus_f12": "keywords and the one above",
}
PARTS = ("answers", "baselines", "pace", "cutting")
Found = Mapping[str, Sequence[Decided]]


def main() -> int:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.replies", description=__doc__)
    parser.add_argument("--split", default="dev", help="a folder of the data (default: dev)")
    parser.add_argument("--errors", type=int, default=0, help="how many errors of each set to print; they stay on this machine")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {','.join(PARTS)} (default: all); without all of them nothing is written")
    parser.add_argument("--dry", action="store_true", help="print the tables, and leave docs/ as it is")
    args = parser.parse_args()
    only, console = args.only.split(","), Console(width=150)
    makers: dict[str, Callable[[], str]] = {
        "answers": lambda: _right(console, args.split, args.errors),
        "baselines": lambda: baselines(_rows_of_baselines(args.split)),
        "pace": costs,
        "cutting": lambda: _cutting(args.split),
    }
    if unknown := set(only) - set(makers):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    texts = {}
    for name in PARTS:
        if name in only:
            texts[name] = makers[name]()
            console.print(Markdown(texts[name]))
    if not args.dry and len(texts) == len(PARTS):
        taken = f"Taken {datetime.now(UTC):%Y-%m-%d} on {page.machine('rapidfuzz', 'rjieba', 'ahocorasick_rs', 'rank-bm25', 'jieba')}; processor time of one thread.\n"
        page.put(PAGE, "bench", "\n".join([taken, *texts.values()]))
        console.print(f"Written to {PAGE.relative_to(ROOT)}.")
    return 0


def data() -> Path:
    """Where the evaluation data is."""
    place = Path(os.environ.get("WEIHUB_DATA") or ROOT.parent / "shared" / "data")
    if not (place / "score.py").is_file():
        raise SystemExit(f"The evaluation data is not at {place}; say where it is in WEIHUB_DATA.")
    return place


def scorer() -> ModuleType:
    """The scoring program that comes with the data."""
    spec = importlib.util.spec_from_file_location("score", data() / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit("score.py cannot be read.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _right(console: Console, split: str, errors: int) -> str:
    score = scorer()
    sets: Sets = {name: score.load(split, name) for name in SETS}
    found = {name: answers(ready(rows), messages) for name, (rows, messages) in sets.items()}
    for name, (_, messages) in sets.items():
        theirs, ours = score.score_rules(messages, predictions(messages, found[name]), 1.0)["f1"], judged(messages, found[name])["f1"]
        if abs(theirs - ours) > 1e-9:
            raise SystemExit(f"{name}: score.py says F1 {theirs}, we {ours}")
        _print_errors(console, messages, found[name], errors)
    return right_answers(sets, found, cross_validated(sets))


def right_answers(sets: Sets, found: Found, crossed: Mapping[str, Mapping[str, float]]) -> str:
    """The table of what is answered rightly, falsely and not at all, with what was wanted."""
    rows = []
    for name, (rules, messages) in sets.items():
        figures = judged(messages, found[name])
        shares = [f"{figures[key]:.1%}" for key in ("wrong", "false", "asked")]
        f1 = [_three(figures["f1"]), _three(crossed[name]["f1"]), _three(WANTED[name])]
        rows.append((name, str(len(rules)), str(len(messages)), *f1, _three(figures["recall"]), *shares, f"{crossed[name]['false']:.1%}"))
    head = ("set", "rules", "messages", "F1", "F1 cross-validated", "wanted", "recall", "wrong rule", "false answers", "asked back")
    caption = f"*Cross-validated*: {FOLDS} folds of intents, each with the setting, of {DRAWS} drawn at random and the shipped one, that is best without them."
    return f"### Right answers\n\n{page.table((*head, 'false, cross-validated'), rows)}\n{caption}\n"


def _three(number: float) -> str:
    return f"{number:.3f}".lstrip("0")


def _print_errors(console: Console, messages: Sequence[Row], found: Sequence[Decided], most: int) -> None:
    wrong = [(message, one) for message, one in zip(messages, found, strict=True) if one.rule != message["expected"]]
    for message, one in wrong[:most]:
        console.print(f"{message['text'][:60]!r}: {one.rule} ({one.mode} {one.score:.2f}), wanted {message['expected']}", markup=False)


def _rows_of_baselines(split: str) -> str:
    with TemporaryDirectory() as out:
        command = [sys.executable, "-W", "ignore", str(data() / "baselines.py"), "--split", split, "--set", ",".join(SETS)]
        done = subprocess.run([*command, "--only", ",".join(BASELINES), "--out", out], check=True, capture_output=True, text=True)
    return done.stdout


def baselines(printed: str) -> str:
    """The table of F1 and microseconds by baseline and set, from what the baselines print."""
    cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in printed.splitlines() if line.startswith("| ")]
    head, *rows = cells
    f1 = {(row[0], row[1]): row[head.index("best F1")] for row in rows}
    us = {(row[0], row[1]): float(row[head.index("us/msg")]) for row in rows}
    lines = []
    for method, title in BASELINES.items():
        cost = [us[one] for one in us if one[1] == method]
        if cost:
            shown = (f1.get((name, method), "").lstrip("0") for name in SETS)
            lines.append((title, *shown, f"{min(cost):,.0f}–{max(cost):,.0f}"))
    text = "Baselines in the same run, each at the threshold that is best for it on that very set, which the engine does not have; microseconds from set to set.\n"
    return f"### Baselines\n\n{text}\n{page.table(('method', *SETS, 'µs'), lines)}"


def costs() -> str:
    """What a decision costs at every size, and what the same would cost otherwise."""
    found = {count: pace.paced(count) for count in pace.SIZES}
    others = {count: pace.rivals(count) for count in pace.SIZES}
    rows = [
        (f"{count:,}", f"{one.median:.0f}", f"{one.p99:.0f}", f"{one.p99 / one.median:.1f}", f"{one.compile_s:.2f}", f"{one.megabytes:.1f}")
        for count, one in found.items()
    ]
    growth = found[max(found)].median / found[min(found)].median
    head = ("rules", "µs median", "µs p99", "p99 ÷ median", "s to compile", "MB")
    text = (
        f"Five patterns and three similar questions a rule; whole decisions on {len(pace.messages())} messages, of each the best of {pace.ROUNDS} rounds. "
        f"From {min(found):,} to {max(found):,} rules the median grows {growth:.1f}-fold.\n"
    )
    rivals = [
        (name, *(f"{others[count][name]:,.0f} ({others[count][name] / found[count].median:.1f} ×)" for count in found)) for name in others[min(found)]
    ]
    beside = "The search alone, on the same rules and messages: median µs, and how many times Weihub's whole decision that is.\n"
    titles = ("instead", *(f"{count:,} rules" for count in found))
    return f"### What a decision costs\n\n{text}\n{page.table(head, rows)}\n{beside}\n{page.table(titles, rivals)}"


def _cutting(split: str) -> str:
    turns = [turn["text"] for dialogue in scorer().read(str(data() / split / "dialogues.jsonl")) for turn in dialogue["turns"]]
    return segmentation(cutting.compared(turns), len(turns), statistics.median(map(len, turns)))


def segmentation(found: Mapping[str, tuple[float, float]], count: int, median: float) -> str:
    """The table of how alike rjieba and jieba cut."""
    text = f"rjieba beside jieba 0.42 on {count:,} turns of real dialogues (median {median:.0f} characters), in normal form.\n"
    rows = [(name, f"{texts:.2%}", f"{borders:.2%}") for name, (texts, borders) in found.items()]
    return f"### Words\n\n{text}\n{page.table(('', 'turns cut alike', 'borders alike'), rows)}"


if __name__ == "__main__":
    sys.exit(main())
