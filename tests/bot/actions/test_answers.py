"""Automatic answers: exactly once, in order, and the same after a crash."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import ClassVar

import msgspec
import pytest
import sqlalchemy as sa

from bot.actions import duties
from bot.actions.answers import CLAIM_LIMIT
from bot.actions.drafts import Said
from bot.actions.people import People
from bot.actions.talk import Talk
from bot.live.local import LocalLimiter
from bot.model.basics import Unavailable, now_ms
from bot.model.facts import MessagePosted, to_person
from bot.model.talk import DeskState
from bot.store import answers as answer_store
from bot.store import outbox, people
from bot.store.batch import Appended
from bot.store.outbox import MAX_ATTEMPTS
from bot.store.tables import CONVERSATIONS, OUTBOX
from replies.decision import Memory, Reason, Trace
from tests.servers import PostgresServer
from tests.shop import Shop, rule, shop, until
from tests.world import BUYER, OPERATOR, SHOP, VISITOR

SHIPPING = rule("发货", "keyword", "亲{{name|}}，24小时内发货")
NINE = "甲乙丙丁戊己庚辛壬"
PARTS = rule("三句", "keyword", "一", "二", "三")
PEOPLE = rule("人工", "keyword", "正在为您转人工", then={"hand_off": True})


@pytest.fixture
async def hub(url: str) -> AsyncIterator[Shop]:
    """A shop that answers."""
    async with shop(url) as hub:
        hub.answers.start(hub.jobs)
        yield hub


class Falling(Talk):
    """A process that dies when it is about to say the message after `says`: from there on nothing happens."""

    says: ClassVar[int] = 0
    fallen: ClassVar[asyncio.Event]

    async def say(self, conversation: str, said: Said) -> Appended:
        """Say it, or die."""
        if type(self).says == 0:
            self.fallen.set()
            await asyncio.Event().wait()
        type(self).says -= 1
        return await super().say(conversation, said)


class Broken(Talk):
    """A process with a defect: it cannot say what has 坏 in it."""

    async def say(self, conversation: str, said: Said) -> Appended:
        """Say it, or raise."""
        if "坏" in str(said.body):
            raise RuntimeError("this text must not be logged")
        return await super().say(conversation, said)


class Slow(Talk):
    """A process that stalls before it speaks."""

    stall_s: ClassVar[float] = 1.5

    async def say(self, conversation: str, said: Said) -> Appended:
        """Say it, late."""
        await asyncio.sleep(self.stall_s)
        return await super().say(conversation, said)


class Stalled(Talk):
    """A process that stalls when it is about to speak, until it is let go on."""

    begun: ClassVar[asyncio.Event]
    free: ClassVar[asyncio.Event]

    @classmethod
    def again(cls) -> None:
        """Before each test."""
        cls.begun, cls.free = asyncio.Event(), asyncio.Event()

    async def say(self, conversation: str, said: Said) -> Appended:
        """Say it, when that is allowed."""
        self.begun.set()
        await self.free.wait()
        return await super().say(conversation, said)


class Refused(Talk):
    """A process whose store is away for the first few messages it says."""

    refusals: ClassVar[int] = 3

    async def say(self, conversation: str, said: Said) -> Appended:
        """Say it, after some refusals."""
        if type(self).refusals > 0:
            type(self).refusals -= 1
            raise Unavailable("忙", "busy", retry_after=1)
        return await super().say(conversation, said)


async def memory(hub: Shop, room: str) -> Memory:
    """What is remembered of a conversation."""
    async with hub.db.read() as conn:
        found = await answer_store.memory(conn, room)
    return Memory() if found is None else msgspec.json.decode(found, type=Memory)


async def trace(hub: Shop, room: str, seq: int) -> Trace:
    """The trace of a message."""
    async with hub.db.read() as conn:
        found = await answer_store.trace(conn, room, seq)
    assert found is not None
    return msgspec.json.decode(found, type=Trace)


async def make_due(hub: Shop) -> None:
    """Let every lease and timer have ended."""
    async with hub.db.write() as conn:
        await conn.execute(sa.update(OUTBOX).values(due_at=now_ms() - 1))


async def die(url: str, after: int, *texts: str, rules: list[dict[str, object]]) -> str:
    """A process stores a buyer's messages, says so many of its answers and dies; the room they are in."""
    Falling.says, Falling.fallen = after, asyncio.Event()
    async with shop(url, talk_as=Falling, lease_ms=100) as hub:
        await hub.publish(rules)
        hub.answers.start(hub.jobs)
        room = await hub.room()
        for number, text in enumerate(texts):
            await hub.say(BUYER, room, f"k{number}", text)
        await asyncio.wait_for(Falling.fallen.wait(), 5)
        await hub.jobs.stop(0)
    return room


