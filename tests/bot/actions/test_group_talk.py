"""Messages in groups: the verbs of conversation, with the group's own order; what is seen depends on when one came."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.actions.groups import OrderChanges, Silence
from bot.actions.moderation import Ban, Mute
from bot.model.basics import Banned, Closed, Forbidden, HubError, Invalid, Muted, NotFound, NotMember, Quota, SlowMode, now_ms
from bot.model.facts import MemberChanged, MessagePosted, MessageRecalled, Noticed, ReadMoved, Ring, Typed, to_conversation, to_person
from bot.model.groups import Joining
from bot.model.order import SLOW_LIMIT_S, LinkPolicy, Newcomers
from bot.model.people import Actor, Role, Verb
from bot.model.talk import Body, CardBody, Change, TextBody
from bot.store.tables import GROUPS, MEMBERS, SANCTIONS, TURNS
from tests.circle import AMY, BOB, CAT, DAN, Circle, circle
from tests.world import MODERATOR, OPERATOR, OUTSIDER, OWNER, SHOP, STRANGER, posting

MUTE = Mute(seconds=600, reason="刷屏")


@pytest.fixture
async def room(data_dir: Path) -> AsyncIterator[Circle]:
    async with circle(data_dir) as room:
        yield room


@pytest.fixture
async def group(room: Circle) -> str:
    """An open group with two members."""
    group = await room.make(Joining.OPEN, AMY, BOB)
    room.hub.bus.subscribe(to_conversation(group))
    room.hub.heard.clear()
    return group


async def post(room: Circle, actor: Actor, group: str, key: str, body: Body) -> type[HubError] | int:
    """The seq of a message, or the kind of its refusal."""
    try:
        return (await room.hub.talk.send(actor, posting(group, key, body))).seq
    except HubError as error:
        return type(error)


async def say(room: Circle, actor: Actor, group: str, key: str, text: str = "大家好") -> type[HubError] | int:
    return await post(room, actor, group, key, TextBody(text))


def rings(room: Circle, kind: type) -> list[Ring]:
    """What was told of this kind."""
    return [ring for ring in room.hub.heard if isinstance(ring.fact, kind)]


async def fill(room: Circle, group: str, count: int) -> None:
    """So many messages of a member."""
    await asyncio.gather(*(room.hub.talk.send(AMY, posting(group, f"fill-{number}", TextBody(str(number)))) for number in range(count)))


async def test_members_talk_in_one_order(room: Circle, group: str) -> None:
    """The same log, acknowledgement and retries as anywhere; told to the room once, in the author's capacity."""
    assert [await say(room, AMY, group, "1"), await say(room, BOB, group, "1"), await say(room, AMY, group, "1")] == [1, 2, 1]
    assert await say(room, OWNER, group, "1") == 3
    assert await say(room, MODERATOR, group, "1") == 4

    told = rings(room, MessagePosted)
    facts = [ring.fact for ring in told if isinstance(ring.fact, MessagePosted)]
    assert [(fact.message.seq, str(fact.message.role)) for fact in facts] == [(1, "follower"), (2, "follower"), (3, "owner"), (4, "moderator")]
    assert [ring.topics for ring in told[:3]] == [(to_conversation(group),)] * 3
    assert told[3].topics == (to_conversation(group), to_person(MODERATOR.person))
    pulled = await room.hub.talk.pull(BOB, group)
    assert [message.seq for message in pulled.messages] == [1, 2, 3, 4]


async def test_an_operator_who_joined_writes_as_one(room: Circle, group: str) -> None:
    """Without having joined they are outsiders."""
    assert await say(room, OPERATOR, group, "1") is NotMember
    await room.memberships.join(OPERATOR, group)
    assert await say(room, OPERATOR, group, "1") == 1
    (ring,) = rings(room, MessagePosted)
    assert isinstance(ring.fact, MessagePosted)
    assert str(ring.fact.message.role) == "operator"


@pytest.mark.parametrize("actor", [CAT, OUTSIDER, STRANGER, OPERATOR])
async def test_outsiders_hear_and_say_nothing(room: Circle, group: str, actor: Actor) -> None:
    """In an open group they are told to join; one by invitation is not there for them. Sync leaves both out."""
    closed = await room.make(Joining.INVITATION, AMY)
    talk = room.hub.talk
    for place, refused in ((group, NotMember), (closed, NotFound)):
        for act in (
            talk.send(actor, posting(place, "k", TextBody("喂"))),
            talk.pull(actor, place),
            talk.read(actor, place, 1),
            talk.typing(actor, place),
            talk.recall(actor, place, 1),
        ):
            with pytest.raises(refused):
                await act
    assert await talk.sync(actor, {group: 0, closed: 0}) == []
    with pytest.raises(NotFound):
        await room.hub.access.conversation(OWNER, group, Verb.DESK_CLAIM)


