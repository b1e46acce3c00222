"""What moderators do to people: as the table says, with a reason and an end, one line each, told to whom it concerns."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.actions.appeals import Appealing
from bot.actions.moderation import Ban, Mute
from bot.actions.purges import Purging
from bot.model.basics import Banned, Conflict, Forbidden, HubError, Invalid, Muted, NotFound, now_ms
from bot.model.facts import MemberChanged, Noticed, to_conversation, to_person
from bot.model.groups import Act, GroupRole, Joining, may_sanction
from bot.model.people import Actor
from bot.store import purges as purge_store
from bot.store.tables import SANCTIONS
from tests.circle import AMY, BOB, CAT, DAN, Circle, circle
from tests.world import MODERATOR, OPERATOR, OWNER, SHOP

MUTE = Mute(seconds=600, reason="刷屏")
BAN = Ban(reason="广告")
HELPER = CAT
"""A member who was appointed."""

PEOPLE = {GroupRole.OWNER: OWNER, GroupRole.MODERATOR: HELPER, GroupRole.MEMBER: AMY, GroupRole.OUTSIDER: DAN}


@pytest.fixture
async def room(data_dir: Path) -> AsyncIterator[Circle]:
    async with circle(data_dir) as room:
        yield room


@pytest.fixture
async def group(room: Circle) -> str:
    """Owner, an appointed moderator, two members."""
    group = await room.make(Joining.OPEN, AMY, BOB, HELPER)
    await room.moderation.appoint(OWNER, group, HELPER.person)
    room.told()
    return group


def verbs(room: Circle, group: str) -> dict[Act, Callable[[Actor, str], Awaitable[object]]]:
    """Every act on a person, as a verb."""
    return {
        Act.INVITE: lambda actor, person: room.memberships.invite(actor, group, person),
        Act.APPROVE: lambda actor, person: room.memberships.approve(actor, group, person),
        Act.DECLINE: lambda actor, person: room.memberships.decline(actor, group, person, "不行"),
        Act.REMOVE: lambda actor, person: room.moderation.remove(actor, group, person, "跑题"),
        Act.BAN: lambda actor, person: room.moderation.ban(actor, group, person, BAN),
        Act.UNBAN: lambda actor, person: room.moderation.unban(actor, group, person),
        Act.MUTE: lambda actor, person: room.moderation.mute(actor, group, person, MUTE),
        Act.UNMUTE: lambda actor, person: room.moderation.unmute(actor, group, person),
        Act.APPOINT: lambda actor, person: room.moderation.appoint(actor, group, person),
        Act.DEMOTE: lambda actor, person: room.moderation.demote(actor, group, person),
        Act.WARN: lambda actor, person: room.moderation.warn(actor, group, person, "先提醒一次"),
        Act.PURGE: lambda actor, person: room.purges.purge(actor, group, Purging(person=person, seconds=60, reason="广告")),
        Act.RESTORE: lambda actor, person: restore(room, group, actor, person),
    }


async def restore(room: Circle, group: str, actor: Actor, person: str) -> None:
    """Undo a purge of somebody's messages that is in the store already."""
    async with room.hub.db.write() as conn:
        made = await purge_store.remove(conn, SHOP, group, person, OWNER.person, [1], now_ms())
    await room.purges.undo(actor, made.id, "误会")


@pytest.mark.parametrize("act", Act)
async def test_every_pair_is_judged_by_the_table(room: Circle, group: str, act: Act) -> None:
    """Each role tries each act on each role: what the table refuses is refused and leaves neither line nor trace."""
    verb = verbs(room, group)[act]
    for role, actor in PEOPLE.items():
        for target, person in PEOPLE.items():
            if may_sanction(role, act, target, oneself=actor is person):
                continue
            before = (await room.log(group), await room.inside(group))
            with pytest.raises((Forbidden, NotFound, Conflict)):
                await verb(actor, person.person)
            assert (await room.log(group), await room.inside(group)) == before
    assert room.told() == []


@pytest.mark.parametrize("role", [GroupRole.OWNER, GroupRole.MODERATOR])
@pytest.mark.parametrize("act", [Act.MUTE, Act.REMOVE, Act.BAN, Act.WARN])
async def test_what_the_table_allows_is_done(room: Circle, group: str, act: Act, role: GroupRole) -> None:
    """To a member by both; to a moderator by an owner alone."""
    await verbs(room, group)[act](PEOPLE[role], AMY.person)
    assert (await room.acts(group))[-1] == (str(act), PEOPLE[role].person, AMY.person)

    if role is GroupRole.OWNER:
        await verbs(room, group)[act](OWNER, HELPER.person)
    else:
        with pytest.raises(Forbidden):
            await verbs(room, group)[act](MODERATOR, HELPER.person)


