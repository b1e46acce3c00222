"""Cases as rows, on both databases: one open case of an offender and place, what it keeps, and what it outlives."""

import asyncio
from collections.abc import Callable

import msgspec
import pytest
import sqlalchemy as sa

from bot.model.cases import KEPT_MS, SIGNALS_KEPT, TOLD_EVERY_MS, Shown, Signal, SignalKind
from bot.store import cases, talk
from bot.store.case_tables import CASE_REPORTS, CASES, SIGNALS
from bot.store.cases import CaseRow, case_row
from bot.store.people import AccountRow, create_account
from bot.store.tables import MESSAGES
from bot.store.unit import Database

SHOP, GROUP, NOW = "shop", "group", 1_000_000


def signal(kind: SignalKind = "report", *, by: str | None = "amy", seq: int | None = None, offender: str = "bob", at: int = NOW) -> Signal:
    """Something that speaks against somebody in the group."""
    return Signal(account=SHOP, conversation=GROUP, offender=offender, kind=kind, at=at, by=by if kind == "report" else None, seq=seq, text="加微信")


async def note(db: Database, *signals: Signal) -> str:
    """Each in a transaction of its own; the last one's case."""
    case = ""
    for one in signals:
        async with db.write() as conn:
            case = await cases.note(conn, one)
    return case


async def row(db: Database, case: str) -> CaseRow:
    """A case as it is stored."""
    async with db.read() as conn:
        return case_row((await conn.execute(sa.select(CASES).where(CASES.c.id == case))).mappings().one())


async def kinds(db: Database, case: str) -> list[str]:
    """The kinds of the signals that are kept, in order."""
    async with db.read() as conn:
        return list((await conn.execute(sa.select(SIGNALS.c.kind).where(SIGNALS.c.case == case).order_by(SIGNALS.c.id))).scalars())


async def decide(db: Database, case: str, at: int) -> None:
    """Close a case."""
    async with db.write() as conn:
        await conn.execute(sa.update(CASES).where(CASES.c.id == case).values(open_key=None, state="decided", decided_at=at))


async def say(db: Database, count: int, text: str = "话") -> None:
    """So many messages in the group."""
    shared = {"conversation": GROUP, "author": "bob", "author_name": "小包", "role": "follower", "kind": "text"}
    rows = [
        {**shared, "seq": seq, "key": f"k{seq}", "at": seq, "body": msgspec.json.encode({"text": f"{text}{seq}"}).decode()}
        for seq in range(1, count + 1)
    ]
    async with db.write() as conn:
        await conn.execute(sa.insert(MESSAGES), rows)


async def evidence(db: Database, case: str) -> list[list[Shown] | None]:
    """What each kept signal shows."""
    async with db.read() as conn:
        found = (await conn.execute(sa.select(SIGNALS.c.evidence).where(SIGNALS.c.case == case).order_by(SIGNALS.c.id))).scalars()
        return [None if one is None else msgspec.json.decode(one, type=list[Shown]) for one in found]


async def test_signals_of_one_offender_in_one_place_are_one_case(db: Database) -> None:
    """With their counts by kind; another offender is another case."""
    case = await note(db, signal(), signal("filter"), signal("filter", at=NOW + 5), signal(by="cat"))

    assert await note(db, signal(offender="dan")) != case
    found = await row(db, case)
    assert (found.offender, found.conversation, found.queue, found.state) == ("bob", GROUP, SHOP, "open")
    assert (found.signals, found.reporters, found.counts) == (4, 2, {"report": 2, "filter": 2})
    assert (found.opened_at, found.latest_at) == (NOW, NOW + 5)


async def test_after_a_decision_a_new_case_begins(db: Database) -> None:
    """And the old one stays as it was decided."""
    first = await note(db, signal())
    await decide(db, first, NOW)
    second = await note(db, signal())

    assert second != first
    assert (await row(db, first)).signals == (await row(db, second)).signals == 1


async def test_the_same_report_twice_is_one(db: Database) -> None:
    """Of the same message, or of the person as such; another message is another report of the same reporter."""
    case = await note(db, signal(seq=1), signal(seq=1), signal(), signal(), signal(seq=2))
    async with db.write() as conn:
        again = await cases.take(conn, signal(seq=2))

    assert not again.fresh
    found = await row(db, case)
    assert (found.signals, found.reporters, found.kept) == (3, 1, 3)


async def test_a_case_keeps_so_many_signals_and_counts_on(db: Database) -> None:
    """A flood of hits cannot keep out what people report."""
    async with db.write() as conn:
        for at in range(SIGNALS_KEPT + 20):
            case = await cases.note(conn, signal("flood", at=at))
    await note(db, signal())

    found = await row(db, case)
    assert (found.signals, found.kept) == (SIGNALS_KEPT + 21, SIGNALS_KEPT)
    assert (await kinds(db, case)) == ["flood"] * (SIGNALS_KEPT - 1) + ["report"]


