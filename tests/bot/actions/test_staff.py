"""Hiring, roles, teams and canned replies."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import argon2
import pytest
import sqlalchemy as sa

from bot.actions.canned import Canned
from bot.actions.identity import Passwords
from bot.actions.staff import Staff
from bot.model.basics import Conflict, Forbidden, Invalid, NotFound
from bot.model.facts import AccountChanged, to_account
from bot.model.people import Actor, Role
from bot.store.tables import ACCOUNTS, ROLES, STAFF
from tests.world import BUYER, MODERATOR, OPERATOR, OWNER, SECOND, SHOP, STRANGER, World, world


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[World]:
    """The furnished world, its staff with logins."""
    async with world(data_dir) as hub:
        async with hub.db.write() as conn:
            rows = [
                {"person": one.person, "login": one.person[6:], "password": "-", "created_at": 0}
                for one in (OWNER, OPERATOR, SECOND, MODERATOR, STRANGER)
            ]
            await conn.execute(sa.insert(STAFF), rows)
        yield hub


@pytest.fixture
def staff(hub: World) -> Staff:
    return Staff(db=hub.db, access=hub.access, bus=hub.bus, passwords=Passwords(hasher=argon2.PasswordHasher(1, 64, 1)))


@pytest.fixture
def canned(hub: World) -> Canned:
    return Canned(db=hub.db, access=hub.access)


async def roles(hub: World) -> dict[str, str]:
    async with hub.db.read() as conn:
        rows = await conn.execute(sa.select(ROLES.c.person, ROLES.c.role).where(ROLES.c.account == SHOP))
        return {row[0]: row[1] for row in rows}


async def test_all_staff_see_who_works_there(staff: Staff) -> None:
    """With login and role; buyers and other shops' people do not."""
    for actor in (OWNER, OPERATOR, MODERATOR):
        members = await staff.members(actor, "shop")
        assert {(member.login, member.role) for member in members} == {
            ("owner", Role.OWNER),
            ("xiaowang", Role.OPERATOR),
            ("xiaoli", Role.OPERATOR),
            ("mod", Role.MODERATOR),
        }
    for stranger in (STRANGER, BUYER):
        with pytest.raises(Forbidden):
            await staff.members(stranger, "shop")


async def test_a_new_login_is_hired_with_a_first_password(staff: Staff, hub: World) -> None:
    """Told once, stored as a hash; caches hear that the staff changed."""
    hub.bus.subscribe(to_account(SHOP))
    hired = await staff.hire(OWNER, "shop", " Xiao.Zhao@shop ", "小赵", Role.OPERATOR)

    assert (hired.member.login, hired.member.person.name, hired.member.role) == ("xiao.zhao@shop", "小赵", Role.OPERATOR)
    assert hired.member.person.id.startswith("staff:")
    async with hub.db.read() as conn:
        stored = (await conn.execute(sa.select(STAFF.c.password).where(STAFF.c.login == "xiao.zhao@shop"))).scalar_one()
    assert stored.startswith("$argon2id$")
    assert hired.password
    assert hired.password not in stored
    assert hub.facts() == [AccountChanged(SHOP)]


async def test_a_known_login_is_hired_as_they_are(staff: Staff, hub: World) -> None:
    """Their name and password stay theirs; twice is a conflict."""
    hired = await staff.hire(OWNER, "shop", "stranger", "别名", Role.MODERATOR)

    assert (hired.password, hired.member.person.name, hired.member.person.id) == (None, STRANGER.name, STRANGER.person)
    assert (await roles(hub))[STRANGER.person] == "moderator"
    with pytest.raises(Conflict):
        await staff.hire(OWNER, "shop", "stranger", "别名", Role.OPERATOR)


