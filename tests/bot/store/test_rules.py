"""Drafts and published versions of an account's rules."""

import asyncio
from collections.abc import Callable

import pytest

from bot.model.basics import Invalid, NotFound
from bot.store import people, rules
from bot.store.people import AccountRow
from bot.store.rules import Published, RuleDraft
from bot.store.unit import Database


async def open_shop(db: Database) -> None:
    """An account."""
    async with db.write() as conn:
        await people.create_account(conn, AccountRow(id="a1", handle="demo", name="小店", kind="seller", chat_open="followers", created_at=1))


async def test_an_account_speaks_by_its_last_version(db: Database) -> None:
    """Nothing before the first; every publishing gets the next number and the older ones stay readable."""
    await open_shop(db)
    async with db.write() as conn:
        assert await rules.published(conn, "a1") is None
        assert await rules.publish(conn, "a1", "[1]", "amy", "first", 10) == 1
        assert await rules.publish(conn, "a1", "[2]", "bob", "", 20) == 2

        assert await rules.published(conn, "a1") == Published(version=2, rules="[2]", author="bob", note="", at=20)
        assert await rules.version(conn, "a1", 1) == Published(version=1, rules="[1]", author="amy", note="first", at=10)
        assert await rules.version(conn, "a1", 3) is None
        row = await people.account_by_id(conn, "a1")
    assert row is not None
    assert (row.rules_version, row.version) == (2, 1)


async def test_publishing_for_nobody_is_refused(db: Database) -> None:
    """There must be an account."""
    async with db.write() as conn:
        with pytest.raises(NotFound):
            await rules.publish(conn, "none", "[]", "amy", "", 10)


async def test_publishers_at_once_get_numbers_of_their_own(db: Database, second: Callable[[], Database]) -> None:
    """No version is lost or overwritten."""
    await open_shop(db)
    other = second()

    async def publish(database: Database, number: int) -> int:
        async with database.write() as conn:
            return await rules.publish(conn, "a1", f"[{number}]", "amy", "", 10)

    numbers = await asyncio.gather(*(publish(other if number % 2 else db, number) for number in range(8)))

    assert sorted(numbers) == list(range(1, 9))
    async with db.read() as conn:
        assert [entry.version for entry in (await rules.versions(conn, "a1", None, 50)).items] == list(range(8, 0, -1))


async def test_versions_are_listed_newest_first(db: Database) -> None:
    """In pages, without the rules themselves."""
    await open_shop(db)
    async with db.write() as conn:
        for number in range(5):
            await rules.publish(conn, "a1", "[]", "amy", f"n{number}", number)

        first = await rules.versions(conn, "a1", None, 3)
        rest = await rules.versions(conn, "a1", first.cursor, 3)
        with pytest.raises(Invalid):
            await rules.versions(conn, "a1", "x", 3)

    assert [(entry.version, entry.note) for entry in first.items + rest.items] == [(5, "n4"), (4, "n3"), (3, "n2"), (2, "n1"), (1, "n0")]
    assert rest.cursor is None


async def test_a_draft_is_saved_by_whoever_saw_it_last(db: Database) -> None:
    """The revision decides; the first save expects none."""
    async with db.write() as conn:
        assert await rules.draft(conn, "a1") is None
        assert await rules.put_draft(conn, "a1", "[1]", "amy", 10, expect=0) == 1
        assert await rules.put_draft(conn, "a1", "[x]", "bob", 11, expect=0) is None
        assert await rules.put_draft(conn, "a1", "[2]", "bob", 12, expect=1) == 2
        assert await rules.put_draft(conn, "a1", "[x]", "amy", 13, expect=1) is None

        assert await rules.draft(conn, "a1") == RuleDraft(revision=2, rules="[2]", author="bob", at=12)


async def test_of_savers_at_once_one_wins(db: Database, second: Callable[[], Database]) -> None:
    """Nobody's work is overwritten unseen."""
    other = second()

    async def save(database: Database, number: int) -> int | None:
        async with database.write() as conn:
            return await rules.put_draft(conn, "a1", f"[{number}]", "amy", 10, expect=0)

    saved = await asyncio.gather(*(save(other if number % 2 else db, number) for number in range(6)))

    assert [revision for revision in saved if revision is not None] == [1]
