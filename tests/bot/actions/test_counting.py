"""What rules did is counted exactly once, and tags they ask for are put with the answer, whatever dies in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import msgspec
import pytest
import sqlalchemy as sa

from bot.actions import duties
from bot.actions.stats import Figures, Stats
from bot.actions.tags import Tags
from bot.model.basics import now_ms
from bot.store import outbox, people, tags
from bot.store.batch import Settled
from bot.store.tables import CONVERSATIONS, OUTBOX
from tests.bot.actions.test_answers import PARTS, PEOPLE, SHIPPING, Slow, Stalled, die, follow, make_due
from tests.bot.store.test_plans import recorded
from tests.shop import Shop, rule, shop, until
from tests.world import BUYER, OPERATOR, OWNER, SHOP, VISITOR

TAGGING = rule("孕妇", "keyword", "恭喜", then={"tag": ["孕期", "重点"]})
TAGGED = rule("推荐", "keyword", "孕期专用", audience={"tags": ["孕期"]}, priority=5)
REST = rule("推荐什么", "keyword", "大家都爱")


@pytest.fixture
async def hub(url: str) -> AsyncIterator[Shop]:
    """A shop that answers."""
    async with shop(url) as hub:
        hub.answers.start(hub.jobs)
        yield hub


async def figures(hub: Shop) -> Figures:
    """What the shop's owner reads."""
    return await Stats(db=hub.db, access=hub.access, rulesets=hub.rulesets).read(OWNER, "shop")


async def counted(hub: Shop) -> dict[str, tuple[int, int, int, int]]:
    """Heard, answered, handed off, asked again, by rule."""
    return {one.rule: (one.heard, one.answered, one.handed_off, one.asked_again) for one in (await figures(hub)).rules}


async def messages(hub: Shop) -> dict[str, int]:
    """What became of the messages, those figures that are not 0."""
    days = (await figures(hub)).days
    names = ("heard", "answered", "choices", "handed_off", "silent", "unanswered")
    return {name: total for name in names if (total := sum(getattr(day, name) for day in days))}


async def tagged(hub: Shop, person: str = BUYER.person) -> list[tuple[str, str]]:
    """A buyer's tags, each with who put it."""
    async with hub.db.read() as conn:
        return [(one.tag, one.author) for one in await tags.of(conn, SHOP, person)]


async def ask(hub: Shop, *texts: str) -> str:
    """A buyer writes, and each message is settled before the next; the room."""
    room = await hub.room()
    for text in texts:
        await hub.say(BUYER, room, f"k-{now_ms()}-{text}", text)
        await hub.settled()
    return room


async def test_every_message_is_counted_by_what_became_of_it(hub: Shop) -> None:
    """Answered, silent, to people; and each rule by what it did and what came after."""
    await hub.publish([SHIPPING, PEOPLE])
    await ask(hub, "发货", "今天天气", "转人工", "发货")

    assert await messages(hub) == {"heard": 4, "answered": 2, "handed_off": 1, "silent": 1, "unanswered": 1}
    assert await counted(hub) == {"人工": (1, 1, 1, 0), "发货": (2, 2, 0, 1)}


async def test_a_message_taken_back_before_it_was_heard_counts_as_none(url: str) -> None:
    """Nobody was asked anything."""
    async with shop(url) as hub:
        await hub.publish([SHIPPING])
        room = await hub.room()
        await hub.talk.recall(BUYER, room, await hub.say(BUYER, room, "k", "发货"))
    async with shop(url, fresh=False) as hub:
        await make_due(hub)
        hub.answers.start(hub.jobs)
        await hub.settled()
        assert await messages(hub) == {}


@pytest.mark.parametrize(("text", "said"), [("发货", 0), ("三句", 0), ("三句", 1), ("三句", 2), ("转人工", 0)])
async def test_an_answer_that_a_crash_interrupts_counts_once(each_url: str, text: str, said: int) -> None:
    """Whoever carries it out to the end counts it, by the plan that was made first."""
    await die(each_url, said, text, rules=[SHIPPING, PARTS, PEOPLE])
    async with shop(each_url, fresh=False, lease_ms=100) as hub:
        assert await messages(hub) == {}
        hub.answers.start(hub.jobs)
        await hub.settled()
        handed = text == "转人工"
        assert await messages(hub) == {"heard": 1, "handed_off" if handed else "answered": 1}
        assert list((await counted(hub)).values()) == [(1, 1, int(handed), 0)]


@pytest.mark.parametrize("text", ["发货", "三句", "天气"])
async def test_a_duty_that_two_processes_carry_out_counts_once(each_url: str, text: str) -> None:
    """One stalled without renewing its lease and comes late; what it settles was settled."""
    async with AsyncExitStack() as stack:
        stalled = await stack.enter_async_context(shop(each_url, talk_as=Slow, lease_ms=50))
        await stalled.publish([SHIPPING, PARTS])
        room = await stalled.room()
        seq = await stalled.say(BUYER, room, "k", text)
        plan = await stalled.answers._thinker.plan(next(iter(stalled.answers._held.values())))
        assert plan is not None
        other = await stack.enter_async_context(shop(each_url, fresh=False, lease_ms=50))
        await make_due(other)
        other.answers.start(other.jobs)
        await other.settled()
        once = await messages(other), await counted(other)
        assert once[0]["heard"] == 1

        late = Settled(conversation=room, tokens=(f"answer:{room}:{seq}",), memory=plan.memory, traces=((seq, plan.trace),), tally=plan.tally)
        await stalled.log.settle(late)
        stalled.jobs.start("one worker", stalled.answers._work)

        async def awake() -> bool:
            return stalled.answers.in_hand == 0

        await until(awake)
        assert (await messages(other), await counted(other)) == once