async def test_a_buyers_question_is_answered_once_with_its_cause(hub: Shop) -> None:
    """The answer names its rule, the version and the message it answers; the work is gone, memory and trace are kept."""
    version = await hub.publish([{**SHIPPING, "cooldown_s": 60}])
    hub.bus.subscribe(to_person(BUYER.person))
    room = await hub.room()
    await hub.say(BUYER, room, "k", "什么时候发货")
    await hub.settled()
    assert await hub.texts(room) == ["什么时候发货", ">亲小张，24小时内发货"]
    answer = next(ring.fact.message for ring in hub.heard if isinstance(ring.fact, MessagePosted) and ring.fact.message.seq == 2)
    assert answer.auto is not None
    assert (answer.auto.rule, answer.auto.rule_name, answer.auto.cause, answer.auto.version) == ("发货", "发货", 1, version)
    assert (answer.author, answer.author_name, answer.role) == (f"bot:{SHOP}", "shop 小店", "bot")
    assert "发货" in (await memory(hub, room)).cooldowns
    found = await trace(hub, room, 1)
    assert (found.outcome, found.winners, found.version) == ("answer", ("发货",), version)
    assert found.us > 0


async def test_silence_is_explained_too(hub: Shop) -> None:
    """A message nobody answers is settled with its trace, and counts in the memory."""
    await hub.publish([SHIPPING])
    room = await hub.room()
    await hub.say(BUYER, room, "k", "今天天气真好")
    await hub.settled()
    assert await hub.texts(room) == ["今天天气真好"]
    found = await trace(hub, room, 1)
    assert (found.outcome, found.reason) == ("silent", "no_answer")
    assert (await memory(hub, room)).unanswered == 1


async def test_what_an_operator_took_meanwhile_is_left_to_them(url: str) -> None:
    """The message was stored for the bot, but by the time of the decision a person holds the conversation."""
    async with shop(url) as hub:
        await hub.publish([SHIPPING])
        room = await hub.room()
        await hub.say(BUYER, room, "k", "发货")
        await hub.desks.claim(OPERATOR, room)
        hub.answers.start(hub.jobs)
        await hub.settled()
        assert await hub.texts(room) == ["发货"]
        assert (await trace(hub, room, 1)).guard == "operator"


async def test_answers_keep_the_order_of_the_questions(hub: Shop) -> None:
    """Within a conversation one after the other, however many workers there are."""
    await hub.publish([rule(f"问{word}", "keyword", f"答{word}") for word in NINE])
    rooms = [await hub.room(f"buyer-{letter}") for letter in "abc"]
    for word in NINE:
        for letter, room in zip("abc", rooms, strict=True):
            buyer = msgspec.structs.replace(BUYER, person=f"buyer-{letter}")
            async with hub.db.write() as conn:
                await people.follow(conn, SHOP, buyer.person, "", 0)
            await hub.say(buyer, room, word, f"问{word}")
    await hub.settled()
    for room in rooms:
        assert [text for text in await hub.texts(room) if text.startswith(">")] == [f">答{word}" for word in NINE]


