"""The bot in groups: it answers who speaks to it, in the room or aside, and says for each message why it spoke or was silent."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from bot.actions.drafts import Said
from bot.actions.duties import GROUP, Duty, Message, Plan
from bot.actions.groups import Groups, NewGroup
from bot.actions.hearing import body_of
from bot.actions.moderation import Ban, Moderation
from bot.actions.people import People
from bot.model.basics import Forbidden, Invalid, NotFound, now_ms
from bot.model.facts import Noticed, to_person
from bot.model.groups import Joining
from bot.model.people import Actor
from bot.model.talk import DeskState, TextBody
from bot.store import counts, sanctions, teams
from bot.store import groups as group_store
from bot.store.tables import ACCOUNTS, INVITATIONS, MEMBERS, MESSAGES, OUTBOX, TRACES
from replies.decision import Reason, Trace
from tests.circle import Generous
from tests.shop import Shop, rule, shop
from tests.world import BUYER, MODERATOR, OPERATOR, OWNER, SHOP, VISITOR, posting

AMY, BOB = BUYER, VISITOR
IN_GROUP = {"where": ["group"]}
SHIPPING = rule("发货", "keyword", "24小时内发货", **IN_GROUP)


class Square:
    """A shop with a group in which two of its followers are."""

    def __init__(self, hub: Shop) -> None:
        self.hub = hub
        self.groups = Groups(db=hub.db, access=hub.access, bus=hub.bus, limiter=Generous())
        self.moderation = Moderation(db=hub.db, bus=hub.bus, limiter=Generous())
        self.people = People(db=hub.db, access=hub.access, bus=hub.bus, limiter=Generous())
        self.group = ""

    async def furnish(self) -> None:
        """Make the group and let them in."""
        await self.people.follow(BOB, "shop")
        self.group = await self.make("茶友")
        for fan in (AMY, BOB):
            await self.hub.memberships.join(fan, self.group)

    async def make(self, name: str, joining: Joining = Joining.OPEN) -> str:
        """A group of the shop."""
        return (await self.groups.create(OWNER, "shop", NewGroup(name=name, joining=joining))).row.id

    async def say(self, actor: Actor, text: str, reply_to: int | None = None, mentions: tuple[str, ...] = ()) -> int:
        """Post in the group, and wait until what comes of it is done."""
        key = f"{actor.person}-{now_ms()}-{text}"[:64]
        place = await self.hub.talk.send(actor, posting(self.group, key, TextBody(text, mentions=mentions), reply_to))
        await self.hub.settled()
        return place.seq

    async def texts(self, conversation: str = "") -> list[str]:
        """What stands in the group or another conversation, that of the bot with a ">" before it; of cards their titles."""
        async with self.hub.db.read() as conn:
            rows = (
                await conn.execute(sa.select(MESSAGES).where(MESSAGES.c.conversation == (conversation or self.group)).order_by(MESSAGES.c.seq))
            ).all()
        return [f"{'>' if row.role == 'bot' else ''}{_words(row.body)}" for row in rows]

    async def trace(self, seq: int, conversation: str = "") -> Trace:
        """Why, as the owner is told."""
        return await self.hub.rulebook.trace(OWNER, conversation or self.group, seq)


def _words(body: str) -> str:
    told: dict[str, Any] = msgspec.json.decode(body)
    return str(told.get("title") or told.get("text"))


@pytest.fixture
async def square(url: str) -> AsyncIterator[Square]:
    async with shop(url) as hub:
        hub.answers.start(hub.jobs)
        made = Square(hub)
        await made.furnish()
        yield made


async def test_whoever_addresses_the_bot_is_answered_in_the_room(square: Square) -> None:
    """By `@name`, by the bare name, by the bot's id, by a reply to what it said; the answer replies to them and says by which rule."""
    await square.hub.publish([SHIPPING])

    await square.say(AMY, "@shop 小店 什么时候发货")
    await square.say(BOB, "Shop 小店，发货了吗")
    await square.say(AMY, "发货呢", mentions=(f"bot:{SHOP}",))
    await square.say(BOB, "那发货快吗", reply_to=2)

    assert (await square.texts())[1::2] == [">24小时内发货"] * 4
    async with square.hub.db.read() as conn:
        rows = (await conn.execute(sa.select(MESSAGES).where(MESSAGES.c.role == "bot").order_by(MESSAGES.c.seq))).all()
    assert [(row.author, row.reply_to) for row in rows] == [(f"bot:{SHOP}", 1), (f"bot:{SHOP}", 3), (f"bot:{SHOP}", 5), (f"bot:{SHOP}", 7)]
    assert '"rule":"发货"' in rows[0].auto
    assert '"cause":1' in rows[0].auto


