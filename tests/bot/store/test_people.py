"""People, accounts, roles and follows."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.basics import Conflict, Invalid
from bot.model.people import Role
from bot.store import people, staff, teams
from bot.store.cursor import Page
from bot.store.people import AccountRow, FollowRow, PersonRow
from bot.store.teams import TeamRow
from bot.store.unit import Database

T = TypeVar("T")


def account(id: str, handle: str | None = None, name: str = "小店") -> AccountRow:  # noqa: A002 # the column's name
    """An account."""
    return AccountRow(id=id, handle=handle or id, name=name, kind="seller", chat_open="followers", created_at=5)


async def every(part: Callable[[str | None], Awaitable[Page[T]]]) -> list[T]:
    """A whole list, page by page."""
    found: list[T] = []
    cursor: str | None = None
    for _ in range(100):
        page = await part(cursor)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            return found
    raise AssertionError("the list has no end")


async def add_staff(conn: AsyncConnection, person: str, account_id: str, role: Role = Role.OPERATOR) -> None:
    """Somebody with a login and a role."""
    await people.remember_person(conn, person, person.removeprefix("staff:"), None, 1)
    await staff.create_staff(conn, person, person.removeprefix("staff:"), "hash", 1)
    await people.set_role(conn, account_id, person, role, 1)


async def test_a_person_is_remembered_as_they_are_now(db: Database) -> None:
    """Name and picture follow the token; the first meeting is kept; nothing is written when nothing changed."""
    async with db.write() as conn:
        assert await people.remember_person(conn, "u1", "小张", None, 10)
        assert not await people.remember_person(conn, "u1", "小张", None, 20)
        assert await people.remember_person(conn, "u1", "张三", "http://x/a.png", 30)

        assert await people.person(conn, "u1") == PersonRow(id="u1", name="张三", avatar="http://x/a.png", created_at=10)
        assert await people.person(conn, "u2") is None


async def test_many_people_are_found_at_once(db: Database) -> None:
    """More than one statement can take; unknown ones are left out."""
    async with db.write() as conn:
        for number in range(1_100):
            await people.remember_person(conn, f"u{number:04}", "x", None, 1)

        found = await people.people(conn, [f"u{number:04}" for number in range(1_100)] + ["nobody", "u0001"])

    assert len(found) == 1_100
    assert found["u0001"].name == "x"


async def test_an_account_is_found_by_id_and_handle(db: Database) -> None:
    """What was stored comes back, with its defaults."""
    row = msgspec.structs.replace(account("a1", "demo"), about="零食", hours='{"weekly":{}}')
    async with db.write() as conn:
        await people.create_account(conn, row)

        assert await people.account_by_id(conn, "a1") == row
        assert await people.account_by_handle(conn, "demo") == row
        assert await people.account_by_handle(conn, "a1") is None


async def test_a_handle_is_taken_once(db: Database) -> None:
    """The second account of a handle is refused, and its transaction goes on."""
    async with db.write() as conn:
        await people.create_account(conn, account("a1", "demo"))
        with pytest.raises(Conflict) as refused:
            await people.create_account(conn, account("a2", "demo"))
        await people.create_account(conn, account("a3", "other"))

    assert refused.value.data == {"path": "handle"}


async def test_an_account_is_edited_by_whoever_saw_it_last(db: Database) -> None:
    """The version decides: a stale edit changes nothing."""
    async with db.write() as conn:
        await people.create_account(conn, account("a1"))

        assert await people.edit_account(conn, "a1", 1, {"name": "新店", "about": "你好"})
        assert not await people.edit_account(conn, "a1", 1, {"name": "旧店"})
        assert not await people.edit_account(conn, "none", 1, {"name": "x"})

        row = await people.account_by_id(conn, "a1")
    assert row is not None
    assert (row.name, row.about, row.version) == ("新店", "你好", 2)


async def test_only_what_may_be_edited_is(db: Database) -> None:
    """Ids, handles and versions are not changed by an edit, even by mistake of the caller."""
    async with db.write() as conn:
        with pytest.raises(ValueError, match="rules_version"):
            await people.edit_account(conn, "a1", 1, {"rules_version": 7})


async def test_accounts_are_searched_by_any_part_of_name_or_handle(db: Database) -> None:
    """Case does not matter, wildcards are just characters, and pages join without gaps."""
    async with db.write() as conn:
        for number in range(7):
            await people.create_account(conn, account(f"a{number}", f"shop_{number}", f"零食铺 {number}"))
        await people.create_account(conn, account("b1", "tea", "TeaHouse 100%"))

        async def handles(query: str, limit: int = 3) -> list[str]:
            return [row.handle for row in await every(lambda cursor: people.find_accounts(conn, query, cursor, limit))]

        assert await handles("") == [*(f"shop_{number}" for number in range(7)), "tea"]
        assert await handles("零食") == [f"shop_{number}" for number in range(7)]
        assert await handles("teahouse") == await handles("0%") == await handles("TEA") == ["tea"]
        assert await handles("p_3") == ["shop_3"]
        assert await handles("%") == ["tea"]
        assert await handles("\\") == []


async def test_roles_are_given_changed_and_taken(db: Database) -> None:
    """One role a person and account; strangers have none."""
    async with db.write() as conn:
        await people.create_account(conn, account("a1"))
        await add_staff(conn, "staff:amy", "a1")
        await people.set_role(conn, "a1", "staff:amy", Role.MODERATOR, 2)

        assert await people.role_of(conn, "a1", "staff:amy") is Role.MODERATOR
        assert await people.role_of(conn, "a2", "staff:amy") is None
        assert await people.drop_role(conn, "a1", "staff:amy")
        assert not await people.drop_role(conn, "a1", "staff:amy")
        assert await people.role_of(conn, "a1", "staff:amy") is None


async def test_leaving_the_staff_leaves_the_teams_of_that_account(db: Database) -> None:
    """And only of that one."""
    async with db.write() as conn:
        await add_staff(conn, "staff:amy", "a1")
        for team in (TeamRow(id="t1", account="a1", name="售前"), TeamRow(id="t2", account="a2", name="售前")):
            await teams.create_team(conn, team)
            await teams.add_member(conn, team.id, "staff:amy")
        await people.drop_role(conn, "a1", "staff:amy")

        assert (await teams.members(conn, "t1"), await teams.members(conn, "t2")) == ([], ["staff:amy"])


async def test_staff_and_accounts_are_listed_from_both_sides(db: Database) -> None:
    """An account's staff with logins, a person's accounts with roles."""
    async with db.write() as conn:
        for name in ("b", "a"):
            await people.create_account(conn, account(f"id-{name}", name))
        await add_staff(conn, "staff:amy", "id-a", Role.OWNER)
        await add_staff(conn, "staff:bob", "id-a")
        await people.set_role(conn, "id-b", "staff:amy", Role.OPERATOR, 1)

        assert [(row.name, login, role) for row, login, role in await people.staff_of(conn, "id-a")] == [
            ("amy", "amy", Role.OWNER),
            ("bob", "bob", Role.OPERATOR),
        ]
        assert [(row.handle, role) for row, role in await people.accounts_of(conn, "staff:amy")] == [("a", Role.OWNER), ("b", Role.OPERATOR)]
        assert await people.owners(conn, "id-a") == 1
        assert await people.owners(conn, "id-b") == 0


async def test_the_last_owner_cannot_be_lost_to_a_race(db: Database, second: Callable[[], Database]) -> None:
    """Two owners drop each other at once, each after counting: one of them is stopped by the count."""
    async with db.write() as conn:
        await people.create_account(conn, account("a1"))
        for name in ("staff:amy", "staff:bob"):
            await add_staff(conn, name, "a1", Role.OWNER)

    async def drop(database: Database, person: str) -> bool:
        async with database.write() as conn:
            if await people.owners(conn, "a1") <= 1:
                return False
            await asyncio.sleep(0.05)
            return await people.drop_role(conn, "a1", person)

    done = await asyncio.gather(drop(db, "staff:amy"), drop(second(), "staff:bob"))

    assert sorted(done) == [False, True]


async def test_a_follow_is_made_once(db: Database) -> None:
    """Following again keeps the first time and source; unfollowing ends it."""
    async with db.write() as conn:
        assert await people.follow(conn, "a1", "u1", "qr", 10)
        assert not await people.follow(conn, "a1", "u1", "link", 20)

        assert await people.follow_of(conn, "a1", "u1") == FollowRow(account="a1", person="u1", at=10, source="qr", muted=False)
        assert await people.unfollow(conn, "a1", "u1")
        assert not await people.unfollow(conn, "a1", "u1")
        assert await people.follow_of(conn, "a1", "u1") is None


async def test_a_follower_mutes_an_account(db: Database) -> None:
    """Only a follower can; it stays a real yes or no."""
    async with db.write() as conn:
        await people.follow(conn, "a1", "u1", "", 10)

        assert await people.mute(conn, "a1", "u1", True)
        follow = await people.follow_of(conn, "a1", "u1")
        assert follow is not None
        assert follow.muted is True
        assert not await people.mute(conn, "a1", "u2", True)


async def test_followers_are_paged_newest_first(db: Database) -> None:
    """Also where many follow in the same millisecond; a person the hub has not met has an empty name."""
    async with db.write() as conn:
        await people.remember_person(conn, "u03", "小三", None, 1)
        for number in range(10):
            await people.follow(conn, "a1", f"u{number:02}", "qr", 10 + number // 4)
        await people.follow(conn, "a2", "u99", "", 99)

        found = await every(lambda cursor: people.followers(conn, "a1", cursor, 3))

    assert [follower.person for follower in found] == [f"u{number:02}" for number in range(9, -1, -1)]
    assert [(follower.name, follower.source) for follower in found[5:8]] == [("", "qr"), ("小三", "qr"), ("", "qr")]


async def test_the_accounts_somebody_follows_are_paged_newest_first(db: Database) -> None:
    """With what is muted."""
    async with db.write() as conn:
        for number in range(5):
            await people.create_account(conn, account(f"a{number}"))
            await people.follow(conn, f"a{number}", "u1", "", 10)
        await people.mute(conn, "a2", "u1", True)

        found = await every(lambda cursor: people.followed_by(conn, "u1", cursor, 2))

    assert [(followed.account.handle, followed.muted) for followed in found] == [
        ("a4", False),
        ("a3", False),
        ("a2", True),
        ("a1", False),
        ("a0", False),
    ]


async def test_every_list_refuses_a_cursor_that_is_not_its_own(db: Database) -> None:
    """A cursor is input."""
    async with db.read() as conn:
        for part in (people.followers, people.followed_by, people.find_accounts):
            with pytest.raises(Invalid):
                await part(conn, "x", "AAAA", 10)
