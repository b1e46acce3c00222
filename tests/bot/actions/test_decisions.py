"""Releasing and refusing what waits: by whom, once, with a line in the log, and never over a sanction."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
import pytest
import sqlalchemy as sa
import time_machine

from bot.actions.decisions import CLAIMED_MS, Decision, Decisions
from bot.actions.groups import OrderChanges
from bot.actions.moderation import Ban, Mute
from bot.actions.workbench import Judgement
from bot.live.metrics import Metrics
from bot.model.basics import Blocked, Closed, Conflict, Forbidden, HubError, Invalid, NotFound, Unavailable, now_ms
from bot.model.cases import Signal, Verdict
from bot.model.facts import MessagePosted, Noticed
from bot.model.groups import SYSTEM
from bot.model.order import Newcomers
from bot.model.people import Actor
from bot.model.talk import TextBody
from bot.store import cases
from bot.store import held as store
from bot.store.filter_tables import FILTER_DAYS, FILTER_HITS, HELD
from bot.store.held import KEPT_MS, WAITS_MS
from bot.store.log import Log
from tests.circle import AMY, BOB, CAT, DAN, Generous
from tests.screens import Screens, screens
from tests.world import MODERATOR, OPERATOR, OWNER, SHOP

DISMISS = Judgement(act="dismiss", reason="没问题")


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Screens]:
    async with screens(database_url) as room:
        yield room


async def lines(room: Screens) -> list[tuple[str, str, str | None, str]]:
    """What the log tells of decisions."""
    return [(line.act, line.actor, line.target, line.reason) for line in await room.room.log(room.group) if line.act in {"release", "refuse"}]


async def age(room: Screens, by_ms: int, **more: object) -> None:
    """Let everything that waits have come earlier."""
    async with room.room.hub.db.write() as conn:
        await conn.execute(sa.update(HELD).values(at=HELD.c.at - by_ms, **more))


async def test_a_released_message_is_its_authors(room: Screens) -> None:
    """Posted now, under its own key, with what it replies to; the author's retry finds it, and it is in the log once."""
    await room.post(CAT, "有人吗")
    await room.post(AMY, "刷单日结", "mine", reply_to=1)
    held = (await room.waits())[0].id
    room.room.hub.bus.subscribe(f"c:{room.group}")
    row = await room.decide(BOB, held)
    again = await room.decide(MODERATOR, held)

    assert (row.state, row.seq, row.decided_by) == ("released", 2, BOB.person)
    assert again == row
    (posted,) = [ring.fact.message for ring in room.room.hub.heard if isinstance(ring.fact, MessagePosted)]
    assert (posted.author, posted.author_name, posted.key, posted.reply_to, str(posted.role)) == (AMY.person, AMY.name, "mine", 1, "follower")
    assert await room.texts() == ["有人吗", "刷单日结"]
    retried = await room.post(AMY, "刷单日结", "mine", reply_to=1)
    assert (retried.seq, retried.duplicate, retried.held) == (2, True, None)
    assert await lines(room) == [("release", BOB.person, AMY.person, "")]
    assert await room.waits() == []
    assert (await room.hits())[0].seq == 2


async def test_who_is_called_in_what_waits_is_told_once_it_is_released(room: Screens) -> None:
    """Members, not its author; once, whoever releases it and in whatever process; nobody of what is refused."""
    hub = room.room.hub
    for listener in (AMY, CAT):
        hub.bus.subscribe(f"p:{listener.person}")
    called = TextBody("刷单日结", mentions=(CAT.person, AMY.person, DAN.person))
    for key in ("no", "here", "there", "here"):
        await room.post(AMY, called, key)
    refused, here, there = [one.id for one in await room.waits()]
    room.room.told()
    await room.decide(BOB, refused, "广告", approve=False)
    for _ in range(2):
        await room.decide(BOB, here)
    async with Log(hub.db, Metrics()) as log:
        elsewhere = Decisions(db=hub.db, access=hub.access, log=log, bus=hub.bus, limiter=Generous())
        await elsewhere.decide(BOB, room.group, there, Decision(approve=True))

    mentions = [(ring.topics, ring.fact) for ring in hub.heard if isinstance(ring.fact, Noticed) and ring.fact.kind == "mention"]
    notices = [Noticed(kind="mention", group=room.group, by=AMY.person, seq=seq) for seq in (1, 2)]
    assert mentions == [((f"p:{CAT.person}",), notice) for notice in notices]


