"""Who may post what, and when: verdicts without I/O."""

import pytest

from bot.model.basics import Banned, Forbidden, HubError, Muted, NotMember, SlowMode
from bot.model.order import (
    PLAIN,
    LinkPolicy,
    Newcomers,
    Order,
    Poster,
    Traits,
    is_new,
    may_post,
    traits_of,
)
from bot.model.talk import Body, CardBody, Choice, ChoicesBody, ImageBody, SystemBody, TextBody, VideoBody, VoiceBody

NOW = 1_000_000_000
MINUTE = 60_000
LINK = Traits(hosts=("shop.example.com",))
EVERYTHING = {"media": Traits(media=True), "card": Traits(card=True), "link": LINK, "mention": Traits(mentions=True)}


def verdict(order: Order, poster: Poster, traits: Traits = PLAIN, now: int = NOW) -> type[HubError] | None:
    """The kind of a verdict."""
    found = may_post(order, poster, now, traits)
    return None if found is None else type(found)


def policy(order: Order, poster: Poster, traits: Traits) -> object:
    """Which policy forbids a message; None where none does."""
    found = may_post(order, poster, NOW, traits)
    assert found is None or isinstance(found, Forbidden)
    return None if found is None else found.data["policy"]


@pytest.mark.parametrize("traits", EVERYTHING.values(), ids=EVERYTHING)
def test_a_place_without_an_order_takes_everything(traits: Traits) -> None:
    """Nothing is forbidden that nobody forbade."""
    assert verdict(Order(), Poster(), traits) is None


def test_a_mute_ends_by_the_clock() -> None:
    """Until its moment, with until and reason; at its moment and after, no more."""
    muted = Poster(muted_until=NOW, mute_reason="刷屏")

    refused = may_post(Order(), muted, NOW - 1)

    assert isinstance(refused, Muted)
    assert refused.data == {"until": NOW, "reason": "刷屏"}
    assert may_post(Order(), muted, NOW) is None


def test_a_ban_comes_before_a_mute_and_may_have_no_end() -> None:
    """Who is banned hears that and nothing else; a ban with an end ends by the clock."""
    for_good = Poster(banned=True, inside=False, muted_until=NOW + 1)
    for_a_time = Poster(banned=True, banned_until=NOW, ban_reason="广告")

    assert verdict(Order(), for_good) is Banned
    assert verdict(Order(), for_a_time, now=NOW - 1) is Banned
    assert verdict(Order(), for_a_time) is None
    told = may_post(Order(), for_a_time, NOW - 1)
    assert told is not None
    assert told.data == {"until": NOW, "reason": "广告"}


def test_who_is_not_inside_joins_first() -> None:
    """Not a member, whatever the order of the place."""
    assert verdict(Order(), Poster(inside=False)) is NotMember


def test_a_moderator_is_held_by_their_own_sanction_alone() -> None:
    """Neither silence, slow mode, newcomers nor policies; but their own mute, and a ban."""
    strict = Order(
        slow_s=60, newcomers=Newcomers(60, 10), links=LinkPolicy("none"), media=False, cards=False, silent_until=NOW + 1, silent_reason="夜深了"
    )
    moderator = Poster(trusted=True, since=NOW, last_at=NOW)
    everything = Traits(media=True, card=True, hosts=("a.com",), mentions=True, calls_all=True)

    assert verdict(strict, moderator, everything) is None
    assert verdict(strict, Poster(trusted=True, muted_until=NOW + 1), everything) is Muted
    assert verdict(strict, Poster(trusted=True, banned=True), everything) is Banned
    assert verdict(strict, Poster()) is Muted


def test_silence_ends_by_the_clock() -> None:
    """Everyone is muted until then, with the reason."""
    silent = Order(silent_until=NOW, silent_reason="夜深了")

    refused = may_post(silent, Poster(), NOW - 1)

    assert isinstance(refused, Muted)
    assert refused.data == {"until": NOW, "reason": "夜深了"}
    assert may_post(silent, Poster(), NOW) is None