async def test_a_mute_has_an_end_a_reason_and_a_line(room: Circle, group: str) -> None:
    """Told to the person and every process, not to the room; a second one replaces the first."""
    before = now_ms()
    first = await room.moderation.mute(HELPER, group, AMY.person, MUTE)
    rings = [ring for ring in room.hub.heard if isinstance(ring.fact, MemberChanged)]
    second = await room.moderation.mute(OWNER, group, AMY.person, Mute(seconds=60, reason=" 轻些 "))
    mine = await room.of(group, AMY)

    assert first.until is not None
    assert 0 <= first.until - before - 600_000 < 60_000
    fact = MemberChanged(group=group, account=SHOP, person=AMY.person, change="muted", by=HELPER.person, until=first.until, reason="刷屏")
    assert [ring.fact for ring in rings] == [fact]
    assert to_conversation(group) not in rings[0].topics
    assert mine is not None
    assert (mine.muted_until, mine.mute_reason) == (second.until, "轻些")
    assert [(line.act, line.until, line.reason) for line in (await room.log(group))[-2:]] == [
        ("mute", first.until, "刷屏"),
        ("mute", second.until, "轻些"),
    ]


async def test_a_warning_is_told_to_the_person_alone(room: Circle, group: str) -> None:
    """With its reason, which the log keeps; it changes nothing they may do."""
    await room.moderation.warn(HELPER, group, AMY.person, " 请不要发广告 ")

    (ring,) = room.hub.heard
    assert ring.topics == (to_person(AMY.person),)
    assert ring.fact == Noticed(kind="warned", group=group, by=HELPER.person, reason="请不要发广告")
    assert [(line.act, line.target, line.reason) for line in (await room.log(group))[-1:]] == [("warn", AMY.person, "请不要发广告")]


async def test_a_sanction_is_lifted_once(room: Circle, group: str) -> None:
    """Also of somebody who left meanwhile; a second time there is nothing to lift."""
    await room.moderation.mute(OWNER, group, AMY.person, MUTE)
    await room.memberships.leave(AMY, group)
    await room.moderation.ban(OWNER, group, BOB.person, BAN)
    room.told()

    await room.moderation.unmute(HELPER, group, AMY.person, "误会")
    await room.moderation.unban(HELPER, group, BOB.person)

    assert [fact.change for fact in room.told() if isinstance(fact, MemberChanged)] == ["unmuted", "unbanned"]
    for lifted in (room.moderation.unmute(HELPER, group, AMY.person), room.moderation.unban(HELPER, group, BOB.person)):
        with pytest.raises(NotFound):
            await lifted


async def test_a_ban_puts_out_and_keeps_out(room: Circle, group: str) -> None:
    """The number of members follows; who was never in can be banned too."""
    await room.moderation.ban(HELPER, group, AMY.person, Ban(seconds=3_600, reason="广告"))
    await room.moderation.ban(HELPER, group, DAN.person, BAN)

    assert await room.inside(group) == [OWNER.person, BOB.person, HELPER.person]
    assert (await room.row(group)).members == 3
    listed = (await room.moderation.sanctions(HELPER, group, None, 10)).items
    assert {(one.person, one.kind, one.until is None) for one in listed} == {(AMY.person, "ban", False), (DAN.person, "ban", True)}
    with pytest.raises(Forbidden):
        await room.moderation.sanctions(BOB, group, None, 10)


async def test_a_ban_takes_back_invitation_and_request(room: Circle) -> None:
    """What waited for them waits no more, when the ban is over either."""
    group = await room.make(Joining.INVITATION)
    await room.memberships.invite(OWNER, group, AMY.person)

    await room.moderation.ban(OWNER, group, AMY.person, BAN)
    await room.moderation.unban(OWNER, group, AMY.person)

    with pytest.raises(NotFound):
        await room.memberships.join(AMY, group)


async def test_who_is_removed_may_come_again(room: Circle, group: str) -> None:
    """As the group's joining says."""
    await room.moderation.remove(HELPER, group, AMY.person, "跑题")

    assert AMY.person not in await room.inside(group)
    assert (await room.memberships.join(AMY, group)).membership is not None


async def test_an_appointed_moderator_is_that_in_this_group_alone(room: Circle, group: str) -> None:
    """The room hears of it; another group knows nothing of it; an owner takes it back."""
    other = await room.make(Joining.OPEN, AMY, BOB, HELPER)

    await room.moderation.appoint(OWNER, group, BOB.person)
    ring = room.hub.heard[-1]
    await room.moderation.mute(BOB, group, AMY.person, MUTE)
    with pytest.raises(Forbidden):
        await room.moderation.mute(BOB, other, AMY.person, MUTE)
    await room.moderation.demote(OWNER, group, BOB.person)
    with pytest.raises(Forbidden):
        await room.moderation.mute(BOB, group, AMY.person, MUTE)

    assert ring.fact == MemberChanged(group=group, account=SHOP, person=BOB.person, change="role", by=OWNER.person, role="moderator")
    assert to_conversation(group) in ring.topics


async def test_the_role_of_staff_is_set_elsewhere(room: Circle, group: str) -> None:
    """Neither an operator who joined nor a moderator of the account is appointed or demoted in a group."""
    for actor in (OPERATOR, MODERATOR):
        await room.memberships.join(actor, group)

    for act in (room.moderation.appoint(OWNER, group, OPERATOR.person), room.moderation.demote(OWNER, group, MODERATOR.person)):
        with pytest.raises(Forbidden):
            await act