async def test_the_first_message_of_a_conversation_is_welcomed_once(hub: Shop) -> None:
    """Beside the answer to what it asks, also when the account spoke before."""
    await hub.publish([rule("欢迎", "first", "欢迎光临"), rule("你好", "follow", "感谢关注"), SHIPPING])
    async with hub.db.write() as conn:
        await outbox.add(conn, [duties.following(SHOP, BUYER.person, now_ms())], now_ms())
    await hub.settled()
    room = await hub.room()
    await hub.say(BUYER, room, "a", "发货")
    await hub.settled()
    await hub.say(BUYER, room, "b", "今天呢")
    await hub.settled()
    assert await hub.texts(room) == [">感谢关注", "发货", ">欢迎光临", ">亲小张，24小时内发货", "今天呢"]


async def test_a_message_into_a_closed_conversation_opens_it_and_is_answered(hub: Shop) -> None:
    """The bot has it again."""
    await hub.publish([SHIPPING])
    room = await hub.room()
    await hub.desks.close(OPERATOR, room)
    await hub.say(BUYER, room, "k", "发货")
    await hub.settled()
    assert await hub.texts(room) == ["发货", ">亲小张，24小时内发货"]
    assert await hub.stands(room) == (DeskState.BOT, None)


async def test_asking_for_a_person_hands_the_conversation_off(hub: Shop) -> None:
    """With the rule's words and its reason on the desk's log; the next question is still heard in the queue."""
    await hub.publish([PEOPLE, SHIPPING])
    room = await hub.room()
    await hub.say(BUYER, room, "a", "转人工")
    await hub.settled()
    await hub.say(BUYER, room, "b", "发货")
    await hub.settled()
    assert await hub.texts(room) == ["转人工", ">正在为您转人工", "发货", ">亲小张，24小时内发货"]
    assert [(move.move, move.reason) for move in await hub.moves(room)] == [("hand_off", "asked")]
    assert (await trace(hub, room, 1)).outcome == "hand_off"


async def test_two_unanswered_questions_bring_people_in_silence(hub: Shop) -> None:
    """A hand-off without words is settled as well."""
    await hub.publish([SHIPPING])
    room = await hub.room()
    await hub.say(BUYER, room, "a", "甲")
    await hub.say(BUYER, room, "b", "乙")
    await hub.settled()
    assert await hub.texts(room) == ["甲", "乙"]
    assert await hub.stands(room) == (DeskState.WAITING, None)
    assert [(move.move, move.reason) for move in await hub.moves(room)] == [("hand_off", "unanswered")]


@pytest.mark.parametrize("said", [0, 1, 2])
async def test_a_crash_between_the_messages_of_an_answer_leaves_neither_gap_nor_double(each_url: str, said: int) -> None:
    """Whoever goes on says the rest of the same answer, even when other rules were published meanwhile."""
    room = await die(each_url, said, "三句", rules=[PARTS])
    async with shop(each_url, fresh=False, lease_ms=100) as hub:
        assert await hub.texts(room) == ["三句", ">一", ">二", ">三"][: said + 1]
        await hub.publish([rule("三句", "keyword", "四", "五")])
        hub.answers.start(hub.jobs)
        await hub.settled()
        assert await hub.texts(room) == ["三句", ">一", ">二", ">三"]
        assert (await trace(hub, room, 1)).winners == ("三句",)


async def test_a_crash_before_an_answer_of_one_message_leaves_all_to_do(url: str) -> None:
    """Nothing was promised yet: the answer is by the rules of the moment it is given."""
    room = await die(url, 0, "发货", rules=[SHIPPING])
    async with shop(url, fresh=False, lease_ms=100) as hub:
        await hub.publish([rule("发货", "keyword", "已发货")])
        hub.answers.start(hub.jobs)
        await hub.settled()
        assert await hub.texts(room) == ["发货", ">已发货"]


