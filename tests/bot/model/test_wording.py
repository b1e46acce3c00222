"""The words of a body, and the same body with other words."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.talk import BODIES, Body, CardBody, Choice, ChoicesBody, ImageBody, TextBody, VideoBody, VoiceBody
from bot.model.wording import with_words, words_of

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
SOMETIMES = st.none() | TEXTS
BODIES_TO_BE = st.one_of(
    st.builds(TextBody, TEXTS),
    st.builds(ImageBody, st.just("m"), st.just(1), st.just(1), SOMETIMES),
    st.builds(VoiceBody, st.just("m"), st.just(1.0), SOMETIMES),
    st.builds(CardBody, title=TEXTS, text=SOMETIMES, price=SOMETIMES, ref=SOMETIMES, url=st.none() | st.just("https://a.example/b")),
    st.builds(ChoicesBody, TEXTS, st.lists(st.builds(Choice, TEXTS, TEXTS), min_size=1, max_size=4)),
)

CARD = CardBody(title="加群", text="看这里", price="9 元", ref="r1", url="https://a.example", image="https://b.example/c.png")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (TextBody("好", mentions=("amy",)), ("好",)),
        (ImageBody("m", 1, 1, "图"), ("图",)),
        (ImageBody("m", 1, 1), ("",)),
        (VoiceBody("m", 1.0, "说"), ("说",)),
        (VideoBody("m", 1.0), ()),
        (CARD, ("加群", "看这里", "9 元", "r1", "https://a.example")),
        (ChoicesBody("选", [Choice("甲", "一"), Choice("乙", "二")]), ("选", "甲", "一", "乙", "二")),
    ],
)
def test_every_word_that_people_can_read_is_told(body: Body, words: tuple[str, ...]) -> None:
    """Part by part."""
    assert words_of(body) == words
    assert with_words(body, words) is body


def test_an_address_that_changed_is_left_out() -> None:
    """Half of one leads elsewhere, or is none."""
    changed = with_words(CARD, ("**", "看这里", "9 元", "r1", "https://********"))
    assert changed == msgspec.structs.replace(CARD, title="**", url=None)
    assert with_words(CARD, ("**", "看这里", "9 元", "r1", "https://a.example")) == msgspec.structs.replace(CARD, title="**")


@given(BODIES_TO_BE)
def test_a_hidden_body_still_is_one(body: Body) -> None:
    """Every part as long as before, and what is stored can be read again as what it is."""
    hidden = with_words(body, tuple("*" * len(word) for word in words_of(body)))
    kept = msgspec.json.decode(msgspec.json.encode(hidden), type=BODIES[body.kind])
    assert kept == hidden
    assert set("".join(words_of(hidden))) <= {"*"}