async def test_a_mute_holds_at_the_next_message_and_ends_by_the_clock(room: Circle, group: str) -> None:
    """Also of somebody whose standing was known a moment ago; restart or not, it is a date."""
    assert await say(room, AMY, group, "1") == 1

    mute = await room.moderation.mute(OWNER, group, AMY.person, MUTE)
    with pytest.raises(Muted) as refused:
        await room.hub.talk.send(AMY, posting(group, "2", TextBody("喂")))
    assert refused.value.data == {"until": mute.until, "reason": "刷屏"}
    with pytest.raises(Muted):
        await room.hub.talk.typing(AMY, group)
    assert await say(room, BOB, group, "1") == 2

    async with room.hub.db.write() as conn:
        await conn.execute(sa.update(SANCTIONS).values(until=now_ms()))
    room.hub.access.places.forget_all()
    assert await say(room, AMY, group, "2") == 3


async def test_coming_again_does_not_end_the_wait_of_slow_mode(room: Circle, group: str) -> None:
    """Nor does being put out: when somebody last wrote is kept until nobody can ask for it any more."""
    row = await room.row(group)
    await room.groups.set_order(OWNER, group, row.version, OrderChanges(slow_s=600))
    assert await say(room, AMY, group, "1") == 1

    await room.memberships.leave(AMY, group)
    await room.memberships.join(AMY, group)
    assert await say(room, AMY, group, "2") is SlowMode
    await room.moderation.remove(OWNER, group, AMY.person, "跑题")
    await room.memberships.join(AMY, group)
    assert await say(room, AMY, group, "2") is SlowMode

    await room.memberships.leave(AMY, group)
    await room.groups.purge()
    async with room.hub.db.write() as conn:
        assert len((await conn.execute(sa.select(TURNS))).all()) == 1
        await conn.execute(sa.update(TURNS).values(last_at=now_ms() - SLOW_LIMIT_S * 1_000 - 1))
    await room.groups.purge()
    async with room.hub.db.read() as conn:
        assert (await conn.execute(sa.select(TURNS))).all() == []


async def test_a_mute_runs_out_while_it_is_in_memory(room: Circle, group: str) -> None:
    """Nothing has to happen for it to end."""
    await room.moderation.mute(OWNER, group, AMY.person, MUTE)
    async with room.hub.db.write() as conn:
        await conn.execute(sa.update(SANCTIONS).values(until=now_ms() + 150))
    room.hub.access.places.forget_all()

    assert await say(room, AMY, group, "1") is Muted
    await asyncio.sleep(0.2)
    assert await say(room, AMY, group, "1") == 1


async def test_who_is_put_out_hears_and_says_nothing_more(room: Circle, group: str) -> None:
    """Removed, banned, gone by themselves, or following no more."""
    await room.memberships.join(CAT, group)
    await room.memberships.join(DAN, group)
    for actor in (AMY, BOB, CAT, DAN):
        assert isinstance(await say(room, actor, group, "1"), int)

    await room.moderation.remove(OWNER, group, AMY.person, "跑题")
    await room.moderation.ban(OWNER, group, BOB.person, Ban(reason="广告"))
    await room.memberships.leave(CAT, group)
    await room.people.unfollow(DAN, "shop")

    assert [await say(room, actor, group, "2") for actor in (AMY, BOB, CAT, DAN)] == [NotMember, Banned, NotMember, NotMember]
    for actor in (AMY, CAT, DAN):
        with pytest.raises(NotMember):
            await room.hub.talk.pull(actor, group)
    assert [(await room.hub.talk.inbox(actor)).items for actor in (AMY, BOB, CAT, DAN)] == [[], [], [], []]


async def test_an_open_group_shows_its_last_hundred_messages(room: Circle, group: str) -> None:
    """To who comes then, however they ask; moderators see all; unread begins with their coming."""
    await fill(room, group, 130)
    await room.memberships.join(CAT, group)
    await say(room, BOB, group, "new")
    talk = room.hub.talk

    assert (await talk.pull(CAT, group, after=0, limit=200)).messages[0].seq == 31
    older = await talk.pull(CAT, group, before=60, limit=200)
    assert ([message.seq for message in older.messages], older.more) == (list(range(31, 60)), False)
    (caught,) = await talk.sync(CAT, {group: 0})
    assert (caught.messages[0].seq, caught.messages[-1].seq, caught.summary.unread) == (31, 131, 1)
    assert (await talk.pull(BOB, group, after=0, limit=200)).messages[0].seq == 1
    assert (await talk.pull(MODERATOR, group, after=0, limit=200)).messages[0].seq == 1


