"""What asks, and what only tells."""

import pytest

from intents.moods import asks, tells
from intents.text import normal


@pytest.mark.parametrize("text", ["退了吗", "能不能退", "什么时候退的", "退货要多久", "怎么退的", "已经退了？", "你们退没退", "咋退的", "能否退了"])
def test_a_question_asks_whatever_it_ends_in(text: str) -> None:
    """A particle, a question word or A-not-A makes a question, and a question never merely tells."""
    assert asks(normal(text))
    assert not tells(normal(text))


@pytest.mark.parametrize("text", ["已经退了", "钱退了。", "我昨天退的", "是快递员放着的～", "东西收过", "好了……"])
def test_a_report_tells(text: str) -> None:
    """What ends in 了, 的, 着 or 过, and asks nothing."""
    assert tells(normal(text))
    assert not asks(normal(text))


@pytest.mark.parametrize("text", ["我要退货", "退货", "", "，", "麻烦快一点"])
def test_a_request_or_a_word_does_neither(text: str) -> None:
    """A wish and a catchword are neither question nor report."""
    assert not tells(normal(text))
    assert not asks(normal(text))
