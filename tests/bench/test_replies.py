"""What the bench of the reply engine computes before it measures: rules converted, answers judged, tables written."""

from pathlib import Path
from typing import Any

import pytest

from bench import cutting, pace, page
from bench.judging import GRID, SETS, answers, converted, cross_validated, fold_of, judged, predictions, ready, settings
from bench.replies import baselines, right_answers, segmentation
from config.cli_decide import Decided

RULES: list[dict[str, Any]] = [
    {"id": "ship", "name": "发货" * 50, "examples": ["多久可以寄出来"], "keywords": [["什么时候", "发货"], ["几时寄"]]},
    {"id": "back", "name": "退货", "examples": ["退货的运费是谁出"]},
]
MESSAGES: list[dict[str, Any]] = [
    {"id": "1", "text": "什么时候给我发货", "expected": "ship"},
    {"id": "2", "text": "退货运费谁出呢", "expected": "back"},
    {"id": "3", "text": "几时寄", "expected": "back"},
    {"id": "4", "text": "几时寄走的", "expected": None},
    {"id": "5", "text": "好的谢谢", "expected": None},
    {"id": "6", "text": "天上有几颗星", "expected": "ship"},
]


def said(*rules: str | None, choices: tuple[str, ...] = ()) -> list[Decided]:
    """Decisions that answer by these rules."""
    return [Decided(str(number), rule, None, 0.0, choices, 1.0) for number, rule in enumerate(rules)]


def test_a_rule_of_the_data_becomes_one_of_ours() -> None:
    """Groups of keywords are all-of patterns, examples similar questions; a long name is cut, none is missing."""
    rule = converted(RULES[0])

    assert rule["when"] == {"any": [{"mode": "all", "text": "什么时候 发货"}, {"mode": "all", "text": "几时寄"}], "similar": ["多久可以寄出来"]}
    assert len(rule["name"]) == 80
    assert converted(RULES[1])["when"]["any"] == []


def test_the_engine_answers_the_messages_of_a_set() -> None:
    """In their order, each by itself."""
    assert [one.rule for one in answers(ready(RULES), MESSAGES)] == ["ship", "back", "ship", "ship", None, None]


def test_answers_are_judged_as_the_scoring_program_does() -> None:
    """Of four that want an answer two are right, one is wrong and one is missed; of two that want none one is answered."""
    figures = judged(MESSAGES, said("ship", "back", "ship", "ship", None, None))

    precision, recall = 2 / 4, 2 / 4
    assert figures["f1"] == pytest.approx(2 * precision * recall / (precision + recall))
    assert (figures["recall"], figures["wrong"], figures["false"], figures["asked"]) == (0.5, 0.25, 0.5, 0.0)
    assert judged(MESSAGES, said(*[None] * 6, choices=("a",)))["asked"] == 1.0
    assert judged([], [])["f1"] == 0.0


def test_silence_is_predicted_as_no_rule() -> None:
    """The scoring program wants a score beside it."""
    assert predictions(MESSAGES[:2], said("ship", None)) == [{"id": "1", "rule": "ship", "score": 1.0}, {"id": "2", "rule": None, "score": 0.0}]


def test_cross_validation_leaves_the_engine_as_it_was() -> None:
    """Every message is judged once, an intent's in one fold, and the numbers are put back."""
    before = [getattr(module, name) for module, name in GRID]
    found = cross_validated({"shop": (RULES, MESSAGES)})

    assert [getattr(module, name) for module, name in GRID] == before
    assert 0 <= found["shop"]["f1"] <= 1
    assert fold_of(MESSAGES[1]) == fold_of(MESSAGES[2])


def test_the_shipped_setting_is_among_those_tried() -> None:
    """Each number that is tried around it stands in the grid, and the draw is always the same."""
    shipped, *drawn = settings(20)

    assert list(shipped) == [float(getattr(module, name)) for module, name in GRID]
    assert settings(20) == [shipped, *drawn]
    assert all(number in values for number, values in zip(shipped, GRID.values(), strict=True))
    assert len(set(drawn)) == len(drawn) > 15


def test_the_table_of_answers_stands_beside_what_was_wanted() -> None:
    """One line a set."""
    found = {"ecom": answers(ready(RULES), MESSAGES)}
    text = right_answers({"ecom": (RULES, MESSAGES)}, found, {"ecom": {"f1": 0.4, "false": 0.25}})

    assert "| ecom | 2 | 6 | .500 | .400 | .900 | .500 | 25.0% | 50.0% | 0.0% | 25.0% |" in text


def test_the_baselines_are_read_from_what_they_print() -> None:
    """By set; a method that was not run on a set leaves its cell empty."""
    printed = "| set | method | acc@1 | best F1 | us/msg |\n|---|---|---|---|---|\n| ecom | b_ratio | 0.6 | 0.582 | 11 |\n| bank | b_ratio | 0.7 | 0.655 | 1214 |\n"

    assert SETS == ("ecom", "stream", "bank", "general")
    assert "| rapidfuzz ratio | .582 |  | .655 |  | 11–1,214 |" in baselines(printed)


def test_borders_are_counted() -> None:
    """Of 发货时间 with one border of three elsewhere, two thirds agree and the text is not cut alike."""
    texts, borders = cutting.alike(["发货时间", "在吗"], lambda text: [text[:2], text[2:]], lambda text: [text[:1], text[1:2], text[2:]])

    assert texts == 0.0
    assert borders == pytest.approx((3 - 1 + 1 - 1) / 4)
    assert cutting.alike(["在吗"], list, list) == (1.0, 1.0)
    assert "| x | 50.00% | 75.00% |" in segmentation({"x": (0.5, 0.75)}, 2, 3)


def test_messages_are_as_long_as_real_ones() -> None:
    """Always the same ones; half of them short, some long."""
    lengths = sorted(map(len, pace.messages()))

    assert pace.messages() == pace.messages()
    assert 4 <= lengths[len(lengths) // 2] <= 8
    assert 12 <= lengths[len(lengths) * 9 // 10] <= 27


def test_rules_to_pace_with_have_what_was_promised() -> None:
    """Five patterns and three questions each, and a compiled set takes room."""
    rules = pace.rules(20)

    assert {(len(rule.when.any), len(rule.when.similar)) for rule in rules} == {(5, 3)}
    assert pace.megabytes(rules) > 0
    assert len(pace.best(["a", "b"], len, 2)) == 2
    assert pace.Paced([3.0, 1.0, 2.0], 0.1, 1.0).median == 2.0
    assert pace.Paced([float(number) for number in range(200)], 0.1, 1.0).p99 == 198.0


def test_a_page_is_changed_between_its_marks_alone(tmp_path: Path) -> None:
    """The rest stays, byte by byte; a page without marks is refused."""
    path = tmp_path / "page.md"
    path.write_text("before\n<!-- x: begin -->\nold\n<!-- x: end -->\nafter\n", encoding="utf-8")
    page.put(path, "x", page.table(("a", "b"), [("1", "2")]))

    assert path.read_text(encoding="utf-8") == "before\n<!-- x: begin -->\n\n| a | b |\n| --- | --: |\n| 1 | 2 |\n\n<!-- x: end -->\nafter\n"
    with pytest.raises(ValueError, match="must hold"):
        page.put(path, "y", "")
