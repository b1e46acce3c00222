"""Tags of followers."""

import asyncio
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bot.store import people, tags
from bot.store.people import AccountRow
from bot.store.tables import TAGS
from bot.store.tags import ACCOUNT_LIMIT, FOLLOWER_LIMIT, Put, Tagging
from bot.store.unit import Database


def tagging(tag: str, person: str = "amy", account: str = "a1", author: str = "staff:1") -> Tagging:
    """A follower is to have a tag."""
    return Tagging(account=account, person=person, tag=tag, author=author, at=5)


async def put(db: Database, *taggings: Tagging) -> list[Put]:
    """In a transaction of its own."""
    async with db.write() as conn:
        return await conn.run_sync(lambda plain: tags.put(plain, taggings))


async def words(db: Database, person: str = "amy") -> list[str]:
    """The tags of a follower."""
    async with db.read() as conn:
        return [one.tag for one in await tags.of(conn, "a1", person)]


@pytest.fixture(autouse=True)
async def followers(db: Database) -> None:
    """An account with three followers."""
    async with db.write() as conn:
        await people.create_account(conn, AccountRow(id="a1", handle="shop", name="小店", kind="seller", chat_open="followers", created_at=1))
        for person in ("amy", "bob", "eve"):
            await people.follow(conn, "a1", person, "", 1)


async def test_a_tag_is_put_once(db: Database) -> None:
    """The first time counts; the account knows the tag from then on."""
    assert await put(db, tagging("老客"), tagging("急")) == [Put.STANDS, Put.STANDS]
    assert await put(db, tagging("老客", author="rule:r1")) == [Put.STANDS]

    async with db.read() as conn:
        assert [(one.tag, one.author) for one in await tags.of(conn, "a1", "amy")] == [("急", "staff:1"), ("老客", "staff:1")]
        assert sorted(one.tag for one in await tags.listed(conn, "a1")) == ["急", "老客"]
        assert await tags.of_many(conn, "a1", ["amy", "bob"]) == {"amy": ["急", "老客"]}


async def test_only_followers_have_tags(db: Database) -> None:
    """Nobody else, and the account does not come to know a tag by the attempt."""
    assert await put(db, tagging("老客", person="zoe"), tagging("急")) == [Put.NO_FOLLOWER, Put.STANDS]

    async with db.read() as conn:
        assert [one.tag for one in await tags.listed(conn, "a1")] == ["急"]


async def test_who_leaves_has_no_tags(db: Database) -> None:
    """They do not come back with the next follow either."""
    await put(db, tagging("老客"), tagging("老客", person="bob"))
    async with db.write() as conn:
        await people.unfollow(conn, "a1", "amy")
        await people.follow(conn, "a1", "amy", "", 9)

    assert (await words(db), await words(db, "bob")) == ([], ["老客"])


async def test_a_follower_has_so_many_tags_at_most(db: Database) -> None:
    """One more is refused; one that is there already stands."""
    full = [f"t{number:02}" for number in range(FOLLOWER_LIMIT)]
    assert set(await put(db, *map(tagging, full))) == {Put.STANDS}
    assert await put(db, tagging("more"), tagging("t07")) == [Put.FOLLOWER_FULL, Put.STANDS]

    assert await words(db) == full


async def test_an_account_knows_so_many_tags_at_most(db: Database, second: Callable[[], Database]) -> None:
    """Two writers at the last place get one in; what is known can still be put."""
    async with db.write() as conn:
        await conn.execute(sa.insert(TAGS), [{"account": "a1", "tag": f"t{number:03}", "at": 1} for number in range(ACCOUNT_LIMIT - 1)])
    other = second()

    became = await asyncio.gather(put(db, tagging("one")), put(other, tagging("two", person="bob")))

    assert sorted(one[0].name for one in became) == ["ACCOUNT_FULL", "STANDS"]
    assert await put(db, tagging("t000", person="eve")) == [Put.STANDS]
    async with db.read() as conn:
        assert len(await tags.listed(conn, "a1")) == ACCOUNT_LIMIT


async def test_writers_at_once_do_not_wait_in_a_circle(db: Database, second: Callable[[], Database]) -> None:
    """Whatever the order in which they name followers and tags."""
    other = second()
    for turn in range(10):
        first = [tagging(f"x{turn}", person) for person in ("amy", "bob", "eve")] + [tagging(f"y{turn}")]
        await asyncio.gather(put(db, *first), put(other, *reversed(first)))

    assert len(await words(db)) == 20
    assert len(await words(db, "eve")) == 10


async def test_a_tag_is_taken_off(db: Database) -> None:
    """Off one, or off everybody in portions."""
    await put(db, tagging("老客"), tagging("急"), tagging("老客", person="bob"), tagging("老客", person="eve"))

    async with db.write() as conn:
        assert await tags.drop(conn, "a1", "amy", "急")
        assert not await tags.drop(conn, "a1", "amy", "急")
        assert await tags.forget(conn, "a1", "老客")
        assert not await tags.forget(conn, "a1", "老客")
        assert [await tags.clear(conn, "a1", "老客", 2) for _ in range(2)] == [2, 1]

    assert [await words(db, person) for person in ("amy", "bob", "eve")] == [[], [], []]


@pytest.mark.parametrize("end", ["unfollow", "forget"])
async def test_a_tag_outlives_neither_the_follow_nor_the_word(db: Database, second: Callable[[], Database], end: str) -> None:
    """Who leaves, or a word that is given up, while somebody puts the tag: it is gone when both are done."""
    await put(db, tagging("老客", person="bob"))
    other = second()

    async def finish() -> None:
        async with other.write() as conn:
            await (people.unfollow(conn, "a1", "amy") if end == "unfollow" else tags.forget(conn, "a1", "老客"))
        async with other.write() as conn:
            await (people.unfollow(conn, "a1", "amy") if end == "unfollow" else tags.clear(conn, "a1", "老客", 10))

    async with db.write() as conn:
        assert await tags.put_one(conn, tagging("老客")) is Put.STANDS
        ending = asyncio.create_task(finish())
        await asyncio.sleep(0.2)
        assert not ending.done()
    await ending

    assert await words(db) == []