async def test_what_waits_counts_once_it_is_released(room: Screens) -> None:
    """For a newcomer, who is not less new for what is held or refused."""
    circle = room.room
    await circle.groups.set_order(OWNER, room.group, (await circle.row(room.group)).version, OrderChanges(newcomers=Newcomers(messages=1)))
    with pytest.raises(Blocked):
        await room.post(AMY, "枪支")
    await room.post(AMY, "刷单日结")
    with pytest.raises(Forbidden):
        await room.post(AMY, "看 a.com")
    await room.decide(BOB, (await room.waits())[0].id)
    assert (await room.post(AMY, "看 a.com")).seq == 2


async def cases_of_hits(room: Screens, reader: Actor = OWNER) -> list[str | None]:
    """The case that each hit names, the oldest first."""
    found = await room.decisions.hits(reader, room.group, None, 50)
    return [found.cases.get(hit.id) for hit in reversed(found.page.items)]


async def test_a_hit_names_the_undecided_case_that_it_is_in(room: Screens) -> None:
    """Held or refused; not masked or counted ones, nor what was decided before, nor of others."""
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        for actor, text in ((AMY, "刷单日结"), (AMY, "笨蛋"), (CAT, "优惠券"), (CAT, "刷单")):
            await room.post(actor, text)
            clock.shift(1)
        with pytest.raises(Blocked):
            await room.post(AMY, "枪支")
        by_offender = {one.row.offender: one.row.id for one in (await room.room.workbench.cases(OWNER, "shop", "open", room.group, None, 9)).items}
        amy, cat = by_offender[AMY.person], by_offender[CAT.person]
        assert await cases_of_hits(room) == await cases_of_hits(room, BOB) == [amy, None, None, cat, amy]

        await room.room.workbench.claim(BOB, amy)
        assert await cases_of_hits(room) == [amy, None, None, cat, amy]
        await room.room.workbench.decide(BOB, amy, DISMISS)
        assert await cases_of_hits(room) == [None, None, None, cat, None]
        clock.shift(1)
        await room.post(AMY, "刷单")
        again = (await room.room.workbench.cases(OWNER, "shop", "open", room.group, None, 1)).items[0].row.id
        assert await cases_of_hits(room) == [None, None, None, cat, None, again]


async def test_a_hit_does_not_name_a_case_that_one_does_not_judge(room: Screens) -> None:
    """Who was appointed does not learn that there is one against them, or against another who was."""
    await room.hold(AMY)
    await room.room.moderation.appoint(OWNER, room.group, AMY.person)
    assert (await cases_of_hits(room, AMY), await cases_of_hits(room, BOB)) == ([None], [None])
    assert None not in await cases_of_hits(room)


async def case_against(room: Screens, offender: Actor) -> str:
    """The open case that what waits has made."""
    (found,) = [
        one.row.id
        for one in (await room.room.workbench.cases(OWNER, "shop", "open", room.group, None, 9)).items
        if one.row.offender == offender.person
    ]
    return found


async def test_a_decision_of_a_case_settles_what_waits(room: Screens) -> None:
    """As it is named, after the case and with its reason, each with its line; what is not named waits on, and the case tells so."""
    good, bad, later = [await room.hold(AMY, key=key, text=f"刷单{key}") for key in ("good", "bad", "later")]
    case = await case_against(room, AMY)
    assert (await room.room.workbench.case(BOB, case, None, 9)).shown.waiting == [good, bad, later]
    room.room.told()
    decided = await room.room.workbench.decide(BOB, case, Judgement(act="warn", reason="别再发", release=(good,), refuse=(bad,)))

    assert (decided.row.state, decided.waiting) == ("decided", [later])
    assert await room.texts() == ["刷单good"]
    assert [(line.act, line.actor, line.ref) for line in (await room.room.log(room.group))[-3:]] == [
        ("warn", BOB.person, case),
        ("release", BOB.person, good),
        ("refuse", BOB.person, bad),
    ]
    told = [(fact.kind, fact.key, fact.reason) for fact in room.room.told() if isinstance(fact, Noticed)]
    assert told == [("warned", None, "别再发"), ("refused", "bad", "别再发")]


