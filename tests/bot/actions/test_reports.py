"""What people report: only what they see, nothing of themselves, not too often; told to those who may judge it, never to who is reported."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
import time_machine

from bot.actions.reports import AccountReport, Report
from bot.live.local import LocalLimiter
from bot.model.basics import HubError, Invalid, NotFound, RateLimited
from bot.model.cases import REPORT_LIMITS, TOLD_EVERY_MS, report_wait_s
from bot.model.facts import Noticed, to_person
from bot.model.groups import BOT_PREFIX, SYSTEM, Joining
from bot.model.people import Actor
from bot.model.talk import AuthorRole
from bot.store import cases, docket
from bot.store.batch import Draft
from bot.store.case_tables import CASES
from bot.store.cases import CaseRow, case_row
from bot.store.docket import SignalRow
from tests.circle import AMY, BOB, CAT, DAN, Circle, circle
from tests.world import BUYER, MODERATOR, OPERATOR, OWNER, SHOP

SPAM = Report(reason="spam")


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Circle]:
    async with circle(database_url) as room:
        for listener in (OWNER, MODERATOR, CAT, AMY):
            room.hub.bus.subscribe(to_person(listener.person))
        yield room


@pytest.fixture
async def group(room: Circle) -> str:
    """Three members; Cat was appointed."""
    group = await room.make(Joining.OPEN, AMY, BOB, CAT)
    await room.moderation.appoint(OWNER, group, CAT.person)
    room.told()
    return group


async def all_cases(room: Circle) -> list[CaseRow]:
    """Every case, the oldest first."""
    async with room.hub.db.read() as conn:
        return [case_row(row) for row in (await conn.execute(sa.select(CASES).order_by(CASES.c.opened_at, CASES.c.id))).mappings()]


async def signals(room: Circle, case: str) -> list[SignalRow]:
    """What a case keeps."""
    async with room.hub.db.read() as conn:
        return (await docket.signals(conn, case, None, 200)).items


async def refused(act: Awaitable[object]) -> type[HubError]:
    """The refusal."""
    with pytest.raises(HubError) as caught:
        await act
    return type(caught.value)


async def test_a_message_is_reported_with_what_it_says(room: Circle, group: str) -> None:
    """And why, in the reporter's words; the messages around are kept."""
    for key, author in (("a", BOB), ("b", AMY), ("c", BOB)):
        await room.hub.say(author, group, key, f"说{key}")
    await room.reports.report(BOB, group, Report(seq=2, reason="abuse", note=" 骂人 "))

    (case,) = await all_cases(room)
    assert (case.offender, case.conversation, case.account, case.reporters) == (AMY.person, group, SHOP, 1)
    (kept,) = await signals(room, case.id)
    assert (kept.kind, kept.by, kept.by_name, kept.seq, kept.text) == ("report", BOB.person, "bob", 2, "说b")
    assert kept.detail == {"reason": "abuse", "note": "骂人"}
    assert [one.text for one in kept.evidence] == ["说a", "说b", "说c"]


async def test_those_who_keep_order_are_told_once_a_minute(room: Circle, group: str) -> None:
    """Not the reporter, not who is reported; the name of the reporter is not in it."""
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        await room.reports.report(BOB, group, Report(person=AMY.person, reason="spam"))
        (ring,) = [ring for ring in room.hub.heard if isinstance(ring.fact, Noticed)]
        (case,) = await all_cases(room)
        assert ring.fact == Noticed(kind="report", group=group, ref=case.id)
        assert set(ring.topics) == {to_person(one.person) for one in (OWNER, MODERATOR, CAT)}
        room.told()

        await room.reports.report(CAT, group, Report(person=AMY.person, reason="spam"))
        assert room.told() == []
        clock.shift(TOLD_EVERY_MS / 1_000)
        await room.reports.report(OWNER, group, Report(person=AMY.person, reason="spam"))
        assert len(room.told()) == 1
        clock.shift(TOLD_EVERY_MS / 1_000)
        await room.reports.report(OWNER, group, Report(person=AMY.person, reason="spam"))
        assert room.told() == []