@pytest.mark.parametrize("traits", EVERYTHING.values(), ids=EVERYTHING)
def test_newcomers_post_plain_text(traits: Traits) -> None:
    """For the first minutes and the first messages: links, pictures, cards and mentions wait until both are over."""
    order = Order(newcomers=Newcomers(minutes=10, messages=3))
    fresh, old = NOW, NOW - 10 * MINUTE

    assert verdict(order, Poster(since=fresh)) is None
    assert policy(order, Poster(since=fresh, posts=3), traits) == "newcomers"
    assert policy(order, Poster(since=old, posts=2), traits) == "newcomers"
    assert verdict(order, Poster(since=old, posts=3), traits) is None
    assert not is_new(order, Poster(since=old, posts=3), NOW)


def test_slow_mode_says_how_long_to_wait() -> None:
    """One message in so many seconds; whole seconds, never none."""
    slow = Order(slow_s=30)

    refused = may_post(slow, Poster(last_at=NOW - 500), NOW)

    assert isinstance(refused, SlowMode)
    assert refused.data == {"retry_after": 30}
    assert verdict(slow, Poster(last_at=NOW - 29_999)) is SlowMode
    assert verdict(slow, Poster(last_at=NOW - 30_000)) is None
    assert verdict(slow, Poster()) is None
    assert verdict(Order(), Poster(last_at=NOW)) is None


def test_media_and_cards_can_be_switched_off() -> None:
    """Each by itself; text goes through."""
    order = Order(media=False, cards=False)

    assert policy(order, Poster(), Traits(media=True)) == "media"
    assert policy(order, Poster(), Traits(card=True)) == "cards"
    assert verdict(order, Poster()) is None
    assert verdict(Order(media=False), Poster(), Traits(card=True)) is None


def test_only_moderators_call_everyone() -> None:
    """A member may mention people by name, not all of them."""
    assert policy(Order(), Poster(), Traits(calls_all=True)) == "call_all"


@pytest.mark.parametrize(
    ("links", "host", "allowed"),
    [
        (LinkPolicy(), "a.com", True),
        (LinkPolicy(deny=("a.com",)), "a.com", False),
        (LinkPolicy(deny=("a.com",)), "m.a.com", False),
        (LinkPolicy(deny=("a.com",)), "ba.com", True),
        (LinkPolicy("listed", allow=("a.com",)), "m.a.com", True),
        (LinkPolicy("listed", allow=("a.com",)), "b.com", False),
        (LinkPolicy("listed", allow=("a.com",), deny=("m.a.com",)), "m.a.com", False),
        (LinkPolicy("listed", allow=("A.COM.",)), "a.com", True),
        (LinkPolicy("none", allow=("a.com",)), "a.com", False),
    ],
)
def test_links_follow_the_policy(links: LinkPolicy, host: str, allowed: bool) -> None:
    """A domain stands for what lies below it; denying goes before allowing."""
    assert (policy(Order(links=links), Poster(), Traits(hosts=(host,))) is None) is allowed


def test_one_bad_link_among_good_ones_is_enough() -> None:
    """All the links of a message are looked at."""
    order = Order(links=LinkPolicy("listed", allow=("a.com",)))
    assert policy(order, Poster(), Traits(hosts=("a.com", "b.com"))) == "links"


@pytest.mark.parametrize(
    ("body", "traits"),
    [
        (TextBody("在吗"), PLAIN),
        (TextBody("看 a.com"), Traits(hosts=("a.com",))),
        (TextBody("@小张 在吗", ("u1",)), Traits(mentions=True)),
        (TextBody("@所有人", mention_all=True), Traits(calls_all=True)),
        (ImageBody("m", 1, 1), Traits(media=True)),
        (ImageBody("m", 1, 1, "见 a.com"), Traits(media=True, hosts=("a.com",))),
        (VoiceBody("m", 1), Traits(media=True)),
        (VoiceBody("m", 1, "去 a.com"), Traits(media=True, hosts=("a.com",))),
        (VideoBody("m", 1), Traits(media=True)),
        (CardBody("新品", url="https://a.com/1"), Traits(card=True, hosts=("a.com",))),
        (CardBody("来 b.cn"), Traits(card=True, hosts=("b.cn",))),
        (CardBody("新品", image="https://a.com/1", price="b.cn", ref="c.cn"), Traits(card=True, hosts=("b.cn", "c.cn", "a.com"))),
        (ChoicesBody("选", [Choice("好", "去 c.com")]), Traits(card=True, hosts=("c.com",))),
        (SystemBody("recalled"), PLAIN),
    ],
)
def test_a_body_has_its_traits(body: Body, traits: Traits) -> None:
    """Kind and links, wherever in the body they stand."""
    assert traits_of(body) == traits