async def test_what_is_not_said_to_it_is_heard_in_silence(square: Square) -> None:
    """With a trace; the name within another word, and an address of mail, are none."""
    await square.hub.publish([SHIPPING])

    for text in ("什么时候发货", "workshop 小店铺发货", "写信到 a@shop 小店铺.com 问发货"):
        trace = await square.trace(await square.say(AMY, text))
        assert (trace.place, trace.addressed, trace.reason, trace.guard) == ("group", False, Reason.NOT_ADDRESSED, Reason.NOT_ADDRESSED)
    assert not [text for text in await square.texts() if text.startswith(">")]


async def test_a_trace_marks_what_was_written(square: Square) -> None:
    """The name is cut off for matching, and every other character stays where it was."""
    await square.hub.publish([rule("exact", "keyword", "在的", when={"any": [{"mode": "exact", "text": "营业时间"}]}, **IN_GROUP)])
    text = "@shop 小店，请问营业时间？"
    trace = await square.trace(await square.say(AMY, text))

    assert trace.addressed
    assert [text[slice(*span)] for span in trace.candidates[0].spans] == ["营业时间"]
    assert await square.trace(2) == trace


async def test_a_rule_may_speak_unasked(square: Square) -> None:
    """Only one that listens for something; a `default` that need not be addressed would answer everything."""
    asked = rule("d", "default", "问我吧", unaddressed=True, **IN_GROUP)
    await square.hub.publish([rule("地址", "keyword", "在西湖边", unaddressed=True, **IN_GROUP), asked])

    await square.say(AMY, "有人知道地址吗")
    silent = await square.say(BOB, "早上好")
    assert await square.texts() == ["有人知道地址吗", ">在西湖边", "早上好"]
    assert (await square.trace(silent)).reason is Reason.NOT_ADDRESSED
    await square.say(BOB, "@shop 小店 早上好")
    assert (await square.texts())[-1] == ">问我吧"


async def test_rules_for_direct_conversations_say_nothing_in_groups_and_the_other_way_round(square: Square) -> None:
    """No greeting, no off-hours, no default unless a rule of it is for groups; and nobody is called for want of an answer."""
    direct = [rule("价格", "keyword", "9元"), rule("f", "first", "欢迎"), rule("o", "offhours", "下班了"), rule("d", "default", "没听懂")]
    await square.hub.publish([*direct, SHIPPING])
    async with square.hub.db.write() as conn:
        await conn.execute(sa.update(ACCOUNTS).values(hours='{"weekly": {"mon": []}}'))
    square.hub.rulesets.doubt_all()

    for text in ("@shop 小店 价格", "@shop 小店 你好", "@shop 小店 你好呀"):
        trace = await square.trace(await square.say(AMY, text))
        assert (trace.outcome, trace.reason) == ("silent", Reason.NO_ANSWER)
    assert not [text for text in await square.texts() if text.startswith(">")]

    room = await square.hub.room()
    await square.hub.say(AMY, room, "k", "发货")
    await square.hub.settled()
    assert "24小时内发货" not in "".join(await square.texts(room))