async def test_a_group_by_approval_shows_what_comes_from_then_on(room: Circle) -> None:
    """Not even the last message, in the inbox, of before."""
    group = await room.make(Joining.APPROVAL, AMY)
    await fill(room, group, 5)
    await room.memberships.join(CAT, group)
    await room.memberships.approve(OWNER, group, CAT.person)
    talk = room.hub.talk

    (listed,) = (await talk.inbox(CAT)).items
    assert (listed.last, listed.summary.unread, listed.summary.title, listed.summary.kind) == (None, 0, "茶友", "group")
    assert (await talk.pull(CAT, group)).messages == []
    assert (await talk.pull(CAT, group, after=0)).messages == []
    await say(room, AMY, group, "new")
    (listed,) = (await talk.inbox(CAT)).items
    assert listed.last is not None
    assert (listed.last.seq, listed.summary.unread) == (6, 1)
    (caught,) = await talk.sync(CAT, {})
    assert [message.seq for message in caught.messages] == [6]

    await talk.recall(AMY, group, 5)
    await talk.recall(AMY, group, 6)
    assert [(await talk.sync(CAT, {group: cursor}))[0].changes for cursor in (5, 6)] == [[], [Change((6,), "recalled", AMY.person)]]
    assert (await talk.sync(AMY, {group: 6}))[0].changes == [Change((seq,), "recalled", AMY.person) for seq in (5, 6)]


async def test_unread_and_marks_are_ones_own(room: Circle, group: str) -> None:
    """A mark is told to one's own devices, not to the room; a hushed group shows as muted."""
    await fill(room, group, 3)
    talk = room.hub.talk
    assert [one.summary.unread for one in (await talk.inbox(BOB)).items] == [3]
    room.hub.heard.clear()

    await talk.read(BOB, group, 2)
    await room.memberships.hush(BOB, group, hushed=True)

    assert [(ring.topics, ring.fact) for ring in rings(room, ReadMoved)] == [((to_person(BOB.person),), ReadMoved(group, BOB.person, 2))]
    (listed,) = (await talk.inbox(BOB)).items
    assert (listed.summary.unread, listed.summary.read, listed.summary.muted) == (1, 2, True)
    assert [one.summary.unread for one in (await talk.inbox(AMY)).items] == [0]


async def test_a_recalled_message_is_gone_for_all_and_from_the_pins(room: Circle, group: str) -> None:
    """As in any conversation."""
    await say(room, AMY, group, "1", "说错了")
    await room.groups.pin(OWNER, group, 1)
    room.hub.heard.clear()

    await room.hub.talk.recall(AMY, group, 1)

    assert [(ring.topics, ring.fact) for ring in rings(room, MessageRecalled)] == [((to_conversation(group),), MessageRecalled(group, 1, AMY.person))]
    assert await room.groups.pins(BOB, group) == []
    with pytest.raises(Forbidden):
        await room.hub.talk.recall(BOB, group, 1)


async def test_replies_name_what_they_answer(room: Circle, group: str) -> None:
    """A message that is there."""
    await say(room, AMY, group, "1")
    assert (await room.hub.say(BOB, group, "2", "好的", reply_to=1)) == 2
    assert (await room.hub.talk.pull(AMY, group)).messages[-1].reply_to == 1


