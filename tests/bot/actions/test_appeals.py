"""Appeals: once for each sanction, heard by somebody else than who imposed it, seen by the two sides alone."""

from collections.abc import AsyncIterator, Awaitable

import pytest
import sqlalchemy as sa
import time_machine

from bot.actions.appeals import MESSAGES_LIMIT, OWN_LIMIT, Appealing, Ruling
from bot.actions.moderation import Ban, Mute
from bot.model.basics import Banned, Closed, Conflict, Forbidden, HubError, Invalid, NotFound, NotMember, Quota
from bot.model.cases import KEPT_MS
from bot.model.facts import MemberChanged, Noticed, Ring, to_person
from bot.model.groups import Joining
from bot.model.people import Actor, Role
from bot.store import people
from bot.store.case_tables import APPEAL_MESSAGES, APPEALS
from tests.circle import AMY, BOB, CAT, DAN, Circle, circle
from tests.world import MODERATOR, OPERATOR, OWNER, SHOP

SORRY = Appealing(text="我只是分享")
LIFT, UPHOLD = Ruling(verdict="lift", reason="误会"), Ruling(verdict="uphold", reason="确实是广告")


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Circle]:
    async with circle(database_url) as room:
        for listener in (OWNER, MODERATOR, CAT):
            room.hub.bus.subscribe(to_person(listener.person))
        yield room


@pytest.fixture
async def group(room: Circle) -> str:
    """By invitation. Cat, who was appointed, banned Amy."""
    group = await room.make(Joining.INVITATION, AMY, BOB, CAT)
    await room.moderation.appoint(OWNER, group, CAT.person)
    await room.moderation.ban(CAT, group, AMY.person, Ban(reason="广告"))
    room.told()
    return group


def notices(room: Circle) -> list[tuple[frozenset[str], Noticed]]:
    """Who was told of appeals since somebody last asked."""
    found = [(frozenset(ring.topics), ring.fact) for ring in room.hub.heard if isinstance(ring, Ring) and isinstance(ring.fact, Noticed)]
    room.hub.heard.clear()
    return found


async def refused(act: Awaitable[object]) -> type[HubError]:
    """The refusal."""
    with pytest.raises(HubError) as caught:
        await act
    return type(caught.value)


async def test_who_is_banned_appeals_and_sees_nothing_else(room: Circle, group: str) -> None:
    """Their thread with those who judge, not the group, its members or its messages."""
    appeal = (await room.appeals.appeal(AMY, group, SORRY)).appeal
    assert notices(room) == [(frozenset({to_person(OWNER.person), to_person(MODERATOR.person)}), Noticed(kind="appeal", group=group, ref=appeal.id))]
    assert (appeal.kind, appeal.imposed_by, appeal.why, appeal.state, appeal.messages) == ("ban", CAT.person, "广告", "open", 1)
    (mine,) = (await room.appeals.appeals(AMY, "shop", "open", False, None, 50)).items
    assert (mine.appeal.id, mine.may_judge, mine.sole) == (appeal.id, False, False)

    assert await refused(room.hub.talk.pull(AMY, group)) in {Banned, NotMember, NotFound}
    assert await refused(room.groups.read(AMY, group)) is NotFound
    assert await refused(room.memberships.members(AMY, group, None, 5)) is NotFound
    assert await refused(room.appeals.decide(AMY, appeal.id, LIFT)) is Forbidden
    for stranger in (BOB, DAN, OPERATOR):
        assert (await room.appeals.appeals(stranger, "shop", "open", False, None, 50)).items == []
        for act in (
            room.appeals.thread(stranger, appeal.id),
            room.appeals.say(stranger, appeal.id, "x"),
            room.appeals.decide(stranger, appeal.id, LIFT),
        ):
            assert await refused(act) is NotFound


async def test_one_appeal_for_each_sanction(room: Circle, group: str) -> None:
    """A new sanction can be appealed against anew; none, of none."""
    await room.appeals.appeal(AMY, group, SORRY)
    assert await refused(room.appeals.appeal(AMY, group, SORRY)) is Conflict
    assert await refused(room.appeals.appeal(AMY, group, Appealing(text="x", kind="mute"))) is NotFound
    assert await refused(room.appeals.appeal(BOB, group, SORRY)) is NotFound
    assert await refused(room.appeals.appeal(AMY, "no-such", SORRY)) is NotFound
    assert await refused(room.appeals.thread(AMY, "no-such")) is NotFound
    assert await refused(room.appeals.appeal(AMY, group, Appealing(text="  "))) is Invalid
    await room.moderation.ban(OWNER, group, AMY.person, Ban(reason="又来"))
    assert (await room.appeals.appeal(AMY, group, SORRY)).appeal.imposed_by == OWNER.person


