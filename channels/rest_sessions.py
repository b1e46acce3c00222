"""REST: signing in and out, and the caller."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bot.actions.identity import PASSWORD_MAX, PASSWORD_MIN, SignedIn
from bot.actions.people import Name
from bot.live.ports import Rate
from bot.model.basics import Forbidden, Unauthenticated
from bot.model.people import Role
from bot.model.talk import Link
from bot.store.people import AccountRow, PersonRow
from channels.rest import COOKIE
from channels.route import Call, Reply, Route, Time
from channels.wire import rfc3339

SIGNING_IN = Rate(burst=30, per_s=0.5)

Password = Annotated[str, Meta(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX)]
Typed = Annotated[str, Meta(max_length=PASSWORD_MAX)]


class Credentials(msgspec.Struct, frozen=True):
    """What staff sign in with."""

    login: Annotated[str, Meta(max_length=64)]
    password: Typed


class PersonView(msgspec.Struct, frozen=True):
    """A person as others see them."""

    id: str
    name: str
    avatar: str | None = None


class Workplace(msgspec.Struct, frozen=True):
    """An account the caller works for."""

    id: str
    handle: str
    name: str
    role: Role


class SessionToken(msgspec.Struct, frozen=True):
    """An access token for `Authorization: Bearer`, until `expires_at`; the cookie that came with it gets the next one."""

    token: str
    expires_at: Time
    person: PersonView
    accounts: list[Workplace]


class SessionView(msgspec.Struct, frozen=True):
    """A session of the caller; `current` is the one this call was made with."""

    id: str
    created_at: Time
    expires_at: Time
    current: bool


class SessionList(msgspec.Struct, frozen=True):
    """The caller's living sessions, newest first."""

    items: list[SessionView]


class PasswordChange(msgspec.Struct, frozen=True):
    """A new password, and the old one as proof."""

    old: Typed
    new: Password


class Me(msgspec.Struct, frozen=True):
    """The caller, and the accounts they work for."""

    person: PersonView
    staff: bool
    accounts: list[Workplace]


class MyChanges(msgspec.Struct, frozen=True):
    """What is absent stays as it is; null drops the avatar."""

    name: Name | UnsetType = UNSET
    avatar: Link | UnsetType | None = UNSET


def show_person(row: PersonRow) -> PersonView:
    """A person as they go out."""
    return PersonView(row.id, row.name, row.avatar)


def named(names: Mapping[str, PersonRow], person: str) -> PersonView:
    """Somebody by name alone; without one where the hub knows none."""
    return PersonView(person, names[person].name if person in names else "")


def _workplaces(accounts: list[tuple[AccountRow, Role]]) -> list[Workplace]:
    return [Workplace(row.id, row.handle, row.name, role) for row, role in accounts]


def _token(signed_in: SignedIn) -> Reply:
    person, accounts = show_person(signed_in.person), _workplaces(signed_in.accounts)
    return Reply(SessionToken(signed_in.token, rfc3339(signed_in.expires_at), person, accounts), cookie=signed_in.refresh)


async def sign_in(call: Call[Credentials, None]) -> Reply:
    """Staff only: buyers bring their own token."""
    return _token(await call.services.identity.sign_in(call.body.login, call.body.password, call.client))


async def refresh(call: Call[None, None]) -> Reply:
    """A cookie that no longer works is taken back."""
    cookie = call.http.cookies.get(COOKIE)
    if cookie is None:
        raise Unauthenticated("请先登录。", "Sign in first: there is no refresh cookie.")
    return _token(await call.services.identity.refresh(cookie, call.client))


async def sign_out(call: Call[None, None]) -> Reply:
    """The cookie goes with the session."""
    await call.services.identity.sign_out(call.actor)
    return Reply(None, drop_cookie=True)


async def list_sessions(call: Call[None, None]) -> SessionList:
    """Where the caller is signed in."""
    rows = await call.services.identity.sessions(call.actor)
    return SessionList([SessionView(row.id, rfc3339(row.created_at), rfc3339(row.expires_at), row.id == call.actor.session) for row in rows])


async def end_session(call: Call[None, None]) -> None:
    """Its sockets close."""
    await call.services.identity.revoke(call.actor, call.at("session"))


async def change_password(call: Call[PasswordChange, None]) -> None:
    """The caller's other sessions end."""
    await call.services.identity.change_password(call.actor, call.body.old, call.body.new)


async def me(call: Call[None, None]) -> Me:
    """By the token alone for buyers, with their accounts for staff."""
    row, accounts = await call.services.people.me(call.actor)
    return Me(show_person(row), call.actor.is_staff, _workplaces(accounts))


async def change_me(call: Call[MyChanges, None]) -> Me:
    """Staff only: the shop app names its buyers."""
    name = call.actor.name if call.body.name is UNSET else call.body.name
    avatar = call.actor.avatar if call.body.avatar is UNSET else call.body.avatar
    row = await call.services.identity.rename(call.actor, name, avatar)
    _, accounts = await call.services.people.me(call.actor)
    return Me(show_person(row), call.actor.is_staff, _workplaces(accounts))


ROUTES = (
    Route(
        method="POST",
        path="/sessions",
        summary="Sign in with login and password.",
        tag="sessions",
        handler=sign_in,
        request=Credentials,
        response=SessionToken,
        status=201,
        errors=(Unauthenticated,),
        signed_in=False,
        body_limit=4_096,
        rate=SIGNING_IN,
    ),
    Route(
        method="POST",
        path="/sessions/refresh",
        summary="Get the next access token for the refresh cookie, which is replaced; a used one ends the session.",
        tag="sessions",
        handler=refresh,
        response=SessionToken,
        errors=(Unauthenticated,),
        signed_in=False,
        cookie=True,
        rate=SIGNING_IN,
    ),
    Route(
        method="DELETE",
        path="/sessions/current",
        summary="Sign out.",
        tag="sessions",
        handler=sign_out,
        errors=(Forbidden,),
    ),
    Route(
        method="GET",
        path="/sessions",
        summary="List the caller's sessions.",
        tag="sessions",
        handler=list_sessions,
        response=SessionList,
        errors=(Forbidden,),
    ),
    Route(
        method="DELETE",
        path="/sessions/{session}",
        summary="End one of the caller's sessions.",
        tag="sessions",
        handler=end_session,
        errors=(Forbidden,),
    ),
    Route(
        method="PUT",
        path="/me/password",
        summary="Change the caller's password; their other sessions end.",
        tag="sessions",
        handler=change_password,
        request=PasswordChange,
        errors=(Forbidden,),
        body_limit=4_096,
        rate=SIGNING_IN,
    ),
    Route(method="GET", path="/me", summary="Who is calling.", tag="people", handler=me, response=Me),
    Route(
        method="PATCH",
        path="/me",
        summary="Change the caller's name and avatar; staff only.",
        tag="people",
        handler=change_me,
        request=MyChanges,
        response=Me,
        errors=(Forbidden,),
    ),
)
