"""Coming and going: by one's own act alone, as the group's joining says, within its capacity."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions.groups import NewGroup
from bot.actions.moderation import Ban, Mute
from bot.live.local import LocalLimiter
from bot.model.basics import Banned, Closed, Conflict, Forbidden, Invalid, NotFollowing, NotFound, NotMember, RateLimited
from bot.model.facts import MemberChanged, Noticed, to_conversation
from bot.model.groups import GroupRole, Joining
from bot.model.people import Actor, Role
from tests.circle import AMY, BOB, CAT, DAN, Circle, circle
from tests.world import MODERATOR, OPERATOR, OUTSIDER, OWNER, SHOP, STRANGER, VISITOR

MUTE = Mute(seconds=600, reason="刷屏")


@pytest.fixture
async def room(data_dir: Path) -> AsyncIterator[Circle]:
    async with circle(data_dir) as room:
        yield room


def changed(group: str, person: Actor, change: str, by: Actor | None = None) -> MemberChanged:
    """What is told of a coming or going."""
    return MemberChanged(group=group, account=SHOP, person=person.person, change=change, by=(by or person).person)


async def test_a_follower_joins_an_open_group(room: Circle) -> None:
    """Once is enough: again changes nothing and leaves no line."""
    group = await room.make()
    room.told()

    came = await room.memberships.join(AMY, group)
    again = await room.memberships.join(AMY, group)

    assert came.membership is not None
    assert again.membership == came.membership
    assert (await room.row(group)).members == 2
    assert room.told() == [changed(group, AMY, "joined")]
    assert await room.acts(group) == [("create", OWNER.person, None), ("join", AMY.person, AMY.person)]
    assert [seen.role for seen in await room.groups.mine(AMY)] == [GroupRole.MEMBER]


async def test_following_never_joins_and_only_followers_join(room: Circle) -> None:
    """Neither a visitor nor staff of another account comes in; who begins to follow is in no group."""
    group = await room.make()

    for actor in (VISITOR, STRANGER):
        with pytest.raises(NotFollowing):
            await room.memberships.join(actor, group)
    await room.people.follow(VISITOR, "shop")

    assert await room.inside(group) == [OWNER.person]
    assert await room.groups.mine(VISITOR) == []


async def test_staff_come_in_as_what_they_are(room: Circle) -> None:
    """Without following and without approval; an operator is a member, a moderator of the account moderates."""
    group = await room.make(Joining.APPROVAL)

    for actor in (OPERATOR, MODERATOR):
        assert (await room.memberships.join(actor, group)).membership is not None

    assert {(await room.groups.mine(actor))[0].role for actor in (OPERATOR,)} == {GroupRole.MEMBER}
    assert (await room.groups.mine(MODERATOR))[0].role is GroupRole.MODERATOR


async def test_leaving_is_silent(room: Circle) -> None:
    """One's own devices and the caches hear of it, the room does not; again changes nothing."""
    group = await room.make(Joining.OPEN, AMY)
    room.hub.heard.clear()

    await room.memberships.leave(AMY, group)
    rings = list(room.hub.heard)
    await room.memberships.leave(AMY, group)

    assert [ring.fact for ring in rings] == [changed(group, AMY, "left")]
    assert to_conversation(group) not in rings[0].topics
    assert await room.inside(group) == [OWNER.person]
    assert [act for act, _, _ in await room.acts(group)] == ["create", "join", "leave"]