@pytest.mark.parametrize("joined", [False, True])
async def test_a_moderator_of_the_account_is_muted_but_not_put_out(room: Circle, group: str, joined: bool) -> None:
    """Nothing is done that would not hold: they moderate all its groups, as members or not. A mute holds either way, at the next message."""
    if joined:
        await room.memberships.join(MODERATOR, group)
    await room.hub.say(MODERATOR, group, "1")
    lines = await room.log(group)
    for act in (room.moderation.ban(OWNER, group, MODERATOR.person, BAN), room.moderation.remove(OWNER, group, MODERATOR.person, "跑题")):
        with pytest.raises(Forbidden) as refused:
            await act
        assert refused.value.data == {"path": "person"}
    assert await room.log(group) == lines

    mute = await room.moderation.mute(OWNER, group, MODERATOR.person, MUTE)
    with pytest.raises(Muted) as held:
        await room.hub.say(MODERATOR, group, "2")
    assert held.value.data == {"until": mute.until, "reason": mute.reason}
    await room.groups.announce(OWNER, group, "群公告")
    with pytest.raises(Muted):
        await room.hub.say(MODERATOR, group, "2")
    await room.moderation.unmute(OWNER, group, MODERATOR.person)
    assert await room.hub.say(MODERATOR, group, "2") == 2


async def test_a_moderator_who_was_banned_acts_no_more(room: Circle, group: str) -> None:
    """What they are is read in the transaction that acts."""
    await room.moderation.ban(OWNER, group, HELPER.person, BAN)

    for verb in verbs(room, group).values():
        with pytest.raises(HubError):
            await verb(HELPER, AMY.person)
    assert (await room.acts(group))[-1] == ("ban", OWNER.person, HELPER.person)


@pytest.mark.parametrize("reason", ["", "   ", "\u200b\u3164", "字" * 201])
async def test_a_sanction_without_a_reason_is_none(room: Circle, group: str, reason: str) -> None:
    """Nothing happens, and the answer says what is missing."""
    for act in (
        room.moderation.mute(OWNER, group, AMY.person, Mute(seconds=60, reason=reason)),
        room.moderation.ban(OWNER, group, AMY.person, Ban(reason=reason)),
        room.moderation.remove(OWNER, group, AMY.person, reason),
        room.moderation.warn(OWNER, group, AMY.person, reason),
        room.purges.purge(OWNER, group, Purging(person=AMY.person, seconds=60, reason=reason)),
    ):
        with pytest.raises(Invalid) as refused:
            await act
        assert refused.value.data["path"] == "reason"
    assert AMY.person in await room.inside(group)


async def test_an_unknown_member_is_told_as_such(room: Circle, group: str) -> None:
    """Whoever was never there cannot be muted, put out or appointed."""
    for act in (Act.MUTE, Act.REMOVE, Act.APPOINT, Act.UNMUTE, Act.WARN, Act.PURGE):
        with pytest.raises(NotFound):
            await verbs(room, group)[act](OWNER, "nobody")


async def test_nobody_learns_from_a_ban_of_a_group_that_is_not_theirs_to_see(room: Circle) -> None:
    """Who never was in a group by invitation is told of it by nothing; who was in it, or is invited, is."""
    group = await room.make(Joining.INVITATION, AMY)
    await room.memberships.invite(OWNER, group, BOB.person)
    await room.memberships.leave(AMY, group)
    room.hub.heard.clear()

    for fan in (AMY, BOB, DAN):
        await room.moderation.ban(OWNER, group, fan.person, BAN)
    for fan, heard in ((AMY, Banned), (BOB, Banned), (DAN, NotFound)):
        with pytest.raises(heard):
            await room.hub.talk.pull(fan, group)
    with pytest.raises(NotFound):
        await room.appeals.appeal(DAN, group, Appealing(text="为什么"))
    assert (await room.appeals.appeal(BOB, group, Appealing(text="为什么"))).group_name == "茶友"
    await room.moderation.unban(OWNER, group, DAN.person)

    told = [to_person(fan.person) for fan in (AMY, BOB, DAN) for ring in room.hub.heard if to_person(fan.person) in ring.topics]
    assert told == [to_person(AMY.person), to_person(BOB.person)]


async def test_a_group_has_a_bounded_number_of_sanctions(room: Circle, group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more finds no room, unless it replaces one, or one has ended."""
    monkeypatch.setattr("bot.store.sanctions.SANCTIONS_LIMIT", 1)
    await room.moderation.ban(OWNER, group, AMY.person, BAN)

    with pytest.raises(Conflict):
        await room.moderation.ban(OWNER, group, BOB.person, BAN)
    assert BOB.person in await room.inside(group)
    await room.moderation.ban(OWNER, group, AMY.person, Ban(seconds=60, reason="短一点"))
    async with room.hub.db.write() as conn:
        await conn.execute(sa.update(SANCTIONS).values(until=now_ms()))
    await room.moderation.ban(OWNER, group, BOB.person, BAN)
    assert BOB.person not in await room.inside(group)
