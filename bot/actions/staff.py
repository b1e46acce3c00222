"""Who works for an account: hiring, roles, teams."""

import re
from collections.abc import Sequence

import msgspec

from bot.actions import footing
from bot.actions.access import Access
from bot.actions.identity import Passwords, new_password
from bot.actions.tokens import clean_name
from bot.live.ports import Bus
from bot.model.basics import Conflict, Invalid, NotFound, new_id, now_ms
from bot.model.facts import HUB_TOPIC, AccountChanged, Ring, to_account
from bot.model.links import shows_nothing
from bot.model.people import STAFF, STAFF_PREFIX, Actor, Role, Verb
from bot.store import people, staff, teams
from bot.store.people import STAFF_LIMIT, AccountRow, PersonRow
from bot.store.teams import TEAMS_LIMIT, TeamRow
from bot.store.unit import Connection, Database

HANDLE = r"^[a-z0-9][a-z0-9_-]{1,31}$"
LOGIN = r"^[a-z0-9][a-z0-9._@+-]{1,63}$"


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works for an account."""

    person: PersonRow
    login: str
    role: Role


class Hired(msgspec.Struct, frozen=True, kw_only=True):
    """A new member of staff; `password` only when a login was made for them, told this once."""

    member: Member
    password: str | None


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """A team and its people."""

    row: TeamRow
    members: list[str]


class Staff:
    """The verbs about an account's own people. Every change is told as `AccountChanged`, so that caches drop it."""

    def __init__(self, *, db: Database, access: Access, bus: Bus, passwords: Passwords) -> None:
        self._db = db
        self._access = access
        self._bus = bus
        self._passwords = passwords

    async def members(self, actor: Actor, ref: str) -> list[Member]:
        """An account's staff.

        Raises:
            NotFound, Forbidden: see `Access.account`.
        """
        account = await self._access.account(actor, ref, Verb.STAFF_READ)
        async with self._db.read() as conn:
            return [Member(person=person, login=login, role=role) for person, login, role in await people.staff_of(conn, account.id)]

    async def hire(self, actor: Actor, ref: str, login: str, name: str, role: Role) -> Hired:
        """Put somebody on the staff by login; a login that is new is made, with a first password.

        Raises:
            NotFound, Forbidden: see `Access.account`.
            Invalid: not a login, a name or a staff role. Conflict: they are on the staff already, or the staff is full.
        """
        account = await self._access.account(actor, ref, Verb.STAFF_EDIT)
        candidate = await self._candidate(login, name, role)
        async with self._db.write() as conn:
            hired = await _join(conn, account.id, candidate)
        self._changed(account.id)
        return hired

    async def _candidate(self, login: str, name: str, role: Role) -> "_Candidate":
        """Checked, and with a hashed first password where the login is new: the slow part, before the transaction."""
        _check_role(role)
        spelt, shown = checked_login(login), checked_name(name)
        async with self._db.read() as conn:
            known = await staff.staff_by_login(conn, spelt)
        password = new_password() if known is None else None
        stored = await self._passwords.hash(password) if password else ""
        return _Candidate(login=spelt, name=shown, role=role, person=known.person if known else None, password=password, stored=stored)

    async def set_role(self, actor: Actor, ref: str, person: str, role: Role) -> None:
        """Change what a member of staff is to an account.

        Raises:
            NotFound: they are not on its staff. Invalid: not a staff role. Conflict: they are its last owner.
        """
        account = await self._access.account(actor, ref, Verb.STAFF_EDIT)
        _check_role(role)
        async with self._db.write() as conn:
            before = await self._member(conn, account.id, person)
            if before is Role.OWNER and role is not Role.OWNER:
                await _keep_an_owner(conn, account.id)
            await people.set_role(conn, account.id, person, role, now_ms())
        self._changed(account.id)

    async def dismiss(self, actor: Actor, ref: str, person: str) -> None:
        """Take somebody off an account's staff, out of its teams and out of its groups.

        Raises:
            NotFound: they are not on its staff. Conflict: they are its last owner.
        """
        account = await self._access.account(actor, ref, Verb.STAFF_EDIT)
        async with self._db.write() as conn:
            if await self._member(conn, account.id, person) is Role.OWNER:
                await _keep_an_owner(conn, account.id)
            await people.drop_role(conn, account.id, person)
            left = await footing.leave_all(conn, account.id, person, actor.person, "dismissed", now_ms())
        self._changed(account.id)
        self._bus.publish(footing.departures(account.id, person, actor.person, left))

    @staticmethod
    async def _member(conn: Connection, account: str, person: str) -> Role:
        role = await people.role_of(conn, account, person)
        if role is None:
            raise NotFound("员工名单里没有这个人。", "There is no such member of staff.")
        return role

    def _changed(self, account: str) -> None:
        self._bus.publish([Ring(new_id(), (HUB_TOPIC, to_account(account)), AccountChanged(account))])

    async def teams(self, actor: Actor, ref: str) -> list[Team]:
        """An account's teams with their people.

        Raises:
            NotFound, Forbidden: see `Access.account`.
        """
        account = await self._access.account(actor, ref, Verb.STAFF_READ)
        async with self._db.read() as conn:
            return [Team(row=row, members=await teams.members(conn, row.id)) for row in await teams.teams_of(conn, account.id)]

    async def create_team(self, actor: Actor, ref: str, name: str, members: Sequence[str]) -> Team:
        """Add a team of members of the staff.

        Raises:
            Invalid: not a name, or one of the members is not on the staff. Conflict: the name is taken, or there are too many teams.
        """
        account = await self._access.account(actor, ref, Verb.TEAMS_EDIT)
        row = TeamRow(id=new_id(), account=account.id, name=checked_name(name))
        async with self._db.write() as conn:
            if len(await teams.teams_of(conn, account.id)) >= TEAMS_LIMIT:
                raise Conflict(f"客服分组最多 {TEAMS_LIMIT} 个。", f"An account has at most {TEAMS_LIMIT} teams.")
            await teams.create_team(conn, row)
            await self._fill(conn, account.id, row.id, members)
        self._changed(account.id)
        return Team(row=row, members=sorted(set(members)))

    async def change_team(self, actor: Actor, ref: str, team: str, name: str, members: Sequence[str]) -> Team:
        """Rename a team and make these its people.

        Raises:
            NotFound: there is no such team. Others as `create_team`.
        """
        account = await self._access.account(actor, ref, Verb.TEAMS_EDIT)
        shown = checked_name(name)
        async with self._db.write() as conn:
            if not await teams.rename_team(conn, account.id, team, shown):
                raise _no_team()
            await self._fill(conn, account.id, team, members)
        self._changed(account.id)
        return Team(row=TeamRow(id=team, account=account.id, name=shown), members=sorted(set(members)))

    @staticmethod
    async def _fill(conn: Connection, account: str, team: str, members: Sequence[str]) -> None:
        known = {person.id for person, _, _ in await people.staff_of(conn, account)}
        for place, person in enumerate(members):
            if person not in known:
                raise Invalid("员工名单里没有这个人。", "There is no such member of staff.", path=f"members[{place}]")
        await teams.set_members(conn, team, members)

    async def drop_team(self, actor: Actor, ref: str, team: str) -> None:
        """Dissolve a team; whoever waits for it waits for anybody.

        Raises:
            NotFound: there is no such team.
        """
        account = await self._access.account(actor, ref, Verb.TEAMS_EDIT)
        async with self._db.write() as conn:
            if not await teams.drop_team(conn, account.id, team):
                raise _no_team()
        self._changed(account.id)

    async def create_account_with_owner(
        self, handle: str, name: str, login: str, *, owner_name: str = "", kind: str = "seller", chat_open: str = "followers"
    ) -> Hired:
        """An account and its first owner, for the command line; with the owner's password when the login is new.

        Raises:
            Invalid: not a handle, name or login. Conflict: the handle is taken.
        """
        row = AccountRow(id=new_id(), handle=checked_handle(handle), name=checked_name(name), kind=kind, chat_open=chat_open, created_at=now_ms())
        candidate = await self._candidate(login, owner_name or login, Role.OWNER)
        async with self._db.write() as conn:
            await people.create_account(conn, row)
            return await _join(conn, row.id, candidate)

    async def add_staff(self, handle: str, login: str, role: Role, *, name: str = "") -> Hired:
        """A member of staff, for the command line.

        Raises:
            NotFound: there is no such account. Others as `hire`.
        """
        async with self._db.read() as conn:
            account = await people.account_by_handle(conn, handle)
        if account is None:
            raise NotFound(f"没有账号 {handle}。", f"There is no account {handle}.")
        candidate = await self._candidate(login, name or login, role)
        async with self._db.write() as conn:
            hired = await _join(conn, account.id, candidate)
        self._changed(account.id)
        return hired


