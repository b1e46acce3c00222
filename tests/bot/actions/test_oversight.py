"""The log of a group as a file, and its figures: what happened, on which day, by whom."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from bot.actions.moderation import Ban, Mute
from bot.actions.oversight import LINES_AT_ONCE, ByModerator, Oversight
from bot.actions.rulesets import RuleSets
from bot.actions.workbench import Judgement
from bot.live.jobs import Jobs
from bot.model.basics import Forbidden, Invalid, NotFound, now_ms
from bot.model.cases import IDLE_MS, Signal, SignalKind
from bot.model.groups import Joining
from bot.model.people import Actor
from bot.store import cases, sanctions, timeline
from bot.store.sanctions import Line, Logged
from bot.store.tables import MESSAGES
from tests.circle import AMY, BOB, CAT, DAN, Circle, circle
from tests.world import MODERATOR, OWNER, SHOP

NOON = 1_800_000_000 - 1_800_000_000 % 86_400 + 4 * 3_600
"""Noon in Shanghai."""

DAY_S = 86_400


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Circle]:
    async with circle(database_url) as room:
        yield room


@pytest.fixture
async def overseers(room: Circle) -> AsyncIterator[Oversight]:
    """The verbs of overseeing."""
    async with Jobs() as jobs:
        yield Oversight(db=room.hub.db, rulesets=RuleSets(db=room.hub.db, bus=room.hub.bus, jobs=jobs))


async def exported(overseers: Oversight, actor: Actor, group: str, begin: int | None = None, end: int | None = None) -> list[Logged]:
    """The whole file."""
    return [line async for lines in await overseers.export(actor, group, begin, end) for line in lines]


async def test_the_whole_log_is_exported_in_order(room: Circle, overseers: Oversight) -> None:
    """However long; of a span, what lies in it; each line once, also where many share a moment."""
    group = await room.make(Joining.OPEN, AMY)
    async with room.hub.db.write() as conn:
        for number in range(2 * LINES_AT_ONCE):
            await sanctions.write(conn, Line(account=SHOP, conversation=group, at=number // 7, act="join", actor=f"p{number}"))

    lines = await exported(overseers, OWNER, group)
    assert len(lines) == 2 * LINES_AT_ONCE + 2
    assert [(line.at, line.id) for line in lines] == sorted((line.at, line.id) for line in lines)
    assert len({line.id for line in lines}) == len(lines)
    assert {line.at for line in await exported(overseers, MODERATOR, group, 3, 5)} == {3, 4}
    with pytest.raises(Invalid):
        await exported(overseers, OWNER, group, 5, 3)


async def test_the_log_is_for_those_who_oversee(room: Circle, overseers: Oversight) -> None:
    """Who loses the right while it is sent gets no more."""
    group = await room.make(Joining.OPEN, AMY, CAT)
    closed = await room.make(Joining.INVITATION)
    await room.moderation.appoint(OWNER, group, CAT.person)
    for stranger in (AMY, DAN):
        with pytest.raises(Forbidden):
            await exported(overseers, stranger, group)
        with pytest.raises(Forbidden):
            await overseers.stats(stranger, group, 7)
    with pytest.raises(NotFound):
        await exported(overseers, DAN, closed)
    async with room.hub.db.write() as conn:
        for number in range(LINES_AT_ONCE):
            await sanctions.write(conn, Line(account=SHOP, conversation=group, at=number, act="join", actor="x"))
    portions = await overseers.export(CAT, group, None, None)
    assert len(await anext(portions)) == LINES_AT_ONCE
    await room.moderation.demote(OWNER, group, CAT.person)
    with pytest.raises(Forbidden):
        await anext(portions)


async def test_what_happened_is_counted_day_by_day(room: Circle, overseers: Oversight) -> None:
    """In the account's zone: messages, comings and goings, signals, acts by moderator, and how long decisions took."""
    with time_machine.travel(NOON, tick=False) as clock:
        group = await room.make(Joining.OPEN, AMY, BOB, CAT)
        await room.moderation.appoint(OWNER, group, CAT.person)
        await room.hub.say(AMY, group, "a")
        clock.shift(11.9 * 3_600)
        await room.hub.say(AMY, group, "b")
        clock.shift(0.2 * 3_600)
        await room.hub.say(AMY, group, "c")
        async with room.hub.db.write() as conn:
            noticed: list[tuple[SignalKind, str | None, str]]
            noticed = [("report", None, ""), ("filter", "h1", "review"), ("filter", None, "block"), ("flood", None, "")]
            for kind, held, action in noticed:
                shared: dict[str, Any] = {
                    "account": SHOP,
                    "conversation": group,
                    "offender": AMY.person,
                    "at": now_ms(),
                    "detail": {"action": action},
                }
                signal = Signal(**shared, kind=kind, by=BOB.person if kind == "report" else None, held=held)
                case = await cases.note(conn, signal)
        clock.shift(90)
        await room.workbench.decide(CAT, case, Judgement(act="mute", seconds=600, reason="广告"))
        await room.moderation.mute(OWNER, group, BOB.person, Mute(seconds=60, reason="x"))
        await room.moderation.ban(CAT, group, BOB.person, Ban(reason="x"))
        await room.memberships.leave(AMY, group)
        figures = await overseers.stats(CAT, group, 3)

    before, first, second = figures.days
    assert (figures.zone, second.day > first.day > before.day) == ("Asia/Shanghai", True)
    assert (before.messages, before.joins, before.acts) == (0, 0, 0)
    assert (first.messages, first.joins, first.leaves, first.reports) == (2, 3, 0, 0)
    assert (second.messages, second.joins, second.leaves, second.acts) == (1, 0, 1, 3)
    assert (second.reports, second.filtered, second.held, second.blocked, second.floods) == (1, 2, 1, 1, 1)
    assert (figures.decided, figures.median_decision_s) == (1, 90)
    assert figures.moderators == [
        ByModerator(person=OWNER.person, name="掌柜", acts={"appoint": 1, "create": 1, "mute": 1}, decided=0, median_decision_s=None),
        ByModerator(person=CAT.person, name="cat", acts={"ban": 1, "mute": 1}, decided=1, median_decision_s=90),
    ]


