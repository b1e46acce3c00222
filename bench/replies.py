"""`python -m bench.replies`: right answers, false answers and microseconds of the reply engine, beside simple baselines.

The data is that of the evaluation set, which is not part of Weihub (`WEIHUB_DATA`, or ../shared/data): its `keywords` groups become
all-of patterns, its `examples` similar questions. One configuration decides every set. The cross-validated figures choose
the three numbers that were ever chosen on this data without the intents they are then judged on, in five folds.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.pace import paces
from bench.servers import ROOT
from config.cli_decide import Decided, decided
from config.cli_lines import Asked
from intents import similar
from replies.compiled import RuleSet, compile_rules
from replies.rules import parse_rules

SETS = ("ecom", "stream", "bank", "general")
BASELINES = "a_contains,a_seller_kw,b_ratio,d_jieba_bm25,f_ratio_char12,h_kw_plus_f12"
FOLDS = 5
GRID: dict[str, tuple[float, ...]] = {"_BASE": (0.34, 0.38, 0.42), "_GROWTH": (0.06, 0.09, 0.12), "_UNTYPED": (0.1, 0.2, 0.3)}
"""The numbers of `intents.similar` that were chosen on the development data, and what they might have been."""

Row = dict[str, Any]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.replies", description=__doc__)
    parser.add_argument("--split", default="dev", help="a folder of the data (default: dev)")
    parser.add_argument("--errors", type=int, default=0, help="how many errors of each set to print")
    parser.add_argument("--only", default="engine,folds,baselines,pace", help="some of engine,folds,baselines,pace (default: all)")
    args = parser.parse_args()
    only, console = set(args.only.split(",")), Console(width=140)
    score = scorer()
    sets = {name: score.load(args.split, name) for name in SETS}
    rules = {name: compiled(sets[name][0]) for name in SETS}
    if "engine" in only:
        found = {name: answers(rules[name], sets[name][1]) for name in SETS}
        console.print(_right(score, sets, found))
        for name in SETS:
            _errors(console, sets[name][1], found[name], args.errors)
    if "folds" in only:
        console.print(_folds(sets))
    if "baselines" in only:
        subprocess.run(
            [
                sys.executable,
                str(data() / "baselines.py"),
                "--split",
                args.split,
                "--set",
                ",".join(SETS),
                "--only",
                BASELINES,
                "--out",
                str(ROOT / "bench" / "out"),
            ],
            check=True,
        )
    if "pace" in only:
        console.print(paces())
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


def compiled(rows: Sequence[Row]) -> RuleSet:
    """The rules of an evaluation set as rules of ours: each group of keywords an all-of pattern, each example a similar question."""
    return compile_rules(parse_rules([converted(row) for row in rows]))


def converted(row: Row) -> Row:
    """One rule."""
    groups = [{"mode": "all", "text": " ".join(group)} for group in row.get("keywords", ())]
    return {
        "id": row["id"],
        "name": row["name"][:80],
        "layer": "keyword",
        "when": {"any": groups, "similar": row["examples"]},
        "reply": {"messages": [{"kind": "text", "text": "好"}]},
    }


def answers(rules: RuleSet, messages: Sequence[Row]) -> list[Decided]:
    """What the engine decides by itself."""
    for message in messages[:50]:
        decided(rules, Asked(message["id"], message["text"]))
    return [decided(rules, Asked(message["id"], message["text"])) for message in messages]


def judged(messages: Sequence[Row], found: Sequence[Decided]) -> dict[str, float]:
    """F1, recall, answers by a wrong rule (of the positives), false answers (of the negatives), questions asked back (of all)."""
    pairs = [(message["expected"], one.rule) for message, one in zip(messages, found, strict=True)]
    positive = sum(expected is not None for expected, _ in pairs)
    right = sum(rule is not None and rule == expected for expected, rule in pairs)
    said = sum(rule is not None for _, rule in pairs)
    wrong = sum(rule is not None and expected not in {None, rule} for expected, rule in pairs)
    return {
        "f1": 2 * right / (said + positive),
        "recall": right / positive,
        "wrong": wrong / positive,
        "false": (said - right - wrong) / max(1, len(pairs) - positive),
        "asked": sum(bool(one.choices) for one in found) / len(pairs),
    }


def _right(score: ModuleType, sets: dict[str, Any], found: dict[str, list[Decided]]) -> Table:
    table = Table("set", "F1", "recall", "wrong rule", "false answers", "asked back", "µs median", "µs p99", title="The engine, deciding by itself")
    for name, decisions in found.items():
        messages = sets[name][1]
        figures = judged(messages, decisions)
        theirs = score.score_rules(messages, [{"id": one.id, "rule": one.rule, "score": 1.0} for one in decisions], 1.0)
        if abs(theirs["f1"] - figures["f1"]) > 1e-9:
            raise SystemExit(f"{name}: score.py says F1 {theirs['f1']}, we {figures['f1']}")
        took = sorted(one.us for one in decisions)
        table.add_row(
            name,
            *(f"{figures[key]:.3f}" for key in ("f1", "recall", "wrong", "false", "asked")),
            f"{took[len(took) // 2]:.0f}",
            f"{took[len(took) * 99 // 100]:.0f}",
        )
    return table


def _errors(console: Console, messages: Sequence[Row], found: Sequence[Decided], most: int) -> None:
    wrong = [(message, one) for message, one in zip(messages, found, strict=True) if one.rule != message["expected"]]
    for message, one in wrong[:most]:
        console.print(f"{message['text'][:60]!r}: {one.rule} ({one.mode} {one.score:.2f}), wanted {message['expected']}", markup=False)


def _folds(sets: dict[str, Any]) -> Table:
    """Each fold's intents are judged with the numbers that were best for the other folds, by the mean F1 of the sets.

    A message goes with its intent; one that wants no answer goes by its id.
    """
    runs: dict[tuple[float, ...], dict[str, list[Decided]]] = {}
    for numbers in product(*GRID.values()):
        with _numbers(dict(zip(GRID, numbers, strict=True))):
            runs[numbers] = {name: answers(compiled(sets[name][0]), sets[name][1]) for name in SETS}
    kept: dict[str, tuple[list[Row], list[Decided]]] = {name: ([], []) for name in SETS}
    for fold in range(FOLDS):
        means = {numbers: _mean(sets, run, fold) for numbers, run in runs.items()}
        best = max(means, key=means.__getitem__)
        for name in SETS:
            for message, one in zip(sets[name][1], runs[best][name], strict=True):
                if _fold(message) == fold:
                    kept[name][0].append(message)
                    kept[name][1].append(one)
    table = Table(
        "set", "F1", "recall", "wrong rule", "false answers", title=f"The same, its numbers chosen without the intents judged ({FOLDS} folds)"
    )
    for name, (messages, decisions) in kept.items():
        figures = judged(messages, decisions)
        table.add_row(name, *(f"{figures[key]:.3f}" for key in ("f1", "recall", "wrong", "false")))
    return table


def _fold(message: Row) -> int:
    return zlib.crc32((message["expected"] or message["id"]).encode()) % FOLDS


def _mean(sets: dict[str, Any], run: dict[str, list[Decided]], without: int) -> float:
    """The mean F1 of the sets in all folds but one."""
    total = 0.0
    for name in SETS:
        pairs = [(message, one) for message, one in zip(sets[name][1], run[name], strict=True) if _fold(message) != without]
        total += judged([message for message, _ in pairs], [one for _, one in pairs])["f1"]
    return total / len(SETS)


@contextmanager
def _numbers(numbers: dict[str, float]) -> Iterator[None]:
    before = {name: getattr(similar, name) for name in numbers}
    for name, number in numbers.items():
        setattr(similar, name, number)
    try:
        yield
    finally:
        for name, number in before.items():
            setattr(similar, name, number)


if __name__ == "__main__":
    sys.exit(main())
