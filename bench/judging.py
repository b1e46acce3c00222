"""Right answers: rules of the evaluation set as rules of ours, what the engine says to its messages, and how right that is.

One configuration decides every set. The cross-validated figures choose every number that was ever chosen on this data without the
intents they are then judged on: in five folds, from settings drawn at random.
"""

import random
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from config.cli_decide import Decided, decided
from config.cli_lines import Asked
from intents import similar
from replies import compiled
from replies.compiled import RuleSet, compile_rules
from replies.rules import parse_rules

SETS = ("ecom", "stream", "bank", "general")
FOLDS = 5
DRAWS = 60
Row = dict[str, Any]
Setting = tuple[float, ...]
Sets = Mapping[str, tuple[Sequence[Row], Sequence[Row]]]
"""By name, the rules and the messages of a set."""

GRID: dict[tuple[ModuleType, str], tuple[float, ...]] = {
    (similar, "_BASE"): (0.34, 0.38, 0.42),
    (similar, "_GROWTH"): (0.06, 0.09, 0.12),
    (similar, "_UNTYPED"): (0.1, 0.2, 0.3),
    (similar, "_DENIED"): (0.0, 0.05, 0.1),
    (similar, "_TOLD"): (0.0, 0.15, 0.3),
    (compiled, "NEAR"): (4, 6, 9),
    (compiled, "_SHORT"): (5, 8, 12),
}
"""The numbers that were chosen on the development data, and what they might have been."""


def converted(row: Row) -> Row:
    """One rule: each group of keywords an all-of pattern, each example a similar question."""
    groups = [{"mode": "all", "text": " ".join(group)} for group in row.get("keywords", ())]
    return {
        "id": row["id"],
        "name": row["name"][:80],
        "layer": "keyword",
        "when": {"any": groups, "similar": row["examples"]},
        "reply": {"messages": [{"kind": "text", "text": "好"}]},
    }


def ready(rows: Sequence[Row]) -> RuleSet:
    """The rules of an evaluation set, compiled."""
    return compile_rules(parse_rules([converted(row) for row in rows]))


def answers(rules: RuleSet, messages: Sequence[Row]) -> list[Decided]:
    """What the engine decides by itself."""
    return [decided(rules, Asked(message["id"], message["text"])) for message in messages]


def judged(messages: Sequence[Row], found: Sequence[Decided]) -> dict[str, float]:
    """F1, recall, answers by a wrong rule (of the positives), false answers (of the negatives), questions asked back (of all)."""
    pairs = [(message["expected"], one.rule) for message, one in zip(messages, found, strict=True)]
    positive = sum(expected is not None for expected, _ in pairs)
    right = sum(rule is not None and rule == expected for expected, rule in pairs)
    said = sum(rule is not None for _, rule in pairs)
    wrong = sum(rule is not None and expected not in {None, rule} for expected, rule in pairs)
    return {
        "f1": 2 * right / max(1, said + positive),
        "recall": right / max(1, positive),
        "wrong": wrong / max(1, positive),
        "false": (said - right - wrong) / max(1, len(pairs) - positive),
        "asked": sum(bool(one.choices) for one in found) / max(1, len(pairs)),
    }


def predictions(messages: Sequence[Row], found: Sequence[Decided]) -> list[Row]:
    """What the scoring program of the data reads: silence is no rule."""
    return [{"id": message["id"], "rule": one.rule, "score": 1.0 if one.rule else 0.0} for message, one in zip(messages, found, strict=True)]


def cross_validated(sets: Sets) -> dict[str, dict[str, float]]:
    """By set, what `judged` says where each fold's intents were decided with the setting that was best for the other folds, by the mean F1 of the sets."""
    runs: dict[Setting, dict[str, list[Decided]]] = {}
    for setting in settings():
        with _set(setting):
            rules = {name: ready(rows) for name, (rows, _) in sets.items()}
            runs[setting] = {name: answers(rules[name], messages) for name, (_, messages) in sets.items()}
    kept: dict[str, tuple[list[Row], list[Decided]]] = {name: ([], []) for name in sets}
    for fold in range(FOLDS):
        best = max(runs, key=lambda setting: _mean(sets, runs[setting], fold))
        for name, (_, messages) in sets.items():
            for message, one in zip(messages, runs[best][name], strict=True):
                if fold_of(message) == fold:
                    kept[name][0].append(message)
                    kept[name][1].append(one)
    return {name: judged(messages, found) for name, (messages, found) in kept.items()}


def settings(draws: int = DRAWS) -> list[Setting]:
    """The setting that is shipped, and others drawn from the grid, always the same."""
    draw = random.Random(2026)
    shipped = tuple(float(getattr(module, name)) for module, name in GRID)
    return list(dict.fromkeys([shipped, *(tuple(float(draw.choice(values)) for values in GRID.values()) for _ in range(draws))]))


def fold_of(message: Row) -> int:
    """A message goes with its intent; one that wants no answer goes by its id."""
    return zlib.crc32((message["expected"] or message["id"]).encode()) % FOLDS


def _mean(sets: Sets, run: Mapping[str, Sequence[Decided]], without: int) -> float:
    """The mean F1 of the sets in all folds but one."""
    total = 0.0
    for name, (_, messages) in sets.items():
        pairs = [(message, one) for message, one in zip(messages, run[name], strict=True) if fold_of(message) != without]
        total += judged([message for message, _ in pairs], [one for _, one in pairs])["f1"]
    return total / len(sets)


@contextmanager
def _set(setting: Setting) -> Iterator[None]:
    before = [getattr(module, name) for module, name in GRID]
    for (module, name), number in zip(GRID, setting, strict=True):
        setattr(module, name, number)
    try:
        yield
    finally:
        for (module, name), number in zip(GRID, before, strict=True):
            setattr(module, name, number)