async def test_a_large_room_is_not_told_who_came(room: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    """A burst of joinings must not become a storm of pushes."""
    monkeypatch.setattr("bot.actions.membership.TOLD_UPTO", 3)
    group = await room.make()
    room.hub.heard.clear()

    for actor in (AMY, BOB, CAT):
        await room.memberships.join(actor, group)

    assert [to_conversation(group) in ring.topics for ring in room.hub.heard] == [True, True, False]


async def test_who_asks_is_let_in_by_a_moderator(room: Circle) -> None:
    """The answer is read with the request; asking again renews it without a line; approval is told to them."""
    group = await room.make(Joining.APPROVAL)
    assert (await room.memberships.join(AMY, group, " 买过 ")).membership is None
    await room.memberships.join(AMY, group, "常客")
    assert (await room.groups.read(AMY, group)).waiting
    with pytest.raises(Forbidden):
        await room.memberships.requests(BOB, group, None, 10)
    waiting = (await room.memberships.requests(MODERATOR, group, None, 10)).items
    room.told()

    await room.memberships.approve(MODERATOR, group, AMY.person)

    assert [(one.person, one.name, one.answer) for one in waiting] == [(AMY.person, AMY.name, "常客")]
    assert room.told() == [changed(group, AMY, "joined", MODERATOR), Noticed(kind="approved", group=group, by=MODERATOR.person)]
    assert [act for act, _, _ in await room.acts(group)] == ["create", "ask", "approve"]
    assert (await room.memberships.requests(MODERATOR, group, None, 10)).items == []
    with pytest.raises(Conflict):
        await room.memberships.approve(MODERATOR, group, AMY.person)


async def test_who_asks_may_be_refused_or_change_their_mind(room: Circle) -> None:
    """With a reason, told to them; nobody is let in who does not ask."""
    group = await room.make(Joining.APPROVAL)
    await room.memberships.join(AMY, group)
    await room.memberships.join(BOB, group)
    room.told()

    await room.memberships.decline(OWNER, group, AMY.person, " 先买一单 ")
    await room.memberships.leave(BOB, group)

    assert room.told() == [Noticed(kind="declined", group=group, by=OWNER.person, reason="先买一单")]
    for person in (AMY, BOB, CAT):
        with pytest.raises(NotFound):
            await room.memberships.approve(OWNER, group, person.person)
    with pytest.raises(NotFound):
        await room.memberships.decline(OWNER, group, CAT.person, "")
    with pytest.raises(Forbidden):
        await room.memberships.approve(CAT, group, AMY.person)
    assert [act for act, _, _ in await room.acts(group)] == ["create", "ask", "ask", "decline", "withdraw"]
    assert await room.inside(group) == [OWNER.person]


async def test_an_invitation_never_joins(room: Circle) -> None:
    """Who is invited comes by their own act, without approval, into a group that others do not even see."""
    group = await room.make(Joining.INVITATION)
    with pytest.raises(NotFound):
        await room.memberships.join(AMY, group)

    await room.memberships.invite(OWNER, group, AMY.person)
    await room.memberships.invite(OWNER, group, BOB.person)
    assert await room.inside(group) == [OWNER.person]
    assert [one.row.id for one in await room.memberships.invitations(AMY)] == [group]
    await room.memberships.turn_down(BOB, group)

    assert (await room.memberships.join(AMY, group)).membership is not None
    with pytest.raises(NotFound):
        await room.memberships.join(BOB, group)
    assert await room.memberships.invitations(AMY) == []
    assert [act for act, _, _ in await room.acts(group)] == ["create", "invite", "invite", "turn_down", "join"]


async def test_only_followers_are_invited_by_moderators_alone(room: Circle) -> None:
    """Who does not follow and who is banned is refused in the same words; who is inside, as a conflict."""
    group = await room.make(Joining.OPEN, AMY)
    await room.moderation.ban(OWNER, group, BOB.person, Ban(reason="广告"))

    told = []
    for person in (VISITOR, OUTSIDER, BOB):
        with pytest.raises(Invalid) as refused:
            await room.memberships.invite(MODERATOR, group, person.person)
        told.append((str(refused.value), refused.value.data))
    assert len({text for text, _ in told}) == 1
    assert told[0][1] == {"path": "person"}
    with pytest.raises(Conflict):
        await room.memberships.invite(MODERATOR, group, AMY.person)
    with pytest.raises(Forbidden):
        await room.memberships.invite(AMY, group, CAT.person)
    with pytest.raises(Forbidden):
        await room.memberships.invite(MODERATOR, group, MODERATOR.person)


async def test_who_is_banned_does_not_come_in(room: Circle) -> None:
    """Until the ban ends or is lifted, whatever the way in."""
    group = await room.make(Joining.OPEN, AMY)
    await room.moderation.ban(OWNER, group, AMY.person, Ban(seconds=3_600, reason="广告"))

    with pytest.raises(Banned) as refused:
        await room.memberships.join(AMY, group)
    assert refused.value.data["reason"] == "广告"
    await room.moderation.unban(OWNER, group, AMY.person)
    assert (await room.memberships.join(AMY, group)).membership is not None


async def test_a_mute_is_there_when_one_comes_again(room: Circle) -> None:
    """Leaving is no way around it."""
    group = await room.make(Joining.OPEN, AMY)
    mute = await room.moderation.mute(OWNER, group, AMY.person, MUTE)

    await room.memberships.leave(AMY, group)
    came = await room.memberships.join(AMY, group)

    assert came.membership is not None
    assert came.membership.muted_until == mute.until


async def test_the_last_place_is_given_once(room: Circle) -> None:
    """Of those who come together; the others are told that it is full."""
    group = await room.make(capacity=2)

    async def join(actor: Actor) -> bool:
        try:
            await room.memberships.join(actor, group)
        except Conflict:
            return False
        return True

    assert sorted(await asyncio.gather(*(join(actor) for actor in (AMY, BOB, CAT, DAN)))) == [False] * 3 + [True]
    assert (await room.row(group)).members == 2 == len(await room.inside(group))
    assert len(await room.log(group)) == 2


async def test_unfollowing_leaves_every_group(room: Circle) -> None:
    """At once, with a line in each log; following again brings nobody back."""
    groups = [await room.make(Joining.OPEN, AMY, BOB), await room.make(Joining.OPEN, AMY)]
    room.told()

    await room.people.unfollow(AMY, "shop")
    await room.people.follow(AMY, "shop")

    assert sorted(room.told(), key=repr) == sorted([changed(group, AMY, "left") for group in groups], key=repr)
    assert [await room.inside(group) for group in groups] == [[OWNER.person, BOB.person], [OWNER.person]]
    assert [(await room.log(group))[-1].reason for group in groups] == ["unfollowed"] * 2
    assert await room.groups.mine(AMY) == []


async def test_unfollowing_forgets_requests_and_invitations(room: Circle) -> None:
    """Whoever comes back begins anew."""
    asked, invited = await room.make(Joining.APPROVAL), await room.make(Joining.INVITATION)
    await room.memberships.join(AMY, asked)
    await room.memberships.invite(OWNER, invited, AMY.person)

    await room.people.unfollow(AMY, "shop")
    await room.people.follow(AMY, "shop")

    with pytest.raises(NotFound):
        await room.memberships.approve(OWNER, asked, AMY.person)
    with pytest.raises(NotFound):
        await room.memberships.join(AMY, invited)


async def test_who_is_dismissed_is_out_of_the_groups(room: Circle) -> None:
    """Staff who leave an account leave its groups."""
    group = await room.make()
    await room.memberships.join(OPERATOR, group)
    room.told()

    await room.staff.dismiss(OWNER, "shop", OPERATOR.person)

    assert room.told() == [changed(group, OPERATOR, "left", OWNER)]
    assert await room.inside(group) == [OWNER.person]
    with pytest.raises(NotFollowing):
        await room.memberships.join(OPERATOR, group)
    await room.staff.set_role(OWNER, "shop", MODERATOR.person, Role.OPERATOR)
    with pytest.raises(Forbidden):
        await room.moderation.mute(MODERATOR, group, OWNER.person, MUTE)


async def test_a_group_is_hushed_by_its_members(room: Circle) -> None:
    """Nobody else has anything to hush."""
    group = await room.make(Joining.OPEN, AMY)

    await room.memberships.hush(AMY, group, hushed=True)
    mine = await room.of(group, AMY)

    assert mine is not None
    assert mine.hushed
    with pytest.raises(NotMember):
        await room.memberships.hush(BOB, group, hushed=True)


async def test_members_are_shown_to_members(room: Circle) -> None:
    """By pages; mutes to moderators and to the muted themselves."""
    group = await room.make(Joining.OPEN, AMY, BOB, CAT)
    await room.moderation.mute(OWNER, group, BOB.person, MUTE)

    first = await room.memberships.members(AMY, group, None, 2)
    rest = await room.memberships.members(AMY, group, first.cursor, 2)
    muted = {
        actor.person: [one.person for one in (await room.memberships.members(actor, group, None, 50)).items if one.muted_until is not None]
        for actor in (AMY, BOB, MODERATOR)
    }

    assert sorted(one.person for one in [*first.items, *rest.items]) == sorted([OWNER.person, AMY.person, BOB.person, CAT.person])
    assert muted == {AMY.person: [], BOB.person: [BOB.person], MODERATOR.person: [BOB.person]}
    with pytest.raises(Forbidden):
        await room.memberships.members(DAN, group, None, 2)


async def test_members_are_found_by_a_part_of_their_name(room: Circle) -> None:
    """Whatever the case, and signs that mean something to the store mean themselves; in pages too."""
    group = await room.make(Joining.OPEN, AMY, BOB, CAT)
    odd = Actor(person="fan-odd", name="100%_小雨")
    await room.people.follow(odd, "shop")
    await room.memberships.join(odd, group)

    async def found(query: str, cursor: str | None = None, limit: int = 50) -> list[str]:
        page = await room.memberships.members(AMY, group, cursor, limit, query=query)
        return [one.name for one in page.items]

    assert (await found("AM"), await found("小雨"), await found("0%_"), await found(" bob ")) == (["amy"], ["100%_小雨"], ["100%_小雨"], ["bob"])
    assert (await found("%"), await found("_"), await found("nobody")) == (["100%_小雨"], ["100%_小雨"], [])
    first = await room.memberships.members(AMY, group, None, 1, query="a")
    assert [one.name for one in first.items] + await found("a", first.cursor) == ["amy", "cat"]


async def test_a_person_is_in_a_bounded_number_of_groups(room: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is refused until they leave one."""
    monkeypatch.setattr("bot.actions.membership.MEMBERSHIPS_LIMIT", 2)
    first, _, third = await room.make(Joining.OPEN, AMY), await room.make(Joining.OPEN, AMY), await room.make()

    with pytest.raises(Conflict):
        await room.memberships.join(AMY, third)
    await room.memberships.leave(AMY, first)
    assert (await room.memberships.join(AMY, third)).membership is not None


async def test_who_is_in_enough_groups_makes_another_without_being_in_it(room: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    """An owner of many groups owns them all, and their own list stays bounded."""
    monkeypatch.setattr("bot.actions.groups.MEMBERSHIPS_LIMIT", 1)
    await room.make()
    made = await room.groups.create(OWNER, "shop", NewGroup(name="第二组"))

    assert (made.role, made.membership, made.row.members) == (GroupRole.OWNER, None, 0)
    assert len(await room.groups.mine(OWNER)) == 1


async def test_too_many_requests_close_the_door(room: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    """A raid cannot fill the list without end."""
    monkeypatch.setattr("bot.store.admission.REQUESTS_LIMIT", 1)
    group = await room.make(Joining.APPROVAL)
    await room.memberships.join(AMY, group)

    with pytest.raises(Closed):
        await room.memberships.join(BOB, group)


async def test_coming_and_going_have_a_rate(data_dir: Path) -> None:
    """In and out without end is told to wait."""
    async with circle(data_dir, limiter=LocalLimiter()) as room:
        group = await room.make()
        for _ in range(10):
            await room.memberships.join(AMY, group)
            await room.memberships.leave(AMY, group)
        with pytest.raises(RateLimited):
            await room.memberships.join(AMY, group)
        assert len(await room.log(group)) == 21
