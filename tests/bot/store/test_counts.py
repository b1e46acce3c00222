"""Counts by day."""

import asyncio
from collections.abc import Callable

from bot.live.metrics import Metrics
from bot.model.basics import Invalid
from bot.model.talk import AuthorRole
from bot.store import counts, outbox, people, talk
from bot.store.batch import Appended, Draft, Settled
from bot.store.counts import ReplyDay, RuleTotal
from bot.store.log import Log
from bot.store.people import AccountRow
from bot.store.unit import Database
from replies.tally import RuleCount, Tally

MONDAY, TUESDAY = "2026-01-05", "2026-01-06"


def tally(outcome: str | None, *rules: RuleCount, day: str = MONDAY, account: str = "a1", unanswered: bool = False) -> Tally:
    """What one decision adds."""
    return Tally(account, day, outcome, unanswered, rules)


async def add(db: Database, *tallies: Tally) -> None:
    """In a transaction of its own."""
    await db.batch(lambda conn: counts.add(conn, tallies))


async def test_what_is_added_is_summed(db: Database) -> None:
    """Within one transaction and over several; each account and day for itself."""
    ship = RuleCount("ship", MONDAY, 1, 1)
    await add(db, tally("answered", ship), tally("answered", ship, RuleCount("back", MONDAY, heard=1)), tally("silent", unanswered=True))
    await add(
        db,
        tally("handed_off", RuleCount("ship", MONDAY, handed_off=1, asked_again=1), day=TUESDAY),
        tally("choices"),
        tally(None, RuleCount("hi", TUESDAY, 1, 1), day=TUESDAY),
        tally("answered", account="a2"),
    )

    async with db.read() as conn:
        assert await counts.days(conn, "a1", MONDAY, TUESDAY) == [
            ReplyDay(day=MONDAY, heard=4, answered=2, choices=1, handed_off=0, silent=1, unanswered=1),
            ReplyDay(day=TUESDAY, heard=1, answered=0, choices=0, handed_off=1, silent=0, unanswered=0),
        ]
        page = await counts.totals(conn, "a1", MONDAY, TUESDAY, None, 10)
        assert page.items == [
            RuleTotal(rule="back", heard=1, answered=0, handed_off=0, asked_again=0),
            RuleTotal(rule="hi", heard=1, answered=1, handed_off=0, asked_again=0),
            RuleTotal(rule="ship", heard=2, answered=2, handed_off=1, asked_again=1),
        ]
        assert (await counts.totals(conn, "a1", MONDAY, MONDAY, None, 10)).items == [page.items[0], page.items[2]]
        assert [(one.rule, one.day) for one in (await counts.daily(conn, "a1", TUESDAY, TUESDAY, None, 10)).items] == [("hi", TUESDAY)]


async def test_rules_are_paged_by_their_ids(db: Database) -> None:
    """None twice and none missing, together and day by day."""
    names = [f"r{number}" for number in range(5)]
    for day in (MONDAY, TUESDAY):
        await add(db, *(tally(None, RuleCount(name, day, 1)) for name in names))

    async with db.read() as conn:
        for read, wanted in ((counts.totals, names), (counts.daily, [name for name in names for _ in range(2)])):
            found: list[RuleTotal] = []
            cursor = None
            while True:
                page = await read(conn, "a1", MONDAY, TUESDAY, cursor, 3)
                found += page.items
                cursor = page.cursor
                if cursor is None:
                    break
            assert [one.rule for one in found] == wanted
        assert [one.day for one in found[:2]] == [MONDAY, TUESDAY]


async def test_processes_that_count_at_once_lose_nothing(db: Database, second: Callable[[], Database]) -> None:
    """Nor do they wait for each other in a circle, whatever the order of what they count."""
    other = second()
    some = [tally("answered", RuleCount(f"r{number}", MONDAY, 1, 1)) for number in range(20)]

    await asyncio.gather(*(add(one, *order) for _ in range(5) for one, order in ((db, some), (other, some[::-1]))))

    async with db.read() as conn:
        (day,) = await counts.days(conn, "a1", MONDAY, MONDAY)
        assert (day.heard, day.answered) == (200, 200)
        assert {one.answered for one in (await counts.totals(conn, "a1", MONDAY, MONDAY, None, 50)).items} == {10}


