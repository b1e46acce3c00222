"""From entries to a set: each checked by itself, so that a faulty one never spoils the good ones; then put in the place of the old set, or into it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from replies.exchange.report import NOTES_OF_ONE, Contents, Entry, Outcome, Row, Taken
from replies.faults import RuleFault
from replies.rules import parse_rules
from replies.shapes import Rule, Rules

Merging = Literal["replace", "merge"]
"""`replace`: the file is the whole set. `merge`: its rules take the place of those with the same id or name; the others stay."""

ID_LIMIT = 64
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_NOT_IN_IDS = re.compile(r"[\s\x00-\x1f\x7f]+")


class Checked(msgspec.Struct, frozen=True):
    """The good rules of a file, in its order, and a row for every entry."""

    taken: tuple[Taken, ...]
    rows: tuple[Row, ...]

    @property
    def rules(self) -> Rules:
        """The good rules alone."""
        return tuple(one.rule for one in self.taken)

    def without(self, faults: dict[int, Row]) -> "Checked":
        """The same where entries, by number, turned out to be at fault."""
        kept = tuple(row for row in self.rows if row.number not in faults or row.outcome is not Outcome.OK)
        rows = tuple(sorted((*kept, *faults.values()), key=lambda row: row.number))
        return Checked(tuple(one for one in self.taken if one.number not in faults), rows)


def check(contents: Contents, existing: Sequence[Rule] = ()) -> Checked:
    """The rules of a file that are good.

    An entry without an id gets that of the existing rule with its name, else one made from its name. Of two entries with one id
    the first is taken.
    """
    taken: list[Taken] = []
    rows = list(contents.notes)
    ids = _Ids(contents.entries, existing)
    for entry in contents.entries:
        rule, notes = _checked(entry, ids)
        if rule is not None:
            taken.append(Taken(entry.number, rule))
        rows += notes or [Row(entry.number, entry.name, Outcome.OK)]
    return Checked(tuple(taken), tuple(rows))


def merged(existing: Sequence[Rule], checked: Checked, merging: Merging) -> Rules:
    """The whole set after the import."""
    if merging == "replace":
        return checked.rules
    incoming = {rule.id: rule for rule in checked.rules}
    stayed = [incoming.pop(rule.id, rule) for rule in existing]
    return (*stayed, *incoming.values())


def _checked(entry: Entry, ids: "_Ids") -> tuple[Rule | None, list[Row]]:
    notes = list(entry.notes)
    if entry.rule is None:
        return None, notes
    raw = ids.named(entry.rule)
    try:
        (rule,) = parse_rules([raw])
    except RuleFault as fault:
        return None, [*notes, *_faults(entry, fault)]
    if _NUL.search(msgspec.json.encode(rule)):
        zh, en = "文字里有不允许的字符 U+0000。", "U+0000 is not allowed in texts."
        notes.append(Row(entry.number, entry.name, Outcome.FAULT, zh, en))
    if any(note.outcome is Outcome.FAULT for note in notes):
        return None, notes
    number = ids.take(rule.id, entry.number)
    if number is not None:
        zh, en = f"编号“{rule.id}”在第 {number} 行已经用过。", f"The id {rule.id!r} is used already, in row {number}."
        return None, [*notes, Row(entry.number, entry.name, Outcome.FAULT, zh, en, entry.cell(".id"), "id")]
    return rule, notes


def _faults(entry: Entry, fault: RuleFault) -> Iterable[Row]:
    told = {note.path for note in entry.notes if note.outcome is Outcome.FAULT}
    for one in fault.every[:NOTES_OF_ONE]:
        path = one.path.removeprefix("[0]")
        if path.removeprefix(".") not in told or not path:
            yield Row(entry.number, entry.name, Outcome.FAULT, one.zh, one.en, entry.cell(path), path.removeprefix("."))


class _Ids:
    """Which ids are taken, and which an entry without one gets."""

    def __init__(self, entries: Sequence[Entry], existing: Sequence[Rule]) -> None:
        counts = Counter(rule.name for rule in existing)
        self._by_name = {rule.name: rule.id for rule in existing if counts[rule.name] == 1}
        told = (entry.rule.get("id") for entry in entries if entry.rule is not None)
        self._reserved = {id_ for id_ in told if isinstance(id_, str)} | {rule.id for rule in existing}
        self._given: set[str] = set()
        self._counts: dict[str, int] = {}
        self._taken: dict[str, int] = {}

    def named(self, raw: dict[str, Any]) -> dict[str, Any]:
        """The rule with an id."""
        if raw.get("id") not in (None, "") or not isinstance(raw.get("name"), str):
            return raw
        return {**raw, "id": self._known(raw["name"]) or self._made(raw["name"])}

    def take(self, id_: str, number: int) -> int | None:
        """Give an id to an entry; the number of the entry that has it already, if one has."""
        return None if self._taken.setdefault(id_, number) == number else self._taken[id_]

    def _known(self, name: str) -> str | None:
        """The id of the only existing rule of this name, once."""
        found = self._by_name.pop(name, None)
        return None if found is None or found in self._taken else found

    def _made(self, name: str) -> str:
        stem = _NOT_IN_IDS.sub("-", name).strip("-")[: ID_LIMIT - 8] or "rule"
        count = self._counts.get(stem, 0) + 1
        made = stem if count == 1 else f"{stem}-{count}"
        while made in self._reserved or made in self._given:
            count += 1
            made = f"{stem}-{count}"
        self._counts[stem] = count  # the next of a thousand with one name does not begin at the first again
        self._given.add(made)
        return made
