"""The same again and again: who says it once too often waits for a moderator; newcomers are counted together, settled members never."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest
import time_machine

from bot.actions import repeats as module
from bot.actions.groups import OrderChanges
from bot.actions.repeats import Repeats, form_of
from bot.actions.talk import Talk
from bot.actions.tempo import Tempo
from bot.live.local import LocalLimiter
from bot.live.ports import Limiter, Rate
from bot.live.redis import RedisLimiter
from bot.model.basics import Conflict
from bot.model.facts import MessagePosted
from bot.model.groups import Place
from bot.model.people import Actor, Verb
from bot.model.talk import Body, ImageBody, TextBody
from bot.model.tempo import Flood, Repeat
from bot.store.batch import Appended
from tests.circle import AMY, BOB, CAT, DAN
from tests.screens import Screens, screens
from tests.servers import RedisServer
from tests.world import MODERATOR, OWNER, posting

ADVERT = "日结兼职看我头像联系"
ALONE = Repeat(messages=2, newcomers=0, seconds=600)
TOGETHER = Repeat(messages=0, newcomers=2, seconds=600)


class Echo:
    """A group, and hands that write the same, through processes that share a limiter."""

    def __init__(self, room: Screens) -> None:
        self.room = room
        self.now = 1_000.0
        self.limiter: Limiter = LocalLimiter(clock=lambda: self.now)
        self.near = self.process()
        self._keys = 0

    def process(self, limiter: Limiter | None = None) -> Talk:
        """One more process, with a limiter of its own or the one of all."""
        hub = self.room.room.hub
        tempo = Tempo(db=hub.db, bus=hub.bus, limiter=self.limiter if limiter is None else limiter)
        tempo.repeats._clock = lambda: self.now
        return Talk(
            db=hub.db,
            log=hub.log,
            access=hub.access,
            bus=hub.bus,
            limiter=LocalLimiter(),
            rate=Rate(10_000, 10_000),
            claim=self.room._claim,
            screening=self.room.screening,
            tempo=tempo,
        )

    async def order(self, repeat: Repeat) -> None:
        """Set what is too often; floods are something else."""
        row = await self.room.room.row(self.room.group)
        changes = OrderChanges(repeat=repeat, flood=Flood(messages=0))
        await self.room.room.groups.set_order(OWNER, self.room.group, row.version, changes)

    async def say(self, actor: Actor, said: str | Body = ADVERT, talk: Talk | None = None, key: str = "") -> Appended:
        """Post, by the hot path where it is open, as a socket does."""
        self._keys += 1
        body, process = TextBody(said) if isinstance(said, str) else said, talk or self.near
        message = posting(self.room.group, key or f"e{self._keys}", body)
        where = process.ready(actor, message)
        return await (process.send(actor, message) if where is None else self.room.room.hub.log.append(process._draft(actor, message, where)))

    async def place(self, actor: Actor) -> Place:
        """Somebody before the group."""
        found = await self.room.room.hub.access.where(actor, self.room.group, Verb.TALK_SEND)
        assert isinstance(found, Place)
        return found

    async def held(self, actor: Actor, *said: str, talk: Talk | None = None) -> list[bool]:
        """Of each text whether it waits."""
        return [(await self.say(actor, one, talk)).held is not None for one in said]


@pytest.fixture
async def echo(database_url: str) -> AsyncIterator[Echo]:
    async with screens(database_url) as room:
        echo = Echo(room)
        await echo.order(ALONE)
        yield echo


async def test_one_member_who_says_the_same_too_often_waits(echo: Echo) -> None:
    """What is too much is held and noted with its text, and nobody hears it; others, and other texts, are not concerned."""
    hub = echo.room.room.hub
    hub.bus.subscribe(f"c:{echo.room.group}")
    assert await echo.held(AMY, *[ADVERT] * 4) == [False, False, True, True]
    assert await echo.held(CAT, ADVERT, "今天的茶真好喝呀") == [False, False]
    assert await echo.held(AMY, "请问什么时候发货呢") == [False]

    heard = [ring.fact.message.author for ring in hub.heard if isinstance(ring.fact, MessagePosted)]
    assert heard == [AMY.person, AMY.person, CAT.person, CAT.person, AMY.person]
    assert await echo.room.signals() == [("repeat", ADVERT)] * 2
    waiting = await echo.room.waits()
    assert [(row.author, row.text, [(one.kind, one.name) for one in row.signals]) for row in waiting] == [
        (AMY.person, ADVERT, [("repeat", "member")])
    ] * 2


async def test_trivial_changes_are_the_same(echo: Echo) -> None:
    """Marks, spaces, emoji, script, borrowed characters, and numbers and letters added to it."""
    changed = [ADVERT, "日 结-兼.职 看我头像聯系！！", "😀日结兼职看我头像联系 8f3k"]
    assert await echo.held(AMY, *changed) == [False, False, True]


def test_what_is_the_same() -> None:
    """Short texts are never counted; where there is little Chinese, letters and numbers are what is said."""
    assert form_of("收到谢谢啊") is form_of("👍👍👍👍👍👍👍") is form_of("") is None
    assert form_of("加薇信看我头像吧") == form_of("加微信看我头像吧") != form_of("加微信看他头像吧")
    assert form_of("加微信看头像") == form_of("加微信看头像 x7") != form_of("加微信看人 x7")
    assert form_of("Hello there") == form_of("ｈｅｌｌｏ， тhere!") != form_of("Hello where")
    assert form_of("订单 1000") != form_of("订单 1001")
    assert ADVERT not in str(form_of(ADVERT))
    assert form_of("这句话很长" * 1_000) == form_of("这句话很长" * 2_000)


async def test_short_texts_and_pictures_are_not_counted(echo: Echo) -> None:
    """They are what everybody says."""
    assert await echo.held(AMY, *["早上好呀"] * 5) == [False] * 5
    place = await echo.place(AMY)
    assert module.marks_of(place, ImageBody(media="m" * 16, width=1, height=1)) == ()
    assert len(module.marks_of(place, ImageBody(media="m" * 16, width=1, height=1, alt=ADVERT))) == 1


async def test_after_a_while_it_may_be_said_again(echo: Echo) -> None:
    """When its seconds are over, and no sooner."""
    assert await echo.held(AMY, *[ADVERT] * 3) == [False, False, True]
    echo.now += 300.0
    assert await echo.held(AMY, ADVERT) == [True]
    echo.now += 301.0
    assert await echo.held(AMY, *[ADVERT] * 3) == [False, False, True]


async def test_newcomers_are_counted_together(echo: Echo) -> None:
    """A raid says the same through many mouths; each of its later messages waits."""
    await echo.order(TOGETHER)
    await echo.room.room.memberships.join(DAN, echo.room.group)
    assert [await echo.held(one, ADVERT) for one in (AMY, CAT, DAN)] == [[False], [False], [True]]
    assert [one.name for one in (await echo.room.waits())[0].signals] == ["newcomers"]
    assert await echo.held(DAN, "请问什么时候发货呢") == [False]


async def test_a_newcomer_is_one_for_so_many_minutes(echo: Echo) -> None:
    """From when they came, to the millisecond."""
    await echo.order(msgspec.structs.replace(TOGETHER, messages=2, minutes=1))
    place = await echo.place(AMY)
    for after_ms, counted in ((59_999, ["member", "newcomers"]), (60_000, ["member"])):
        # In the middle of the millisecond, which no rounding leaves.
        with time_machine.travel((place.as_poster.since + after_ms + 0.5) / 1_000, tick=False):
            assert [mark.who for mark in module.marks_of(place, TextBody(ADVERT))] == counted


async def test_settled_members_who_greet_alike_are_left_alone(echo: Echo) -> None:
    """However many say the same; each is counted alone."""
    await echo.order(msgspec.structs.replace(TOGETHER, messages=2, minutes=0))
    await echo.room.room.memberships.join(DAN, echo.room.group)
    assert [await echo.held(one, *["祝大家新年快乐"] * 2) for one in (AMY, CAT, DAN)] == [[False, False]] * 3
    assert await echo.room.waits() == []
    assert await echo.held(AMY, "祝大家新年快乐") == [True]


@pytest.mark.parametrize("actor", [OWNER, MODERATOR, BOB])
async def test_moderators_say_what_they_like(echo: Echo, actor: Actor) -> None:
    """As often as they like."""
    assert await echo.held(actor, *[ADVERT] * 5) == [False] * 5


async def test_it_can_be_switched_off(echo: Echo) -> None:
    """Each by itself, and both; by default both are on."""
    assert Repeat().messages > 0 < Repeat().newcomers
    await echo.order(Repeat(messages=0, newcomers=0))
    assert await echo.held(AMY, *[ADVERT] * 8) == [False] * 8
    await echo.order(Repeat(messages=1, newcomers=0))
    assert await echo.held(AMY, *["请问什么时候发货呢"] * 2) == [False, True]


@pytest.mark.parametrize("bad", [{"messages": -1}, {"messages": 101}, {"newcomers": 1_001}, {"seconds": 0}, {"seconds": 3_601}, {"minutes": 10_081}])
def test_what_is_set_has_limits(bad: dict[str, int]) -> None:
    """Each member its own."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(bad, Repeat)