async def test_old_counts_are_purged_in_portions(db: Database) -> None:
    """The oldest first, a bounded number at a time, nothing younger."""
    for number in range(1, 6):
        day = f"2026-01-{number:02}"
        await add(db, tally("silent", RuleCount("a", day, 1), RuleCount("b", day, 1), day=day))

    async with db.write() as conn:
        assert await counts.purge(conn, "2026-01-04", 4) == 4
        assert [one.day for one in (await counts.daily(conn, "a1", "2026-01-01", "2026-01-05", None, 50)).items if one.rule == "a"] == [
            "2026-01-03",
            "2026-01-04",
            "2026-01-05",
        ]
        assert await counts.purge(conn, "2026-01-04", 4) == 2
        assert await counts.purge(conn, "2026-01-04", 4) == 0
        assert [one.day for one in await counts.days(conn, "a1", "2026-01-01", "2026-01-09")] == ["2026-01-04", "2026-01-05"]


TOLD = tally("answered", RuleCount("ship", MONDAY, 1, 1))


async def heard(db: Database) -> int:
    """How many messages were counted."""
    async with db.read() as conn:
        return sum(day.heard for day in await counts.days(conn, "a1", MONDAY, MONDAY))


async def owed(db: Database, *tokens: str) -> None:
    """Work that is to be done."""
    async with db.write() as conn:
        await outbox.add(conn, [outbox.Work(kind="answer", subject="c1", token=token) for token in tokens], 1)


async def test_what_is_settled_twice_counts_once(db: Database) -> None:
    """In one batch or in two; and what was never owed counts for nothing."""
    await owed(db, "t1", "t2")
    done = [Settled(conversation="c1", tokens=(token,), tally=TOLD) for token in ("t1", "t1", "t2", "t3")]
    async with Log(db, Metrics()) as log:
        await asyncio.gather(*map(log.settle, done))
        await log.settle(done[0])
        await log.settle(Settled(conversation="c1", tally=TOLD))

    assert await heard(db) == 2


async def test_what_cannot_be_stored_is_not_counted(db: Database) -> None:
    """The answer is refused, so its work comes back; the good one beside it in the batch counts."""
    async with db.write() as conn:
        await people.create_account(conn, AccountRow(id="a1", handle="shop", name="小店", kind="seller", chat_open="everyone", created_at=1))
        room = await talk.make_direct(conn, "a1", "amy", 1)
    await owed(db, "bad", "good")
    answers = [
        Draft(
            conversation=room,
            author="bot:a1",
            author_name="小店",
            role=AuthorRole.BOT,
            key=token,
            kind="text",
            body='{"text":"\ud800"}' if token == "bad" else '{"text":"好"}',
            settles=Settled(conversation=room, tokens=(token,), tally=TOLD),
        )
        for token in ("bad", "good")
    ]
    async with Log(db, Metrics()) as log:
        refused, stored = await asyncio.gather(*map(log.append, answers), return_exceptions=True)

    assert isinstance(refused, Invalid)
    assert isinstance(stored, Appended)
    assert await heard(db) == 1


async def test_two_processes_that_settle_the_same_count_it_once(db: Database, second: Callable[[], Database]) -> None:
    """Whichever deletes the row counts."""
    tokens = [f"t{number}" for number in range(30)]
    await owed(db, *tokens)
    async with Log(db, Metrics(), batch_limit=4) as one, Log(second(), Metrics(), batch_limit=3) as other:
        await asyncio.gather(
            *(log.settle(Settled(conversation="c1", tokens=(token,), tally=TOLD)) for token in tokens for log in (one, other)),
        )

    assert await heard(db) == 30


async def test_what_was_asked_in_vain_is_summed_and_the_most_asked_comes_first(db: Database) -> None:
    """Within one transaction and over days; each account for itself; old ones go."""
    some = [Tally("a1", day, "silent", True, (), question, f"{question}？") for question, day in (("蓝", MONDAY), ("红", MONDAY), ("红", TUESDAY))]
    await add(db, *some, some[1], Tally("a2", MONDAY, "silent", True, (), "绿", "绿"), Tally("a1", MONDAY, "silent", unanswered=True))
    await add(db, some[2])

    async with db.write() as conn:
        both = [counts.Unanswered(question="红", text="红？", asked=4), counts.Unanswered(question="蓝", text="蓝？", asked=1)]
        assert await counts.unanswered(conn, "a1", MONDAY, TUESDAY, 10) == both
        assert await counts.unanswered(conn, "a1", MONDAY, TUESDAY, 1) == both[:1]
        assert [one.asked for one in await counts.unanswered(conn, "a1", TUESDAY, TUESDAY, 10)] == [2]
        assert await counts.purge_unanswered(conn, TUESDAY, 10) == 3
        assert [one.asked for one in await counts.unanswered(conn, "a1", MONDAY, TUESDAY, 10)] == [2]
