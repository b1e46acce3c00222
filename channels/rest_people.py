"""REST: accounts, and those who follow them."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bot.actions.people import AccountChanges, Kind, NewAccount, Seen, Source
from bot.live.ports import Rate
from bot.model.basics import Conflict, Forbidden, NotFollowing
from bot.model.people import Role
from bot.model.talk import ChatOpen
from bot.store.people import AccountRow, FollowRow
from channels.rest_sessions import PersonView
from channels.route import Call, Page, Route, Time
from channels.wire import rfc3339
from replies.hours import Hours

SEARCHES = Rate(burst=30, per_s=2)


class AccountCard(msgspec.Struct, frozen=True):
    """An account in a list."""

    id: str
    handle: str
    name: str
    kind: Kind
    about: str
    avatar: str | None


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account as the caller finds it. `role` is what they are to it; `version` is for `If-Match`."""

    id: str
    handle: str
    name: str
    kind: Kind
    about: str
    avatar: str | None
    cover: str | None
    hours: Hours | None
    chat_open: ChatOpen
    created_at: Time
    version: int
    role: Role
    following: bool
    muted: bool


class AccountPage(msgspec.Struct, frozen=True):
    """A page of accounts in the order of handles."""

    items: list[AccountCard]
    cursor: str | None


class AccountSearch(Page, frozen=True):
    """What to look for in names and handles, and where the page begins."""

    query: Annotated[str, Meta(max_length=64, description="Part of a name or handle; everything when empty.")] = ""


class FollowRequest(msgspec.Struct, frozen=True):
    """How the follower came."""

    source: Source = ""


class Follow(msgspec.Struct, frozen=True):
    """That the caller follows the account."""

    at: Time
    source: str
    muted: bool


class FollowerView(msgspec.Struct, frozen=True):
    """A follower as the account sees them, with the tags it gave them."""

    person: PersonView
    at: Time
    source: str
    tags: tuple[str, ...]


class FollowerPage(msgspec.Struct, frozen=True):
    """A page of followers, newest first."""

    items: list[FollowerView]
    cursor: str | None


class FollowedView(msgspec.Struct, frozen=True):
    """An account the caller follows."""

    account: AccountCard
    at: Time
    muted: bool


class FollowedPage(msgspec.Struct, frozen=True):
    """A page of followed accounts, newest first."""

    items: list[FollowedView]
    cursor: str | None


def _card(row: AccountRow) -> AccountCard:
    return AccountCard(row.id, row.handle, row.name, msgspec.convert(row.kind, Kind), row.about, row.avatar)


def _account(seen: Seen) -> Account:
    row = seen.row
    return Account(
        id=row.id,
        handle=row.handle,
        name=row.name,
        kind=msgspec.convert(row.kind, Kind),
        about=row.about,
        avatar=row.avatar,
        cover=row.cover,
        hours=None if row.hours is None else msgspec.json.decode(row.hours, type=Hours),
        chat_open=ChatOpen(row.chat_open),
        created_at=rfc3339(row.created_at),
        version=row.version,
        role=seen.role,
        following=seen.follow is not None,
        muted=seen.follow is not None and seen.follow.muted,
    )


def _follow(row: FollowRow) -> Follow:
    return Follow(rfc3339(row.at), row.source, row.muted)


async def find(call: Call[None, AccountSearch]) -> AccountPage:
    """In the order of handles."""
    page = await call.services.people.find(call.query.query, call.query.cursor, call.query.limit)
    return AccountPage([_card(row) for row in page.items], page.cursor)


async def create(call: Call[NewAccount, None]) -> Account:
    """The first account of a hub is made on the command line."""
    return _account(await call.services.people.create(call.actor, call.body))


async def read(call: Call[None, None]) -> Account:
    """Anybody who is signed in."""
    return _account(await call.services.people.account(call.actor, call.at("account")))


async def edit(call: Call[AccountChanges, None]) -> Account:
    """Members that are absent stay as they are."""
    return _account(await call.services.people.edit(call.actor, call.at("account"), call.expected_version(), call.body))


async def follow(call: Call[FollowRequest, None]) -> Follow:
    """The follower's own act; again changes nothing."""
    return _follow(await call.services.people.follow(call.actor, call.at("account"), call.body.source))


async def unfollow(call: Call[None, None]) -> None:
    """Again changes nothing."""
    await call.services.people.unfollow(call.actor, call.at("account"))


async def mute(call: Call[None, None]) -> None:
    """No notices of the account."""
    await call.services.people.mute(call.actor, call.at("account"), muted=True)


async def unmute(call: Call[None, None]) -> None:
    """Notices again."""
    await call.services.people.mute(call.actor, call.at("account"), muted=False)


async def followers(call: Call[None, Page]) -> FollowerPage:
    """For the desk of the account."""
    page = await call.services.people.followers(call.actor, call.at("account"), call.query.cursor, call.query.limit)
    items = [FollowerView(PersonView(one.person, one.name, one.avatar), rfc3339(one.at), one.source, one.tags) for one in page.items]
    return FollowerPage(items, page.cursor)


async def following(call: Call[None, Page]) -> FollowedPage:
    """The caller's own."""
    page = await call.services.people.following(call.actor, call.query.cursor, call.query.limit)
    return FollowedPage([FollowedView(_card(one.account), rfc3339(one.at), one.muted) for one in page.items], page.cursor)


ROUTES = (
    Route(
        method="GET",
        path="/accounts",
        summary="Find accounts by name or handle.",
        tag="people",
        handler=find,
        query=AccountSearch,
        response=AccountPage,
        rate=SEARCHES,
    ),
    Route(
        method="POST",
        path="/accounts",
        summary="Create another account; for somebody who owns one.",
        tag="people",
        handler=create,
        request=NewAccount,
        response=Account,
        status=201,
        errors=(Forbidden, Conflict),
        etag=True,
    ),
    Route(method="GET", path="/accounts/{account}", summary="Read an account.", tag="people", handler=read, response=Account, etag=True),
    Route(
        method="PATCH",
        path="/accounts/{account}",
        summary="Change an account; owners.",
        tag="people",
        handler=edit,
        request=AccountChanges,
        response=Account,
        errors=(Forbidden, Conflict),
        versioned=True,
        etag=True,
    ),
    Route(
        method="PUT",
        path="/accounts/{account}/follow",
        summary="Follow an account: the caller's own act.",
        tag="people",
        handler=follow,
        request=FollowRequest,
        body_optional=True,
        response=Follow,
        errors=(Forbidden,),
    ),
    Route(
        method="DELETE",
        path="/accounts/{account}/follow",
        summary="Follow an account no more.",
        tag="people",
        handler=unfollow,
        errors=(Forbidden,),
    ),
    Route(
        method="PUT",
        path="/accounts/{account}/mute",
        summary="Want no notices of a followed account.",
        tag="people",
        handler=mute,
        errors=(Forbidden, NotFollowing),
    ),
    Route(
        method="DELETE",
        path="/accounts/{account}/mute",
        summary="Want notices of a followed account again.",
        tag="people",
        handler=unmute,
        errors=(Forbidden, NotFollowing),
    ),
    Route(
        method="GET",
        path="/accounts/{account}/followers",
        summary="List an account's followers, newest first; the desk.",
        tag="people",
        handler=followers,
        query=Page,
        response=FollowerPage,
        errors=(Forbidden,),
    ),
    Route(
        method="GET",
        path="/me/following",
        summary="List the accounts the caller follows, newest first.",
        tag="people",
        handler=following,
        query=Page,
        response=FollowedPage,
    ),
)
