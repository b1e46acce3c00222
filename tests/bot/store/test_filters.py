"""Word lists as rows, on both databases."""

import msgspec
import pytest
import sqlalchemy as sa

from bot.store import filters
from bot.store.filter_tables import FILTER_DAYS
from bot.store.filters import ListHead, Mark, Size
from bot.store.unit import Database
from intents.lexicon import Way, Words

CONTENT = Words(("代开发票", "微信"), (r"\d{9}",), ("国家威望",), Way.FORM)
HEAD = ListHead(
    id="l1",
    account="shop",
    conversation=None,
    name="广告",
    action="review",
    way=Way.FORM,
    words=3,
    patterns=1,
    note="",
    enabled=True,
    version=1,
    by="m",
    at=5,
)


async def add(db: Database, *heads: ListHead) -> None:
    """Store lists with the same words."""
    async with db.write() as conn:
        for head in heads:
            await filters.create(conn, head, CONTENT)


def other(list_id: str, conversation: str | None = None, account: str = "shop", *, enabled: bool = True) -> ListHead:
    """A list like the first."""
    return msgspec.structs.replace(HEAD, id=list_id, account=account, conversation=conversation, enabled=enabled)


async def test_a_list_comes_back_as_it_was_written(db: Database) -> None:
    """With its words, and without them; counts come from the words."""
    await add(db, HEAD, other("l2", "c1"), other("l3", account="else"))
    async with db.read() as conn:
        row = await filters.get(conn, "l1")
        assert row == filters.ListRow(head=HEAD, content=CONTENT)
        assert await filters.get(conn, "nothing") is None
        assert await filters.heads(conn, "shop", None) == [HEAD]
        assert [head.id for head in await filters.heads(conn, "shop", "c1")] == ["l2"]
        assert [row.head.id for row in await filters.some(conn, ["l2", "l1", "l9"])] == ["l1", "l2"]
        assert await filters.some(conn, []) == []


async def test_what_is_enforced_in_a_place(db: Database) -> None:
    """The lists of the account first, then those of the place; none that is switched off, none of elsewhere."""
    await add(db, other("l4"), other("l2", "c1"), other("l3", "c2"), other("l5", enabled=False), other("l6", account="else"))
    async with db.read() as conn:
        assert await filters.marks(conn, "shop", "c1") == [Mark("l4", 1, None), Mark("l2", 1, "c1")]
        assert await filters.marks(conn, "shop", None) == [Mark("l4", 1, None)]
        assert await filters.sizes(conn, "shop") == {
            None: Size(lists=2, words=6, patterns=2),
            "c1": Size(lists=1, words=3, patterns=1),
            "c2": Size(lists=1, words=3, patterns=1),
        }
        assert await filters.sizes(conn, "shop", "l2") == {None: Size(lists=2, words=6, patterns=2), "c2": Size(lists=1, words=3, patterns=1)}


@pytest.mark.parametrize("version", [1, 2])
async def test_only_the_version_that_was_seen_is_changed(db: Database, version: int) -> None:
    """Another one stays as it is, and the version grows with every change."""
    await add(db, HEAD)
    wanted = msgspec.structs.replace(HEAD, name="新", version=version, by="n", at=9)
    async with db.write() as conn:
        assert await filters.change(conn, wanted, Words(("一词",))) is (version == 1)
    async with db.read() as conn:
        row = await filters.get(conn, "l1")
    assert row is not None
    assert (row.head.version, row.head.name, row.head.words) == ((2, "新", 1) if version == 1 else (1, "广告", 3))


async def test_only_the_version_that_was_seen_is_deleted(db: Database) -> None:
    """And once."""
    await add(db, HEAD)
    async with db.write() as conn:
        assert not await filters.delete(conn, "l1", 2)
        assert await filters.delete(conn, "l1", 1)
        assert not await filters.delete(conn, "l1", 1)


async def test_hits_are_counted_from_a_day_on(db: Database) -> None:
    """Over all conversations; a list without any is not among them."""
    rows = [
        {"list": one, "conversation": place, "day": day, "hits": hits}
        for one, place, day, hits in (
            ("l1", "c1", "2026-11-01", 7),
            ("l1", "c1", "2026-11-02", 2),
            ("l1", "c2", "2026-11-03", 3),
            ("l2", "c1", "2026-11-01", 1),
        )
    ]
    async with db.write() as conn:
        await conn.execute(sa.insert(FILTER_DAYS), rows)
    async with db.read() as conn:
        assert await filters.hits(conn, ["l1", "l2", "l3"], "2026-11-02") == {"l1": 5}
        assert await filters.hits(conn, [], "2026-11-02") == {}