async def test_somebody_else_hears_it(room: Circle, group: str) -> None:
    """Who imposed the sanction reads it, and neither answers nor decides; both sides are told of what the other says."""
    appeal = (await room.appeals.appeal(AMY, group, SORRY)).appeal
    notices(room)
    (shown,) = (await room.appeals.appeals(CAT, "shop", "open", False, None, 50)).items
    assert not shown.may_judge
    assert len((await room.appeals.thread(CAT, appeal.id))[1]) == 1
    assert await refused(room.appeals.say(CAT, appeal.id, "x")) is Forbidden
    assert await refused(room.appeals.decide(CAT, appeal.id, UPHOLD)) is Forbidden

    said = await room.appeals.say(MODERATOR, appeal.id, "请说明一下")
    assert [(one.number, one.author, one.text) for one in said] == [(1, AMY.person, "我只是分享"), (2, MODERATOR.person, "请说明一下")]
    assert notices(room) == [(frozenset({to_person(AMY.person)}), Noticed(kind="appeal", group=group, ref=appeal.id))]
    await room.appeals.say(AMY, appeal.id, "是链接")
    assert [topics for topics, _ in notices(room)] == [{to_person(OWNER.person), to_person(MODERATOR.person)}]


async def test_a_lifted_sanction_is_over(room: Circle, group: str) -> None:
    """With a line, told to the person with the reason; it weighs no more, and the thread is closed."""
    appeal = (await room.appeals.appeal(AMY, group, SORRY)).appeal
    notices(room)
    shown = await room.appeals.decide(MODERATOR, appeal.id, LIFT)

    assert (shown.appeal.state, shown.appeal.decided_by, shown.appeal.reason) == ("lifted", MODERATOR.person, "误会")
    facts = [ring.fact for ring in room.hub.heard]
    assert Noticed(kind="appeal", group=group, reason="误会", ref=appeal.id) in facts
    assert [fact.change for fact in facts if isinstance(fact, MemberChanged)] == ["unbanned"]
    line = (await room.log(group))[-1]
    assert (line.act, line.actor, line.target, line.reason, line.ref) == ("overturn", MODERATOR.person, AMY.person, "误会", appeal.ref)
    assert await refused(room.appeals.decide(OWNER, appeal.id, UPHOLD)) is Conflict
    assert await refused(room.appeals.say(AMY, appeal.id, "谢谢")) is Closed
    await room.memberships.invite(OWNER, group, AMY.person)
    assert (await room.memberships.join(AMY, group)).membership is not None


async def test_what_ended_by_itself_can_still_be_lifted(room: Circle, group: str) -> None:
    """So that it weighs no more; a mute in force is told as ended, one that is over is not told again."""
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        for seconds, told in ((600, ["unmuted"]), (60, [])):
            await room.moderation.mute(CAT, group, BOB.person, Mute(seconds=seconds, reason="刷屏"))
            appeal = (await room.appeals.appeal(BOB, group, SORRY)).appeal
            room.told()
            clock.shift(61)
            assert (await room.appeals.decide(OWNER, appeal.id, LIFT)).appeal.state == "lifted"
            assert [fact.change for fact in room.told() if isinstance(fact, MemberChanged)] == told


async def test_a_group_that_is_no_more_hears_no_appeal(room: Circle, group: str) -> None:
    """Neither a new one, nor is one decided that was made before."""
    await room.moderation.mute(CAT, group, BOB.person, Mute(seconds=600, reason="刷屏"))
    appeal = (await room.appeals.appeal(AMY, group, SORRY)).appeal
    await room.groups.dissolve(OWNER, group, "散了")
    assert await refused(room.appeals.appeal(BOB, group, SORRY)) is NotFound
    assert await refused(room.appeals.decide(OWNER, appeal.id, LIFT)) is Closed


async def test_who_was_never_in_is_known_by_name(room: Circle) -> None:
    """Banned from outside of an open group, and unknown to the hub until they appeal."""
    eve, group = Actor(person="nobody-knows", name="小夜"), await room.make(Joining.OPEN)
    await room.moderation.ban(OWNER, group, eve.person, Ban(reason="广告"))
    shown = await room.appeals.appeal(eve, group, SORRY)
    assert shown.person is not None
    assert shown.person.name == "小夜"


