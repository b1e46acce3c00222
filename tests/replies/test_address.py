"""Speaking to the account in a group: by its name, as a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.words import Segmenter
from replies.address import addressed

WORDS = Segmenter()


@pytest.mark.parametrize(
    ("name", "text", "rest"),
    [
        ("茶小铺", "@茶小铺 发货", "     发货"),
        ("茶小铺", "茶小铺，发货", "   ，发货"),
        ("茶小铺", "发货了吗＠茶小铺", "发货了吗    "),
        ("茶小铺", "@茶小鋪发货了吗 茶小铺", "    发货了吗    "),
        ("Tea House", "@tea house 发货", "           发货"),
        ("Tea", "TEA：发货", "   ：发货"),
        ("茶", "@茶 怎么泡", "   怎么泡"),
        ("小米", "小米在吗", "  在吗"),
    ],
)
def test_a_name_as_a_word_is_an_address(name: str, text: str, rest: str) -> None:
    """With or without a sign before it, in whatever width, case and characters; it is blanked out at its length."""
    assert addressed(text, name, WORDS) == rest


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Tea", "teapot 多少钱"),
        ("Tea", "写信给 me@tea.com"),
        ("Tea", "看 tea.com/about"),
        ("小米", "小米粥怎么煮"),
        ("茶", "茶怎么泡"),
        ("茶", "@茶叶怎么泡"),
        ("茶小铺", "茶 小铺"),
        ("\u200b", "\u200b"),
        ("茶小铺", ""),
    ],
)
def test_part_of_another_word_is_none(name: str, text: str) -> None:
    """Nor a single character without the sign, nor a name of nothing to see."""
    assert addressed(text, name, WORDS) is None


@given(st.text(max_size=40), st.text(max_size=8), st.text(max_size=40))
def test_everything_else_stays_where_it_was(before: str, name: str, after: str) -> None:
    """Of any text: the same length, and no character changed but into a blank."""
    text = f"{before}@{name}{after}"
    rest = addressed(text, name, WORDS)

    assert rest is None or len(rest) == len(text)
    assert rest is None or all(ours in {theirs, " "} for ours, theirs in zip(rest, text, strict=True))