@pytest.mark.parametrize(
    ("login", "name", "role", "path"),
    [
        ("x", "小赵", Role.OPERATOR, "login"),
        ("two words", "小赵", Role.OPERATOR, "login"),
        ("zhao", " ", Role.OPERATOR, "name"),
        ("zhao", "小赵", Role.FOLLOWER, "role"),
    ],
)
async def test_nobody_is_hired_without_a_login_a_name_and_a_role(staff: Staff, login: str, name: str, role: Role, path: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await staff.hire(OWNER, "shop", login, name, role)
    assert refusal.value.data["path"] == path


async def test_roles_change_and_end(staff: Staff, hub: World) -> None:
    """Promoted, then dismissed; who is not there is not found."""
    await staff.set_role(OWNER, "shop", OPERATOR.person, Role.OWNER)
    await staff.dismiss(OWNER, "shop", SECOND.person)

    assert await roles(hub) == {OWNER.person: "owner", OPERATOR.person: "owner", MODERATOR.person: "moderator"}
    for refused in (staff.dismiss(OWNER, "shop", SECOND.person), staff.set_role(OWNER, "shop", BUYER.person, Role.OWNER)):
        with pytest.raises(NotFound):
            await refused
    with pytest.raises(Invalid):
        await staff.set_role(OWNER, "shop", OPERATOR.person, Role.VISITOR)


async def test_the_last_owner_stays(staff: Staff, hub: World) -> None:
    """Neither dismissed nor demoted, by themselves or in a race of two who go at once."""
    for refused in (staff.dismiss(OWNER, "shop", OWNER.person), staff.set_role(OWNER, "shop", OWNER.person, Role.OPERATOR)):
        with pytest.raises(Conflict):
            await refused
    await staff.set_role(OWNER, "shop", OWNER.person, Role.OWNER)

    await staff.set_role(OWNER, "shop", OPERATOR.person, Role.OWNER)
    await asyncio.gather(staff.dismiss(OWNER, "shop", OPERATOR.person), staff.dismiss(OPERATOR, "shop", OWNER.person), return_exceptions=True)
    assert list((await roles(hub)).values()).count("owner") == 1


async def test_a_dismissed_operator_leaves_the_teams(staff: Staff) -> None:
    """So that nothing is assigned to somebody who is gone."""
    team = await staff.create_team(OWNER, "shop", "售前", [OPERATOR.person, SECOND.person])

    await staff.dismiss(OWNER, "shop", SECOND.person)

    assert [(one.row.id, one.members) for one in await staff.teams(OPERATOR, "shop")] == [(team.row.id, [OPERATOR.person])]


async def test_teams_are_made_changed_and_dissolved(staff: Staff) -> None:
    """Names are unique in an account, members are its staff."""
    team = await staff.create_team(OWNER, "shop", " 售前 ", [SECOND.person, OPERATOR.person, SECOND.person])
    other = await staff.create_team(OWNER, "shop", "售后", [])
    changed = await staff.change_team(OWNER, "shop", team.row.id, "咨询", [SECOND.person])

    assert (team.row.name, team.members) == ("售前", sorted([SECOND.person, OPERATOR.person]))
    assert [(one.row.name, one.members) for one in await staff.teams(OWNER, "shop")] == [("咨询", [SECOND.person]), ("售后", [])]
    assert changed.row.id == team.row.id
    for taken in (staff.create_team(OWNER, "shop", "售后", []), staff.change_team(OWNER, "shop", team.row.id, "售后", [])):
        with pytest.raises(Conflict):
            await taken
    with pytest.raises(NotFound):
        await staff.change_team(OWNER, "shop", "nothing", "退货", [])
    with pytest.raises(NotFound):
        await staff.drop_team(OWNER, "shop", "nothing")
    await staff.drop_team(OWNER, "shop", other.row.id)
    assert [one.row.name for one in await staff.teams(OWNER, "shop")] == ["咨询"]


async def test_a_team_takes_staff_only(staff: Staff) -> None:
    """And then nothing of the team is made."""
    with pytest.raises(Invalid) as refusal:
        await staff.create_team(OWNER, "shop", "售前", [OPERATOR.person, STRANGER.person])

    assert refusal.value.data["path"] == "members[1]"
    assert await staff.teams(OWNER, "shop") == []


@pytest.mark.parametrize("actor", [OPERATOR, MODERATOR, STRANGER, BUYER])
async def test_only_owners_hire_and_arrange(staff: Staff, actor: Actor) -> None:
    """Every verb that changes who works there."""
    for refused in (
        staff.hire(actor, "shop", "zhao", "小赵", Role.OPERATOR),
        staff.set_role(actor, "shop", SECOND.person, Role.OWNER),
        staff.dismiss(actor, "shop", SECOND.person),
        staff.create_team(actor, "shop", "售前", []),
        staff.change_team(actor, "shop", "team", "售前", []),
        staff.drop_team(actor, "shop", "team"),
    ):
        with pytest.raises(Forbidden):
            await refused


async def test_the_command_line_makes_an_account_with_its_owner(staff: Staff, hub: World) -> None:
    """All or nothing: a login that is no login leaves no account behind."""
    made = await staff.create_account_with_owner("tea", "茶铺", "boss")
    again = await staff.create_account_with_owner("coffee", "咖啡", "boss")
    operator = await staff.add_staff("tea", "xiaoqian", Role.OPERATOR)

    assert made.password
    assert (again.password, again.member.person.id) == (None, made.member.person.id)
    assert (operator.member.role, operator.member.person.name) == (Role.OPERATOR, "xiaoqian")
    with pytest.raises(Invalid):
        await staff.create_account_with_owner("milk", "奶茶", "no login")
    with pytest.raises(Conflict):
        await staff.create_account_with_owner("tea", "茶铺", "somebody-new")
    with pytest.raises(NotFound):
        await staff.add_staff("milk", "xiaoqian", Role.OPERATOR)
    async with hub.db.read() as conn:
        handles = {row[0] for row in await conn.execute(sa.select(ACCOUNTS.c.handle))}
        logins = {row[0] for row in await conn.execute(sa.select(STAFF.c.login))}
    assert handles == {"shop", "other", "tea", "coffee"}
    assert "somebody-new" not in logins


async def test_canned_replies_are_kept_by_the_desk(canned: Canned) -> None:
    """Made, listed by title, changed, dropped; a title is unique."""
    late = await canned.create(OPERATOR, "shop", "物流慢", "抱歉让您久等了")
    await canned.create(OWNER, "shop", "你好", "您好，请问有什么可以帮您？")
    changed = await canned.edit(SECOND, "shop", late.id, "物流", "正在为您催单")

    page = await canned.listed(OPERATOR, "shop", None, 1)
    rest = await canned.listed(OPERATOR, "shop", page.cursor, 10)
    assert {row.title: row.text for row in [*page.items, *rest.items]} == {"你好": "您好，请问有什么可以帮您？", "物流": "正在为您催单"}
    assert changed.id == late.id
    with pytest.raises(Conflict):
        await canned.create(OWNER, "shop", "物流", "第二条")
    await canned.drop(OWNER, "shop", late.id)
    for refused in (canned.drop(OWNER, "shop", late.id), canned.edit(OWNER, "shop", late.id, "物流", "x")):
        with pytest.raises(NotFound):
            await refused


@pytest.mark.parametrize("actor", [MODERATOR, STRANGER, BUYER])
async def test_canned_replies_are_for_the_desk_alone(canned: Canned, actor: Actor) -> None:
    for refused in (canned.listed(actor, "shop", None, 10), canned.create(actor, "shop", "你好", "您好"), canned.drop(actor, "shop", "x")):
        with pytest.raises(Forbidden):
            await refused