async def test_what_waits_is_refused_with_a_ban(room: Screens) -> None:
    """Released it cannot be: who is banned may not post."""
    held = await room.hold(AMY)
    case = await case_against(room, AMY)
    acts: dict[Verdict, int | None] = {"mute": 60, "remove": None, "ban": None}
    for act, seconds in acts.items():
        with pytest.raises(Invalid) as refused:
            await room.room.workbench.decide(OWNER, case, Judgement(act=act, seconds=seconds, reason="x", release=(held,)))
        assert refused.value.data["path"] == "release"
    decided = await room.room.workbench.decide(OWNER, case, Judgement(act="ban", reason="广告", refuse=(held,)))
    assert (decided.waiting, await room.waits(), await room.texts()) == ([], [], [])
    assert [act for act, *_ in await lines(room)] == ["refuse"]


async def test_what_cannot_be_settled_with_a_case_waits_on(room: Screens) -> None:
    """The case is decided all the same, and the message can be released later, as any."""
    held, soon = await room.hold(AMY), await room.hold(CAT, text="刷单！")
    case, other = await case_against(room, AMY), await case_against(room, CAT)
    room.room.hub.log._open = False
    decided = await room.room.workbench.decide(BOB, case, msgspec.structs.replace(DISMISS, release=(held,)))
    room.room.hub.log._open = True
    assert (decided.row.act, decided.waiting, await room.texts()) == ("dismiss", [held], [])
    assert (await room.decide(BOB, held)).state == "released"
    assert (await room.room.workbench.case(BOB, case, None, 9)).shown.waiting == []
    assert (await room.room.workbench.decide(BOB, other, msgspec.structs.replace(DISMISS, release=(soon,)))).waiting == []
    assert await room.texts() == ["刷单日结", "刷单！"]


async def test_a_decision_settles_only_what_is_the_offenders_here(room: Screens) -> None:
    """Nothing of others, of other groups or of a case that is no person's; one message one way: else nothing is done at all."""
    held, others = await room.hold(AMY), await room.hold(CAT)
    case = await case_against(room, AMY)
    async with room.room.hub.db.write() as conn:
        elsewhere = msgspec.structs.replace((await room.waits())[0], id="elsewhere", conversation="other", key="elsewhere")
        await store.hold(conn, elsewhere)
        report = Signal(account=SHOP, conversation=room.group, offender=room.group, kind="report", at=now_ms(), by=CAT.person)
        of_group = await cases.note(conn, report)
    before = await room.room.log(room.group)
    bad: list[tuple[str, dict[str, tuple[str, ...]], type[HubError]]] = [
        (case, {"release": (held, others)}, NotFound),
        (case, {"refuse": (held, "nothing")}, NotFound),
        (case, {"refuse": ("elsewhere",)}, NotFound),
        (case, {"release": (held,), "refuse": (held,)}, Invalid),
        (of_group, {"release": (held,)}, Invalid),
        (of_group, {"refuse": (held,)}, Invalid),
    ]
    for about, settled, error in bad:
        with pytest.raises(error):
            await room.room.workbench.decide(OWNER, about, msgspec.structs.replace(DISMISS, **settled))
    assert (await room.room.log(room.group), len(await room.waits())) == (before, 2)
    assert (await room.room.workbench.case(OWNER, case, None, 9)).shown.row.state == "open"