async def test_a_crash_after_handing_off_says_what_was_meant_and_hands_off_no_more(each_url: str) -> None:
    """Although an operator has taken the conversation and given it back since."""
    room = await die(each_url, 0, "转人工", rules=[PEOPLE])
    async with shop(each_url, fresh=False, lease_ms=100) as hub:
        assert await hub.stands(room) == (DeskState.WAITING, None)
        await hub.desks.claim(OPERATOR, room)
        await hub.desks.hand_back(OPERATOR, room)
        hub.answers.start(hub.jobs)
        await hub.settled()
        assert await hub.texts(room) == ["转人工", ">正在为您转人工"]
        assert [move.move for move in await hub.moves(room)] == ["hand_off", "claim", "hand_back"]


async def test_the_messages_behind_a_crash_are_answered_in_order(url: str) -> None:
    """All that the dead process had in hand comes back, in the order it was written."""
    rules = [rule(f"问{number}", "keyword", f"答{number}") for number in range(4)]
    room = await die(url, 1, "问0", "问1", "问2", "问3", rules=rules)
    async with shop(url, fresh=False, lease_ms=100) as hub:
        hub.answers.start(hub.jobs)
        await hub.settled()
        assert [text for text in await hub.texts(room) if text.startswith(">")] == [">答0", ">答1", ">答2", ">答3"]


async def test_a_process_alone_on_its_database_takes_over_at_once(url: str) -> None:
    """It need not wait for the leases of the one that died, and answers what that one owed before anything new."""
    async with shop(url, lease_ms=600_000) as hub:
        await hub.publish([rule(f"问{number}", "keyword", f"答{number}") for number in range(3)])
        room = await hub.room()
        await hub.say(BUYER, room, "k0", "问0")
        await hub.say(BUYER, room, "k1", "问1")
    async with shop(url, fresh=False, lease_ms=600_000) as hub:
        await hub.answers.take_over()
        await hub.say(BUYER, room, "k2", "问2")
        hub.answers.start(hub.jobs)
        await hub.settled()
        assert await hub.texts(room) == ["问0", "问1", "问2", ">答0", ">答1", ">答2"]


async def test_much_that_is_owed_is_claimed_without_a_pause(url: str) -> None:
    """More than one claim holds does not wait for the next look at the outbox."""
    async with shop(url, poll_s=600) as hub:
        await hub.publish([rule("问", "keyword", "答")])
        room = await hub.room()
        works = [outbox.Work(kind="answer", subject=room, token=f"answer:{room}:{number}", payload='{"seq":1}') for number in range(CLAIM_LIMIT + 9)]
        async with hub.db.write() as conn:
            await outbox.add(conn, works, now_ms())
        hub.answers.start(hub.jobs)
        await hub.settled()


async def test_a_follower_is_greeted_at_once(url: str) -> None:
    """Before they can write: the greeting does not wait for the next look at the outbox."""
    async with shop(url, poll_s=600) as hub:
        await hub.publish([rule("你好", "follow", "感谢关注")])
        door = People(db=hub.db, access=hub.access, bus=hub.bus, limiter=LocalLimiter())
        door.on_followed(hub.answers.wake)
        hub.answers.start(hub.jobs)
        await hub.settled()
        await door.follow(VISITOR, "shop")
        await hub.settled()
        assert await hub.texts(await hub.room(VISITOR.person)) == [">感谢关注"]