async def test_what_the_hub_closed_is_nobodys_decision(room: Circle, overseers: Oversight) -> None:
    """It changes neither how many were decided nor how long that took."""
    with time_machine.travel(NOON, tick=False) as clock:
        group = await room.make(Joining.OPEN, AMY)
        async with room.hub.db.write() as conn:
            await cases.note(conn, Signal(account=SHOP, conversation=group, offender=AMY.person, kind="flood", at=now_ms()))
        clock.shift(IDLE_MS / 1_000 + 1)
        await room.workbench.tend()
        figures = await overseers.stats(OWNER, group, 3)
    assert [line.act for line in await room.log(group)][-1] == "dismiss"
    assert (figures.decided, figures.median_decision_s, [one.decided for one in figures.moderators]) == (0, None, [0])


async def test_days_have_a_bound(room: Circle, overseers: Oversight) -> None:
    """Ninety at most, whatever is asked."""
    group = await room.make()
    assert len((await overseers.stats(OWNER, group, 1_000)).days) == 90
    assert len((await overseers.stats(OWNER, group, 1)).days) == 1


@pytest.mark.parametrize("count", [0, 1, 2, 7, 100])
async def test_moments_are_found_among_numbers(room: Circle, count: int) -> None:
    """As a look at every message would find them, whichever moment is asked for; many messages may share one."""
    group = await room.make()
    times = [10 * (number // 3) for number in range(count)]
    shared = {"conversation": group, "author": "x", "author_name": "x", "role": "follower", "kind": "text", "body": "{}"}
    async with room.hub.db.write() as conn:
        rows = [{**shared, "seq": seq, "key": f"k{seq}", "at": at} for seq, at in enumerate(times, 1)]
        if rows:
            await conn.execute(sa.insert(MESSAGES), rows)
        await conn.execute(sa.text(f"UPDATE conversations SET head = {count}"))
        moments = [0, 1, 9, 10, 11, 15, 300, 330, 10_000]
        assert await timeline.last_before(conn, group, moments) == [sum(at < moment for at in times) for moment in moments]