async def test_a_refused_message_is_told_to_its_author(room: Screens) -> None:
    """With the reason and its key; sent again it is blocked. A reason is needed, and nobody else hears."""
    held = await room.hold(key="mine")
    room.room.told()
    with pytest.raises(Invalid):
        await room.decide(BOB, held, " ", approve=False)
    row = await room.decide(BOB, held, "广告", approve=False)
    assert await room.decide(OWNER, held, "别的", approve=False) == row

    rings = [ring for ring in room.room.hub.heard if isinstance(ring.fact, Noticed)]
    assert [ring.fact for ring in rings] == [Noticed(kind="refused", group=room.group, by=BOB.person, reason="广告", key="mine")]
    assert rings[0].topics == (f"p:{AMY.person}",)
    with pytest.raises(Blocked):
        await room.post(AMY, "刷单日结", "mine")
    assert await lines(room) == [("refuse", BOB.person, AMY.person, "广告")]
    with pytest.raises(Conflict):
        await room.decide(OWNER, held)
    assert await room.texts() == []


@pytest.mark.parametrize(("actor", "error"), [(AMY, Forbidden), (CAT, Forbidden), (DAN, Forbidden), (OPERATOR, Forbidden)])
async def test_only_moderators_see_and_decide(room: Screens, actor: Actor, error: type[HubError]) -> None:
    """Members and outsiders neither read what waits nor what was found."""
    held = await room.hold()
    for verb in (
        room.decisions.waiting(actor, room.group, None, 10),
        room.decisions.hits(actor, room.group, None, 10),
        room.decide(actor, held),
        room.decide(actor, held, "x", approve=False),
    ):
        with pytest.raises(error):
            await verb
    assert await lines(room) == []


async def test_a_message_is_decided_in_its_own_group_and_not_by_its_author(room: Screens) -> None:
    """A moderator of another group finds nothing there; one who became moderator does not release their own."""
    held = await room.hold()
    other = await room.room.make()
    with pytest.raises(NotFound):
        await room.decisions.decide(OWNER, other, held, Decision(approve=True))
    with pytest.raises(NotFound):
        await room.decide(OWNER, "nothing")
    await room.room.moderation.appoint(OWNER, room.group, AMY.person)
    with pytest.raises(Forbidden):
        await room.decide(AMY, held)


@pytest.mark.parametrize("how", ["left", "muted", "banned", "removed"])
async def test_a_message_is_not_released_for_who_cannot_post(room: Screens, how: str) -> None:
    """It waits on, and can be refused."""
    held = await room.hold()
    acts: dict[str, Callable[[], Awaitable[object]]] = {
        "left": lambda: room.room.memberships.leave(AMY, room.group),
        "muted": lambda: room.room.moderation.mute(OWNER, room.group, AMY.person, Mute(seconds=600, reason="x")),
        "banned": lambda: room.room.moderation.ban(OWNER, room.group, AMY.person, Ban(reason="x")),
        "removed": lambda: room.room.moderation.remove(OWNER, room.group, AMY.person, "x"),
    }
    await acts[how]()
    with pytest.raises(Conflict):
        await room.decide(BOB, held)
    assert [row.state for row in await room.waits()] == ["waiting"]
    assert (await room.decide(BOB, held, "走了", approve=False)).state == "refused"
    assert await room.texts() == []


async def test_a_moderator_who_is_banned_while_acting_decides_nothing(room: Screens) -> None:
    """Whoever comes first: either it was released before, with its line, or not at all."""
    held = await room.hold()
    ended = await asyncio.gather(
        room.room.moderation.ban(OWNER, room.group, BOB.person, Ban(reason="x")), room.decide(BOB, held), return_exceptions=True
    )
    released = not isinstance(ended[1], BaseException)
    assert released or isinstance(ended[1], Forbidden)
    assert (await room.texts() == ["刷单日结"]) is released
    assert len(await lines(room)) == released
    with pytest.raises(Forbidden):
        await room.decide(BOB, held)