async def test_staff_are_not_answered_and_without_rules_for_groups_nobody_is_heard(square: Square) -> None:
    """No work is made of their messages; the trace says why all the same."""
    await square.hub.publish([rule("发货", "keyword", "24小时内发货")])
    await square.say(AMY, "先说一句")
    async with square.hub.db.write() as conn:
        await conn.execute(sa.delete(OUTBOX))
        await conn.execute(sa.delete(TRACES))
    unheard = (await square.hub.talk.send(AMY, posting(square.group, "k1", TextBody("@shop 小店 发货")))).seq
    assert await square.hub.tokens() == []
    assert (await square.trace(unheard)).reason is Reason.NO_RULES

    await square.hub.publish([SHIPPING])
    by_staff = await square.say(OWNER, "@shop 小店 发货")
    assert (await square.trace(by_staff)).reason is Reason.AUTHOR_STAFF
    assert not [text for text in await square.texts() if text.startswith(">")]


async def test_cooldown_cap_and_repetition_hold_for_the_group(square: Square) -> None:
    """A cooldown is the group's; the same answer goes to the same person once running, and to another at once; ten a minute at most."""
    await square.hub.publish([SHIPPING, rule("运费", "keyword", "包邮", cooldown_s=60, **IN_GROUP)])

    await square.say(AMY, "@shop 小店 运费")
    assert (await square.trace(await square.say(BOB, "@shop 小店 运费多少"))).reason is Reason.COOLDOWN
    await square.say(AMY, "@shop 小店 发货")
    assert (await square.trace(await square.say(AMY, "@shop 小店 还不发货"))).reason is Reason.REPEATED
    for number in range(4):
        await square.say(BOB, f"@shop 小店 发货{'呀' * number}？第{number}单")
        await square.say(AMY, f"@shop 小店 发货{'吧' * number}，第{number}单")
    assert (await square.trace(await square.say(BOB, "@shop 小店 几点发货"))).reason is Reason.CAP


async def test_another_bot_is_not_talked_to_for_ever(square: Square) -> None:
    """Who only repeats themselves turn by turn is taken for one; others are answered as before."""
    await square.hub.publish(
        [
            rule(
                "你好",
                "keyword",
                "一",
                "二",
                "三",
                reply={"choose": "rotate", "messages": [{"kind": "text", "text": str(n)} for n in range(3)]},
                **IN_GROUP,
            )
        ]
    )

    reasons = [(await square.trace(await square.say(AMY, "@shop 小店 你好"))).reason for _ in range(7)]
    assert reasons == [None] * 5 + [Reason.PAIR_BREAKER] * 2 or reasons == [None] * 6 + [Reason.PAIR_BREAKER]
    assert (await square.trace(await square.say(BOB, "@shop 小店 你好"))).outcome == "answer"


async def test_doubt_is_asked_back_only_of_who_spoke_to_it(square: Square) -> None:
    """What a tap sends is addressed, so that it is answered."""
    when = {"any": [{"mode": "contains", "text": "运费"}], "similar": ["运费谁出", "运费多少钱"]}
    await square.hub.publish([rule("运费", "keyword", "包邮", when=when, unaddressed=True, **IN_GROUP)])

    text = "昨天下午我已经把运费给快递了"
    unasked = await square.trace(await square.say(AMY, text))
    asked = await square.trace(await square.say(AMY, f"@shop 小店 {text}"))
    assert (unasked.outcome, unasked.reason) == ("silent", Reason.UNSURE)
    assert asked.outcome == "choices"
    async with square.hub.db.read() as conn:
        body = (await conn.execute(sa.select(MESSAGES.c.body).where(MESSAGES.c.kind == "choices"))).scalar_one()
    assert '"send":"@shop 小店 运费谁出"' in body
    await square.say(AMY, "@shop 小店 运费谁出")
    assert (await square.texts())[-1] == ">包邮"


PRIVATE = rule("优惠码", "keyword", **IN_GROUP, reply={"visible": "asker", "messages": [{"kind": "text", "text": "{{name|}}的码是 88"}]})


