"""Bringing one set of rules into another without touching what is there: whoever came first keeps speaking."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeVar

import msgspec

from intents.text import normal
from replies.shapes import Layer, Rule, Rules

ONE_VOICE = frozenset({"follow", "first", "offhours", "waiting", "default"})
"""The layers of which one rule speaks, so that a second set of them would only lie in wait."""

Why = Literal["id", "layer", "pattern"]
K = TypeVar("K")


class Skipped(msgspec.Struct, frozen=True):
    """A rule that was left out, and the rule there that has its id, speaks in its layer, or has one of its patterns or questions."""

    rule: str
    why: Why
    held_by: str


class Merged(msgspec.Struct, frozen=True):
    """The rules together, and the ids of what was added."""

    rules: Rules
    added: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def merge(ours: Rules, theirs: Rules) -> Merged:
    """Ours as they are, then those of theirs that repeat nothing of ours.

    A rule is left out as a whole: half a rule would answer half of what its author meant.
    """
    ids = {rule.id for rule in ours}
    layers = _first_of((rule.layer, rule.id) for rule in ours if rule.layer in ONE_VOICE)
    heard = _first_of((said, rule.id) for rule in ours for said in _listens_for(rule))
    added: list[Rule] = []
    skipped: list[Skipped] = []
    for rule in theirs:
        found = _in_the_way(rule, ids, layers, heard)
        if found is None:
            added.append(rule)
        else:
            skipped.append(found)
    return Merged((*ours, *added), tuple(rule.id for rule in added), tuple(skipped))


def _in_the_way(rule: Rule, ids: set[str], layers: Mapping[Layer, str], heard: Mapping[tuple[str, str], str]) -> Skipped | None:
    if rule.id in ids:
        return Skipped(rule.id, "id", rule.id)
    if rule.layer in layers:
        return Skipped(rule.id, "layer", layers[rule.layer])
    holder = next((heard[said] for said in _listens_for(rule) if said in heard), None)
    return Skipped(rule.id, "pattern", holder) if holder is not None else None


def _first_of(pairs: Iterable[tuple[K, str]]) -> dict[K, str]:
    """By key, the rule that has it first."""
    found: dict[K, str] = {}
    for key, rule in pairs:
        found.setdefault(key, rule)
    return found


def _listens_for(rule: Rule) -> Iterator[tuple[str, str]]:
    """The patterns of a keyword rule, each by mode and normal form, and its questions."""
    if rule.layer == "keyword":
        yield from ((str(pattern.mode), normal(pattern.text)) for pattern in rule.when.any)
        yield from (("similar", normal(question)) for question in rule.when.similar)