async def test_many_who_decide_at_once_decide_once(room: Screens) -> None:
    """Some release, some refuse: one thing comes of it, told by one line."""
    for number in range(6):
        held = await room.hold(key=f"race-{number}")
        verbs = [room.decide(actor, held, "x", approve=approve) for actor in (OWNER, MODERATOR, BOB) for approve in (True, False)]
        ended = await asyncio.gather(*verbs, return_exceptions=True)
        states = {one.state for one in ended if not isinstance(one, BaseException)}
        assert len(states) == 1
        assert all(isinstance(one, Conflict) for one in ended if isinstance(one, BaseException))
        assert len(await lines(room)) == number + 1
    decided = [act for act, *_ in await lines(room)]
    assert len(await room.texts()) == decided.count("release")


async def test_a_key_that_was_used_meanwhile_is_not_released(room: Screens) -> None:
    """The author has said something else under it, through a process that did not know: the message waits on."""
    held = await room.hold(key="mine")
    room.screening._lately.clear()
    await room.post(AMY, "别的话", "mine")
    with pytest.raises(Conflict):
        await room.decide(BOB, held)
    assert [row.state for row in await room.waits()] == ["waiting"]


async def test_a_release_that_was_broken_off_is_finished(room: Screens) -> None:
    """The process died after the message was stored: it is said that it was; died before: it waits again."""
    stored, lost, young = [await room.hold(key=key) for key in ("stored", "lost", "young")]
    async with room.room.hub.db.write() as conn:
        for held, ago in ((stored, CLAIMED_MS + 1_000), (lost, CLAIMED_MS + 1_000), (young, 0)):
            await store.claim(conn, held, BOB.person, now_ms() - ago)
    await room.room.hub.say(AMY, room.group, "stored", "刷单日结")
    await age(room, CLAIMED_MS + 1_000)
    await room.decisions.tend()
    await room.decisions.tend()

    assert [(row.id, row.state) for row in await room.waits()] == [(lost, "waiting"), (young, "releasing")]
    assert await lines(room) == [("release", BOB.person, AMY.person, "")]
    assert (await room.decide(OWNER, young)).state == "released"


async def test_a_log_that_takes_nothing_leaves_the_message_waiting(room: Screens) -> None:
    """And another try releases it."""
    held = await room.hold()
    room.room.hub.log._open = False
    with pytest.raises(Unavailable):
        await room.decide(BOB, held)
    room.room.hub.log._open = True
    assert [row.state for row in await room.waits()] == ["waiting"]
    assert (await room.decide(BOB, held)).state == "released"


async def test_what_nobody_decides_within_seven_days_is_refused(room: Screens) -> None:
    """By the hub, with a line and a notice; what was decided long ago and old hits are deleted."""
    old = await room.hold(key="old")
    await age(room, WAITS_MS + 1_000)
    await room.hold(key="new")
    room.room.told()
    await room.decisions.tend()

    assert [row.key for row in await room.waits()] == ["new"]
    assert [(act, actor, target) for act, actor, target, _ in await lines(room)] == [("refuse", SYSTEM, AMY.person)]
    assert [(fact.kind, fact.key) for fact in room.room.told() if isinstance(fact, Noticed)] == [("refused", "old")]

    async with room.room.hub.db.write() as conn:
        await conn.execute(sa.update(HELD).where(HELD.c.id == old).values(decided_at=now_ms() - KEPT_MS - 1_000))
        await conn.execute(sa.update(FILTER_HITS).where(FILTER_HITS.c.held == old).values(at=now_ms() - KEPT_MS - 1_000))
        await conn.execute(sa.insert(FILTER_DAYS).values(list="l", conversation=room.group, day="2020-01-01", hits=1))
    await room.decisions.tend()
    assert [hit.key for hit in await room.hits()] == ["new"]
    async with room.room.hub.db.read() as conn:
        assert await store.get(conn, old) is None
        assert list(await store.counts(conn, room.group, "2000-01-01")) == [room.lists["review"]]


async def test_a_dissolved_group_takes_no_message(room: Screens) -> None:
    """What waits can be read, not released."""
    held = await room.hold()
    await room.room.groups.dissolve(OWNER, room.group, "散了")
    assert len(await room.waits()) == 1
    with pytest.raises(Closed):
        await room.decide(OWNER, held)
