"""From stored messages to what the engine hears, and what templates may name."""

import msgspec
import pytest

from bot.actions.hearing import body_of, hours_in_words, names_of, text_of, wait_in_words
from bot.actions.rulesets import Voice
from bot.model.desk import Desk
from bot.model.talk import CardBody, DeskState, TextBody
from bot.store.people import AccountRow
from replies.compiled import compile_rules
from replies.decision import Outgoing
from replies.hours import Hours, compile_hours

ACCOUNT = AccountRow(id="a", handle="shop", name="小店", kind="seller", chat_open="followers", created_at=0)
NEW_YEAR = 1_767_196_800_000
"""The first moment of 2026 in Shanghai."""


def voice(hours: Hours | None = None) -> Voice:
    """An account without rules."""
    return Voice(ACCOUNT, hours, None if hours is None else compile_hours(hours), compile_rules(()))


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text", '{"text":"在吗"}', "在吗"),
        ("voice", '{"media":"m","seconds":3,"transcript":"在吗"}', "在吗"),
        ("voice", '{"media":"m","seconds":3,"transcript":null}', ""),
        ("voice", '{"media":"m","seconds":3}', ""),
        ("image", '{"media":"m","width":1,"height":1,"alt":"发货"}', ""),
        ("card", '{"title":"发货"}', ""),
    ],
)
def test_only_what_a_person_said_in_words_is_heard(kind: str, body: str, text: str) -> None:
    """A text, or the transcript of a voice; a picture's description is not a question."""
    assert text_of(kind, body) == text


def test_an_automatic_message_is_checked_like_a_persons() -> None:
    """Its kind decides its shape."""
    assert body_of(Outgoing("text", {"text": "好"})) == TextBody("好")
    assert body_of(Outgoing("card", {"title": "连衣裙", "price": "¥99"})) == CardBody("连衣裙", price="¥99")
    with pytest.raises(msgspec.ValidationError):
        body_of(Outgoing("text", {"text": "长" * 4_001}))


def test_names_are_told_in_the_accounts_own_time() -> None:
    """Home is Shanghai; opening hours bring a zone of their own."""
    assert names_of(voice(), "小张", NEW_YEAR) == {"name": "小张", "account": "小店", "time": "00:00", "date": "1月1日"}
    abroad = names_of(voice(Hours(zone="America/New_York")), "小张", NEW_YEAR)
    assert (abroad["time"], abroad["date"], abroad["hours"]) == ("11:00", "12月31日", "全天")


def test_the_queue_is_named_only_to_those_in_it() -> None:
    """What is not known is left out, so that the template's default is said."""
    desk = Desk(conversation="c", account="shop", state=DeskState.WAITING, position=3, expected_wait_s=400)
    names = names_of(voice(), "小张", NEW_YEAR, desk)
    assert (names["position"], names["expected_wait"]) == ("3", "7分钟")
    unknown = names_of(voice(), "小张", NEW_YEAR, Desk(conversation="c", account="shop", state=DeskState.WAITING))
    assert not {"position", "expected_wait", "operator"} & unknown.keys()


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "不到1分钟"), (59, "不到1分钟"), (60, "1分钟"), (400, "7分钟"), (3_600, "1小时"), (5_400, "1小时30分钟")]
)
def test_waits_are_said_in_words(seconds: int, words: str) -> None:
    """No false precision."""
    assert wait_in_words(seconds) == words


def test_opening_hours_are_said_in_words() -> None:
    """As a shop would write them on its door."""
    hours = Hours(weekly={"mon-fri": ("09:00-12:00", "13:00-18:00"), "sat,sun": ()})
    assert hours_in_words(hours) == "周一至周五 09:00-12:00、13:00-18:00，周六、周日 休息"