async def test_one_reports_only_what_one_sees(room: Circle, group: str) -> None:
    """What is not there, what was before one came, who is not in; outsiders nothing of what is inside."""
    await room.hub.say(AMY, group, "a")
    closed = await room.make(Joining.INVITATION, AMY)
    asked = await room.make(Joining.APPROVAL, AMY)
    await room.hub.say(AMY, asked, "b")
    await room.memberships.join(BOB, asked)
    await room.memberships.approve(OWNER, asked, BOB.person)

    assert await refused(room.reports.report(BOB, group, Report(seq=2, reason="spam"))) is NotFound
    assert await refused(room.reports.report(BOB, asked, Report(seq=1, reason="spam"))) is NotFound
    assert await refused(room.reports.report(BOB, group, Report(person=DAN.person, reason="spam"))) is NotFound
    assert await refused(room.reports.report(DAN, group, Report(seq=1, reason="spam"))) is NotFound
    assert await refused(room.reports.report(DAN, group, Report(person=AMY.person, reason="spam"))) is NotFound
    assert await refused(room.reports.report(DAN, closed, SPAM)) is NotFound
    assert await all_cases(room) == []
    await room.reports.report(MODERATOR, asked, Report(seq=1, reason="spam"))
    await room.moderation.appoint(OWNER, asked, BOB.person)
    await room.reports.report(BOB, asked, Report(seq=1, reason="spam"))
    assert [case.reporters for case in await all_cases(room)] == [2]


async def test_nobody_reports_themselves(room: Circle, group: str) -> None:
    """Nor their own message, nor staff their own account; and one thing at a time."""
    await room.hub.say(BOB, group, "a")
    for report in (Report(seq=1, reason="spam"), Report(person=BOB.person, reason="spam"), Report(seq=1, person=AMY.person, reason="spam")):
        assert await refused(room.reports.report(BOB, group, report)) is Invalid
    for staff in (OWNER, OPERATOR, MODERATOR):
        assert await refused(room.reports.report_account(staff, "shop", AccountReport(reason="fraud"))) is Invalid
    assert await all_cases(room) == []


async def test_the_group_itself_and_its_moderators_are_matters_of_the_owners(room: Circle, group: str) -> None:
    """Also somebody outside may report a group that they can see."""
    for reporter, report in ((DAN, SPAM), (BOB, Report(person=CAT.person, reason="abuse"))):
        await room.reports.report(reporter, group, report)
        (ring,) = [ring for ring in room.hub.heard if isinstance(ring.fact, Noticed)]
        assert ring.topics == (to_person(OWNER.person),)
        room.told()
    of_group, of_cat = await all_cases(room)
    assert (of_group.offender, of_cat.offender) == (group, CAT.person)


async def test_what_the_account_says_is_a_matter_of_the_hub(room: Circle, group: str) -> None:
    """Reported in a group, in the direct conversation or as such: one case, of which nobody in the shop hears."""
    await room.hub.say(OWNER, group, "a", "假货")
    direct = (await room.hub.talk.open(BUYER, "shop")).conversation
    await room.hub.say(OPERATOR, direct, "x", "转账给我")
    await room.hub.say(BUYER, direct, "y", "不转")
    room.told()

    await room.reports.report(BOB, group, Report(seq=1, reason="fraud"))
    await room.reports.report_account(BUYER, "shop", AccountReport(seq=1, reason="fraud", note="让我转账"))
    await room.reports.report_account(DAN, SHOP, AccountReport(reason="other"))
    assert await refused(room.reports.report_account(BUYER, "shop", AccountReport(seq=2, reason="fraud"))) is NotFound
    assert await refused(room.reports.report_account(DAN, "shop", AccountReport(seq=1, reason="fraud"))) is NotFound
    assert await refused(room.reports.report_account(DAN, "nobody", AccountReport(reason="fraud"))) is NotFound

    (case,) = await all_cases(room)
    assert (case.queue, case.offender, case.conversation, case.reporters) == ("hub", SHOP, None, 3)
    assert [one.text for one in await signals(room, case.id)] == ["", "转账给我", "假货"]
    assert room.told() == []