async def test_many_at_once_are_all_counted(each_url: str) -> None:
    """In whatever batches they are committed, by two processes."""
    async with AsyncExitStack() as stack:
        hubs = [await stack.enter_async_context(shop(each_url, fresh=not number, lease_ms=30)) for number in range(2)]
        await hubs[0].publish([rule("问", "keyword", "答一", "答二"), SHIPPING])
        buyers = [msgspec.structs.replace(BUYER, person=f"b-{number}") for number in range(12)]
        async with hubs[0].db.write() as conn:
            for buyer in buyers:
                await people.follow(conn, SHOP, buyer.person, "", 0)
        rooms = [await hubs[0].room(buyer.person) for buyer in buyers]
        for hub in hubs:
            hub.answers.start(hub.jobs)
        for text in ("问", "发货", "天气"):
            await asyncio.gather(*(hubs[place % 2].say(buyer, rooms[place], text, text) for place, buyer in enumerate(buyers)))
            for hub in hubs:
                await hub.settled()
        assert await messages(hubs[0]) == {"heard": 36, "answered": 24, "silent": 12, "unanswered": 12}
        assert await counted(hubs[0]) == {"问": (12, 12, 0, 0), "发货": (12, 12, 0, 12)}


async def test_a_greeting_and_a_reminder_count_for_their_rules_alone(url: str) -> None:
    """Nobody had written."""
    async with shop(url) as hub:
        await hub.publish([rule("你好", "follow", "感谢关注"), rule("等一会", "waiting", "马上来", after_s=30)])
        await follow(hub, VISITOR.person)
        room = await hub.waiting()
        since = now_ms() - 31_000
        async with hub.db.write() as conn:
            await conn.execute(sa.update(CONVERSATIONS).where(CONVERSATIONS.c.id == room).values(waiting_since=since))
            await conn.execute(sa.delete(OUTBOX).where(OUTBOX.c.kind == "waiting"))
            await outbox.add(conn, [duties.waiting(room, since, 30)], now_ms())
        hub.answers.start(hub.jobs)

        async def both() -> bool:
            return len(await counted(hub)) == 2

        await until(both)
        assert await counted(hub) == {"你好": (1, 1, 0, 0), "等一会": (1, 1, 0, 0)}
        assert await messages(hub) == {}


async def test_a_rule_tags_the_buyer_it_answers(each_url: str) -> None:
    """In the commit of its answer, once, under its own name; nobody who does not follow."""
    async with shop(each_url) as hub:
        hub.answers.start(hub.jobs)
        await hub.publish([TAGGING])
        await ask(hub, "我是孕妇", "孕妇可以用吗")
        assert await tagged(hub) == [("孕期", "rule:孕妇"), ("重点", "rule:孕妇")]
        async with hub.db.write() as conn:
            await people.unfollow(conn, SHOP, BUYER.person)
        assert await tagged(hub) == []
        room = await hub.room()
        async with hub.db.write() as conn:
            await conn.execute(sa.text("UPDATE accounts SET chat_open = 'everyone'"))
        hub.access.forget_all()
        await hub.desks.hand_back(OPERATOR, room)
        await hub.say(BUYER, room, "again", "孕妇呢")
        await hub.settled()
        assert (await hub.texts(room))[-1] == ">恭喜"
        assert await tagged(hub) == []


async def test_a_tag_that_was_taken_off_is_not_put_again_by_a_late_process(url: str) -> None:
    """What was settled once is settled: only a new answer tags anew."""
    async with AsyncExitStack() as stack:
        Stalled.again()
        stalled = await stack.enter_async_context(shop(url, talk_as=Stalled, lease_ms=50))
        await stalled.publish([TAGGING])
        room = await stalled.room()
        stalled.jobs.start("one worker", stalled.answers._work)
        await stalled.say(BUYER, room, "k", "孕妇")
        other = await stack.enter_async_context(shop(url, fresh=False, lease_ms=50))
        await Stalled.begun.wait()
        await asyncio.sleep(0.1)
        other.answers.start(other.jobs)
        await other.settled()
        Stalled.free.set()
        staff = Tags(db=other.db, access=other.access)
        await staff.drop(OPERATOR, "shop", BUYER.person, "重点")

        async def awake() -> bool:
            return stalled.answers.in_hand == 0

        await until(awake)
        assert await tagged(other) == [("孕期", "rule:孕妇")]


async def test_a_rule_for_a_tag_speaks_to_those_who_have_it(hub: Shop) -> None:
    """From the very next message after it was put, by a rule or by staff, until it is taken off."""
    await hub.publish([TAGGING, TAGGED, REST])
    room = await ask(hub, "推荐什么", "孕妇", "推荐什么好呢")
    staff = Tags(db=hub.db, access=hub.access)
    await staff.drop(OPERATOR, "shop", BUYER.person, "孕期")
    await ask(hub, "那推荐什么呀")
    assert [text for text in await hub.texts(room) if text.startswith(">")] == [">大家都爱", ">恭喜", ">孕期专用", ">大家都爱"]


async def test_tags_are_looked_up_only_where_a_rule_asks_for_them(hub: Shop) -> None:
    """Nobody else pays for them."""
    await hub.publish([SHIPPING])
    with recorded(hub.db) as seen:
        await ask(hub, "发货")
    assert not [one for one in seen if "follower_tags" in one]
    await hub.publish([SHIPPING, TAGGED])
    with recorded(hub.db) as seen:
        await ask(hub, "推荐")
    assert [one for one in seen if "follower_tags" in one]
