"""Logins and sessions."""

import asyncio
from collections.abc import Callable

import pytest

from bot.model.basics import Conflict
from bot.store import staff
from bot.store.staff import SESSIONS_LIMIT, SessionRow, StaffRow
from bot.store.unit import Database


def session(id: str, person: str = "staff:amy", created_at: int = 10, expires_at: int = 1_000) -> SessionRow:  # noqa: A002 # the column's name
    """A session."""
    return SessionRow(id=id, person=person, refresh=f"refresh-{id}", created_at=created_at, expires_at=expires_at)


async def test_a_login_belongs_to_one_person(db: Database) -> None:
    """It finds them; the same name again is refused, and the transaction goes on."""
    async with db.write() as conn:
        await staff.create_staff(conn, "staff:amy", "amy", "hash", 5)
        with pytest.raises(Conflict) as refused:
            await staff.create_staff(conn, "staff:bob", "amy", "hash", 5)

        row = StaffRow(person="staff:amy", login="amy", password="hash", created_at=5)
        assert await staff.staff_by_login(conn, "amy") == await staff.staff_by_person(conn, "staff:amy") == row
        assert await staff.staff_by_login(conn, "Amy") is None
        assert await staff.staff_by_person(conn, "staff:bob") is None
    assert refused.value.data == {"path": "login"}


async def test_a_password_is_replaced(db: Database) -> None:
    """Only where there is a login."""
    async with db.write() as conn:
        await staff.create_staff(conn, "staff:amy", "amy", "old", 5)

        assert await staff.set_password(conn, "staff:amy", "new")
        assert not await staff.set_password(conn, "staff:bob", "new")
        row = await staff.staff_by_person(conn, "staff:amy")
    assert row is not None
    assert row.password == "new"


async def test_a_session_is_found_by_id_and_refresh(db: Database) -> None:
    """Alive until it ends or is revoked."""
    async with db.write() as conn:
        await staff.create_session(conn, session("s1"))

        assert await staff.session(conn, "s1") == await staff.session_by_refresh(conn, "refresh-s1") == session("s1")
        assert await staff.session(conn, "s2") is None
        assert await staff.revoke_session(conn, "s1", 20)
        assert not await staff.revoke_session(conn, "s1", 30)
        revoked = await staff.session(conn, "s1")

    assert revoked is not None
    assert (revoked.revoked_at, revoked.alive(21)) == (20, False)
    assert (session("s").alive(999), session("s").alive(1_000)) == (True, False)


async def test_a_refresh_token_is_exchanged_once(db: Database, second: Callable[[], Database]) -> None:
    """Of many who offer it at the same time exactly one gets the new one."""
    async with db.write() as conn:
        await staff.create_session(conn, session("s1"))
    other = second()

    async def rotate(database: Database, number: int) -> bool:
        async with database.write() as conn:
            return await staff.rotate_refresh(conn, "s1", old="refresh-s1", new=f"new-{number}", now=20, expires_at=2_000)

    won = await asyncio.gather(*(rotate(other if number % 2 else db, number) for number in range(10)))

    assert won.count(True) == 1
    async with db.read() as conn:
        row = await staff.session_by_refresh(conn, f"new-{won.index(True)}")
    assert row is not None
    assert (row.expires_at, row.refreshed_at) == (2_000, 20)


async def test_a_revoked_session_is_not_refreshed(db: Database) -> None:
    """Signing out ends the refresh token too."""
    async with db.write() as conn:
        await staff.create_session(conn, session("s1"))
        await staff.revoke_session(conn, "s1", 20)

        assert not await staff.rotate_refresh(conn, "s1", old="refresh-s1", new="new", now=20, expires_at=2_000)


async def test_all_sessions_of_a_person_end_but_one(db: Database) -> None:
    """A new password signs out everywhere else; each ended session is told once."""
    async with db.write() as conn:
        for row in (session("s1"), session("s2"), session("s3"), session("s4", person="staff:bob")):
            await staff.create_session(conn, row)
        await staff.revoke_session(conn, "s3", 15)

        assert await staff.revoke_sessions(conn, "staff:amy", 20, keep="s1") == ["s2"]
        assert [row.id for row in await staff.sessions_of(conn, "staff:amy", 20)] == ["s1"]
        assert await staff.revoke_sessions(conn, "staff:amy", 20) == ["s1"]
        assert [row.id for row in await staff.sessions_of(conn, "staff:bob", 20)] == ["s4"]


async def test_living_sessions_are_listed_newest_first(db: Database) -> None:
    """Those that are over are not, and the list is bounded."""
    async with db.write() as conn:
        for number in range(SESSIONS_LIMIT + 5):
            await staff.create_session(conn, session(f"s{number:03}", created_at=number))
        await staff.create_session(conn, session("over", created_at=999, expires_at=50))

        found = [row.id for row in await staff.sessions_of(conn, "staff:amy", 50)]

    assert len(found) == SESSIONS_LIMIT
    assert found[:2] == [f"s{SESSIONS_LIMIT + 4:03}", f"s{SESSIONS_LIMIT + 3:03}"]


async def test_sessions_that_are_over_are_purged_in_portions(db: Database) -> None:
    """The oldest first, a bounded number at a time."""
    async with db.write() as conn:
        for number in range(5):
            await staff.create_session(conn, session(f"s{number}", expires_at=100 + number))

        assert await staff.purge_sessions(conn, 103, limit=3) == 3
        assert await staff.purge_sessions(conn, 103, limit=3) == 1
        assert await staff.purge_sessions(conn, 103, limit=3) == 0
        assert [row.id for row in await staff.sessions_of(conn, "staff:amy", 50)] == ["s4"]
