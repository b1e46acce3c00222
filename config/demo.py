"""The demo shop: an account with an owner, an operator, teams, canned replies, rules and groups, made once and then left alone."""

from pathlib import Path

import msgspec

from bot.actions.people import AccountChanges
from bot.model.basics import Conflict
from bot.model.people import Actor, Role
from bot.store import people
from bot.store.people import AccountRow
from channels.built import Demo, DemoPerson
from config import demo_groups, passwords
from config.demo_groups import DemoGroup
from config.office import Office
from config.settings import Settings
from replies.hours import Hours

FOLDER = Path(__file__).with_name("demo")


class _Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    login: str
    role: Role
    name: str = ""


class _Team(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    members: list[str]


class _Canned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    text: str


class Shop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`config/demo/shop.json`; the first of the staff owns the shop."""

    handle: str
    name: str
    about: str
    hours: Hours
    staff: list[_Person]
    teams: list[_Team]
    canned: list[_Canned]
    groups: list[DemoGroup]


def read_shop() -> Shop:
    """The shop as it is described."""
    return msgspec.json.decode((FOLDER / "shop.json").read_bytes(), type=Shop)


def passwords_of(settings: Settings) -> dict[str, str]:
    """The passwords of the demo's staff, by login.

    Raises:
        SettingsFault: the password file cannot be used.
    """
    return passwords.read(Path(settings.server.data) / passwords.DEMO_FILE)


async def prepare(office: Office) -> Demo:
    """Make what is missing of the demo, and say who is in it.

    What somebody changed stays changed: only an account without rules gets rules, only one without teams gets teams, only one without groups gets groups.
    Passwords are kept in `demo.txt` of the data directory; where that is lost, new ones are made.

    Raises:
        SettingsFault: the password file cannot be used.
    """
    shop = read_shop()
    await _hire_all(office, shop)
    account, owner = await _found(office, shop)
    if account.hours is None:
        await office.people.edit(owner, shop.handle, account.version, AccountChanges(about=shop.about, hours=shop.hours))
    if account.rules_version == 0:
        await office.rulebook.import_(owner, shop.handle, (FOLDER / "rules.json").read_bytes(), note="演示规则")
    await _make_teams(office, shop, owner)
    await _make_canned(office, shop, owner)
    await _make_groups(office, shop, owner)
    known = passwords_of(office.settings)
    staff = tuple(DemoPerson(one.login, one.name, one.role, known[one.login]) for one in shop.staff if one.login in known)
    return Demo(shop.handle, shop.name, staff)


async def _hire_all(office: Office, shop: Shop) -> None:
    file = Path(office.settings.server.data) / passwords.DEMO_FILE
    before = passwords_of(office.settings) if file.exists() else {}
    known: dict[str, str] = {}
    for person in shop.staff:
        password = await _hire(office, shop, person) or before.get(person.login)
        known[person.login] = password or await office.identity.reset_password(person.login)
    if known != before:
        passwords.write(file, known)


async def _hire(office: Office, shop: Shop, person: _Person) -> str | None:
    """The first password, when the login is new."""
    try:
        if person.role is Role.OWNER:
            hired = await office.staff.create_account_with_owner(shop.handle, shop.name, person.login, owner_name=person.name)
        else:
            hired = await office.staff.add_staff(shop.handle, person.login, person.role, name=person.name)
    except Conflict:
        return None
    return hired.password


async def _found(office: Office, shop: Shop) -> tuple[AccountRow, Actor]:
    async with office.db.read() as conn:
        account = await people.account_by_handle(conn, shop.handle)
        if account is None:
            raise LookupError(f"The account {shop.handle} was made and is not there.")
        staff = await people.staff_of(conn, account.id)
    owner = next(person for person, _, role in staff if role is Role.OWNER)
    return account, Actor(person=owner.id, name=owner.name)


async def _make_teams(office: Office, shop: Shop, owner: Actor) -> None:
    if await office.staff.teams(owner, shop.handle):
        return
    persons = {member.login: member.person.id for member in await office.staff.members(owner, shop.handle)}
    for team in shop.teams:
        members = [persons[login] for login in team.members if login in persons]
        await office.staff.create_team(owner, shop.handle, team.name, members)


async def _make_canned(office: Office, shop: Shop, owner: Actor) -> None:
    if (await office.canned.listed(owner, shop.handle, None, 1)).items:
        return
    for canned in shop.canned:
        await office.canned.create(owner, shop.handle, canned.title, canned.text)


async def _make_groups(office: Office, shop: Shop, owner: Actor) -> None:
    members = await office.staff.members(owner, shop.handle)
    staff = {member.login: Actor(person=member.person.id, name=member.person.name) for member in members}
    await demo_groups.make(office, shop.handle, shop.groups, staff, owner)
