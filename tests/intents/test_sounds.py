"""What is heard, exactly and loosely."""

import pytest

from intents.sounds import SoundIndex, heard, loose_sounds


@pytest.mark.parametrize(
    ("one", "other"),
    [("zai", "zhai"), ("cai", "chai"), ("sai", "shai"), ("nai", "lai"), ("ban", "bang"), ("ben", "beng"), ("bin", "bing"), ("zan", "zhang")],
)
def test_what_many_do_not_tell_apart_sounds_alike_loosely(one: str, other: str) -> None:
    """Seven pairs, in letters as in characters."""
    assert heard(one, loosely=True)[0] == heard(other, loosely=True)[0]
    assert heard(one)[0] != heard(other)[0]


@pytest.mark.parametrize(("one", "other"), [("dong", "don"), ("fa", "hua"), ("ri", "li"), ("ju", "qu"), ("xn", "xng"), ("hang", "hen")])
def test_other_differences_are_heard(one: str, other: str) -> None:
    """Nothing else is taken for the same, and what is no syllable stays as it is."""
    assert heard(one, loosely=True)[0] != heard(other, loosely=True)[0]


def test_a_single_syllable_is_not_heard_loosely() -> None:
    """是 would be 四."""
    assert loose_sounds("是") == []
    assert loose_sounds("地址") == ["dizi"]


def test_a_place_is_that_of_the_very_characters() -> None:
    """Though the sound is shorter than what was written."""
    assert SoundIndex({3: "超市"}).find("去chaoshi旁边的操寺") == [(3, 1, 8)]
    assert SoundIndex({3: "尺寸"}).find("什么吃存") == [(3, 2, 4)]


def test_a_run_of_letters_is_cut_into_syllables() -> None:
    """Long ones first; each border leads back to the letter where it stood."""
    assert heard("zhangshang", loosely=True) == ("zansan", {0: 0, 3: 5, 6: 10}, {0: 0, 3: 5, 6: 10})


def test_an_exact_place_comes_before_a_loose_one() -> None:
    """The very sound is marked, though something like it came first."""
    assert SoundIndex({0: "地址"}).find("地子，地址") == [(0, 3, 5)]