async def test_typing_is_told_in_small_groups(room: Circle, group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most once in three seconds; where there are many, not at all."""
    for _ in range(3):
        await room.hub.talk.typing(AMY, group)
    assert [ring.topics for ring in rings(room, Typed)] == [(to_conversation(group),)]

    monkeypatch.setattr("bot.actions.talk.TYPING_UPTO", 2)
    await room.hub.talk.typing(BOB, group)
    assert len(rings(room, Typed)) == 1


async def test_silence_leaves_the_word_to_moderators(room: Circle, group: str) -> None:
    """Obeyed at the next message, until it ends or is ended."""
    assert await say(room, AMY, group, "1") == 1
    await room.groups.silence(OWNER, group, Silence(seconds=600, reason="夜深了"))

    assert await say(room, AMY, group, "2") is Muted
    assert await say(room, OWNER, group, "2") == 2
    await room.groups.silence(OWNER, group, None)
    assert await say(room, AMY, group, "2") == 3


async def test_the_order_of_the_group_is_obeyed_at_the_next_message(room: Circle, group: str) -> None:
    """Links, media and cards, as moderators set them."""
    assert await say(room, AMY, group, "1", "看 a.com") == 1
    await room.groups.set_order(OWNER, group, 1, OrderChanges(links=LinkPolicy("none"), cards=False))

    assert await say(room, AMY, group, "2", "看 a.com") is Forbidden
    assert await post(room, AMY, group, "3", CardBody("新品")) is Forbidden
    assert await say(room, AMY, group, "4", "看这里") == 2
    assert await say(room, OWNER, group, "5", "看 a.com") == 3


@pytest.mark.parametrize("text", [" ", "\u200b\u200d", "\u3164", "\ufeff \n"])
async def test_a_message_of_nothing_to_see_is_none(room: Circle, group: str, text: str) -> None:
    """Not of a moderator either, and no number is spent."""
    for author in (AMY, OWNER):
        with pytest.raises(Invalid) as refused:
            await room.hub.talk.send(author, posting(group, "k", TextBody(text)))
        assert refused.value.data == {"path": "body.text"}
    assert await say(room, AMY, group, "k", f"{text}。") == 1


async def test_slow_mode_lets_one_through_of_those_sent_at_once(room: Circle, group: str) -> None:
    """Also when they come together, and after the cache was lost; moderators are not slowed."""
    await room.groups.set_order(OWNER, group, 1, OrderChanges(slow_s=600))

    found = await asyncio.gather(*(say(room, AMY, group, f"{number}") for number in range(5)))
    assert found.count(SlowMode) == 4
    room.hub.access.places.forget_all()
    with pytest.raises(SlowMode) as refused:
        await room.hub.talk.send(AMY, posting(group, "later", TextBody("再来")))
    assert refused.value.data["retry_after"] in range(590, 601)
    assert isinstance(await say(room, BOB, group, "1"), int)
    for number in range(3):
        assert isinstance(await say(room, OWNER, group, f"{number}"), int)

    async with room.hub.db.write() as conn:
        await conn.execute(sa.update(MEMBERS).values(last_at=MEMBERS.c.last_at - 600_000))
    room.hub.access.places.forget_all()
    assert isinstance(await say(room, AMY, group, "later"), int)


async def test_a_message_sent_again_in_slow_mode_is_found_where_it_is(room: Circle, group: str) -> None:
    """Its answer was lost: with the same key it is told its place, at once and without a turn; another one waits, and so does a first one."""
    await room.groups.set_order(OWNER, group, 1, OrderChanges(slow_s=600))
    first = await room.hub.talk.send(AMY, posting(group, "a", TextBody("在吗")))
    again = await room.hub.talk.send(AMY, posting(group, "a", TextBody("在吗")))
    assert (again.seq, again.duplicate) == (first.seq, True)
    room.hub.access.places.forget_all()
    assert await say(room, AMY, group, "a", "在吗") == first.seq
    assert await say(room, AMY, group, "b") is SlowMode
    assert await say(room, BOB, group, "a") == first.seq + 1


async def test_newcomers_are_held_until_they_have_written_enough(room: Circle, group: str) -> None:
    """Their messages are counted, as long as that matters; who was here before counts as new in messages too."""
    await room.groups.set_order(OWNER, group, 1, OrderChanges(newcomers=Newcomers(messages=2)))
    link = "看 a.com"

    assert await say(room, AMY, group, "0", link) is Forbidden
    assert [await say(room, AMY, group, f"{number}") for number in range(1, 3)] == [1, 2]
    assert await say(room, AMY, group, "3", link) == 3
    assert await say(room, AMY, group, "4") == 4
    mine = await room.of(group, AMY)
    assert mine is not None
    assert mine.posts == 2


async def test_only_what_stands_in_the_log_makes_a_newcomer_old(room: Circle, group: str) -> None:
    """Not the same message again and again, nor what the log refuses; what comes at once counts each."""
    await room.groups.set_order(OWNER, group, 1, OrderChanges(newcomers=Newcomers(messages=3)))

    assert [await say(room, AMY, group, "same") for _ in range(4)] == [1] * 4
    for key in ("x", "y", "z"):
        with pytest.raises(Invalid):
            await room.hub.talk.send(AMY, posting(group, key, TextBody("喂"), reply_to=99))
    assert await say(room, AMY, group, "link", "看 a.com") is Forbidden
    assert set(await asyncio.gather(say(room, AMY, group, "2"), say(room, AMY, group, "3"))) == {2, 3}
    assert await say(room, AMY, group, "link", "看 a.com") == 4


async def test_who_is_called_by_name_is_told(room: Circle, group: str) -> None:
    """Members only, once a message, never oneself; after the message is durable, and not again on a retry."""
    body = TextBody("@bob 看这个", mentions=(BOB.person, AMY.person, CAT.person, "nobody"))

    for _ in range(2):
        assert await post(room, AMY, group, "1", body) == 1

    notice = Noticed(kind="mention", group=group, by=AMY.person, seq=1)
    assert [(ring.topics, ring.fact) for ring in rings(room, Noticed)] == [((to_person(BOB.person),), notice)]
    order = [type(ring.fact) for ring in room.hub.heard]
    assert order.index(MessagePosted) < order.index(Noticed)


async def test_who_was_called_in_what_was_refused_is_not_told_of_another(room: Circle, group: str) -> None:
    """Under the same key, neither of one in a group that they do not see, nor of one in this that does not call them."""
    closed = await room.make(Joining.INVITATION, AMY)
    for key in ("there", "here"):
        with pytest.raises(Invalid):
            await room.hub.talk.send(AMY, posting(group, key, TextBody("@bob", mentions=(BOB.person,)), reply_to=99))

    assert await say(room, AMY, closed, "there") == 1
    assert await say(room, AMY, group, "here") == 1
    assert rings(room, Noticed) == []


async def test_moderators_call_everyone_three_times_a_day(room: Circle, group: str) -> None:
    """Members do not; a retry spends no call; each call is a line in the log; the fourth is told when."""
    everyone = TextBody("@所有人 开播了", mention_all=True)

    assert await post(room, AMY, group, "1", everyone) is Forbidden
    assert [await post(room, OWNER, group, key, everyone) for key in ("1", "1", "2")] == [1, 1, 2]
    assert await post(room, MODERATOR, group, "3", everyone) == 3
    with pytest.raises(Quota) as refused:
        await room.hub.talk.send(OWNER, posting(group, "4", everyone))
    resets_at = refused.value.data["resets_at"]
    assert isinstance(resets_at, int)
    assert 0 < resets_at - now_ms() <= 86_400_000
    assert [line.act for line in await room.log(group)].count("call_all") == 3
    assert await say(room, OWNER, group, "5") == 4


async def test_a_dissolved_group_is_read_by_its_moderators_alone(room: Circle, group: str) -> None:
    """Nobody writes; for members it is not there any more."""
    await say(room, AMY, group, "1")
    await room.groups.dissolve(OWNER, group, "没人了")

    assert [await say(room, actor, group, "2") for actor in (AMY, OWNER, MODERATOR)] == [NotFound, Closed, Closed]
    assert len((await room.hub.talk.pull(MODERATOR, group)).messages) == 1
    with pytest.raises(NotFound):
        await room.hub.talk.pull(AMY, group)
    assert (await room.hub.talk.inbox(AMY)).items == []
    assert await room.hub.talk.sync(AMY, {group: 0}) == []


async def test_staff_who_are_dismissed_say_no_more(room: Circle, group: str) -> None:
    """Neither those who never joined nor those who did; a role lowered is a role lowered."""
    await room.memberships.join(OPERATOR, group)
    for actor in (MODERATOR, OPERATOR):
        assert isinstance(await say(room, actor, group, "1"), int)

    for actor in (MODERATOR, OPERATOR):
        await room.staff.dismiss(OWNER, "shop", actor.person)

    assert [await say(room, actor, group, "2") for actor in (MODERATOR, OPERATOR)] == [NotMember, NotMember]


async def test_a_role_that_was_lowered_counts_at_the_next_message(room: Circle, group: str) -> None:
    """A moderator of the account who becomes an operator is an outsider of groups they never joined."""
    assert await say(room, MODERATOR, group, "1") == 1
    await room.staff.set_role(OWNER, "shop", MODERATOR.person, Role.OPERATOR)
    assert await say(room, MODERATOR, group, "2") is NotMember


async def test_the_caches_hold_only_what_facts_keep_fresh(room: Circle, group: str) -> None:
    """A change written past the verbs is not seen until the facts tell: that the next message of the tests above obeys is the facts' doing."""
    assert await say(room, AMY, group, "1") == 1
    async with room.hub.db.write() as conn:
        await conn.execute(sa.delete(MEMBERS).where(MEMBERS.c.person == AMY.person))
        await conn.execute(sa.update(GROUPS).values(members=GROUPS.c.members - 1))

    assert await say(room, AMY, group, "2") == 2
    fact = MemberChanged(group=group, account=SHOP, person=AMY.person, change="removed", by=OWNER.person)
    room.hub.bus.publish([Ring("r", ("hub",), fact)])
    assert await say(room, AMY, group, "3") is NotMember
