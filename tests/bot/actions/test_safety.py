"""What a buyer can rely on: no loop, no void, people who know what was said, and a reason for every silence."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from bot.actions.identity import Passwords
from bot.actions.people import People
from bot.actions.staff import Staff
from bot.live.local import LocalLimiter
from bot.model.basics import now_ms
from bot.model.people import Actor
from bot.model.talk import DeskState, VoiceBody
from bot.store import people
from bot.store import rules as rules_store
from bot.store.tables import MEDIA, MESSAGES
from replies.decision import Reason
from tests.shop import Shop, rule, shop
from tests.world import BUYER, CHEAP, OPERATOR, OTHER_SHOP, OWNER, SECOND, SHOP, STRANGER, posting

SHIPPING = rule("发货", "keyword", "24小时内发货")
PEOPLE = rule("人工", "keyword", "正在为您转人工", then={"hand_off": True})


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Shop]:
    """A shop that answers."""
    async with shop(f"sqlite:///{data_dir}/hub.db") as hub:
        hub.answers.start(hub.jobs)
        yield hub


async def publish(hub: Shop, account: str, *says: str) -> None:
    """Let an account answer whatever has 在吗 in it, in turn, so that it never says the same twice running."""
    messages = [{"kind": "text", "text": text} for text in says]
    chatter = [{"id": "r", "name": "应答", "layer": "keyword", "when": {"any": [{"mode": "contains", "text": "在吗"}]}}]
    chatter[0]["reply"] = {"choose": "rotate", "messages": messages}
    async with hub.db.write() as conn:
        await rules_store.publish(conn, account, msgspec.json.encode(chatter).decode(), OWNER.person, "", now_ms())
    hub.rulesets.doubt_all()


@pytest.mark.parametrize(("turns", "reason"), [(1, Reason.REPEATED), (3, Reason.PAIR_BREAKER), (5, Reason.PAIR_BREAKER)])
async def test_two_accounts_wired_to_each_other_fall_silent(hub: Shop, turns: int, reason: Reason) -> None:
    """Whatever one says a buyer of the other writes, and the other way round: one of them calls people, and it is quiet."""
    await publish(hub, SHOP, *(f"{word}号客服，请问在吗" for word in "甲乙丙丁戊"[:turns]))
    await publish(hub, OTHER_SHOP, *(f"亲，我是{word}，在吗在吗" for word in "子丑寅卯辰"[:turns]))
    sides = ((SHOP, Actor(person="wire-1", name="线一")), (OTHER_SHOP, Actor(person="wire-2", name="线二")))
    async with hub.db.write() as conn:
        for account, actor in sides:
            await people.follow(conn, account, actor.person, "", 0)
    rooms = [await hub.talk.greet(account, actor.person) for account, actor in sides]
    carried = [0, 0]
    keys = itertools.count()

    async def carry(side: int) -> bool:
        """Take what one account said last to the other; whether there was anything."""
        async with hub.db.read() as conn:
            said = sa.select(MESSAGES.c.seq, MESSAGES.c.body).where(
                MESSAGES.c.conversation == rooms[side], MESSAGES.c.role == "bot", MESSAGES.c.seq > carried[side]
            )
            fresh = (await conn.execute(said.order_by(MESSAGES.c.seq))).all()
        for row in fresh:
            carried[side] = row.seq
            other = 1 - side
            await hub.say(sides[other][1], rooms[other], f"w{next(keys)}", str(msgspec.json.decode(row.body)["text"]))
        await hub.settled()
        return bool(fresh)

    await hub.say(sides[0][1], rooms[0], "first", "在吗")
    await hub.settled()
    for _ in range(60):
        if not any([await carry(0), await carry(1)]):
            break
    else:
        pytest.fail("they talk for ever")

    assert sum([len(await hub.texts(room)) for room in rooms]) <= 40
    ((place, room),) = [(place, room) for place, room in enumerate(rooms) if (await hub.row(room)).state is DeskState.WAITING]
    found = await hub.rulebook.trace((OWNER, STRANGER)[place], room, await head(hub, room))
    assert (found.outcome, found.reason) == ("hand_off", reason)


async def head(hub: Shop, room: str) -> int:
    """The seq of a room's last message."""
    async with hub.db.read() as conn:
        return int((await conn.execute(sa.select(sa.func.max(MESSAGES.c.seq)).where(MESSAGES.c.conversation == room))).scalar_one())


async def test_who_takes_over_reads_what_was_said(hub: Shop) -> None:
    """The whole conversation: the buyer's words, the automatic answers with the rule behind each, and why people were called."""
    await hub.publish([SHIPPING, PEOPLE])
    room = await hub.room()
    for text in ("发货", "你们好慢", "转人工"):
        await hub.say(BUYER, room, text, text)
        await hub.settled()
    await hub.desks.claim(OPERATOR, room)

    found = (await hub.talk.pull(OPERATOR, room)).messages
    told = [(message.role, message.auto and message.auto.rule, msgspec.json.decode(message.body)["text"]) for message in found]
    assert told == [
        ("follower", None, "发货"),
        ("bot", "发货", "24小时内发货"),
        ("follower", None, "你们好慢"),
        ("follower", None, "转人工"),
        ("bot", "人工", "正在为您转人工"),
    ]
    assert [(move.move, move.reason) for move in await hub.moves(room)] == [("hand_off", "asked"), ("claim", "claimed")]
    assert [(await hub.rulebook.trace(OPERATOR, room, seq)).outcome for seq in range(1, 6)] == ["answer", "answer", "silent", "hand_off", "hand_off"]


