"""Every open conversation is with the bot, in a queue, or with a person who is there."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.actions.sweeper import DAY_MS, PURGE, PURGE_PAGES, Rhythm
from bot.live.local import LocalPresence
from bot.model.basics import Conflict, Forbidden, NotFound, now_ms
from bot.model.desk import Move, after
from bot.model.people import Role
from bot.model.talk import DeskState
from bot.store import answers, counts, people
from bot.store import desk as desk_store
from bot.store.answers import TraceRow
from bot.store.tables import CONVERSATIONS, REPLY_DAYS, RULE_DAYS, TRACES
from config.settings import Settings
from replies.tally import RuleCount, Tally
from tests.shop import Shop, rule, shop
from tests.world import BUYER, OPERATOR, OWNER, SECOND, SHOP

BOT, WAITING, HELD, CLOSED = DeskState.BOT, DeskState.WAITING, DeskState.OPERATOR, DeskState.CLOSED
RHYTHM = Rhythm(grace_ms=60_000, idle_ms=3_600_000, traces_ms=1_000_000)


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Shop]:
    """A shop on SQLite."""
    async with shop(f"sqlite:///{data_dir}/hub.db", rhythm=RHYTHM) as hub:
        yield hub


async def test_an_operator_who_stays_away_gives_their_conversations_back(hub: Shop) -> None:
    """Not before the grace time is over; then they wait in the queue, and the log says why."""
    await hub.arrive(OPERATOR)
    room = await hub.waiting()
    await hub.desks.claim(OPERATOR, room)
    await hub.leave(OPERATOR)
    now = now_ms()
    await hub.sweeper.release_absent(now)
    assert (await hub.row(room)).away_since == now
    await hub.sweeper.release_absent(now + 59_999)
    assert await hub.stands(room) == (HELD, OPERATOR.person)
    assert (await hub.row(room)).away_since == now
    await hub.sweeper.release_absent(now + 60_000)
    row = await hub.row(room)
    assert (row.state, row.operator, row.away_since) == (WAITING, None, None)
    assert row.waiting_since is not None
    last = (await hub.moves(room))[-1]
    assert (last.move, last.actor, last.reason) == ("release", "system", "operator away")


async def test_an_operator_who_comes_back_in_time_keeps_them(hub: Shop) -> None:
    """The grace time begins anew with the next absence."""
    room = await hub.waiting()
    await hub.desks.claim(OPERATOR, room)
    now = now_ms()
    await hub.sweeper.release_absent(now)
    await hub.arrive(OPERATOR)
    await hub.sweeper.release_absent(now + 59_000)
    assert (await hub.row(room)).away_since is None
    await hub.leave(OPERATOR)
    await hub.sweeper.release_absent(now + 61_000)
    await hub.sweeper.release_absent(now + 120_000)
    assert await hub.stands(room) == (HELD, OPERATOR.person)
    await hub.sweeper.release_absent(now + 121_000)
    assert (await hub.stands(room))[0] is WAITING


async def test_an_operator_who_returns_at_the_last_moment_is_not_released(hub: Shop) -> None:
    """The release looks at the row again inside its transaction."""
    room = await hub.waiting()
    await hub.desks.claim(OPERATOR, room)
    await hub.sweeper.release_absent(1_000)
    async with hub.db.write() as conn:
        await desk_store.back(conn, room, OPERATOR.person)
    await hub.desks.release(room, operator=OPERATOR.person, reason="operator away", away_before=5_000)
    assert await hub.stands(room) == (HELD, OPERATOR.person)
    await hub.desks.release(room, operator=SECOND.person, reason="operator away")
    assert await hub.stands(room) == (HELD, OPERATOR.person)


async def test_a_released_conversation_is_reminded_and_told(hub: Shop) -> None:
    """It is a wait like any other, with its timers."""
    await hub.publish([rule("还在", "waiting", "请稍候", after_s=30)])
    room = await hub.room()
    await hub.desks.claim(OPERATOR, room)
    await hub.sweeper.release_absent(0)
    await hub.sweeper.release_absent(60_000)
    assert (await hub.desks.view(room)).position == 1
    assert len(await hub.tokens()) == 1


async def test_nobody_is_missed_while_presence_cannot_tell(data_dir: Path) -> None:
    """Without the broker this process knows only its own people."""

    class Blind(LocalPresence):
        @property
        def healthy(self) -> bool:
            return False

    async with shop(f"sqlite:///{data_dir}/hub.db", rhythm=RHYTHM, presence=Blind()) as hub:
        room = await hub.room()
        await hub.desks.claim(OPERATOR, room)
        await hub.sweeper.release_absent(0)
        await hub.sweeper.release_absent(10**12)
        assert await hub.stands(room) == (HELD, OPERATOR.person)
        assert (await hub.row(room)).away_since is None


async def test_who_no_longer_works_here_holds_nothing(hub: Shop) -> None:
    """At once, present or not; a moderator is no operator either."""
    await hub.arrive(OPERATOR, SECOND)
    rooms = [await hub.room("buyer-a"), await hub.room("buyer-b")]
    await hub.desks.claim(OPERATOR, rooms[0])
    await hub.desks.claim(SECOND, rooms[1])
    async with hub.db.write() as conn:
        await people.drop_role(conn, SHOP, OPERATOR.person)
        await people.set_role(conn, SHOP, SECOND.person, Role.MODERATOR, 0)
    await hub.sweeper.release_absent(0)
    assert [(await hub.stands(room))[0] for room in rooms] == [WAITING, WAITING]
    assert {(await hub.moves(room))[-1].reason for room in rooms} == {"operator left"}


async def test_idle_conversations_are_closed(hub: Shop) -> None:
    """Held or waiting, an hour after the last message; what the bot has stays open."""
    await hub.arrive(OPERATOR)
    held, waiting, bot, fresh = [await hub.room(f"buyer-{letter}") for letter in "abcd"]
    await hub.desks.claim(OPERATOR, held)
    await hub.desks.hand_off(waiting, reason="asked")
    await hub.desks.claim(OPERATOR, fresh)
    now = now_ms()
    async with hub.db.write() as conn:
        old = sa.update(CONVERSATIONS).where(CONVERSATIONS.c.id != fresh).values(last_at=now - 3_600_001)
        await conn.execute(old)
    await hub.sweeper.close_idle(now)
    assert [(await hub.stands(room))[0] for room in (held, waiting, bot, fresh)] == [CLOSED, CLOSED, BOT, HELD]
    assert (await hub.moves(held))[-1].reason == "idle"


async def test_more_than_a_page_is_swept_in_one_round(hub: Shop) -> None:
    """The walk goes on until the end, for absent operators and for idle conversations."""
    rooms = [await hub.room(f"buyer-{number}") for number in range(205)]
    async with hub.db.write() as conn:
        await conn.execute(sa.update(CONVERSATIONS).values(desk=str(HELD), operator=OPERATOR.person, last_at=0))
    await hub.sweeper.release_absent(0)
    async with hub.db.read() as conn:
        missed = (await conn.execute(sa.select(sa.func.count()).where(CONVERSATIONS.c.away_since == 0))).scalar()
    assert missed == len(rooms)
    await hub.sweeper.close_idle(now_ms())
    async with hub.db.read() as conn:
        closed = (await conn.execute(sa.select(sa.func.count()).where(CONVERSATIONS.c.desk == str(CLOSED)))).scalar()
    assert closed == len(rooms)


async def test_old_traces_are_purged_now_and_then(hub: Shop) -> None:
    """In rounds, at most every ten minutes; young ones stay."""
    async with hub.db.write() as conn:
        rows = [TraceRow(conversation="c", seq=seq, at=seq, trace="{}") for seq in range(1, 2_101)]
        await answers.put_traces(conn, [*rows, TraceRow(conversation="d", seq=1, at=5_000_000, trace="{}")])

    async def left() -> int:
        async with hub.db.read() as conn:
            return int((await conn.execute(sa.select(sa.func.count()).select_from(TRACES))).scalar_one())

    await hub.sweeper.purge(2_000_000)
    assert await left() == 1
    await hub.sweeper.purge(2_000_000 + 599_999)
    async with hub.db.write() as conn:
        await answers.put_traces(conn, [TraceRow(conversation="c", seq=1, at=1, trace="{}")])
    await hub.sweeper.purge(2_000_000 + 599_999)
    assert await left() == 2
    await hub.sweeper.purge(2_000_000 + 600_000)
    assert await left() == 1


async def test_much_that_is_old_is_purged_over_several_rounds(hub: Shop) -> None:
    """A round deletes so much and no more; the next one goes on at once, without the ten minutes between."""
    whole = PURGE * PURGE_PAGES
    async with hub.db.write() as conn:
        await conn.execute(sa.insert(TRACES), [{"conversation": "c", "seq": seq, "at": 1, "trace": "{}"} for seq in range(whole + 5)])

    async def left() -> int:
        async with hub.db.read() as conn:
            return int((await conn.execute(sa.select(sa.func.count()).select_from(TRACES))).scalar_one())

    seen = []
    for _ in range(2):
        await hub.sweeper.purge(2_000_000)
        seen.append(await left())
    assert seen == [5, 0]


async def test_traces_are_kept_thirty_days_and_counts_four_hundred(data_dir: Path) -> None:
    """To the millisecond, and to the day, by the clock the sweeper is given, where no setting says otherwise."""
    at = 1_767_578_400_000
    async with shop(f"sqlite:///{data_dir}/hub.db", rhythm=Rhythm(traces_ms=Settings().replies.trace_days * DAY_MS)) as hub:
        async with hub.db.write() as conn:
            await answers.put_traces(conn, [TraceRow(conversation="c", seq=1, at=at, trace="{}")])
        await hub.db.batch(lambda conn: counts.add(conn, [Tally("a", "2026-01-05", "silent", False, (RuleCount("r", "2026-01-05", 1),))]))

        async def kept() -> tuple[int, int, int]:
            async with hub.db.read() as conn:
                tables = (TRACES, RULE_DAYS, REPLY_DAYS)
                found = [(await conn.execute(sa.select(sa.func.count()).select_from(table))).scalar_one() for table in tables]
            return found[0], found[1], found[2]

        seen = []
        for now in (at + 30 * DAY_MS, at + 30 * DAY_MS + 1, at + 400 * DAY_MS, at + 401 * DAY_MS):
            hub.sweeper._purge_at = 0
            await hub.sweeper.purge(now)
            seen.append(await kept())
    assert seen == [(1, 1, 1), (0, 1, 1), (0, 1, 1), (0, 0, 0)]


async def test_a_round_counts_those_who_wait(hub: Shop) -> None:
    """For the metrics of the hub."""
    await hub.waiting("buyer-a")
    await hub.waiting("buyer-b")
    await hub.sweeper.sweep()
    assert hub.metrics.desk_waiting._value.get() == 2


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_several_sweepers_at_once_release_everything_once(request: pytest.FixtureRequest, data_dir: Path, kind: str) -> None:
    """Three processes sweep the same desks: one move each in the log, no error."""
    url = f"sqlite:///{data_dir}/hub.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(shop(url, rhythm=RHYTHM))
        others = [await stack.enter_async_context(shop(url, fresh=False, rhythm=RHYTHM, presence=first.presence)) for _ in range(2)]
        rooms = [await first.room(f"buyer-{number}") for number in range(6)]
        for room in rooms:
            await first.desks.claim(OPERATOR, room)
        for now in (0, 60_000):
            await asyncio.gather(*(hub.sweeper.release_absent(now) for hub in (first, *others)))
        for room in rooms:
            assert [move.move for move in await first.moves(room)] == ["claim", "release"]


@pytest.mark.parametrize("seed", range(12))
async def test_after_any_walk_the_promise_holds(data_dir: Path, seed: int) -> None:
    """People come, go and act at random, also two at once; once a sweep and the grace time have passed, nobody holds who is not there.

    The log of every conversation is one chain of legal moves that ends where the conversation stands.
    """
    chance = random.Random(seed)
    staff = (OWNER, OPERATOR, SECOND)
    async with shop(f"sqlite:///{data_dir}/hub.db", rhythm=RHYTHM) as hub:
        rooms = [await hub.room(f"buyer-{number}") for number in range(4)] + [await hub.room()]
        clock = now_ms()
        here: set[str] = set()

        async def step() -> None:
            nonlocal clock
            who, whom, room = chance.choice(staff), chance.choice(staff), chance.choice(rooms)
            acts: list[Callable[[], Awaitable[object]]] = [
                lambda: hub.desks.claim(who, room),
                lambda: hub.desks.assign(who, room),
                lambda: hub.desks.assign(who, room, whom.person),
                lambda: hub.desks.transfer(who, room, whom.person),
                lambda: hub.desks.hand_back(who, room),
                lambda: hub.desks.close(who, room),
                lambda: hub.desks.hand_off(room, reason="asked"),
                lambda: hub.desks.reopen(room),
                lambda: hub.say(who, room, str(chance.random())),
                lambda: hub.say(BUYER, rooms[-1], str(chance.random())),
                lambda: hub.sweeper.release_absent(clock),
            ]
            if chance.random() < 0.25:
                coming = who.person not in here
                await (hub.arrive(who) if coming else hub.leave(who))
                (here.add if coming else here.discard)(who.person)
            clock += chance.randrange(20_000)
            await quietly(chance.choice(acts)())

        for _ in range(40):
            await asyncio.gather(*(step() for _ in range(chance.randint(1, 2))))
        await hub.sweeper.release_absent(clock)
        await hub.sweeper.release_absent(clock + RHYTHM.grace_ms)
        for room in rooms:
            row, moves = await hub.row(room), await hub.moves(room)
            assert (row.state is HELD) == (row.operator is not None)
            assert row.operator is None or row.operator in here
            assert (row.state is WAITING) == (row.waiting_since is not None)
            state = BOT
            for move in moves:
                assert move.before is state
                state = after(state, Move(move.move))
                assert move.after is state
            assert row.state is state


async def quietly(act: Awaitable[object]) -> None:
    """Refusals are part of the walk; anything else is not."""
    try:
        await act
    except (Conflict, Forbidden, NotFound):
        return
