"""What a message says under its disguise, and the way back to what was written."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intents.disguise import READ_LIMIT, Reading, kin, skeleton, sound, spelled, unspelled
from intents.text import normal

NASTY = "加家佳+＋➕微薇徽威-·. \u200b\u0301е𝓥ᴠⓋ🅥🇻vVхXŁé①❶⓪壹二〇３٣😀🐧㈠㎏ﬁß的發Ꭺ\ud83d\ufe0f\u20e3"
ANYTHING = st.one_of(st.text(alphabet=st.sampled_from(NASTY), max_size=30), st.text(max_size=40))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("加-微 信", "加微信"),
        ("加😀微💗信", "加微信"),
        ("加\u200b微\ufeff信", "加微信"),
        ("加.。、微|信", "加微信"),
        ("加丨微丶信", "加微信"),
        ("ＶＸ", "vx"),
        ("𝓥𝔁𝕍𝖝", "vxvx"),
        ("Ⓥⓧ🅥🆇🇻🇽", "vxvxvx"),
        ("ᴠʀ ɢɪ", "vrgi"),
        ("аеорсх", "aeopcx"),
        ("ΑΒΕΚ", "abek"),
        ("éàñł", "eanl"),
        ("N͟F͟T", "nft"),
        ("①②❸⓸⒌⑹", "123456"),
        ("壹贰叁四五〇零", "1234500"),
        ("１２３٤५", "12345"),
        ("㈠㈡", "12"),
        ("1️⃣", "1"),
        ("賣資源", "卖资源"),
        ("十百千", "十百千"),
        ("50¥", "50"),
        ("！？😀 \u200b", ""),
        ("", ""),
    ],
)
def test_the_skeleton_of(written: str, expected: str) -> None:
    """Width, script, look-alikes, digits of any kind and signs in between come to plain letters, digits and characters."""
    assert skeleton(written) == expected


@pytest.mark.parametrize(("one", "other"), [("薇信", "微信"), ("徽信", "微信"), ("威芯", "微信"), ("家", "加"), ("口口", "扣扣"), ("伽我v", "加我v")])
def test_kin_are_one(one: str, other: str) -> None:
    """What is customarily written for a character stands for it."""
    assert kin(skeleton(one)) == kin(skeleton(other))


def test_kin_are_not_all_that_sound_alike() -> None:
    """Kin are a choice, sounds are all."""
    assert kin("名字") != kin("明字")
    assert sound("名字") == sound("明字")
    assert sound("名字") != sound("名次")


def test_a_sound_can_be_spelled() -> None:
    """Syllables by name, everything else as it is, and back."""
    assert spelled(sound("加v徽信9")) == "{jia}v{wei}{xin}9"
    assert unspelled("{jia}v{wei}{xin}[0-9]{5,}") == sound("加v微信") + "[0-9]{5,}"


def test_a_syllable_keeps_its_character() -> None:
    """However often it is asked for: a million times would else run out of characters."""
    assert len({unspelled("{jia}") for _ in range(70_000)}) == 1


@given(ANYTHING)
@example("a\u0301\u0301信")
@example("\u200b微\u200b\ufe0f信")
@settings(max_examples=400, deadline=None)
def test_every_character_leads_back(text: str) -> None:
    """Skeleton, kin and sound have a place each; the span of a piece holds characters from which that very piece comes."""
    reading = Reading(text)

    assert len(reading.skeleton) == len(reading.sound) == len(reading.kin) == len(reading.places)
    ends = 0
    for at in range(len(reading.skeleton)):
        start, end = reading.original_span(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert end >= ends
        assert reading.skeleton[at] in skeleton(text[start:end])
        ends = end


@given(ANYTHING)
@settings(max_examples=200, deadline=None)
def test_a_skeleton_has_nothing_left_to_take_off(text: str) -> None:
    """Once more changes no more than what the normal form squeezes together now that the signs in between are gone."""
    once = skeleton(text)

    assert skeleton(once) == normal(once)


def test_a_long_message_is_read_so_far() -> None:
    """No more than the limit, also where one character has a form of eighteen."""
    assert len(Reading("微信" * 10_000).skeleton) == READ_LIMIT
    assert len(Reading("ﷺ" * 10_000).normal.text) == READ_LIMIT
