"""Faults of shape in people's words."""

from typing import Annotated

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from replies.misfits import fitting, in_words, misfit, misfits
from replies.shapes import Pattern, Rule
from tests.replies.test_rules import JSON, WHOLE, changed


class Leaf(msgspec.Struct, tag_field="kind", tag="leaf"):
    """A part of one kind."""

    size: Annotated[int, Meta(ge=1, lt=10)]


class Twig(msgspec.Struct, tag_field="kind", tag="twig"):
    """A part of another."""

    leaves: Annotated[tuple[Leaf, ...], Meta(max_length=3)]


class Tree(msgspec.Struct, rename={"from_": "from"}):
    """Something made of parts."""

    name: Annotated[str, Meta(min_length=1, max_length=5)]
    parts: tuple[Leaf | Twig, ...] = ()
    by_name: Annotated[dict[str, Leaf | None], Meta(max_length=2)] = {}
    from_: Leaf | None = None


@pytest.mark.parametrize(
    ("value", "paths"),
    [
        ({"name": "elm"}, []),
        ({}, [""]),
        ([], [""]),
        ({"name": ""}, [".name"]),
        ({"name": 1, "parts": [{"kind": "leaf", "size": 0}, {"kind": "leaf"}, {"kind": "root"}, {}, 5]}, [".name", *(f".parts[{at}]{step}" for at, step in [(0, ".size"), (1, ""), (2, ".kind"), (3, ""), (4, "")])]),
        ({"parts": [{"kind": "twig", "leaves": [{"kind": "leaf", "size": "x"}, {"kind": "twig"}]}]}, ["", ".parts[0].leaves[0].size", ".parts[0].leaves[1]"]),
        ({"name": "elm", "parts": [{"kind": "twig", "leaves": [5, 5, 5, 5]}]}, [".parts[0].leaves"]),
        ({"name": "elm", "by_name": {"a": None, "b": {"kind": "leaf", "size": 10}}, "from": {"size": 10}}, [".by_name.b.size", ".from.size"]),
        ({"name": "elm", "by_name": {"a": 1, "b": 2, "c": 3}}, [".by_name"]),
    ],
)  # fmt: skip
def test_every_fault_has_its_path(value: object, paths: list[str]) -> None:
    """Of the whole first, then of its parts; what is too long is not looked into."""
    assert [fault.path for fault in misfits(value, Tree)] == paths


def test_parts_that_fit_are_found_in_a_whole_that_does_not() -> None:
    """Each with its path."""
    value = {
        "parts": [{"kind": "leaf", "size": 1}, {"kind": "twig", "leaves": [{"kind": "leaf", "size": 2}, 7]}],
        "from": {"kind": "leaf", "size": 3},
    }

    assert list(fitting(value, Tree, (Leaf,))) == [(".parts[0]", Leaf(1)), (".parts[1].leaves[0]", Leaf(2)), (".from", Leaf(3))]


@pytest.mark.parametrize(
    ("sentence", "zh", "en"),
    [
        ("Object missing required field `name`", "缺少“name”。", "`name` is missing."),
        ("Invalid enum value 'x'", "没有 'x' 这种取值。", "There is no such value here as 'x'."),
        ("Expected `str | null`, got `int`", "应为文字 或 空，现在是整数。", "This must be text or null, and is a whole number."),
        ("Expected `array` of length <= 5", "应为列表（长度最多 5）。", "This must be a list with a length of at most 5."),
        ("Expected `int` >= -1000", "应为整数（至少 -1000）。", "This must be a whole number, at least -1000."),
        ("Expected `str` matching regex '^https?://'", "应为文字（以 http:// 或 https:// 开头）。", "This must be text: an address that begins with http:// or https://."),
        ("Expected `str` matching regex 'x'", "应为文字（格式不对）。", "This must be text: in another form."),
        ("JSON is malformed: invalid character (byte 1)", "不是有效的 JSON（JSON is malformed: invalid character (byte 1)）。", "This is not valid JSON: JSON is malformed: invalid character (byte 1)."),
        ("Invalid UUID", "这里的值不对（Invalid UUID）。", "Invalid UUID."),
    ],
)  # fmt: skip
def test_what_msgspec_says_is_said_in_words(sentence: str, zh: str, en: str) -> None:
    """In both languages; what is not known is told as it is."""
    assert in_words(sentence) == (zh, en)


@given(
    st.sampled_from(["id", "when", "when.any", "when.any.0", "hours", "hours.weekly", "reply.messages", "reply.messages.0", "then", "where"]), JSON
)
def test_a_value_has_faults_if_and_only_if_it_does_not_fit(path: str, value: object) -> None:
    """As msgspec itself sees it; the first member it complains of is among them."""
    rule = changed(path, value)
    paths = [fault.path for fault in misfits(rule, Rule)]
    first = None
    try:
        msgspec.convert(rule, Rule)
    except msgspec.ValidationError as error:
        first = misfit(str(error)).path

    assert bool(paths) == (first is not None)
    # Of an object's members by other names than its own msgspec does not tell which.
    assert first is None or first in paths or "[...]" in first


def test_the_rule_of_the_contract_fits() -> None:
    """And its patterns are found."""
    assert list(misfits(WHOLE, Rule)) == []
    assert [path for path, _ in fitting(WHOLE, Rule, (Pattern,))] == [".when.any[0]", ".when.any[1]", ".when.none[0]"]
