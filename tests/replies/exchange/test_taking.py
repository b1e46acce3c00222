"""From a file to a set: ids, replacing and merging, and faults that stay with their own rule."""

import json
from typing import Any

import pytest

from replies.exchange import taking
from replies.exchange.formats import OBJECTS_LIMIT, Format, read_file, write_file
from replies.exchange.grid import FILE_LIMIT
from replies.exchange.report import Outcome, Row
from replies.exchange.taking import check, merged
from replies.faults import RuleFault
from replies.rules import Rules, parse_rules
from replies.shapes import RULES_LIMIT
from tests.replies.exchange.books import faults, imported


def rule(id_: str | None, name: str, word: str = "发货", **more: Any) -> dict[str, Any]:
    """A small rule in JSON; without an id where there is none."""
    made = {
        "name": name,
        "layer": "keyword",
        "when": {"any": [{"mode": "contains", "text": word}]},
        "reply": {"messages": [{"kind": "text", "text": "好"}]},
    }
    return {**made, **({} if id_ is None else {"id": id_}), **more}


def read(entries: object, existing: Rules = ()) -> Any:
    """What comes of a JSON file."""
    return check(read_file(json.dumps(entries).encode())[1], existing)


def test_a_faulty_entry_never_spoils_the_good_ones() -> None:
    """Of any kind; each told by its number and its path, and far more than would fit an error."""
    entries: list[Any] = [rule("a", "甲"), {**rule("b", "乙"), "layer": "cellar"}, 7, rule("两 个", "丙"), rule(None, "丁")]
    entries += [rule(f"x{number}", "坏", "") for number in range(200)]
    checked = read(entries)
    assert [one.id for one in checked.rules] == ["a", "丁"]
    assert [(row.number, row.path) for row in faults(checked)[:4]] == [(2, "layer"), (3, ""), (4, "id"), (6, "when.any[0].text")]
    assert len(faults(checked)) == 203
    assert [row.number for row in checked.rows if row.outcome is Outcome.OK] == [1, 5]


def test_of_two_with_one_id_the_first_is_taken() -> None:
    """The other is told which was first."""
    checked = read([rule("a", "甲"), rule("a", "乙"), rule("b", "丙")])
    assert [one.name for one in checked.rules] == ["甲", "丙"]
    assert [(row.number, row.name, row.path, row.en) for row in faults(checked)] == [(2, "乙", "id", "The id 'a' is used already, in row 1.")]


def test_an_entry_without_an_id_gets_one() -> None:
    """That of the rule it replaces, by name; else one of its name that nobody has."""
    ours = parse_rules([rule("ship", "发货"), rule("one", "同名"), rule("two", "同名"), rule("退货", "别的")])
    checked = read([rule(None, "发货"), rule(None, "同名"), rule(None, "退货"), rule(None, "a b\tc"), rule(None, "退货"), rule("退货-2", "x")], ours)
    assert [one.id for one in checked.rules] == ["ship", "同名", "退货-3", "a-b-c", "退货-4", "退货-2"]
    long = read([rule(None, "长" * 80), rule(None, "长" * 80)])
    assert [len(one.id) for one in long.rules] == [56, 58]


@pytest.mark.parametrize("id_", [[], {}, 7, True])
def test_an_id_that_is_no_text_is_a_fault(id_: object) -> None:
    """Of its own rule, whatever else it is."""
    checked = read([{**rule("a", "甲"), "id": id_}, rule("b", "乙")])
    assert [one.id for one in checked.rules] == ["b"]
    assert [(row.number, row.path) for row in faults(checked)] == [(1, "id")]