async def test_a_message_sent_again_is_no_repeat(echo: Echo) -> None:
    """Through whatever process, stored or held; another message under its key is still refused."""
    far = echo.process()
    await echo.order(msgspec.structs.replace(ALONE, messages=3))
    first = await echo.say(AMY, key="one")
    for talk in (echo.near, far, far, far, echo.near):
        again = await echo.say(AMY, talk=talk, key="one")
        assert (again.seq, again.duplicate, again.held) == (first.seq, True, None)
    assert await echo.held(AMY, ADVERT, ADVERT) == [False, False]
    waits = await echo.say(AMY, key="four")
    assert waits.held is not None
    assert (await echo.say(AMY, key="four")).held == waits.held
    with pytest.raises(Conflict):
        await echo.say(AMY, "今天的茶真好喝呀", key="four")
    assert len(await echo.room.waits()) == 1


async def test_a_message_sent_again_takes_nothing_from_others(echo: Echo) -> None:
    """Through a process that has heard its text but not it; and one that waits already, when there is room again."""
    far = echo.process()
    await echo.order(msgspec.structs.replace(ALONE, messages=3))
    await echo.say(AMY, key="one")
    await echo.say(AMY, key="two", talk=far)
    assert (await echo.say(AMY, key="one", talk=far)).duplicate
    assert await echo.held(AMY, *[ADVERT] * 2) == [False, False]
    waits = await echo.say(AMY, key="five")
    echo.now += 301.0
    assert (await echo.say(AMY, key="five")).held == waits.held is not None
    assert await echo.held(AMY, *[ADVERT] * 2) == [False, True]


