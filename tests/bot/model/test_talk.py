"""Bodies and their limits, who may speak, and what may be recalled."""

from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.basics import Closed, Forbidden, NotFollowing
from bot.model.people import Role
from bot.model.talk import (
    BODIES,
    RECALL_WINDOW_MS,
    SENDABLE,
    TEXT_LIMIT,
    AuthorRole,
    Body,
    CardBody,
    ChatOpen,
    Choice,
    ChoicesBody,
    DeskState,
    ImageBody,
    Message,
    Standing,
    SystemBody,
    TextBody,
    VideoBody,
    VoiceBody,
    fallback,
    may_recall,
    may_speak,
    media_of,
)

BUYER, OWNER, OPERATOR, COLLEAGUE, MODERATOR = "buyer-1", "staff:own", "staff:op", "staff:op2", "staff:mod"


def standing(
    *, following: bool = True, chat_open: ChatOpen = ChatOpen.FOLLOWERS, desk: DeskState = DeskState.BOT, operator: str | None = None
) -> Standing:
    """A conversation of one buyer with an account of four staff."""
    return Standing(
        conversation="c1",
        account="a1",
        account_name="小店",
        buyer=BUYER,
        following=following,
        chat_open=chat_open,
        staff={OWNER: Role.OWNER, OPERATOR: Role.OPERATOR, COLLEAGUE: Role.OPERATOR, MODERATOR: Role.MODERATOR},
        desk=desk,
        operator=operator,
    )


@pytest.mark.parametrize(
    ("person", "following", "role"),
    [
        (BUYER, True, Role.FOLLOWER),
        (BUYER, False, Role.VISITOR),
        (OWNER, True, Role.OWNER),
        (OPERATOR, False, Role.OPERATOR),
        (MODERATOR, True, Role.MODERATOR),
        ("buyer-2", True, None),
        ("staff:elsewhere", True, None),
    ],
)
def test_a_person_has_one_role_in_a_conversation_or_none(person: str, following: bool, role: Role | None) -> None:
    """Strangers, and staff of other accounts, have none."""
    assert standing(following=following).role_of(person) is role


@pytest.mark.parametrize(
    ("following", "chat_open", "refusal"),
    [
        (True, ChatOpen.FOLLOWERS, None),
        (True, ChatOpen.EVERYONE, None),
        (False, ChatOpen.EVERYONE, None),
        (False, ChatOpen.FOLLOWERS, NotFollowing),
    ],
)
@pytest.mark.parametrize(
    ("desk", "operator"), [(DeskState.BOT, None), (DeskState.WAITING, None), (DeskState.OPERATOR, OPERATOR), (DeskState.CLOSED, None)]
)
def test_a_buyer_speaks_while_following_or_where_everyone_may(
    following: bool, chat_open: ChatOpen, refusal: type[NotFollowing] | None, desk: DeskState, operator: str | None
) -> None:
    """Whoever looks after the conversation: the desk never silences a buyer."""
    there = standing(following=following, chat_open=chat_open, desk=desk, operator=operator)
    verdict = may_speak(there, BUYER, there.role_of(BUYER))
    assert verdict is None if refusal is None else isinstance(verdict, refusal)


@pytest.mark.parametrize(
    ("person", "holder", "allowed"),
    [
        (OPERATOR, None, True),
        (OPERATOR, OPERATOR, True),
        (OPERATOR, COLLEAGUE, False),
        (OPERATOR, OWNER, False),
        (OWNER, None, True),
        (OWNER, OPERATOR, True),
        (MODERATOR, None, False),
        (MODERATOR, MODERATOR, False),
        ("buyer-2", None, False),
        ("staff:elsewhere", None, False),
    ],
)
def test_staff_speak_where_nobody_else_holds_and_the_owner_anywhere(person: str, holder: str | None, allowed: bool) -> None:
    """Everyone else is refused, whether or not the buyer follows and whomever the account talks with."""
    for following, chat_open in product((True, False), ChatOpen):
        there = standing(following=following, chat_open=chat_open, desk=DeskState.OPERATOR, operator=holder)
        verdict = may_speak(there, person, there.role_of(person))
        assert verdict is None if allowed else isinstance(verdict, Forbidden)


def message(*, author: str = BUYER, at: int = 1_000) -> Message:
    """One stored text."""
    return Message(
        conversation="c1",
        seq=1,
        author=author,
        author_name="阿明",
        role=AuthorRole.FOLLOWER,
        key="k",
        kind="text",
        body=msgspec.Raw(b'{"text":"x"}'),
        at=at,
    )