class _Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to be hired: a person the hub knows, or a login to be made with a first password and its hash."""

    login: str
    name: str
    role: Role
    person: str | None
    password: str | None
    stored: str


async def _join(conn: Connection, account: str, candidate: _Candidate) -> Hired:
    person = candidate.person or await _enrol(conn, candidate.login, candidate.name, candidate.stored)
    present = await people.staff_of(conn, account)
    if any(row.id == person for row, _, _ in present):
        raise Conflict("这个人已经在员工名单里。", "This person is on the staff already.", path="login")
    if len(present) >= STAFF_LIMIT:
        raise Conflict(f"员工最多 {STAFF_LIMIT} 人。", f"An account has at most {STAFF_LIMIT} members of staff.")
    await people.set_role(conn, account, person, candidate.role, now_ms())
    row = await people.person(conn, person) or PersonRow(id=person, name=candidate.name, created_at=now_ms())
    return Hired(member=Member(person=row, login=candidate.login, role=candidate.role), password=candidate.password)


async def _enrol(conn: Connection, login: str, name: str, password: str) -> str:
    person, now = f"{STAFF_PREFIX}{new_id()}", now_ms()
    await people.remember_person(conn, person, name, None, now)
    await staff.create_staff(conn, person, login, password, now)
    return person


async def _keep_an_owner(conn: Connection, account: str) -> None:
    if await people.owners(conn, account) <= 1:
        raise Conflict("账号至少要有一位掌柜。", "An account keeps at least one owner.")


def checked_login(login: str) -> str:
    """A login in its one spelling, in lower case.

    Raises:
        Invalid: not 2 to 64 of a-z 0-9 . _ @ + -.
    """
    spelt = login.strip().lower()
    if not re.fullmatch(LOGIN.strip("^$"), spelt):
        raise Invalid("登录名由 2 到 64 个字母、数字或 . _ @ + - 组成。", "A login has 2 to 64 of a-z 0-9 . _ @ + -.", path="login")
    return spelt


def checked_handle(handle: str) -> str:
    """A handle as it stands in addresses.

    Raises:
        Invalid: not 2 to 32 of a-z 0-9 _ -.
    """
    if not re.fullmatch(HANDLE.strip("^$"), handle):
        raise Invalid("账号名由 2 到 32 个小写字母、数字或 _ - 组成。", "A handle has 2 to 32 of a-z 0-9 _ -.", path="handle")
    return handle


def checked_name(name: str) -> str:
    """A name as it will be shown.

    Raises:
        Invalid: nothing to see, or more than 64 characters.
    """
    try:
        shown = clean_name(name)
    except ValueError as fault:
        raise Invalid("名字要有 1 到 64 个字符。", f"Not acceptable: {fault}.", path="name") from None
    if shows_nothing(shown):
        raise Invalid("名字里没有看得见的字。", "There is nothing to see in the name.", path="name")
    return shown


def _check_role(role: Role) -> None:
    if role not in STAFF:
        raise Invalid("员工角色只有 owner、operator、moderator。", "A staff role is owner, operator or moderator.", path="role")


def _no_team() -> NotFound:
    return NotFound("没有这个客服分组。", "There is no such team.")
