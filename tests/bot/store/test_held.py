"""What filters found and what waits, as rows, on both databases."""

import asyncio
from collections import Counter
from collections.abc import Callable

import msgspec
import pytest
import sqlalchemy as sa

from bot.model.basics import Invalid
from bot.store import held
from bot.store.held import HeldRow, HitRow, Spoke
from bot.store.tables import MESSAGES
from bot.store.unit import Database

SPOKE = Spoke(kind="list", name="广告", word="刷单", action="review", evidence=0.7, list="l1", start=0, end=2)
ROW = HeldRow(
    id="h1",
    account="shop",
    conversation="c1",
    author="amy",
    author_name="Amy",
    role="follower",
    key="k1",
    kind="text",
    body='{"text":"刷单"}',
    reply_to=None,
    text="刷单",
    signals=(SPOKE,),
    score=0.7,
    at=5,
)
HIT = HitRow(
    id="f1", account="shop", conversation="c1", author="amy", key="k1", action="review", score=0.7, text="刷单", signals=(SPOKE,), at=5, held="h1"
)


def row(number: int, **more: object) -> HeldRow:
    """One more message that waits, of somebody else."""
    return msgspec.structs.replace(ROW, id=f"h{number}", author=f"p{number}", at=number, **more)


async def hold(db: Database, *rows: HeldRow) -> list[bool]:
    """Let messages wait."""
    async with db.write() as conn:
        return [await held.hold(conn, one) for one in rows]


async def test_a_message_that_waits_comes_back_as_it_was_sent(db: Database) -> None:
    """By its id, and by its author's key; a key waits once."""
    assert await hold(db, ROW, msgspec.structs.replace(ROW, id="h2", conversation="c2")) == [True, False]
    async with db.read() as conn:
        assert await held.get(conn, "h1") == await held.by_key(conn, "amy", "k1") == ROW
        assert await held.get(conn, "h2") is await held.by_key(conn, "amy", "k2") is None


async def test_what_waits_is_listed_and_counted(db: Database) -> None:
    """The longest wait first, page by page, without what was decided and what waits elsewhere; one that is being released still waits."""
    await hold(db, *(row(number) for number in (3, 1, 2)), row(4, conversation="c2"), row(5))
    async with db.write() as conn:
        await held.claim(conn, "h2", "m", 9)
        assert await held.settle(conn, row(5), "refused", decided_by="m", decided_at=9, reason="x")
        assert not await held.settle(conn, row(5), "released", seq=1)
    async with db.read() as conn:
        first = await held.listed(conn, "c1", None, 2)
        last = await held.listed(conn, "c1", first.cursor, 2)
        assert [one.id for one in (*first.items, *last.items)] == ["h1", "h2", "h3"]
        assert (last.cursor, first.items[1].state, first.items[1].decided_by) == (None, "releasing", "m")
        assert (await held.waiting(conn, "c1"), await held.waiting(conn, "c1", "p1"), await held.waiting(conn, "c1", "p5")) == (3, 1, 0)
        assert [one.id for one in await held.overdue(conn, "waiting", 3, 9)] == ["h1"]
        with pytest.raises(Invalid):
            await held.listed(conn, "c1", "nonsense", 2)


async def test_a_hit_is_kept_once_and_tells_where_its_message_stands(db: Database) -> None:
    """The newest first; a message of another conversation under the same key is another one."""
    message = {"author": "amy", "author_name": "Amy", "role": "follower", "kind": "text", "body": "{}", "at": 1}
    async with db.write() as conn:
        assert [await held.hit(conn, one) for one in (HIT, msgspec.structs.replace(HIT, id="f2"))] == [True, False]
        later = msgspec.structs.replace(HIT, id="f3", key="k3", action="shadow", held=None, at=6)
        elsewhere = msgspec.structs.replace(later, id="f4", key="k4", at=7)
        assert [await held.hit(conn, one) for one in (later, elsewhere)] == [True, True]
        await conn.execute(sa.insert(MESSAGES).values(conversation="c1", seq=8, key="k3", **message))
        await conn.execute(sa.insert(MESSAGES).values(conversation="c2", seq=9, key="k4", **message))
    async with db.read() as conn:
        first = await held.hits(conn, "c1", None, 2)
        last = await held.hits(conn, "c1", first.cursor, 2)
    assert [(one.id, one.seq) for one in (*first.items, *last.items)] == [("f4", None), ("f3", 8), ("f1", None)]
    assert last.items == [HIT]


async def test_hits_are_counted_by_list_place_and_day(db: Database) -> None:
    """What is added is added to what is there."""
    async with db.write() as conn:
        await held.count(conn, Counter({("l1", "c1", "2026-11-01"): 2, ("l1", "c2", "2026-11-01"): 5, ("l2", "c1", "2026-11-02"): 1}))
        await held.count(conn, Counter({("l1", "c1", "2026-11-01"): 3}))
        assert await held.counts(conn, "c1", "2026-11-01") == {"l1": 5, "l2": 1}
        assert await held.counts(conn, "c1", "2026-11-02") == {"l2": 1}


async def test_what_is_old_is_deleted_in_small_steps(db: Database) -> None:
    """What waits is not, however old."""
    await hold(db, *(row(number) for number in range(5)))
    async with db.write() as conn:
        for number in range(3):
            await held.settle(conn, row(number), "refused", decided_at=number)
        for number in range(4):
            await held.hit(conn, msgspec.structs.replace(HIT, id=f"f{number}", key=f"k{number}", at=number))
        await held.count(conn, Counter({("l1", "c1", f"2026-11-0{day}"): 1 for day in range(1, 5)}))
        steps = 1
        while not await held.purge(conn, 3, "2026-11-03", 2):
            steps += 1
        assert steps == 2
        assert [one.id for one in (await held.hits(conn, "c1", None, 9)).items] == ["f3"]
        assert [bool(await held.get(conn, f"h{number}")) for number in range(5)] == [False, False, False, True, True]
        assert await held.counts(conn, "c1", "2026-01-01") == {"l1": 2}


async def test_two_processes_that_hold_under_one_key_hold_one(db: Database, second: Callable[[], Database]) -> None:
    """Whoever comes second is told so."""
    ended = await asyncio.gather(hold(db, ROW), hold(second(), msgspec.structs.replace(ROW, id="h2")))
    assert sorted(ended) == [[False], [True]]