async def test_two_processes_answer_everything_once(each_url: str) -> None:
    """Both look out for work and both store messages; leases are so short that they take from each other."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(shop(each_url, lease_ms=30))
        second = await stack.enter_async_context(shop(each_url, fresh=False, lease_ms=30))
        await first.publish([rule("问", "keyword", "答一", "答二"), PEOPLE])
        rooms = [await first.room(f"b-{number}") for number in range(8)]
        buyers = [msgspec.structs.replace(BUYER, person=f"b-{number}") for number in range(8)]
        async with first.db.write() as conn:
            for buyer in buyers:
                await people.follow(conn, SHOP, buyer.person, "", 0)
        first.answers.start(first.jobs)
        second.answers.start(second.jobs)
        hubs = (first, second)
        await asyncio.gather(*(hubs[number % 2].say(buyer, room, "a", "问") for number, (buyer, room) in enumerate(zip(buyers, rooms, strict=True))))
        await first.settled()
        await asyncio.gather(
            *(hubs[number % 2].say(buyer, room, "b", "人工") for number, (buyer, room) in enumerate(zip(buyers, rooms, strict=True)))
        )
        await first.settled()
        await second.settled()
        for room in rooms:
            assert await first.texts(room) == ["问", ">答一", ">答二", "人工", ">正在为您转人工"]
            assert [move.move for move in await first.moves(room)] == ["hand_off"]


@pytest.mark.parametrize("text", ["发货", "三句"])
async def test_a_process_that_wakes_up_after_its_lease_doubles_nothing(url: str, text: str) -> None:
    """It stalled without renewing; another one has answered; what it says late is found to be said."""
    async with AsyncExitStack() as stack:
        Stalled.again()
        stalled = await stack.enter_async_context(shop(url, talk_as=Stalled, lease_ms=50))
        await stalled.publish([SHIPPING, PARTS])
        room = await stalled.room()
        stalled.jobs.start("one worker", stalled.answers._work)
        await stalled.say(BUYER, room, "k", text)
        other = await stack.enter_async_context(shop(url, fresh=False, lease_ms=50))
        await Stalled.begun.wait()
        await asyncio.sleep(0.1)
        other.answers.start(other.jobs)
        await other.settled()
        Stalled.free.set()
        said = await other.texts(room)
        assert len(said) == (2 if text == "发货" else 4)

        async def awake() -> bool:
            return stalled.answers.in_hand == 0

        await until(awake)
        assert await other.texts(room) == said


async def test_of_two_different_answers_to_one_message_only_the_first_stands(url: str) -> None:
    """The stalled process decided by older rules; it finds its key used with other words, and counts it as no failure."""
    async with AsyncExitStack() as stack:
        Stalled.again()
        stalled = await stack.enter_async_context(shop(url, talk_as=Stalled, lease_ms=50))
        await stalled.publish([SHIPPING])
        room = await stalled.room()
        stalled.jobs.start("one worker", stalled.answers._work)
        await stalled.say(BUYER, room, "k", "发货")
        other = await stack.enter_async_context(shop(url, fresh=False, lease_ms=50))
        await Stalled.begun.wait()
        await asyncio.sleep(0.1)
        await other.publish([rule("发货", "keyword", "已发货")])
        other.answers.start(other.jobs)
        await other.settled()
        Stalled.free.set()

        async def awake() -> bool:
            return stalled.answers.in_hand == 0

        await until(awake)
        assert await other.texts(room) == ["发货", ">已发货"]
        assert [labels["outcome"] for labels, _ in work_done(stalled)] == ["superseded"]


async def test_what_takes_long_is_not_taken_away(url: str) -> None:
    """The lease of work in hand is renewed, however long it takes; nobody else begins it."""
    async with AsyncExitStack() as stack:
        slow = await stack.enter_async_context(shop(url, talk_as=Slow, lease_ms=600))
        await slow.publish([SHIPPING])
        room = await slow.room()
        slow.answers.start(slow.jobs)
        await slow.say(BUYER, room, "k", "发货")
        other = await stack.enter_async_context(shop(url, fresh=False, lease_ms=600))
        other.answers.start(other.jobs)
        await slow.settled()
        assert await other.texts(room) == ["发货", ">亲小张，24小时内发货"]
        done = {labels["outcome"]: value for labels, value in work_done(other)}
        assert done == {}


def work_done(hub: Shop) -> list[tuple[dict[str, str], float]]:
    """Attempts at work by kind and outcome."""
    return [(sample.labels, sample.value) for metric in hub.metrics.work.collect() for sample in metric.samples if sample.name.endswith("_total")]


async def test_a_failure_is_tried_again_and_given_up_in_the_end(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Parked work stays and is counted; others are not held up; nobody's words come into the log."""
    async with shop(url, talk_as=Broken, patience=0.001) as hub:
        await hub.publish([rule("坏掉", "keyword", "坏"), SHIPPING])
        hub.answers.start(hub.jobs)
        room = await hub.room()
        await hub.say(BUYER, room, "a", "坏掉")
        await hub.say(BUYER, room, "b", "发货")

        async def answered() -> bool:
            return len(await hub.texts(room)) == 3

        await until(answered)
        assert await hub.texts(room) == ["坏掉", "发货", ">亲小张，24小时内发货"]
        backlog = await outbox.gauge(hub.db, now_ms())
        assert (backlog.failed, backlog.waiting) == (1, 0)
        async with hub.db.read() as conn:
            (parked,) = (await outbox.parked(conn, "answer", None, 10)).items
        assert (parked.token, parked.attempts, parked.error) == (f"answer:{room}:1", MAX_ATTEMPTS, "RuntimeError")
        outcomes = {labels["outcome"]: value for labels, value in work_done(hub)}
        assert outcomes == {"failed": MAX_ATTEMPTS - 1, "parked": 1, "done": 1}
    written = capsys.readouterr()
    assert "must not be logged" not in written.out + written.err