async def test_an_upheld_sanction_stays(room: Circle, group: str) -> None:
    """And a sanction that somebody replaced meanwhile is not touched by lifting the old one."""
    appeal = (await room.appeals.appeal(AMY, group, SORRY)).appeal
    await room.appeals.decide(OWNER, appeal.id, UPHOLD)
    assert (await room.log(group))[-1].act == "uphold"
    assert [one.kind for one in (await room.moderation.sanctions(OWNER, group, None, 5)).items] == ["ban"]

    await room.moderation.mute(CAT, group, BOB.person, Mute(seconds=600, reason="刷屏"))
    second = (await room.appeals.appeal(BOB, group, SORRY)).appeal
    await room.moderation.mute(OWNER, group, BOB.person, Mute(seconds=900, reason="还刷"))
    await room.appeals.decide(MODERATOR, second.id, LIFT)
    mine = await room.of(group, BOB)
    assert mine is not None
    assert mine.mute_reason == "还刷"


async def test_where_there_is_nobody_else_it_says_so(room: Circle, group: str) -> None:
    """The only owner judges what they did; a moderator's appeal against an owner is for owners."""
    await room.moderation.mute(OWNER, group, CAT.person, Mute(seconds=600, reason="x"))
    appeal = (await room.appeals.appeal(CAT, group, SORRY)).appeal
    assert await refused(room.appeals.thread(MODERATOR, appeal.id)) is NotFound
    (shown,) = (await room.appeals.appeals(OWNER, "shop", "open", False, None, 50)).items
    assert (shown.sole, shown.may_judge) == (True, True)
    assert [topics for topics, fact in notices(room) if fact.kind == "appeal"] == [{to_person(OWNER.person)}]
    assert (await room.appeals.appeals(CAT, "shop", "open", False, None, 50)).items == []
    assert [one.appeal.id for one in (await room.appeals.appeals(CAT, "shop", "open", True, None, 50)).items] == [appeal.id]

    async with room.hub.db.write() as conn:
        await people.set_role(conn, SHOP, "staff:second", Role.OWNER, 1)
    (shown,) = (await room.appeals.appeals(OWNER, "shop", "open", False, None, 50)).items
    assert (shown.sole, shown.may_judge) == (False, False)
    assert await refused(room.appeals.decide(OWNER, appeal.id, LIFT)) is Forbidden
    async with room.hub.db.write() as conn:
        await people.drop_role(conn, SHOP, "staff:second")
    assert (await room.appeals.decide(OWNER, appeal.id, LIFT)).appeal.decided_by == OWNER.person


async def test_a_thread_has_an_end(room: Circle, group: str) -> None:
    """Ten messages of who appeals, twenty in all."""
    appeal = (await room.appeals.appeal(AMY, group, SORRY)).appeal
    for number in range(OWN_LIMIT - 1):
        await room.appeals.say(AMY, appeal.id, f"{number}")
    assert await refused(room.appeals.say(AMY, appeal.id, "x")) is Quota
    for number in range(MESSAGES_LIMIT - OWN_LIMIT):
        await room.appeals.say(OWNER, appeal.id, f"{number}")
    assert await refused(room.appeals.say(OWNER, appeal.id, "x")) is Quota
    assert await refused(room.appeals.say(OWNER, appeal.id, "\u200b")) is Invalid
    assert (await room.appeals.thread(OWNER, appeal.id))[0].appeal.messages == MESSAGES_LIMIT


async def test_lists_are_paged(room: Circle, group: str) -> None:
    """Those to judge from the longest wait on, one's own from the newest back."""
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        for _ in range(3):
            await room.moderation.ban(OWNER, group, AMY.person, Ban(reason="广告"))
            clock.shift(1)
            await room.appeals.appeal(AMY, group, SORRY)
        for reader, backwards in ((MODERATOR, False), (AMY, True)):
            first = await room.appeals.appeals(reader, "shop", "open", False, None, 2)
            rest = await room.appeals.appeals(reader, "shop", "open", False, first.cursor, 2)
            times = [one.appeal.at for one in (*first.items, *rest.items)]
            assert times == sorted(times, reverse=backwards)
            assert (len(times), rest.cursor) == (3, None)


async def test_decided_appeals_end_after_180_days(room: Circle, group: str) -> None:
    """With their threads; open ones stay."""
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        appeal = (await room.appeals.appeal(AMY, group, SORRY)).appeal
        await room.appeals.decide(OWNER, appeal.id, UPHOLD)
        clock.shift(1)
        await room.moderation.ban(OWNER, group, AMY.person, Ban(reason="又来"))
        left = (await room.appeals.appeal(AMY, group, SORRY)).appeal
        clock.shift(KEPT_MS // 1_000)
        await room.appeals.purge()
    async with room.hub.db.read() as conn:
        assert list((await conn.execute(sa.select(APPEALS.c.id))).scalars()) == [left.id]
        assert list((await conn.execute(sa.select(APPEAL_MESSAGES.c.appeal))).scalars()) == [left.id]
