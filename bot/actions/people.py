"""Accounts and those who follow them. A follow is a person's own act: no verb here follows for somebody else."""

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bot.actions import duties, footing
from bot.actions.access import Access
from bot.actions.staff import HANDLE, checked_handle, checked_name
from bot.live.ports import Bus, Limiter, Rate
from bot.model.basics import Conflict, Forbidden, Invalid, NotFollowing, RateLimited, new_id, now_ms
from bot.model.facts import HUB_TOPIC, AccountChanged, FollowChanged, Ring, to_account, to_person
from bot.model.people import Actor, Role, Verb
from bot.model.talk import ChatOpen, Link
from bot.store import outbox, people
from bot.store.cursor import Page
from bot.store.people import AccountRow, Followed, Follower, FollowRow, PersonRow
from bot.store.unit import Connection, Database
from replies.faults import RuleFault
from replies.hours import Hours, compile_hours

FOLLOWS = Rate(burst=30, per_s=0.2)

Kind = Literal["seller", "expert", "media"]
Handle = Annotated[str, Meta(pattern=HANDLE, description="2 to 32 of a-z 0-9 _ -, beginning with a letter or digit.")]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
About = Annotated[str, Meta(max_length=500)]
Source = Annotated[str, Meta(max_length=64, description="How the person came: a code, a link, a page.")]


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account to be created."""

    handle: Handle
    name: Name
    kind: Kind = "seller"
    about: About = ""
    avatar: Link | None = None
    cover: Link | None = None
    hours: Hours | None = None
    chat_open: ChatOpen = ChatOpen.FOLLOWERS


class AccountChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of an account: what is absent stays as it is; null empties an avatar, a cover or the hours."""

    name: Name | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    about: About | UnsetType = UNSET
    avatar: Link | UnsetType | None = UNSET
    cover: Link | UnsetType | None = UNSET
    hours: Hours | UnsetType | None = UNSET
    chat_open: ChatOpen | UnsetType = UNSET


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """An account as the caller finds it: what they are to it, and how they follow it."""

    row: AccountRow
    role: Role
    follow: FollowRow | None


