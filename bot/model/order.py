"""Keeping order where many people write: who may post what, and when, free of what the place is.

A verdict is an error to be raised, or None. Times are milliseconds, `now` among them.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bot.model.basics import Banned, Forbidden, HubError, Muted, NotMember, SlowMode
from bot.model.links import hosts_in, is_listed, may_link
from bot.model.talk import Body, CardBody, ChoicesBody, ImageBody, TextBody, VideoBody, VoiceBody
from bot.model.tempo import Flood, Raid, Repeat
from bot.model.wording import words_of

DOMAINS_LIMIT = 100
SLOW_LIMIT_S = 21_600

Domain = Annotated[str, Meta(min_length=1, max_length=253, pattern=r"^[^\s/:@]+$(?!\n)")]


class LinkPolicy(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which links are let through: `any` but the denied, only the `listed` (allowed), or `none`. A domain stands for those below it too."""

    mode: Literal["any", "listed", "none"] = "any"
    allow: Annotated[tuple[Domain, ...], Meta(max_length=DOMAINS_LIMIT)] = ()
    deny: Annotated[tuple[Domain, ...], Meta(max_length=DOMAINS_LIMIT)] = ()


class Newcomers(msgspec.Struct, frozen=True, omit_defaults=True):
    """How long somebody is new, and may post neither links, pictures, cards nor mentions: so many minutes, and so many messages."""

    minutes: Annotated[int, Meta(ge=0, le=10_080)] = 0
    messages: Annotated[int, Meta(ge=0, le=100)] = 0


class Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The order of a place, as its moderators set it.

    `slow_s`: seconds between two messages of one person, 0 for none. `media`: pictures, voice and video are welcome.
    `flood`, `repeat`, `raid`: see there; `guarded_until`: a raid was noticed, until then whoever comes has to be let in. `silent_until`: until then only moderators speak. `filters`: the filters that come with the hub are asked too; own lists always are.
    """

    slow_s: Annotated[int, Meta(ge=0, le=SLOW_LIMIT_S)] = 0
    newcomers: Newcomers = Newcomers()
    links: LinkPolicy = LinkPolicy()
    media: bool = True
    cards: bool = True
    filters: bool = True
    flood: Flood = Flood()
    repeat: Repeat = Repeat()
    raid: Raid = Raid()
    guarded_until: int | None = None
    silent_until: int | None = None
    silent_reason: str = ""


class Poster(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who wants to post, as the place knows them.

    `trusted`: a moderator, to whom only a sanction of their own applies. `posts`: their messages since they came, counted
    as long as that matters. `last_at`: their last message, where the place is slow. A ban without `banned_until` has no end.
    """

    trusted: bool = False
    inside: bool = True
    since: int = 0
    posts: int = 0
    last_at: int | None = None
    muted_until: int | None = None
    mute_reason: str = ""
    banned: bool = False
    banned_until: int | None = None
    ban_reason: str = ""


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """What matters of a message: media, a card, the hosts it links to, whether it calls people by name, whether it calls everyone."""

    media: bool = False
    card: bool = False
    hosts: tuple[str, ...] = ()
    mentions: bool = False
    calls_all: bool = False


PLAIN = Traits()


def traits_of(body: Body) -> Traits:
    """What matters of a body."""
    match body:
        case TextBody(text=text, mentions=mentions, mention_all=calls_all):
            # Nearly every text links to nothing and calls nobody, and costs no more than this look.
            hosts = hosts_in(text) if may_link(text) else ()
            return Traits(hosts=hosts, mentions=bool(mentions), calls_all=calls_all) if hosts or mentions or calls_all else PLAIN
        case ImageBody() | VoiceBody() | VideoBody():
            return Traits(media=True, hosts=hosts_in(" ".join(words_of(body))))
        case CardBody(image=image):
            return Traits(card=True, hosts=hosts_in(" ".join([*words_of(body), image or ""])))
        case ChoicesBody():
            return Traits(card=True, hosts=hosts_in(" ".join(words_of(body))))
        case _:
            return PLAIN


def may_post(order: Order, poster: Poster, now: int, traits: Traits = PLAIN) -> HubError | None:
    """The verdict on one message of somebody, without I/O; None allows it.

    A ban comes before a mute, both before everything else; a trusted poster is held by nothing more.
    """
    refused = _sanctioned(poster, now)
    if refused is not None or poster.trusted:
        return refused
    if traits.calls_all:
        return Forbidden("只有管理员可以 @所有人。", "Only moderators may call everyone.", policy="call_all")
    if order.silent_until is not None and order.silent_until > now:
        return Muted("现在全员禁言。", "Everyone is muted now.", until=order.silent_until, reason=order.silent_reason)
    return _unwelcome(order, poster, now, traits) or _too_soon(order, poster, now)


def _sanctioned(poster: Poster, now: int) -> HubError | None:
    if poster.banned and (poster.banned_until is None or poster.banned_until > now):
        return banned(poster.banned_until, poster.ban_reason)
    if not poster.inside:
        return NotMember("加入后才能发言。", "Join first to speak here.")
    if poster.muted_until is not None and poster.muted_until > now:
        return Muted("你被禁言了。", "You are muted.", until=poster.muted_until, reason=poster.mute_reason)
    return None


def banned(until: int | None, reason: str) -> Banned:
    """What somebody hears who is banned until then, or for good."""
    data = {} if until is None else {"until": until}
    return Banned("你已被移出并禁止加入。", "You are banned here.", reason=reason, **data)


def is_new(order: Order, poster: Poster, now: int) -> bool:
    """Whether a poster still is a newcomer: not here long enough, or with too few messages."""
    return now - poster.since < order.newcomers.minutes * 60_000 or poster.posts < order.newcomers.messages


def _unwelcome(order: Order, poster: Poster, now: int, traits: Traits) -> HubError | None:
    if traits is PLAIN:
        return None
    if (traits.media or traits.card or traits.hosts or traits.mentions) and is_new(order, poster, now):
        return Forbidden("新成员暂时只能发文字。", "Newcomers may post plain text only, for a while.", policy="newcomers")
    if traits.media and not order.media:
        return Forbidden("这里不能发图片、语音和视频。", "Pictures, voice and video are switched off here.", policy="media")
    if traits.card and not order.cards:
        return Forbidden("这里不能发卡片。", "Cards are switched off here.", policy="cards")
    if not all(_linkable(order.links, host) for host in traits.hosts):
        return Forbidden("这里不能发这个链接。", "This link is not allowed here.", policy="links")
    return None


def _linkable(policy: LinkPolicy, host: str) -> bool:
    if policy.mode == "none" or is_listed(host, policy.deny):
        return False
    return policy.mode == "any" or is_listed(host, policy.allow)


def _too_soon(order: Order, poster: Poster, now: int) -> HubError | None:
    if not order.slow_s or poster.last_at is None:
        return None
    wait = poster.last_at + order.slow_s * 1_000 - now
    return too_soon(wait) if wait > 0 else None


def too_soon(wait_ms: int) -> SlowMode:
    """What somebody hears who must wait for their next message."""
    return SlowMode("慢速模式：请稍后再发。", "Slow mode: wait a moment before the next message.", retry_after=max(1, -(-wait_ms // 1_000)))