async def test_a_message_that_was_not_stored_is_counted_once(echo: Echo) -> None:
    """Counted, then refused for another reason, and sent again under its key: that is one."""
    place = await echo.place(AMY)
    repeats, body = Repeats(db=echo.room.room.hub.db, limiter=echo.limiter), TextBody(ADVERT)
    assert [await repeats.one_too_many(place, "one", body) for _ in range(5)] == [None] * 5
    assert [await repeats.one_too_many(place, f"two-{n}", body) for n in (1, 2)] == [None, "member"]


async def test_processes_count_together(echo: Echo) -> None:
    """Each gives away the first, and no more; with the limiter away each counts by itself."""
    far, cut_off = echo.process(), echo.process(LocalLimiter())
    assert await echo.held(AMY, *[ADVERT] * 3) == [False, False, True]
    assert await echo.held(AMY, *[ADVERT] * 3, talk=far) == [False, True, True]
    assert await echo.held(AMY, *[ADVERT] * 3, talk=cut_off) == [False, False, True]


async def test_two_processes_give_one_more_than_one(echo: Echo, shared_limiters: tuple[RedisLimiter, RedisLimiter]) -> None:
    """Over the limiter of all, as docs/groups.md says: by turns, all at once, and of newcomers together."""
    near, far = (echo.process(limiter) for limiter in shared_limiters)
    await echo.order(msgspec.structs.replace(ALONE, messages=4))
    turns = [(await echo.say(AMY, talk=talk)).held is not None for _ in range(4) for talk in (near, far)]
    assert turns == [False] * 5 + [True] * 3
    at_once = await asyncio.gather(*(echo.say(CAT, talk=talk) for _ in range(6) for talk in (near, far)))
    assert [one.held for one in at_once].count(None) == 5

    await echo.order(msgspec.structs.replace(TOGETHER, newcomers=3))
    await echo.room.room.memberships.join(DAN, echo.room.group)
    many = [(await echo.say(one, "扫码进群领红包", talk)).held is not None for talk in (near, far, near, far) for one in (AMY, CAT, DAN)]
    assert many == [False, False, False] + [False, True, True] + [True] * 6


async def test_without_redis_each_process_counts_by_itself(
    echo: Echo, shared_limiters: tuple[RedisLimiter, RedisLimiter], redis_server: RedisServer
) -> None:
    """And goes on from what it gave: over two, it is twice as many at most."""
    near, far = (echo.process(limiter) for limiter in shared_limiters)
    assert await echo.held(CAT, *[ADVERT] * 2, talk=near) == [False, False]
    redis_server.kill()
    assert await echo.held(CAT, ADVERT, talk=near) == [True]
    assert [await echo.held(AMY, *[ADVERT] * 3, talk=talk) for talk in (near, far)] == [[False, False, True]] * 2


async def test_what_is_remembered_is_bounded(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes first, and no text is kept."""
    monkeypatch.setattr(module, "REMEMBERED", 4)
    repeats = Repeats(db=echo.room.room.hub.db, limiter=echo.limiter)
    place = await echo.place(AMY)
    for number in range(9):
        assert await repeats.one_too_many(place, f"k{number}", TextBody(f"wholly different {number}")) is None
    assert len(repeats._said) == len(repeats._counted) == 4
    assert repeats.passes(place, TextBody("wholly different 0")) is not None
    assert repeats.passes(place, TextBody("wholly different 8")) is None
    assert "wholly" not in str([*repeats._said, *repeats._counted])


async def test_what_filters_hold_is_not_counted(echo: Echo) -> None:
    """It waits already; what they only mask is counted."""
    assert await echo.held(AMY, *["刷单日结看我头像"] * 4) == [True] * 4
    assert {kind for kind, _ in await echo.room.signals()} == {"filter"}
    assert await echo.held(AMY, *["你这个笨蛋说什么呢"] * 3) == [False, False, True]