async def test_an_outage_is_waited_for_and_never_given_up(url: str) -> None:
    """A store that is away is nobody's failure: no attempt is counted."""
    Refused.refusals = MAX_ATTEMPTS + 2
    async with shop(url, talk_as=Refused, patience=0.001) as hub:
        await hub.publish([SHIPPING])
        hub.answers.start(hub.jobs)
        room = await hub.room()
        await hub.say(BUYER, room, "a", "发货")
        await hub.settled()
        assert await hub.texts(room) == ["发货", ">亲小张，24小时内发货"]
        assert (await memory(hub, room)).said_at != ()
        assert {labels["outcome"]: value for labels, value in work_done(hub)} == {"postponed": MAX_ATTEMPTS + 2, "done": 1}


async def test_a_database_that_restarts_loses_no_answer(postgres_server: PostgresServer, postgres_url: str) -> None:
    """Questions before, during and after; every stored one is answered once."""
    async with shop(postgres_url, lease_ms=300, patience=0.1) as hub:
        await hub.publish([rule("问", "keyword", "答一", "答二")])
        hub.answers.start(hub.jobs)
        rooms = [await hub.room(f"b-{number}") for number in range(12)]
        buyers = [msgspec.structs.replace(BUYER, person=f"b-{number}") for number in range(12)]
        async with hub.db.write() as conn:
            for buyer in buyers:
                await people.follow(conn, SHOP, buyer.person, "", 0)

        async def ask(number: int) -> None:
            await asyncio.sleep(number * 0.03)
            while True:
                try:
                    await hub.say(buyers[number], rooms[number], "k", "问")
                except Unavailable:
                    await asyncio.sleep(0.05)
                else:
                    return

        asking = asyncio.gather(*map(ask, range(12)))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(postgres_server.restart)
        await asking

        async def answered() -> bool:
            try:
                return all([await hub.texts(room) == ["问", ">答一", ">答二"] for room in rooms])
            except Unavailable:
                return False

        await until(answered, 20)


async def test_what_finds_no_room_in_memory_is_answered_from_the_outbox(url: str) -> None:
    """The bound on memory drops nothing: the row is still there."""
    async with shop(url, queue_limit=2, workers=1, lease_ms=50) as hub:
        await hub.publish([rule("问", "keyword", "答")])
        rooms = [await hub.room(f"b-{number}") for number in range(10)]
        buyers = [msgspec.structs.replace(BUYER, person=f"b-{number}") for number in range(10)]
        async with hub.db.write() as conn:
            for buyer in buyers:
                await people.follow(conn, SHOP, buyer.person, "", 0)
        await asyncio.gather(*(hub.say(buyer, room, "k", "问") for buyer, room in zip(buyers, rooms, strict=True)))
        assert hub.answers.in_hand <= 2
        hub.answers.start(hub.jobs)
        await hub.settled()
        assert [await hub.texts(room) for room in rooms] == [["问", ">答"]] * 10


