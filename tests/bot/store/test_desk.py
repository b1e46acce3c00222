"""The desk's rows: moves that happen once, queues, loads, lists, the sweeper's walks, canned replies."""

import asyncio
from collections.abc import Callable

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.basics import Conflict, Invalid
from bot.model.desk import Waiting
from bot.model.talk import DeskState
from bot.store import desk, people, talk
from bot.store.desk import CannedRow, DeskItem, DeskRow
from bot.store.tables import CONVERSATIONS
from bot.store.unit import Database


async def make(conn: AsyncConnection, person: str, account: str = "a1", **columns: object) -> str:
    """A direct conversation that stands as the columns say."""
    conversation = await talk.make_direct(conn, account, person, 10)
    if columns:
        await conn.execute(sa.update(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation).values(**columns))
    return conversation


async def row_of(conn: AsyncConnection, conversation: str) -> DeskRow:
    """Where it stands."""
    row = await desk.desk_row(conn, conversation)
    assert row is not None
    return row


async def test_a_new_conversation_stands_with_the_bot(db: Database) -> None:
    """A row tells everything about its place; there is none for what does not exist."""
    async with db.write() as conn:
        conversation = await make(conn, "u1")

        assert await desk.desk_row(conn, conversation) == DeskRow(
            conversation=conversation,
            account="a1",
            person="u1",
            state=DeskState.BOT,
            operator=None,
            team=None,
            waiting_since=None,
            away_since=None,
            last_at=10,
        )
        assert await desk.desk_row(conn, "none") is None


async def test_many_are_read_at_once(db: Database) -> None:
    """By conversation; what does not exist is left out."""
    async with db.write() as conn:
        first, second = await make(conn, "u1"), await make(conn, "u2", desk="closed")

        assert await desk.desk_rows(conn, [first, second, "none"]) == {first: await row_of(conn, first), second: await row_of(conn, second)}
        assert await desk.desk_rows(conn, []) == {}


async def test_a_move_changes_everything_that_belongs_to_it(db: Database) -> None:
    """State, operator, team, since when it waits and since when the operator is away."""
    async with db.write() as conn:
        before = await row_of(conn, await make(conn, "u1"))
        waiting = msgspec.structs.replace(before, state=DeskState.WAITING, team="t1", waiting_since=50)
        held = msgspec.structs.replace(before, state=DeskState.OPERATOR, operator="amy", away_since=None)

        assert await desk.move(conn, waiting, expect=before)
        assert await row_of(conn, before.conversation) == waiting
        assert await desk.move(conn, held, expect=waiting)
        assert await row_of(conn, before.conversation) == held


async def test_a_move_from_where_it_no_longer_stands_fails(db: Database) -> None:
    """State and operator are compared, an operator that is nobody too."""
    async with db.write() as conn:
        before = await row_of(conn, await make(conn, "u1", desk="operator", operator="amy"))
        closed = msgspec.structs.replace(before, state=DeskState.CLOSED, operator=None)

        for stale in ({"operator": "bob"}, {"operator": None}, {"state": DeskState.WAITING}):
            assert not await desk.move(conn, closed, expect=msgspec.structs.replace(before, **stale))
        assert await row_of(conn, before.conversation) == before


async def test_of_ten_who_claim_at_once_exactly_one_wins(db: Database, second: Callable[[], Database]) -> None:
    """Each saw the conversation waiting; the log has one line and one operator holds it."""
    async with db.write() as conn:
        seen = await row_of(conn, await make(conn, "u1", desk="waiting", waiting_since=20))
    other = second()

    async def claim(database: Database, operator: str) -> bool:
        async with database.write() as conn:
            held = msgspec.structs.replace(seen, state=DeskState.OPERATOR, operator=operator, waiting_since=None)
            if not await desk.move(conn, held, expect=seen):
                return False
            await desk.log_move(conn, before=seen, after=held, at=60, move="claim", actor=operator, waited_ms=40)
            return True

    won = await asyncio.gather(*(claim(other if number % 2 else db, f"op{number}") for number in range(10)))

    assert won.count(True) == 1
    async with db.read() as conn:
        assert (await row_of(conn, seen.conversation)).operator == f"op{won.index(True)}"
        assert len((await desk.history(conn, seen.conversation, None, 10)).items) == 1