async def test_an_answer_for_the_asker_alone_is_said_in_their_direct_conversation(square: Square) -> None:
    """After a card that tells what it answers. The log of the group stays dense, and nobody in it sees a thing."""
    await square.hub.publish([PRIVATE])
    asked = await square.say(AMY, "@shop 小店 给个优惠码")
    later = await square.say(BOB, "大家好")

    room = await square.hub.room()
    assert await square.texts() == ["@shop 小店 给个优惠码", "大家好"]
    assert later == asked + 1
    assert await square.texts(room) == [">来自小组「茶友」的提问", ">小张的码是 88"]
    async with square.hub.db.read() as conn:
        card = (await conn.execute(sa.select(MESSAGES.c.body).where(MESSAGES.c.kind == "card"))).scalar_one()
    assert f'"ref":"message:{square.group}:{asked}"' in card
    assert '"text":"@shop 小店 给个优惠码"' in card
    assert (await square.trace(asked)).winners == ("优惠码",)
    assert (await square.trace(2, room)).winners == ("优惠码",)
    assert (await square.hub.stands(room))[0] is DeskState.BOT


async def test_where_a_person_holds_the_direct_conversation_they_see_the_question_and_the_bot_says_nothing(square: Square) -> None:
    """Nobody speaks where a person does."""
    await square.hub.publish([PRIVATE])
    room = await square.hub.waiting()
    await square.hub.desks.claim(OPERATOR, room)
    asked = await square.say(AMY, "@shop 小店 给个优惠码")

    assert await square.texts(room) == [">来自小组「茶友」的提问"]
    trace = await square.trace(asked)
    assert (trace.outcome, trace.reason) == ("hand_off", Reason.OPERATOR)


async def test_a_rule_in_a_group_calls_people_into_the_direct_conversation(square: Square) -> None:
    """Of its team, with the question, whether the answer was said in the room or aside; a closed conversation is opened again."""
    async with square.hub.db.write() as conn:
        await teams.create_team(conn, teams.TeamRow(id="t1", account=SHOP, name="售后"))
    await square.hub.publish([rule("退货", "keyword", "私下帮你", then={"hand_off": True, "team": "售后"}, **IN_GROUP)])
    room = await square.hub.waiting()
    await square.hub.desks.claim(OPERATOR, room)
    await square.hub.desks.close(OPERATOR, room)
    asked = await square.say(AMY, "@shop 小店 我要退货")

    row = await square.hub.row(room)
    assert (row.state, row.team) == (DeskState.WAITING, "t1")
    assert await square.texts() == ["@shop 小店 我要退货", ">私下帮你"]
    assert await square.texts(room) == [">来自小组「茶友」的提问"]
    assert (await square.trace(asked)).outcome == "hand_off"
    assert (await square.hub.moves(room))[-1].reason == "asked"


async def test_a_team_is_called_from_a_direct_conversation_too(square: Square) -> None:
    """End to end: the rule names it, the queue has it."""
    async with square.hub.db.write() as conn:
        await teams.create_team(conn, teams.TeamRow(id="t1", account=SHOP, name="售后"))
    await square.hub.publish([rule("退货", "keyword", "这就转", then={"hand_off": True, "team": "t1"})])
    room = await square.hub.room()
    await square.hub.say(AMY, room, "k", "我要退货")
    await square.hub.settled()

    row = await square.hub.row(room)
    assert (row.state, row.team) == (DeskState.WAITING, "t1")


async def test_a_group_that_is_dissolved_meanwhile_settles_what_was_to_be_said(square: Square) -> None:
    """Nothing is said, and nothing fails for it: before it is decided, and after."""
    await square.hub.publish([SHIPPING])
    await square.say(AMY, "早")
    duty = Duty(kind=GROUP, token=f"group:{square.group}:1", lane=square.group, payload='{"seq":1}', created_at=1)
    duty.message = Message(AMY.person, AMY.name, "text", '{"text":"@shop 小店 发货"}', now_ms())
    plan = await square.hub.answers._plan(duty)
    assert plan is not None
    assert len(plan.lines) == 1

    await square.groups.dissolve(OWNER, square.group, "不办了")
    square.hub.access.places.forget_all()
    async with square.hub.db.write() as conn:
        values = {"kind": GROUP, "subject": square.group, "payload": duty.payload, "created_at": 1, "due_at": 2**53, "attempts": 0}
        await conn.execute(sa.insert(OUTBOX), [{"token": duty.token, **values}])
    await square.hub.answers._carry_out(duty, plan)
    assert await square.hub.tokens() == []
    assert await square.hub.answers._plan(duty) is None
    assert await square.texts() == ["早"]


