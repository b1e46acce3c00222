"""REST: lists of words of an account and of a group, and what a text would get."""

import asyncio
from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from bot.actions.filters import ListDraft, Scope
from bot.actions.filters import Listed as ListedList
from bot.actions.listtests import Example, ListTest
from bot.live.ports import Rate
from bot.model.basics import Closed, Conflict, Forbidden, HubError, NotFound, RateLimited, Unavailable
from bot.model.groups import Deed
from bot.model.people import Verb
from bot.model.talk import Text
from bot.store.filters import Enforced, ListHead, ListRow
from bot.store.held import Spoke
from channels.route import Call, Route, Time
from channels.wire import fault, rfc3339
from intents.filters import Sign
from intents.lexicon import Way

LIST_BYTES = 4 << 20
COMPILING = Rate(burst=20, per_s=0.5)
"""Looking through fifty thousand words takes a tenth of a second of a core."""

TRIES = Rate(burst=30, per_s=2)


class FilterListCard(msgspec.Struct, frozen=True, kw_only=True):
    """A list without its words. `words` and `patterns` are how many it has, allowed words among them; `hits`: messages in the last seven days."""

    id: str
    name: str
    action: Enforced
    way: Way
    words: int
    patterns: int
    note: str
    enabled: bool
    version: int
    by: str
    at: Time
    hits: int


class FilterLists(msgspec.Struct, frozen=True):
    """The lists of an account as a whole, or of a group; the oldest first, at most 40."""

    items: list[FilterListCard]


class FilterListView(msgspec.Struct, frozen=True, kw_only=True):
    """A list. `version` is for `If-Match`; `by` and `at` tell the last change."""

    id: str
    name: str
    action: Enforced
    way: Way
    words: tuple[str, ...]
    patterns: tuple[str, ...]
    allow: tuple[str, ...]
    note: str
    enabled: bool
    version: int
    by: str
    at: Time


class FilterTryRequest(msgspec.Struct, frozen=True):
    """What somebody who does not moderate might write."""

    text: Text