async def test_evidence_is_the_message_and_five_on_each_side(db: Database) -> None:
    """With names and bodies; at the ends as many as there are. A second signal of the same message needs no second copy."""
    await say(db, 20)
    case = await note(db, signal(seq=10), signal("filter", seq=10), signal(seq=2), signal())

    ten, again, two, none = await evidence(db, case)
    assert ten is not None
    assert two is not None
    assert (again, none) == (None, None)
    assert [one.seq for one in ten] == list(range(5, 16))
    assert [one.seq for one in two] == list(range(1, 8))
    middle = ten[5]
    assert (middle.author, middle.author_name, middle.text, middle.at, middle.recalled) == ("bob", "小包", "话10", 10, False)
    assert middle.body == {"text": "话10"}


async def test_a_recall_does_not_destroy_evidence(db: Database) -> None:
    """Nor does the end of the messages themselves."""
    await say(db, 3)
    case = await note(db, signal(seq=2))
    async with db.write() as conn:
        await talk.recall(conn, GROUP, 2, "bob")
        await conn.execute(sa.delete(MESSAGES))

    (shown,) = await evidence(db, case)
    assert shown is not None
    assert [one.text for one in shown] == ["话1", "话2", "话3"]


async def test_what_was_recalled_before_is_marked(db: Database) -> None:
    """Who takes abuse back at once is still shown to have written it."""
    await say(db, 2)
    async with db.write() as conn:
        await talk.recall(conn, GROUP, 2, "bob")
    (shown,) = await evidence(db, await note(db, signal(seq=2)))

    assert shown is not None
    assert [(one.text, one.recalled) for one in shown] == [("话1", False), ("话2", True)]


async def test_long_messages_are_whole_only_where_they_are_the_point(db: Database) -> None:
    """Those around are cut, so that evidence stays small."""
    await say(db, 3, "长" * 3_990)
    (shown,) = await evidence(db, await note(db, signal(seq=2)))

    assert shown is not None
    assert [(len(one.text), one.body is None) for one in shown] == [(1_000, True), (3_991, False), (1_000, True)]


async def test_an_account_is_one_case_of_the_hub(db: Database) -> None:
    """Wherever it is reported from; a group's own id is a case of its account."""
    of_account = [Signal(account=SHOP, conversation=place, offender=SHOP, kind="report", at=NOW, by=place) for place in ("d1", "d2", None)]
    case = await note(db, *of_account)
    group = await note(db, Signal(account=SHOP, conversation=GROUP, offender=GROUP, kind="report", at=NOW, by="amy"))

    found = await row(db, case)
    assert (found.queue, found.conversation, found.signals, found.reporters) == ("hub", None, 3, 2)
    assert (await row(db, group)).queue == SHOP


async def test_two_processes_note_into_one_case(db: Database, second: Callable[[], Database]) -> None:
    """None of the signals is lost, and no second case is opened."""
    async with db.write() as conn:
        await create_account(conn, AccountRow(id=SHOP, handle=SHOP, name="小店", kind="seller", chat_open="followers", created_at=1))
    other = second()
    await asyncio.gather(*(note(db if turn % 2 else other, signal(by=f"p{turn}")) for turn in range(12)))

    async with db.read() as conn:
        found = [case_row(one) for one in (await conn.execute(sa.select(CASES))).mappings()]
    assert [(one.signals, one.reporters, one.kept) for one in found] == [(12, 12, 12)]


async def test_moderators_are_told_once_a_minute(db: Database, second: Callable[[], Database]) -> None:
    """Over all processes."""
    case = await note(db, signal())

    async def may(hub: Database, now: int) -> bool:
        async with hub.write() as conn:
            return await cases.may_tell(conn, case, now)

    assert [await may(db, NOW), await may(second(), NOW + 1), await may(db, NOW + TOLD_EVERY_MS - 1)] == [True, False, False]
    assert await may(db, NOW + TOLD_EVERY_MS)


@pytest.mark.parametrize("count", [1, 120])
async def test_decided_cases_end_after_180_days(db: Database, count: int) -> None:
    """With everything in them; open ones stay."""
    for number in range(count):
        await decide(db, await note(db, signal(offender=f"x{number}")), NOW)
    young = await note(db, signal(offender="young"))
    await decide(db, young, NOW + 2)
    left = await note(db, signal())

    done = False
    while not done:
        async with db.write() as conn:
            done = await cases.purge(conn, NOW + KEPT_MS + 1)

    async with db.read() as conn:
        assert set((await conn.execute(sa.select(CASES.c.id))).scalars()) == {young, left}
        assert set((await conn.execute(sa.select(SIGNALS.c.case))).scalars()) == {young, left}
        assert set((await conn.execute(sa.select(CASE_REPORTS.c.case))).scalars()) == {young, left}