async def test_what_the_bot_says_in_a_group_is_a_matter_of_the_hub(room: Circle, group: str) -> None:
    """The account speaks by it; what the hub itself writes is nobody's, and cannot be reported."""
    said = Draft(
        conversation=group, author=f"{BOT_PREFIX}{SHOP}", author_name="茶铺", role=AuthorRole.BOT, key="b", kind="text", body='{"text":"转账"}'
    )
    await room.hub.log.append(said)
    await room.reports.report(BOB, group, Report(seq=1, reason="fraud"))
    (case,) = await all_cases(room)
    assert (case.queue, case.offender, [one.text for one in await signals(room, case.id)]) == ("hub", SHOP, ["转账"])

    direct = (await room.hub.talk.open(BUYER, "shop")).conversation
    for place in (group, direct):
        line = msgspec.structs.replace(said, conversation=place, author=SYSTEM, role=AuthorRole.SYSTEM, key=f"s-{place}")
        await room.hub.log.append(line)
    assert await refused(room.reports.report(BOB, group, Report(seq=2, reason="spam"))) is NotFound
    assert await refused(room.reports.report_account(BUYER, "shop", AccountReport(seq=1, reason="spam"))) is NotFound


async def test_who_reports_an_account_is_known_by_name(room: Circle) -> None:
    """Also who the hub had not met."""
    await room.reports.report_account(Actor(person="nobody-knows", name="小夜"), "shop", AccountReport(reason="fraud"))
    (case,) = await all_cases(room)
    assert [one.by_name for one in await signals(room, case.id)] == ["小夜"]


async def test_the_same_report_twice_is_one(room: Circle, group: str) -> None:
    """Told as done, and counted once."""
    await room.hub.say(AMY, group, "a")
    for _ in range(2):
        await room.reports.report(BOB, group, Report(seq=1, reason="spam"))
    (case,) = await all_cases(room)
    assert (case.signals, case.reporters) == (1, 1)


async def test_reports_are_limited_four_ways(data_dir: Path) -> None:
    """One in five seconds, three in five minutes, ten in an hour, twenty-four in a day; each refusal tells when to come again, truly."""
    now = [0.0]
    async with circle(data_dir, limiter=LocalLimiter(clock=lambda: now[0])) as room:
        group = await room.make(Joining.OPEN, AMY, BOB)
        with time_machine.travel(1_800_000_000, tick=False) as clock:

            def wait(seconds: float) -> None:
                clock.shift(seconds)
                now[0] += seconds

            done: list[float] = []
            number = 0
            while now[0] < 86_400:
                number += 1
                await room.hub.say(AMY, group, f"k{number}")
                try:
                    await room.reports.report(BOB, group, Report(seq=number, reason="spam"))
                except RateLimited as limit:
                    wait(float(str(limit.data["retry_after"])))
                else:
                    done.append(now[0])
                    wait(1)
            assert len(done) == 24
            for count, seconds in REPORT_LIMITS:
                assert max(sum(at <= one < at + seconds for one in done) for at in done) == count
            await room.reports.report(BOB, group, Report(seq=number, reason="spam"))


def test_the_wait_is_the_longest_of_the_four() -> None:
    """And none for who did not report lately."""
    assert report_wait_s([], 0) == 0
    assert report_wait_s([1_000], 2_000) == 4
    assert report_wait_s([100_000, 50_000, 1_000], 110_000) == 191
    assert report_wait_s([1_000] * 24, 86_400_999) == 1
    assert report_wait_s([1_000] * 24, 86_401_000) == 0


async def test_reports_of_one_case_at_once_are_all_counted(room: Circle, group: str) -> None:
    """From several members, in one moment."""
    await room.hub.say(AMY, group, "a")
    await asyncio.gather(*(room.reports.report(one, group, Report(seq=1, reason="spam")) for one in (BOB, CAT, OWNER, MODERATOR)))
    (case,) = await all_cases(room)
    assert (case.signals, case.reporters) == (4, 4)
    async with room.hub.db.read() as conn:
        assert len(await cases.reported_at(conn, BOB.person, 24)) == 1