async def test_what_is_not_finished_at_the_stop_is_free_at_once(url: str) -> None:
    """Draining finishes what it can and ends the leases on the rest, so that the next process need not wait for them."""
    async with shop(url, lease_ms=600_000) as hub:
        await hub.publish([SHIPPING])
        room = await hub.room()
        await hub.say(BUYER, room, "k", "发货")
        await hub.answers.drain(0.01)
    async with shop(url, fresh=False, lease_ms=600_000) as hub:
        hub.answers.start(hub.jobs)
        await hub.settled()
        assert await hub.texts(room) == ["发货", ">亲小张，24小时内发货"]
        await hub.say(BUYER, room, "l", "发货啦")
        await hub.answers.drain(5)
        assert await hub.tokens() == []


async def test_a_message_taken_back_before_it_was_read_is_not_answered(url: str) -> None:
    """Whoever takes up the work of another process sees that it was recalled, and writes that down."""
    async with shop(url) as hub:
        await hub.publish([SHIPPING])
        room = await hub.room()
        seq = await hub.say(BUYER, room, "k", "发货")
        await hub.talk.recall(BUYER, room, seq)
    async with shop(url, fresh=False) as hub:
        await make_due(hub)
        hub.answers.start(hub.jobs)
        await hub.settled()
        assert await hub.texts(room) == ["发货"]
        trace = await hub.rulebook.trace(OPERATOR, room, seq)
        assert (trace.outcome, trace.reason, trace.guard, trace.normal, trace.words) == ("silent", Reason.RECALLED, Reason.RECALLED, "", ())


async def test_work_about_a_conversation_that_is_gone_is_dropped(url: str) -> None:
    """It is settled, not tried for ever."""
    async with shop(url) as hub:
        await hub.publish([SHIPPING])
        room = await hub.room()
        await hub.say(BUYER, room, "k", "发货")
    async with shop(url, fresh=False) as hub:
        await make_due(hub)
        async with hub.db.write() as conn:
            await conn.execute(sa.delete(CONVERSATIONS).where(CONVERSATIONS.c.id == room))
        hub.answers.start(hub.jobs)
        await hub.settled()


async def follow(hub: Shop, person: str) -> None:
    """Somebody follows the shop."""
    async with hub.db.write() as conn:
        await people.follow(conn, SHOP, person, "", now_ms())
        await outbox.add(conn, [duties.following(SHOP, person, now_ms())], now_ms())


async def conversations(hub: Shop) -> int:
    """How many conversations there are."""
    async with hub.db.read() as conn:
        return int((await conn.execute(sa.select(sa.func.count()).select_from(CONVERSATIONS))).scalar_one())


async def test_a_new_follower_is_greeted(hub: Shop) -> None:
    """The account opens the conversation and speaks first, by name; the trace stands with each message of the greeting."""
    await hub.publish([rule("你好", "follow", "{{name|}}，感谢关注", "看看新品吧")])
    await follow(hub, VISITOR.person)
    await hub.settled()
    room = await hub.room(VISITOR.person)
    assert await hub.texts(room) == [">路人，感谢关注", ">看看新品吧"]
    assert [(await trace(hub, room, seq)).event for seq in (1, 2)] == ["follow", "follow"]


async def test_without_a_greeting_no_conversation_is_made(hub: Shop) -> None:
    """A follower of a silent account has an empty inbox; so has one who changed their mind at once."""
    await hub.publish([SHIPPING])
    await follow(hub, VISITOR.person)
    await hub.settled()
    assert await conversations(hub) == 0
    await hub.publish([rule("你好", "follow", "感谢关注")])
    async with hub.db.write() as conn:
        await people.unfollow(conn, SHOP, VISITOR.person)
        await outbox.add(conn, [duties.following(SHOP, VISITOR.person, now_ms())], now_ms())
    await hub.settled()
    assert await conversations(hub) == 0