async def test_the_log_tells_every_move_the_newest_first(db: Database) -> None:
    """Who, from where to where, why, and how long the buyer had waited; in pages."""
    async with db.write() as conn:
        before = await row_of(conn, await make(conn, "u1"))
        after = msgspec.structs.replace(before, state=DeskState.WAITING, team="t1")
        for number in range(5):
            await desk.log_move(conn, before=before, after=after, at=10 + number // 2, move="hand_off", actor="system", reason=f"r{number}")

        first = await desk.history(conn, before.conversation, None, 3)
        rest = await desk.history(conn, before.conversation, first.cursor, 3)
        with pytest.raises(Invalid):
            await desk.history(conn, before.conversation, "x", 3)

    assert [moved.reason for moved in first.items + rest.items] == ["r4", "r3", "r2", "r1", "r0"]
    assert rest.cursor is None
    moved = rest.items[-1]
    assert (moved.account, moved.before, moved.after, moved.team, moved.waited_ms) == ("a1", DeskState.BOT, DeskState.WAITING, "t1", None)


async def test_recent_waits_are_those_that_ended_with_a_person(db: Database) -> None:
    """In seconds, the latest first, not before the given time, only of this account."""
    async with db.write() as conn:
        here = await row_of(conn, await make(conn, "u1"))
        there = msgspec.structs.replace(here, account="a2")
        for at, waited, row in ((10, 1_000, here), (20, 2_500, here), (30, None, here), (40, 4_000, here), (50, 9_000, there)):
            await desk.log_move(conn, before=row, after=row, at=at, move="claim", actor="amy", waited_ms=waited)

        assert await desk.recent_waits_s(conn, "a1", 15, 10) == [4.0, 2.5]
        assert await desk.recent_waits_s(conn, "a1", 0, 1) == [4.0]


async def test_a_queue_is_in_the_order_of_waiting(db: Database) -> None:
    """Teams have their own; whoever waits for no team is in the common one; a place counts only those before."""
    async with db.write() as conn:
        common = [await make(conn, f"u{number}", desk="waiting", waiting_since=since) for number, since in enumerate((30, 10, 20))]
        team = [await make(conn, f"t{number}", desk="waiting", team="t1", waiting_since=5 + number) for number in range(3)]
        await make(conn, "gone", desk="closed", waiting_since=1)
        await make(conn, "other", account="a2", desk="waiting", waiting_since=1)

        assert await desk.queue(conn, "a1", None, 10) == [Waiting(common[1], 10), Waiting(common[2], 20), Waiting(common[0], 30)]
        assert await desk.queue(conn, "a1", "t1", 2) == [Waiting(team[0], 5), Waiting(team[1], 6)]
        assert [await desk.place(conn, await row_of(conn, name)) for name in (*common, *team)] == [3, 1, 2, 1, 2, 3]


async def test_a_tie_in_a_queue_is_broken_the_same_way_everywhere(db: Database) -> None:
    """The queue's order and everybody's place agree."""
    async with db.write() as conn:
        for number in range(6):
            await make(conn, f"u{number}", desk="waiting", waiting_since=10)

        queue = [waiting.conversation for waiting in await desk.queue(conn, "a1", None, 10)]
        assert [await desk.place(conn, await row_of(conn, name)) for name in queue] == [1, 2, 3, 4, 5, 6]


async def test_buyers_are_told_by_conversation(db: Database) -> None:
    """Unknown conversations are left out."""
    async with db.write() as conn:
        one, two = await make(conn, "u1"), await make(conn, "u2")

        assert await desk.buyers(conn, [one, two, "none"]) == {one: "u1", two: "u2"}
        assert await desk.buyers(conn, []) == {}


async def test_loads_count_what_each_operator_holds(db: Database) -> None:
    """Zero is told too; other accounts and other states do not count."""
    async with db.write() as conn:
        for number in range(3):
            await make(conn, f"u{number}", desk="operator", operator="amy")
        await make(conn, "u8", desk="closed", operator="amy")
        await make(conn, "u9", account="a2", desk="operator", operator="amy")

        assert await desk.loads(conn, "a1", ["amy", "bob"]) == {"amy": 3, "bob": 0}
        assert await desk.loads(conn, "a1", []) == {}


async def test_what_an_operator_holds_is_listed_latest_first(db: Database) -> None:
    """In every account they work for."""
    async with db.write() as conn:
        old = await make(conn, "u1", desk="operator", operator="amy", last_at=20)
        new = await make(conn, "u1", account="a2", desk="operator", operator="amy", last_at=30)
        await make(conn, "u3", desk="operator", operator="bob")

        assert [row.conversation for row in await desk.held_by(conn, "amy")] == [new, old]


async def listed(conn: AsyncConnection, state: DeskState | None, limit: int = 3) -> list[DeskItem]:
    """A whole list of account a1, page by page."""
    found: list[DeskItem] = []
    cursor: str | None = None
    for _ in range(20):
        part = await desk.conversations_of_desk(conn, "a1", state, cursor, limit)
        found += part.items
        cursor = part.cursor
        if cursor is None:
            return found
    raise AssertionError("the list has no end")


async def test_a_desk_is_listed_by_state_or_as_a_whole(db: Database) -> None:
    """Latest first, each conversation once, with its buyer's name; also where many were last spoken in at one moment."""
    states = list(DeskState)
    async with db.write() as conn:
        await people.remember_person(conn, "u7", "小七", None, 1)
        made = [await make(conn, f"u{number}", desk=str(states[number % 4]), last_at=20 + number // 3) for number in range(17)]
        await make(conn, "elsewhere", account="a2")

        whole = await listed(conn, None)
        parts = {state: await listed(conn, state) for state in states}
        with pytest.raises(Invalid):
            await desk.conversations_of_desk(conn, "a1", None, "AAAA", 3)

    assert sorted(item.row.conversation for item in whole) == sorted(made)
    assert [item.row.last_at for item in whole] == sorted((item.row.last_at for item in whole), reverse=True)
    assert {state: {item.row.state for item in items} for state, items in parts.items()} == {state: {state} for state in states}
    assert sum(len(items) for items in parts.values()) == 17
    assert [item.name for item in whole if item.row.person in {"u7", "u8"}] in (["小七", ""], ["", "小七"])


async def test_a_sweeper_walks_what_operators_hold(db: Database) -> None:
    """Over all accounts, in portions, each once."""
    async with db.write() as conn:
        held = sorted([await make(conn, f"u{number}", account=f"a{number % 2}", desk="operator", operator="amy") for number in range(5)])
        await make(conn, "u9")

        first = await desk.held_by_operators(conn, "", 3)
        rest = await desk.held_by_operators(conn, first[-1].conversation, 3)

    assert [row.conversation for row in first + rest] == held


async def test_an_absent_operator_is_noted_and_forgiven(db: Database) -> None:
    """The first time is kept; only of the operator who holds the conversation."""
    async with db.write() as conn:
        held, bot = await make(conn, "u1", desk="operator", operator="amy"), await make(conn, "u2")

        assert await desk.missed(conn, held, "amy", 99)
        assert not await desk.missed(conn, held, "amy", 120)
        assert not await desk.missed(conn, held, "bob", 120)
        assert not await desk.missed(conn, bot, "amy", 99)
        assert (await row_of(conn, held)).away_since == 99
        assert not await desk.back(conn, held, "bob")
        assert await desk.back(conn, held, "amy")
        assert (await row_of(conn, held)).away_since is None


async def test_all_who_wait_are_counted(db: Database) -> None:
    """Over every account and team."""
    async with db.write() as conn:
        assert await desk.all_waiting(conn) == 0
        await make(conn, "u1", desk="waiting", waiting_since=1)
        await make(conn, "u1", account="a2", desk="waiting", team="t1", waiting_since=1)
        await make(conn, "u2")

        assert await desk.all_waiting(conn) == 2


async def test_a_locked_row_is_not_moved_by_another(db: Database, second: Callable[[], Database]) -> None:
    """Who locks it decides on what they saw; the other waits and then sees the result."""
    async with db.write() as conn:
        seen = await row_of(conn, await make(conn, "u1"))
    order: list[str] = []

    async def take(database: Database, operator: str) -> None:
        async with database.write() as conn:
            row = await desk.desk_row(conn, seen.conversation, lock=True)
            assert row is not None
            if row.operator is None:
                await asyncio.sleep(0.05)
                assert await desk.move(conn, msgspec.structs.replace(row, state=DeskState.OPERATOR, operator=operator), expect=row)
                order.append(operator)

    await asyncio.gather(take(db, "amy"), take(second(), "bob"))

    assert len(order) == 1


async def test_idle_conversations_are_those_without_a_recent_message(db: Database) -> None:
    """Of one state, in portions."""
    async with db.write() as conn:
        old = sorted([await make(conn, f"u{number}", desk="operator", operator="amy", last_at=5) for number in range(3)])
        await make(conn, "u8", desk="operator", operator="amy", last_at=50)
        waiting = await make(conn, "u9", desk="waiting", last_at=5)

        first = await desk.idle(conn, 50, 2)
        rest = await desk.idle(conn, 50, 2, after=first[-1].conversation)
        assert [row.conversation for row in first + rest] == old
        assert [row.conversation for row in await desk.idle(conn, 50, 5, state=DeskState.WAITING)] == [waiting]


async def test_canned_replies_are_kept_by_title(db: Database) -> None:
    """Unique in an account, edited and dropped only by it, listed in pages."""
    hello = CannedRow(id="n1", account="a1", title="你好", text="您好，请问有什么可以帮您？", at=1)
    async with db.write() as conn:
        await desk.create_canned(conn, hello)
        with pytest.raises(Conflict) as refused:
            await desk.create_canned(conn, msgspec.structs.replace(hello, id="n2"))
        for number in range(4):
            await desk.create_canned(conn, CannedRow(id=f"m{number}", account="a1", title=f"t{number}", text="x", at=1))

        assert await desk.edit_canned(conn, msgspec.structs.replace(hello, text="在的", at=2))
        assert not await desk.edit_canned(conn, msgspec.structs.replace(hello, account="a2"))
        with pytest.raises(Conflict):
            await desk.edit_canned(conn, msgspec.structs.replace(hello, title="t1"))
        assert await desk.canned_by_id(conn, "a1", "n1") == msgspec.structs.replace(hello, text="在的", at=2)
        assert await desk.canned_by_id(conn, "a2", "n1") is None

        first = await desk.canned(conn, "a1", None, 3)
        rest = await desk.canned(conn, "a1", first.cursor, 3)
        assert [row.title for row in first.items + rest.items] == ["t0", "t1", "t2", "t3", "你好"]
        assert rest.cursor is None
        assert not await desk.drop_canned(conn, "a2", "n1")
        assert await desk.drop_canned(conn, "a1", "n1")
        assert not await desk.drop_canned(conn, "a1", "n1")
    assert refused.value.data == {"path": "title"}