class People:
    """The verbs about accounts and follows."""

    def __init__(self, *, db: Database, access: Access, bus: Bus, limiter: Limiter) -> None:
        self._db = db
        self._access = access
        self._bus = bus
        self._limiter = limiter
        self._greeters: list[Callable[[], None]] = []

    def on_followed(self, greet: Callable[[], None]) -> None:
        """Call back when somebody new follows and an account may want to say hello: the work is in the outbox."""
        self._greeters.append(greet)

    async def me(self, actor: Actor) -> tuple[PersonRow, list[tuple[AccountRow, Role]]]:
        """The caller as the hub knows them, and the accounts they work for."""
        async with self._db.read() as conn:
            known = await people.person(conn, actor.person)
            accounts = await people.accounts_of(conn, actor.person) if actor.is_staff else []
        told = PersonRow(id=actor.person, name=actor.name, avatar=actor.avatar, created_at=known.created_at if known else now_ms())
        return told, accounts

    async def account(self, actor: Actor, ref: str) -> Seen:
        """An account by handle or id.

        Raises:
            NotFound: there is none.
        """
        async with self._db.read() as conn:
            row, role = await self._access.account_in(conn, actor, ref, Verb.ACCOUNT_READ)
            follow = await people.follow_of(conn, row.id, actor.person)
        return Seen(row=row, role=role, follow=follow)

    async def find(self, query: str, cursor: str | None, limit: int) -> Page[AccountRow]:
        """A page of the accounts whose handle or name holds the query, in the order of handles.

        Raises:
            Invalid: a bad cursor.
        """
        async with self._db.read() as conn:
            return await people.find_accounts(conn, query.strip(), cursor, limit)

    async def create(self, actor: Actor, new: NewAccount) -> Seen:
        """Make another account for somebody who owns one already; they own it too.

        Raises:
            Forbidden: the caller owns no account; the first one is made on the command line.
            Conflict: the handle is taken. Invalid: a name of nothing to see, or hours that make no sense.
        """
        row = AccountRow(
            id=new_id(),
            handle=checked_handle(new.handle),
            name=checked_name(new.name),
            kind=new.kind,
            about=new.about,
            avatar=new.avatar,
            cover=new.cover,
            hours=_stored_hours(new.hours),
            chat_open=new.chat_open.value,
            created_at=now_ms(),
        )
        async with self._db.write() as conn:
            if not any(role is Role.OWNER for _, role in await people.accounts_of(conn, actor.person)):
                raise Forbidden("只有掌柜可以创建账号。", "Only somebody who owns an account can create another.")
            await people.create_account(conn, row)
            await people.set_role(conn, row.id, actor.person, Role.OWNER, row.created_at)
        return Seen(row=row, role=Role.OWNER, follow=None)

    async def edit(self, actor: Actor, ref: str, version: int, changes: AccountChanges) -> Seen:
        """Change an account that is still as the caller saw it.

        Raises:
            NotFound, Forbidden: see `Access.account`. Invalid: a name of nothing to see, or hours that make no sense.
            Conflict: somebody changed it meanwhile; `version` is what it is now.
        """
        told = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET}
        if isinstance(changes.name, str):
            told["name"] = checked_name(changes.name)
        if not isinstance(changes.hours, UnsetType):
            told["hours"] = _stored_hours(changes.hours)
        async with self._db.write() as conn:
            before, role = await self._access.account_in(conn, actor, ref, Verb.ACCOUNT_EDIT)
            if before.version != version or not await people.edit_account(conn, before.id, version, told):
                raise _stale(before.version)
            row = await people.account_by_id(conn, before.id)
        self._bus.publish([Ring(new_id(), (HUB_TOPIC, to_account(before.id)), AccountChanged(before.id))])
        return Seen(row=row or before, role=role, follow=None)

    async def follow(self, actor: Actor, ref: str, source: str = "") -> FollowRow:
        """The caller follows an account; doing it again changes nothing. A new follow lets the account say hello.

        Raises:
            NotFound: there is no such account. Forbidden: its own staff do not follow it. RateLimited: too many at once.
        """
        await self._allow(actor)
        row, new = await self._db.at_once(lambda conn: self._begin(conn, actor, ref, source))
        if new:
            self._follow_changed(row.account, actor.person, following=True)
            for greet in self._greeters:
                greet()
        return row

    async def _begin(self, conn: Connection, actor: Actor, ref: str, source: str) -> tuple[FollowRow, bool]:
        """The follow, and whether it is new."""
        now = now_ms()
        account, _ = await self._access.account_in(conn, actor, ref, Verb.FOLLOW)
        await people.remember_person(conn, actor.person, actor.name, actor.avatar, now)
        new = await people.follow(conn, account.id, actor.person, source, now)
        if new:
            await outbox.add(conn, [duties.following(account.id, actor.person, now)], now)
        row = await people.follow_of(conn, account.id, actor.person)
        return row or FollowRow(account=account.id, person=actor.person, at=now, source=source, muted=False), new

    async def unfollow(self, actor: Actor, ref: str) -> None:
        """The caller follows an account no more, and is in none of its groups; doing it again changes nothing.

        Raises:
            NotFound, Forbidden: as `follow`. RateLimited: too many at once.
        """
        await self._allow(actor)
        async with self._db.write() as conn:
            account, _ = await self._access.account_in(conn, actor, ref, Verb.FOLLOW)
            gone = await people.unfollow(conn, account.id, actor.person)
            left = await footing.leave_all(conn, account.id, actor.person, actor.person, "unfollowed", now_ms())
        if gone:
            self._follow_changed(account.id, actor.person, following=False)
        self._bus.publish(footing.departures(account.id, actor.person, actor.person, left))

    async def mute(self, actor: Actor, ref: str, *, muted: bool) -> None:
        """The caller, a follower, wants no notices of an account, or wants them again.

        Raises:
            NotFound, Forbidden: as `follow`. NotFollowing: the caller does not follow it.
        """
        async with self._db.write() as conn:
            account, _ = await self._access.account_in(conn, actor, ref, Verb.FOLLOW)
            if not await people.mute(conn, account.id, actor.person, muted):
                raise NotFollowing("关注后才能设置免打扰。", "Only an account one follows can be muted.")

    async def followers(self, actor: Actor, ref: str, cursor: str | None, limit: int) -> Page[Follower]:
        """A page of an account's followers, newest first, with how and when they came.

        Raises:
            NotFound, Forbidden: see `Access.account`. Invalid: a bad cursor.
        """
        account = await self._access.account(actor, ref, Verb.FOLLOWERS_READ)
        async with self._db.read() as conn:
            return await people.followers(conn, account.id, cursor, limit)

    async def following(self, actor: Actor, cursor: str | None, limit: int) -> Page[Followed]:
        """A page of the accounts the caller follows, newest first.

        Raises:
            Invalid: a bad cursor.
        """
        async with self._db.read() as conn:
            return await people.followed_by(conn, actor.person, cursor, limit)

    async def _allow(self, actor: Actor) -> None:
        wait = await self._limiter.take(f"follow:{actor.person}", FOLLOWS)
        if wait > 0:
            raise RateLimited("操作太频繁，请稍后再试。", "Too many follows at once; wait a moment.", retry_after=max(1, round(wait)))

    def _follow_changed(self, account: str, person: str, *, following: bool) -> None:
        fact = FollowChanged(account=account, person=person, following=following)
        self._bus.publish([Ring(new_id(), (to_person(person), to_account(account)), fact)])


def _stored_hours(hours: Hours | None) -> str | None:
    """Opening hours as JSON text.

    Raises:
        Invalid: they make no sense; `path` names the member.
    """
    if hours is None:
        return None
    try:
        compile_hours(hours)
    except RuleFault as fault:
        raise Invalid(fault.zh, fault.en, path=f"hours{fault.path}") from None
    return msgspec.json.encode(hours).decode()


def _stale(version: int) -> Conflict:
    return Conflict("内容已被别人修改，请刷新后再试。", "Somebody changed it meanwhile: read it again.", version=version)