async def test_who_waits_is_spoken_to_in_time(url: str) -> None:
    """With their place in the queue, once for each moment, and not before."""
    async with shop(url) as hub:
        await hub.publish([rule("等一会", "waiting", "您排在第{{position|几}}位", after_s=30), rule("等很久", "waiting", "抱歉久等", after_s=300)])
        await hub.waiting(VISITOR.person)
        room = await hub.waiting()
        hub.answers.start(hub.jobs)
        await asyncio.sleep(0.1)
        assert await hub.texts(room) == []
        since = now_ms() - 31_000
        async with hub.db.write() as conn:
            await conn.execute(sa.update(CONVERSATIONS).where(CONVERSATIONS.c.id == room).values(waiting_since=since))
            await conn.execute(sa.delete(OUTBOX))
            await outbox.add(conn, [duties.waiting(room, since, delay) for delay in (30, 300)], now_ms())
        async with hub.db.write() as conn:
            await conn.execute(sa.update(CONVERSATIONS).where(CONVERSATIONS.c.person == VISITOR.person).values(waiting_since=since - 1))

        async def told() -> bool:
            return bool(await hub.texts(room))

        await until(told)
        assert await hub.texts(room) == [">您排在第2位"]
        assert await hub.tokens() == [f"waiting:{room}:{since}:300"]


@pytest.mark.parametrize("muted", [True, False])
async def test_who_muted_the_account_is_not_reminded_and_is_answered(hub: Shop, muted: bool) -> None:
    """While they wait they hear what they ask, and nothing else."""
    await hub.publish([SHIPPING, rule("等一会", "waiting", "请稍候", after_s=30)])
    door = People(db=hub.db, access=hub.access, bus=hub.bus, limiter=LocalLimiter())
    await door.mute(BUYER, "shop", muted=muted)
    room = await hub.waiting()
    since = now_ms() - 31_000
    async with hub.db.write() as conn:
        await conn.execute(sa.update(CONVERSATIONS).where(CONVERSATIONS.c.id == room).values(waiting_since=since))
        await outbox.add(conn, [duties.waiting(room, since, 30)], now_ms())
    hub.answers.wake()

    async def reminded() -> bool:
        return f"waiting:{room}:{since}:30" not in await hub.tokens()

    await until(reminded)
    await hub.say(BUYER, room, "k", "发货")
    await hub.settled()

    assert await hub.texts(room) == [*([] if muted else [">请稍候"]), "发货", ">亲小张，24小时内发货"]


async def test_who_was_taken_up_meanwhile_is_not_reminded(url: str) -> None:
    """A reminder of an earlier wait, or of one that ended, is dropped."""
    async with shop(url) as hub:
        await hub.publish([rule("等一会", "waiting", "请稍候", after_s=30)])
        room = await hub.waiting()
        await hub.desks.claim(OPERATOR, room)
        old = now_ms() - 60_000
        async with hub.db.write() as conn:
            await outbox.add(conn, [duties.waiting(room, old, 30)], now_ms())
        hub.answers.start(hub.jobs)

        async def gone() -> bool:
            return await hub.tokens() == []

        await until(gone)
        assert await hub.texts(room) == []


async def test_the_outbox_is_measured(hub: Shop) -> None:
    """How much waits, for how long, and what was given up."""
    async with hub.db.write() as conn:
        await outbox.add(conn, [outbox.Work(kind="plugin", subject="x", token="x", due_at=now_ms() - 5_000)], now_ms())
    hub.answers._gauge_at = 0.0

    async def measured() -> bool:
        return b"weihub_outbox_waiting 1.0" in hub.metrics.render()[0]

    await until(measured)
    assert hub.metrics.outbox_age_seconds._value.get() >= 5