@pytest.mark.parametrize("by", ["id", "name"])
async def test_a_rule_gives_the_conversation_to_its_team(hub: Shop, by: str) -> None:
    """By the team's id or its name: its people find it in their queue."""
    staff = Staff(db=hub.db, access=hub.access, bus=hub.bus, passwords=Passwords(hasher=CHEAP))
    team = await staff.create_team(OWNER, "shop", "售后", [SECOND.person])
    await hub.publish([{**PEOPLE, "then": {"hand_off": True, "team": team.row.id if by == "id" else "售后"}}])
    room = await hub.room()
    await hub.say(BUYER, room, "k", "人工")
    await hub.settled()

    row = await hub.row(room)
    assert (row.state, row.team) == (DeskState.WAITING, team.row.id)


async def test_a_team_that_was_dissolved_leaves_nobody_alone(hub: Shop) -> None:
    """Anybody takes the conversation."""
    await hub.publish([{**PEOPLE, "then": {"hand_off": True, "team": "没有了"}}])
    room = await hub.room()
    await hub.say(BUYER, room, "k", "人工")
    await hub.settled()

    row = await hub.row(room)
    assert (row.state, row.team) == (DeskState.WAITING, None)


async def test_every_message_a_buyer_writes_has_a_trace(hub: Shop) -> None:
    """Answered, silent, wordless, capped, in the queue, held by a person, closed: none is without its reason."""
    names = "红橙黄绿蓝靛紫黑白灰"
    await hub.publish([SHIPPING, PEOPLE, *(rule(name, "keyword", f"答{name}") for name in names)])
    room = await hub.room()
    wanted: list[tuple[str, object]] = []

    async def ask(text: str, outcome: str, reason: object = None) -> None:
        wanted.append((outcome, reason))
        await hub.say(BUYER, room, f"k{len(wanted)}", text)
        await hub.settled()

    await ask("发货", "answer")
    await ask("今天天气", "silent", Reason.NO_ANSWER)
    for name in names[:9]:
        await ask(name, "answer")
    await ask("灰", "silent", Reason.CAP)
    await hub.desks.hand_off(room, reason="asked")
    await ask("天气呀", "silent", Reason.CAP)
    await hub.desks.claim(OPERATOR, room)
    await ask("发货", "silent", Reason.OPERATOR)
    await hub.desks.close(OPERATOR, room)
    await ask("在吗在吗", "silent", Reason.CAP)
    async with hub.db.write() as conn:
        await conn.execute(sa.insert(MEDIA).values(id="voice", owner=BUYER.person, kind="voice", type="audio/ogg", size=1, seconds=1.0, at=0))
        await conn.execute(sa.text("DELETE FROM reply_memory"))
    wanted.append(("silent", Reason.NO_ANSWER))
    await hub.talk.send(BUYER, posting(room, "voice", VoiceBody(media="voice", seconds=1)))
    await hub.settled()

    async with hub.db.read() as conn:
        of_buyer = sa.select(MESSAGES.c.seq).where(MESSAGES.c.conversation == room, MESSAGES.c.author == BUYER.person).order_by(MESSAGES.c.seq)
        seqs = [row.seq for row in await conn.execute(of_buyer)]
    traces = [await hub.rulebook.trace(OWNER, room, seq) for seq in seqs]
    assert [(trace.outcome, trace.reason) for trace in traces] == wanted


async def test_what_nobody_asked_for_keeps_its_own_trace(hub: Shop) -> None:
    """Each message of a greeting has the reason for it; a later greeting changes nothing about an earlier one."""
    await hub.publish([rule("你好", "follow", "欢迎", "看看新品"), rule("发货", "keyword", "今天")])
    door = People(db=hub.db, access=hub.access, bus=hub.bus, limiter=LocalLimiter())
    door.on_followed(hub.answers.wake)
    async with hub.db.write() as conn:
        await people.unfollow(conn, SHOP, BUYER.person)
    await door.follow(BUYER, "shop")
    await hub.settled()
    room = await hub.room()
    await hub.publish([rule("你好呀", "follow", "又见面了")])
    await door.unfollow(BUYER, "shop")
    await door.follow(BUYER, "shop")
    await hub.settled()

    assert await hub.texts(room) == [">欢迎", ">看看新品", ">又见面了"]
    traces = [await hub.rulebook.trace(OWNER, room, seq) for seq in (1, 2, 3)]
    assert [(trace.event, trace.winners) for trace in traces] == [("follow", ("你好",)), ("follow", ("你好",)), ("follow", ("你好呀",))]