async def test_traces_of_a_group_are_for_staff_of_the_desk_who_may_read_it(square: Square) -> None:
    """Neither for members, nor for an operator who is not in it, nor for moderators."""
    await square.hub.publish([SHIPPING])
    seq = await square.say(AMY, "@shop 小店 发货")

    for actor in (AMY, OPERATOR, MODERATOR):
        with pytest.raises(NotFound):
            await square.hub.rulebook.trace(actor, square.group, seq)
    await square.hub.memberships.join(OPERATOR, square.group)
    assert (await square.hub.rulebook.trace(OPERATOR, square.group, seq)).outcome == "answer"


async def test_statistics_count_what_was_said_to_it(square: Square) -> None:
    """What members say to each other is nobody's unanswered question."""
    await square.hub.publish([SHIPPING])
    for text in ("@shop 小店 发货", "早上好", "@shop 小店 你好"):
        await square.say(AMY, text)
    async with square.hub.db.read() as conn:
        (day,) = await counts.days(conn, SHOP, "2000-01-01", "2999-01-01")
    assert (day.heard, day.answered, day.silent, day.unanswered) == (2, 1, 1, 1)


def invites(group: str, **more: Any) -> dict[str, Any]:
    return rule("进群", "keyword", "欢迎来玩", then={"invite": group}, **more)


async def test_a_rule_invites_with_a_card_and_never_joins(square: Square) -> None:
    """After its answer; who taps it joins by themselves."""
    other = await square.make("新茶", Joining.OPEN)
    await square.hub.publish([invites(other)])
    room = await square.hub.room()
    seq = await square.hub.say(AMY, room, "k", "怎么进群")
    await square.hub.settled()

    assert await square.texts(room) == ["怎么进群", ">欢迎来玩", ">邀请你加入小组「新茶」"]
    async with square.hub.db.read() as conn:
        card = (await conn.execute(sa.select(MESSAGES.c.body).where(MESSAGES.c.kind == "card"))).scalar_one()
        assert (await conn.execute(sa.select(MEMBERS).where(MEMBERS.c.conversation == other, MEMBERS.c.person == AMY.person))).first() is None
        assert (await conn.execute(sa.select(INVITATIONS))).first() is None
    assert f'"ref":"group:{other}"' in card
    invited = (await square.trace(seq, room)).invited
    assert invited is not None
    assert (invited.group, invited.left_out) == (other, None)


@pytest.mark.parametrize("joining", [Joining.APPROVAL, Joining.INVITATION])
async def test_where_one_is_let_in_the_card_comes_with_an_invitation(square: Square, joining: Joining) -> None:
    """Made once, by the account, with a line in the log; it lets in without approval."""
    other = await square.make("内部", joining)
    await square.hub.publish([invites(other)])
    square.hub.bus.subscribe(to_person(AMY.person))
    room = await square.hub.room()
    for key in ("1", "2"):
        await square.hub.say(AMY, room, key, f"怎么进群{key}")
        await square.hub.settled()
        await square.hub.say(AMY, room, f"x{key}", "谢谢")
        await square.hub.settled()

    async with square.hub.db.read() as conn:
        lines = (await sanctions.log(conn, other, None, 50)).items
    assert [(line.act, line.actor, line.target) for line in lines if line.act == "invite"] == [("invite", f"bot:{SHOP}", AMY.person)]
    assert len([ring for ring in square.hub.heard if isinstance(ring.fact, Noticed) and ring.fact.kind == "invited"]) == 1
    assert (await square.hub.memberships.join(AMY, other)).membership is not None