def test_thousands_of_one_name_get_ids_without_beginning_at_the_first_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers that are taken are passed over, and none is tried twice."""

    class Asked(set[str]):
        count = 0

        def __contains__(self, key: object) -> bool:
            Asked.count += 1
            return super().__contains__(key)

    checked = read([rule("同名-3", "别的"), *[rule(None, "同名", str(number)) for number in range(50)]])
    assert [one.id for one in checked.rules[:5]] == ["同名-3", "同名", "同名-2", "同名-4", "同名-5"]
    ids = taking._Ids([], ())
    monkeypatch.setattr(ids, "_given", Asked())
    assert len({ids.named({"name": "同名"})["id"] for _ in range(100)}) == 100
    assert Asked.count <= 200


def test_replacing_and_merging() -> None:
    """The file alone; or its rules in the place of those with their id, new ones after the others."""
    ours = parse_rules([rule("a", "甲"), rule("b", "乙"), rule("c", "丙")])
    checked = read([rule("d", "丁"), rule(None, "乙", "寄出"), rule("a", "甲二")], ours)
    assert [one.name for one in merged(ours, checked, "replace")] == ["丁", "乙", "甲二"]
    whole = merged(ours, checked, "merge")
    assert [(one.id, one.name, one.when.any[0].text) for one in whole] == [
        ("a", "甲二", "发货"),
        ("b", "乙", "寄出"),
        ("c", "丙", "发货"),
        ("d", "丁", "发货"),
    ]


def test_an_entry_may_turn_out_to_be_at_fault_later() -> None:
    """Then it is left out, its good mark is gone, and the rows stay in order."""
    checked = read([rule("a", "甲"), rule("b", "乙"), rule("c", "丙")])
    later = checked.without({2: Row(2, "乙", Outcome.FAULT, "不行", "No.")})
    assert [one.id for one in later.rules] == ["a", "c"]
    assert [(row.number, str(row.outcome)) for row in later.rows] == [(1, "ok"), (2, "fault"), (3, "ok")]


def test_a_character_that_no_database_holds_is_a_fault() -> None:
    """U+0000, as REST refuses it everywhere; the six characters that only spell it are none."""
    checked = read([rule("a", "甲", "发\0货"), rule("b", "乙", "\\\\u0000")])
    assert [(row.number, row.en) for row in faults(checked)] == [(1, "U+0000 is not allowed in texts.")]
    assert [one.id for one in checked.rules] == ["b"]


def test_members_nobody_knows_are_told() -> None:
    """The rule is taken without them."""
    checked = read([rule("a", "甲", colour="red")])
    assert [(str(row.outcome), row.path) for row in checked.rows] == [("changed", "colour")]
    assert len(checked.rules) == 1


def test_the_answer_of_rest_is_a_file_too() -> None:
    """An object with the array in it."""
    assert [one.id for one in read({"version": 3, "rules": [rule("a", "甲")]}).rules] == ["a"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"{}", "is an array"),
        (b'{"rules": 5}', "is an array"),
        (b"[1,", "Not valid JSON"),
        (b"[" * 100_000, "Not valid JSON"),
        (b'["\\ud800"]', "Not valid JSON"),
        (json.dumps([0] * (RULES_LIMIT + 1)).encode(), f"There are {RULES_LIMIT + 1} rules"),
        (b"[" + b"{}," * OBJECTS_LIMIT + b"{}]", f"more than {OBJECTS_LIMIT} objects"),
        (b"[" + b" " * FILE_LIMIT + b"]", "larger than 16 MiB"),
    ],
)
def test_what_is_no_rule_file_is_refused(data: bytes, sentence: str) -> None:
    """As a whole, before anything of it is looked at."""
    with pytest.raises(RuleFault, match=sentence) as refused:
        imported(data)
    assert refused.value.path == "file"


@pytest.mark.parametrize(("format_", "count"), [("weihub", RULES_LIMIT), ("csv", RULES_LIMIT), ("xlsx", 2_000)])
def test_a_large_set_comes_back(format_: Format, count: int) -> None:
    """As many rules as may be make a file that is not too large to be read."""
    entries = [rule(f"r{number}", f"规则{number}", f"词{number}", cooldown_s=60, priority=number % 7) for number in range(count)]
    rules = parse_rules(entries)
    assert check(read_file(write_file(rules, format_).data)[1]).rules == rules


def test_a_large_file_is_still_json_with_a_rule_a_line() -> None:
    """Spread out it would be larger than a file may be."""
    text = {"messages": [{"kind": "text", "text": "好" * 300}] * 4}
    rules = parse_rules([rule(f"r{number}", "甲", reply=text) for number in range(4_000)])
    data = write_file(rules, "weihub").data
    assert len(data) <= FILE_LIMIT
    assert imported(data).rules == rules