@pytest.mark.parametrize(
    ("person", "later", "refusal"),
    [
        (BUYER, 0, None),
        (BUYER, RECALL_WINDOW_MS, None),
        (BUYER, RECALL_WINDOW_MS + 1, Closed),
        (OWNER, 0, Forbidden),
        (OWNER, RECALL_WINDOW_MS + 1, Forbidden),
    ],
)
def test_a_message_is_recalled_by_its_author_within_two_minutes(person: str, later: int, refusal: type[Exception] | None) -> None:
    """To the millisecond; nobody recalls for another, not even the owner."""
    verdict = may_recall(message(at=5_000), person, 5_000 + later)
    assert verdict is None if refusal is None else type(verdict) is refusal


CHOICES = ChoicesBody("您是想问：", [Choice("发货", "什么时候发货"), Choice("退货", "怎么退货")])


@pytest.mark.parametrize(
    ("body", "text", "media"),
    [
        (TextBody("在吗"), "在吗", ()),
        (ImageBody("m1", 4, 3), "[图片]", ("m1",)),
        (ImageBody("m1", 4, 3, alt="尺码表"), "[图片] 尺码表", ("m1",)),
        (VoiceBody("m1", 3.4), "[语音 3″]", ("m1",)),
        (VoiceBody("m1", 3.4, transcript="什么时候发货"), "[语音 3″] 什么时候发货", ("m1",)),
        (VideoBody("m1", 9), "[视频]", ("m1",)),
        (VideoBody("m1", 9, poster="m2"), "[视频]", ("m1", "m2")),
        (CardBody("连衣裙"), "[卡片] 连衣裙", ()),
        (CardBody("连衣裙", url="https://shop.example/1"), "[卡片] 连衣裙 https://shop.example/1", ()),
        (CHOICES, "您是想问：\n1. 发货\n2. 退货", ()),
        (SystemBody("recalled", by=BUYER), "[消息已撤回]", ()),
        (SystemBody("claimed"), "[claimed]", ()),
    ],
)
def test_every_kind_has_plain_text_and_names_its_media(body: Body, text: str, media: tuple[str, ...]) -> None:
    """A client that does not know a kind can still show it, and the hub knows which files it must let people see."""
    assert fallback(body) == text
    assert media_of(body) == media


def test_people_send_every_kind_but_the_hubs_own() -> None:
    """`system` is the one kind nobody may send."""
    assert set(BODIES) - set(SENDABLE) == {"system"}
    assert {body.kind: body for body in SENDABLE.values()} == SENDABLE


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text", {}),
        ("text", {"text": ""}),
        ("text", {"text": "长" * (TEXT_LIMIT + 1)}),
        ("text", {"text": 5}),
        ("image", {"media": "../secret", "width": 1, "height": 1}),
        ("image", {"media": "a/b", "width": 1, "height": 1}),
        ("image", {"media": "m", "width": 0, "height": 1}),
        ("image", {"media": "m", "width": 20_001, "height": 1}),
        ("voice", {"media": "m", "seconds": 60.5}),
        ("voice", {"media": "m", "seconds": 0}),
        ("voice", {"media": "m", "seconds": -1}),
        ("video", {"media": "m", "seconds": 601}),
        ("card", {"title": ""}),
        ("card", {"title": "t", "url": "javascript:alert(1)"}),
        ("card", {"title": "t", "image": "javascript:alert(1)"}),
        ("choices", {"text": "?", "choices": []}),
        ("choices", {"text": "?", "choices": [{"label": "a", "send": "b"}] * 11}),
    ],
)
def test_a_body_outside_its_limits_is_not_a_body(kind: str, body: dict[str, object]) -> None:
    """Each limit of docs/events.md refuses one step beyond it."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(body), type=SENDABLE[kind])


texts = st.text(min_size=1, max_size=200)
medias = st.from_regex(r"\A[A-Za-z0-9_-]{1,64}\Z")
bodies = st.one_of(
    st.builds(TextBody, texts),
    st.builds(ImageBody, medias, st.integers(1, 20_000), st.integers(1, 20_000), st.none() | texts),
    st.builds(VoiceBody, medias, st.floats(0.1, 60), st.none() | texts),
    st.builds(VideoBody, medias, st.floats(0.1, 600), st.none() | medias),
    st.builds(CardBody, texts, st.none() | texts),
    st.builds(ChoicesBody, texts, st.lists(st.builds(Choice, st.text(min_size=1, max_size=80), texts), min_size=1, max_size=10)),
)


@given(bodies)
def test_a_body_is_stored_and_read_back_unchanged(body: Body) -> None:
    """Any sendable body survives its JSON, and always has a plain text."""
    assert msgspec.json.decode(msgspec.json.encode(body), type=SENDABLE[body.kind]) == body
    assert fallback(body)