@pytest.mark.parametrize("why", ["inside", "banned", "not_following", "no_group", "full"])
async def test_the_card_is_left_out_where_it_would_lead_nowhere(square: Square, why: str) -> None:
    """And the trace says why; the answer itself is said."""
    other = await square.make("新茶")
    await square.hub.publish([invites(other)])
    await square.hub.settled()
    match why:
        case "inside":
            await square.hub.memberships.join(AMY, other)
        case "banned":
            await square.moderation.ban(OWNER, other, AMY.person, Ban(reason="广告"))
        case "not_following":
            async with square.hub.db.write() as conn:
                await conn.execute(sa.update(ACCOUNTS).values(chat_open="everyone"))
            await square.people.unfollow(AMY, "shop")
        case "no_group":
            await square.groups.dissolve(OWNER, other, "不办了")
        case _:
            async with square.hub.db.write() as conn:
                await group_store.change(conn, other, {"capacity": 1})
    room = await square.hub.room()
    square.hub.access.forget_all()
    seq = await square.hub.say(AMY, room, "k", "怎么进群")
    await square.hub.settled()

    assert await square.texts(room) == ["怎么进群", ">欢迎来玩"]
    invited = (await square.trace(seq, room)).invited
    assert invited is not None
    assert invited.left_out == why


async def test_an_invitation_from_a_group_is_given_aside(square: Square) -> None:
    """With the private answer of its rule."""
    other = await square.make("新茶")
    reply = {"visible": "asker", "messages": [{"kind": "text", "text": "来"}]}
    await square.hub.publish([{**invites(other, **IN_GROUP), "reply": reply}])
    await square.say(AMY, "@shop 小店 想进群")

    assert await square.texts(await square.hub.room()) == [">来自小组「茶友」的提问", ">来", ">邀请你加入小组「新茶」"]
    assert await square.texts() == ["@shop 小店 想进群"]


async def test_rules_invite_into_groups_of_the_account_that_there_are(square: Square) -> None:
    """An unknown one, another account's, or a dissolved one is a fault when the draft is saved and when it is published."""
    book = square.hub.rulebook
    other = await square.make("新茶")
    with pytest.raises(Invalid) as refused:
        await book.put(OWNER, "shop", [invites("nowhere")])
    assert refused.value.data["path"] == "rules[0].then.invite"
    with pytest.raises(Invalid):
        await book.import_(OWNER, "shop", [invites("nowhere")])
    with pytest.raises(Forbidden):
        await book.put(MODERATOR, "shop", [invites(other)])

    await book.put(OWNER, "shop", [invites(other)])
    await square.groups.dissolve(OWNER, other, "不办了")
    with pytest.raises(Invalid):
        await book.publish(OWNER, "shop")
    with pytest.raises(Invalid):
        await book.put(OWNER, "shop", [invites(square.group, **IN_GROUP)])


async def test_a_crash_between_the_steps_of_a_private_answer_leaves_it_once(url: str) -> None:
    """Whoever goes on after it follows the same plan."""
    async with shop(url, lease_ms=100) as first:
        made = Square(first)
        await made.furnish()
        await first.publish([PRIVATE])
        await first.talk.send(AMY, posting(made.group, "k", TextBody("@shop 小店 给个优惠码")))
        duty = await first.answers._lanes.take()
        plan = await first.answers._plan(duty[1])
        assert plan is not None
        await first.answers._make_sure(duty[1], plan)
        await first.talk.say(plan.place(plan.lines[0]), _said(plan))
        group = made.group
    await asyncio.sleep(0.2)
    async with shop(url, fresh=False) as second:
        made = Square(second)
        made.group = group
        second.answers.start(second.jobs)
        await second.settled()
        assert await made.texts(await second.room()) == [">来自小组「茶友」的提问", ">小张的码是 88"]


def _said(plan: Plan) -> Said:
    line = plan.lines[0]
    return Said(key=f"a:{plan.conversation}:{plan.cause}:1", body=body_of(line.message), auto=plan.auto(line))