class SignalView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that spoke. `kind`: list, contact, advert (the classifier) or repeat. `list` is the id of an own list. `start` and `end` are code
    points of the text, half-open. For moderators only: it tells the words.
    """

    kind: str
    list: str | None
    name: str
    word: str
    action: str
    start: int | None
    end: int | None
    evidence: float


class FilterTried(msgspec.Struct, frozen=True):
    """What a text would get: pass, mask, review or block; `score` in 0..1, higher = more likely unwanted. Nothing was counted."""

    action: str
    score: float
    signals: Annotated[tuple[SignalView, ...], Meta(description="What spoke, in the order of the text.")]


class FilterExample(msgspec.Struct, frozen=True, kw_only=True):
    """A message that the list hit, at most 500 characters of it: what would become of it, and what spoke."""

    conversation: str
    seq: int
    at: Time
    text: str
    action: str
    signals: tuple[SignalView, ...]


class FilterTested(msgspec.Struct, frozen=True, kw_only=True):
    """Of so many messages since then, how many the list hit (`share`: of all), and what would become of all without it and with it, by action.

    `complete`: none was left out for the limit of 20,000. At most 50 examples, the newest of the liveliest groups first. Nothing was written.
    """

    since: Time
    messages: int
    complete: bool
    hits: int
    share: float
    before: dict[str, int]
    after: dict[str, int]
    examples: tuple[FilterExample, ...]


def _card(listed: ListedList) -> FilterListCard:
    told = {name: getattr(listed.head, name) for name in FilterListCard.__struct_fields__ if name not in {"at", "hits"}}
    return FilterListCard(**told, at=rfc3339(listed.head.at), hits=listed.hits)


def _view(row: ListRow) -> FilterListView:
    told = {name: getattr(row.head, name) for name in ("id", "name", "action", "way", "note", "enabled", "version", "by")}
    texts = {name: getattr(row.content, name) for name in ("words", "patterns", "allow")}
    return FilterListView(**told, **texts, at=rfc3339(row.head.at))


def signal(sign: Sign, heads: dict[str, ListHead]) -> SignalView:
    """A sign as it goes out; own lists by id and name, those of the hub by name alone."""
    own = heads.get(sign.name) if sign.kind == "list" else None
    start, end = sign.span or (None, None)
    return SignalView(
        kind=sign.kind,
        list=None if own is None else own.id,
        name=sign.name if own is None else own.name,
        word=sign.word,
        action=str(sign.action),
        start=start,
        end=end,
        evidence=sign.evidence,
    )


def scope(call: Call[Any, Any]) -> Scope:
    """Whose filters an address is about."""
    return Scope("account", call.at("account")) if "account" in call.path else Scope("group", call.at("group"))


_DRAFT = msgspec.json.Decoder(ListDraft)


async def draft_of(raw: bytes) -> ListDraft:
    """A list out of a body, which may be large.

    Raises:
        Invalid: it is none; `path` says where.
    """
    try:
        return await asyncio.to_thread(_DRAFT.decode, raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fault(error) from None


async def lists(call: Call[None, None]) -> FilterLists:
    """Without their words."""
    return FilterLists([_card(one) for one in await call.services.filters.lists(call.actor, scope(call))])


async def read(call: Call[None, None]) -> FilterListView:
    """With its words."""
    return _view(await call.services.filters.read(call.actor, scope(call), call.at("list")))


async def create(call: Call[bytes, None]) -> FilterListView:
    """Obeyed at the next message."""
    return _view(await call.services.filters.create(call.actor, scope(call), await draft_of(call.body)))


async def change(call: Call[bytes, None]) -> FilterListView:
    """All of it."""
    draft, version = await draft_of(call.body), call.expected_version()
    return _view(await call.services.filters.change(call.actor, scope(call), call.at("list"), version, draft))


async def delete(call: Call[None, None]) -> None:
    """With `If-Match`, only at that version."""
    await call.services.filters.delete(call.actor, scope(call), call.at("list"), call.version)


async def attempt(call: Call[FilterTryRequest, None]) -> FilterTried:
    """For moderators."""
    tried = await call.services.filters.attempt(call.actor, scope(call), call.body.text)
    verdict = tried.verdict
    return FilterTried(str(verdict.action), verdict.score, tuple(signal(one, tried.heads) for one in verdict.signals))


_TEST = msgspec.json.Decoder(ListTest)


async def test(call: Call[bytes, None]) -> FilterTested:
    """For moderators."""
    try:
        wanted = await asyncio.to_thread(_TEST.decode, call.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fault(error) from None
    tested = await call.services.list_tests.test(call.actor, scope(call), wanted)
    plain = {name: getattr(tested, name) for name in ("messages", "complete", "hits", "before", "after")}
    share = round(tested.hits / tested.messages, 4) if tested.messages else 0.0
    return FilterTested(since=rfc3339(tested.since), share=share, examples=tuple(map(_example, tested.examples)), **plain)


def _example(one: Example) -> FilterExample:
    plain = {name: getattr(one, name) for name in ("conversation", "seq", "text", "action")}
    return FilterExample(at=rfc3339(one.at), signals=spoke_views(one.signals), **plain)


def spoke_views(signals: Iterable[Spoke]) -> tuple[SignalView, ...]:
    """Kept signs as they go out."""
    return tuple(SignalView(**{name: getattr(one, name) for name in SignalView.__struct_fields__}) for one in signals)


def _of(place: str, whose: str, who: str, asks: Verb | Deed) -> tuple[Route, ...]:
    base = f"{place}/filters"
    gone: tuple[type[HubError], ...] = (Closed,) if isinstance(asks, Deed) else ()
    large: dict[str, Any] = {"request": ListDraft, "raw_body": True, "body_limit": LIST_BYTES, "rate": COMPILING, "asks": asks}
    return (
        Route(
            method="GET",
            path=base,
            summary=f"List the word lists of {whose}; {who}.",
            tag="filters",
            handler=lists,
            response=FilterLists,
            errors=(Forbidden,),
        ),
        Route(
            method="POST",
            path=base,
            summary=f"Add a word list to {whose}; {who}.",
            tag="filters",
            handler=create,
            response=FilterListView,
            status=201,
            errors=(Forbidden, Conflict, *gone),
            etag=True,
            **large,
        ),
        Route(
            method="GET",
            path=f"{base}/{{list}}",
            summary=f"Read a word list of {whose}; {who}.",
            tag="filters",
            handler=read,
            response=FilterListView,
            errors=(Forbidden,),
            etag=True,
        ),
        Route(
            method="PUT",
            path=f"{base}/{{list}}",
            summary=f"Replace a word list of {whose}; {who}.",
            tag="filters",
            handler=change,
            response=FilterListView,
            errors=(Forbidden, Conflict, *gone),
            versioned=True,
            etag=True,
            **large,
        ),
        Route(
            method="DELETE",
            path=f"{base}/{{list}}",
            summary=f"Delete a word list of {whose}; {who}.",
            tag="filters",
            handler=delete,
            errors=(Forbidden, Conflict, *gone),
            match_optional=True,
        ),
        Route(
            method="POST",
            path=f"{base}:try",
            summary=f"What the filters of {whose} say to a text; {who}.",
            tag="filters",
            handler=attempt,
            request=FilterTryRequest,
            response=FilterTried,
            errors=(Forbidden, NotFound),
            rate=TRIES,
        ),
        Route(
            method="POST",
            path=f"{base}:test",
            summary=f"What a list would do to what members wrote lately, before it is enforced for {whose}; {who}.",
            tag="filters",
            handler=test,
            response=FilterTested,
            errors=(Forbidden, NotFound, RateLimited, Unavailable),
            **{**large, "request": ListTest},
        ),
    )


ROUTES = (
    *_of("/accounts/{account}", "an account as a whole", "its owners and moderators", Verb.FILTERS_EDIT),
    *_of("/groups/{group}", "a group", "its moderators", Deed.ORDER),
)
