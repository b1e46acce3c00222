"""The workbench: the weightiest case on top, claims that lapse, one decision in one transaction, and its undo."""

import asyncio
from collections.abc import AsyncIterator, Awaitable

import msgspec
import pytest
import time_machine

from bot.actions.complaints import Complaints
from bot.actions.moderation import Ban, Mute
from bot.actions.workbench import Judgement
from bot.model.basics import Closed, Conflict, Forbidden, HubError, Invalid, Muted, NotFound, now_ms
from bot.model.cases import CLAIM_MS, IDLE_MS, LADDER, UNDO_MS, Earlier, Signal, State, Step, Verdict, suggested
from bot.model.facts import MemberChanged, MessagesChanged, Noticed
from bot.model.groups import MUTE_LIMIT_S, SYSTEM, Act, GroupRole, Joining, may_sanction
from bot.model.people import Actor
from bot.store import cases
from tests.circle import AMY, BOB, CAT, DAN, Circle, circle
from tests.world import MODERATOR, OPERATOR, OWNER, SHOP

BAN = Judgement(act="ban", reason="广告")
DISMISS = Judgement(act="dismiss", reason="没问题")


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Circle]:
    async with circle(database_url) as room:
        yield room


@pytest.fixture
async def group(room: Circle) -> str:
    """Three members; Cat was appointed."""
    group = await room.make(Joining.OPEN, AMY, BOB, CAT)
    await room.moderation.appoint(OWNER, group, CAT.person)
    room.told()
    return group


async def against(room: Circle, group: str | None, offender: str, *reporters: Actor, seq: int | None = None) -> str:
    """Reports against somebody; the case."""
    async with room.hub.db.write() as conn:
        for one in reporters:
            kept = Signal(account=SHOP, conversation=group, offender=offender, kind="report", at=now_ms(), by=one.person, seq=seq, text="加微信")
            case = await cases.note(conn, kept)
    return case


async def listed(room: Circle, judge: Actor, state: State = "open", group: str | None = None) -> list[str]:
    """The offenders somebody sees, the weightiest first."""
    return [one.row.offender for one in (await room.workbench.cases(judge, "shop", state, group, None, 50)).items]


async def refused(act: Awaitable[object]) -> type[HubError]:
    """The refusal."""
    with pytest.raises(HubError) as caught:
        await act
    return type(caught.value)


async def test_the_weightiest_case_is_on_top(room: Circle, group: str) -> None:
    """By distinct reporters, then signals, then the latest; page by page, in one group or all."""
    other = await room.make(Joining.OPEN)
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        await against(room, group, "late", AMY)
        clock.shift(1)
        await against(room, group, "later", AMY)
        await against(room, group, "two", AMY, BOB)
        for seq in (1, 2):
            await against(room, other, "often", AMY, seq=seq)
        assert await listed(room, OWNER) == ["two", "often", "later", "late"]
        assert await listed(room, OWNER, group=other) == ["often"]
        first = await room.workbench.cases(MODERATOR, "shop", "open", None, None, 3)
        rest = await room.workbench.cases(MODERATOR, "shop", "open", None, first.cursor, 3)
        assert [one.row.offender for one in (*first.items, *rest.items)] == ["two", "often", "later", "late"]
        assert rest.cursor is None


async def test_everybody_sees_what_they_judge(room: Circle, group: str) -> None:
    """Owners all but their own; moderators those of people below, in their groups; nobody else anything."""
    other = await room.make(Joining.OPEN, AMY)
    shown = {offender: await against(room, group, offender, BOB) for offender in (AMY.person, CAT.person, MODERATOR.person, OWNER.person, group)}
    shown["elsewhere"] = await against(room, other, "elsewhere", BOB)
    shown["nowhere"] = await against(room, None, "nowhere", BOB)
    hub = await against(room, group, SHOP, BOB)
    everything = set(shown) - {OWNER.person}

    assert set(await listed(room, OWNER)) == everything
    assert set(await listed(room, MODERATOR)) == {AMY.person, "elsewhere", "nowhere"}
    assert await listed(room, CAT) == [AMY.person]
    for nobody in (AMY, OPERATOR, DAN):
        assert await refused(room.workbench.cases(nobody, "shop", "open", None, None, 50)) is Forbidden
    assert await refused(room.workbench.cases(CAT, "shop", "open", other, None, 50)) is NotFound
    judges = {OWNER: everything, MODERATOR: {AMY.person, "elsewhere", "nowhere"}, CAT: {AMY.person}, AMY: set(), OPERATOR: set()}
    for judge, seen in judges.items():
        for offender, case in shown.items():
            for verb in (room.workbench.case(judge, case, None, 5), room.workbench.claim(judge, case), room.workbench.release(judge, case)):
                if offender in seen:
                    await verb
                else:
                    assert await refused(verb) is NotFound
            assert await refused(room.workbench.decide(judge, case, Judgement(act="ban", reason=" "))) is Invalid
    for judge in judges:
        assert await refused(room.workbench.case(judge, hub, None, 5)) is NotFound
    assert await refused(room.workbench.case(OWNER, "no-such", None, 5)) is NotFound


async def test_a_case_shows_who_it_is_about_and_who_said_so(room: Circle, group: str) -> None:
    """Name, since when, how much they wrote, what was done to them; signals with names and evidence."""
    for key in "abc":
        await room.hub.say(AMY, group, key, f"说{key}")
    await room.moderation.warn(CAT, group, AMY.person, "第一次")
    await room.moderation.mute(CAT, group, AMY.person, Mute(seconds=600, reason="第二次"))
    case = await against(room, group, AMY.person, BOB, seq=2)

    found = await room.workbench.case(CAT, case, None, 50)
    shown = found.shown
    assert (shown.offender.name, shown.offender.posts, [one.act for one in shown.earlier]) == ("amy", 3, ["mute", "warn"])
    assert shown.offender.member_since is not None
    assert shown.suggested == Step("mute", 86_400)
    assert [(one.by, one.by_name, one.text) for one in shown.latest] == [(BOB.person, "bob", "加微信")]
    assert [[one.text for one in signal.evidence] for signal in found.signals.items] == [["说a", "说b", "说c"]]


async def test_a_claim_keeps_others_off_until_it_lapses(room: Circle, group: str) -> None:
    """It is a date; it may be renewed and let go; who has it not cannot decide meanwhile."""
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        case = await against(room, group, AMY.person, BOB)
        await room.workbench.claim(CAT, case)
        assert (await listed(room, OWNER), await listed(room, OWNER, "claimed")) == ([], [AMY.person])
        for act in (room.workbench.claim(OWNER, case), room.workbench.decide(OWNER, case, DISMISS)):
            assert await refused(act) is Conflict
        await room.workbench.release(OWNER, case)
        assert await listed(room, OWNER, "claimed") == [AMY.person]

        clock.shift(60)
        await room.workbench.claim(CAT, case)
        clock.shift(CLAIM_MS // 1_000 - 1)
        assert await refused(room.workbench.claim(OWNER, case)) is Conflict
        clock.shift(1)
        assert await listed(room, OWNER) == [AMY.person]
        assert (await room.workbench.claim(OWNER, case)).row.claimed_by == OWNER.person
        await room.workbench.release(OWNER, case)
        assert await listed(room, OWNER) == [AMY.person]


@pytest.mark.parametrize(
    ("decision", "line"),
    [
        (DISMISS, "dismiss"),
        (Judgement(act="warn", reason="广告"), "warn"),
        (Judgement(act="mute", seconds=3_600, reason="广告"), "mute"),
        (Judgement(act="remove", reason="广告"), "remove"),
        (BAN, "ban"),
    ],
)
async def test_a_decision_is_an_act_with_its_line(room: Circle, group: str, decision: Judgement, line: str) -> None:
    """The same as the verb of moderation does, once, and the case is over."""
    case = await against(room, group, AMY.person, BOB)
    before = len(await room.log(group))
    shown = await room.workbench.decide(CAT, case, decision)

    (added,) = (await room.log(group))[before:]
    assert (added.act, added.actor, added.target, added.reason, added.ref) == (line, CAT.person, AMY.person, decision.reason, case)
    assert (shown.row.state, shown.row.act, shown.row.decided_by, shown.row.until) == ("decided", decision.act, CAT.person, added.until)
    assert (AMY.person in await room.inside(group)) is (decision.act not in {"remove", "ban"})
    told = {"dismiss": [], "warn": ["warned"], "mute": ["muted"], "remove": ["removed"], "ban": ["banned"]}[line]
    assert [fact.change if isinstance(fact, MemberChanged) else getattr(fact, "kind", "") for fact in room.told()] == told
    assert (await listed(room, OWNER), await listed(room, OWNER, "decided")) == ([], [AMY.person])
    assert await refused(room.workbench.decide(OWNER, case, DISMISS)) is Conflict
    assert await refused(room.workbench.claim(OWNER, case)) is Conflict


async def test_what_cannot_be_decided_is_refused_whole(room: Circle, group: str) -> None:
    """Neither case nor log nor member changes."""
    case = await against(room, group, AMY.person, BOB)
    of_group = await against(room, group, group, BOB)
    of_nowhere = await against(room, None, "nowhere", BOB)
    gone = await against(room, group, "gone", BOB)
    before = await room.log(group)
    bad: list[tuple[str, Judgement, type[HubError]]] = [
        (case, Judgement(act="mute", reason="x"), Invalid),
        (case, Judgement(act="mute", seconds=366 * 86_400, reason="x"), Invalid),
        (case, Judgement(act="warn", seconds=60, reason="x"), Invalid),
        (case, Judgement(act="ban", reason="  "), Invalid),
        (of_group, BAN, Invalid),
        (of_nowhere, Judgement(act="dismiss", purge_s=60, reason="x"), Invalid),
        (gone, Judgement(act="warn", reason="x"), NotFound),
    ]
    for about, decision, error in bad:
        assert await refused(room.workbench.decide(OWNER, about, decision)) is error
    assert await room.log(group) == before
    assert AMY.person in await room.inside(group)
    assert len(await listed(room, OWNER)) == 4
    for about, name in ((of_group, "茶友"), (of_nowhere, None)):
        shown = (await room.workbench.case(OWNER, about, None, 9)).shown
        assert (shown.suggested, shown.earlier, shown.waiting, shown.offender.name) == (None, [], [], name)
    for about in (of_group, of_nowhere, gone):
        await room.workbench.decide(OWNER, about, DISMISS)


async def test_a_ban_may_be_longer_than_a_mute(room: Circle, group: str) -> None:
    """Thirty days are the most that somebody is silenced within."""
    case, other = await against(room, group, AMY.person, BOB), await against(room, group, BOB.person, AMY)
    longest = Judgement(act="mute", seconds=MUTE_LIMIT_S, reason="x")
    assert await refused(room.workbench.decide(OWNER, case, msgspec.structs.replace(longest, seconds=MUTE_LIMIT_S + 1))) is Invalid
    for about, decision in ((case, longest), (other, Judgement(act="ban", seconds=MUTE_LIMIT_S + 1, reason="x"))):
        row = (await room.workbench.decide(OWNER, about, decision)).row
        assert (row.until or 0) - (row.decided_at or 0) == (decision.seconds or 0) * 1_000


async def test_two_who_decide_at_once_decide_once(room: Circle, group: str) -> None:
    """One wins, the other is told that it is decided; one line, one sanction."""
    case = await against(room, group, AMY.person, BOB)
    before = len(await room.log(group))
    acts = (room.workbench.decide(CAT, case, BAN), room.workbench.decide(MODERATOR, case, Judgement(act="mute", seconds=60, reason="x")))
    ended = await asyncio.gather(*acts, return_exceptions=True)

    assert sorted(type(one).__name__ for one in ended) == ["Conflict", "Shown"]
    assert len(await room.log(group)) == before + 1


async def test_a_moderator_who_was_demoted_or_banned_decides_no_more(room: Circle, group: str) -> None:
    """What they are is read in the transaction that decides; what they had in hand lapses."""
    case = await against(room, group, AMY.person, BOB)
    await room.workbench.claim(CAT, case)
    await room.moderation.demote(OWNER, group, CAT.person)
    assert await refused(room.workbench.decide(CAT, case, BAN)) is NotFound
    await room.moderation.appoint(OWNER, group, CAT.person)
    await room.moderation.ban(OWNER, group, CAT.person, Ban(reason="x"))
    before = await room.log(group)
    assert await refused(room.workbench.decide(CAT, case, BAN)) is NotFound
    assert await refused(room.workbench.undo(CAT, case, "x")) is NotFound
    assert await room.log(group) == before


async def test_a_decision_with_a_purge_is_undone_with_it(room: Circle, group: str) -> None:
    """Sanction and messages go and come back together; two lines each."""
    await room.hub.say(AMY, group, "a")
    case = await against(room, group, AMY.person, BOB)
    room.hub.bus.subscribe(f"c:{group}")
    await room.workbench.decide(CAT, case, Judgement(act="ban", reason="广告", purge_s=600))
    assert [one.recalled_by for one in (await room.hub.talk.pull(BOB, group)).messages] == [CAT.person]
    shown = await room.workbench.undo(MODERATOR, case, "看错了")

    assert (shown.row.undone_by, shown.earlier, shown.suggested) == (MODERATOR.person, [], LADDER[0])
    assert [one.recalled_by for one in (await room.hub.talk.pull(BOB, group)).messages] == [None]
    assert [(line.act, line.ref) for line in (await room.log(group))[-4:]] == [("ban", case), ("purge", case), ("restore", case), ("undo", case)]
    changes = [ring.fact.change for ring in room.hub.heard if isinstance(ring.fact, MemberChanged | MessagesChanged)]
    assert changes == ["banned", "removed", "unbanned", "restored"]
    assert (await room.memberships.join(AMY, group)).membership is not None
    assert await refused(room.workbench.undo(OWNER, case, "再来")) is Conflict


async def test_an_undone_mute_gives_way_to_the_one_before(room: Circle, group: str) -> None:
    """What was replaced holds again while it lasts; what was put in its place meanwhile stays."""
    await room.moderation.mute(OWNER, group, AMY.person, Mute(seconds=7_200, reason="先前"))
    case = await against(room, group, AMY.person, BOB)
    await room.workbench.decide(CAT, case, Judgement(act="mute", seconds=60, reason="广告"))
    await room.workbench.undo(CAT, case, "看错了")
    mine = await room.of(group, AMY)
    assert mine is not None
    assert mine.mute_reason == "先前"

    second = await against(room, group, AMY.person, BOB)
    await room.workbench.decide(CAT, second, Judgement(act="mute", seconds=60, reason="又来"))
    await room.moderation.mute(OWNER, group, AMY.person, Mute(seconds=600, reason="后来"))
    await room.workbench.undo(CAT, second, "看错了")
    mine = await room.of(group, AMY)
    assert mine is not None
    assert mine.mute_reason == "后来"


def changes(room: Circle) -> list[tuple[str, int | None]]:
    """What the person was told of their sanctions since somebody last asked: what, and until when."""
    return [(fact.change, fact.until) for fact in room.told() if isinstance(fact, MemberChanged)]


@pytest.mark.parametrize(("act", "begun", "ended"), [("mute", "muted", "unmuted"), ("ban", "banned", "unbanned")])
async def test_an_undo_tells_what_holds_then(room: Circle, group: str, act: Verdict, begun: str, ended: str) -> None:
    """The sanction before, with its end, while it lasts; none, from the very moment when it is over; nothing, where somebody ended it already."""
    decision = Judgement(act=act, seconds=86_400, reason="广告")

    with time_machine.travel(1_800_000_000, tick=False) as clock:
        for after_s, told in ((59, (begun, now_ms() + 60_000)), (60, (ended, None))):
            if act == "mute":
                await room.moderation.mute(OWNER, group, AMY.person, Mute(seconds=60, reason="先前"))
            else:
                await room.moderation.ban(OWNER, group, AMY.person, Ban(seconds=60, reason="先前"))
            case = await against(room, group, AMY.person, BOB)
            await room.workbench.decide(CAT, case, decision)
            room.told()
            clock.shift(after_s)
            await room.workbench.undo(CAT, case, "看错了")
            assert changes(room) == [told]

        case = await against(room, group, AMY.person, BOB)
        await room.workbench.decide(CAT, case, decision)
        await (room.moderation.unmute if act == "mute" else room.moderation.unban)(OWNER, group, AMY.person, "够了")
        room.told()
        assert (await room.workbench.undo(CAT, case, "看错了")).row.undone_by == CAT.person
        assert changes(room) == []


async def test_what_was_brought_back_before_is_not_brought_back_twice(room: Circle, group: str) -> None:
    """The purge of a decision may be undone alone; the rest of it still is then."""
    await room.hub.say(AMY, group, "a")
    case = await against(room, group, AMY.person, BOB)
    await room.workbench.decide(CAT, case, Judgement(act="warn", reason="广告", purge_s=600))
    (purged,) = (await room.purges.undoable(CAT, group, None, 9)).page.items
    await room.purges.undo(CAT, purged.id, "没那么糟")
    assert (await room.workbench.undo(OWNER, case, "看错了")).row.undone_by == OWNER.person
    assert [line.act for line in await room.log(group)][-4:] == ["warn", "purge", "restore", "undo"]


async def test_a_warning_that_is_undone_is_told(room: Circle, group: str) -> None:
    """To the person, and weighs no more; a dismissal has nothing to undo."""
    case = await against(room, group, AMY.person, BOB)
    await room.workbench.decide(CAT, case, Judgement(act="warn", reason="广告"))
    room.told()
    shown = await room.workbench.undo(CAT, case, "看错了")
    assert room.told() == [Noticed(kind="pardoned", group=group, by=CAT.person, reason="看错了")]
    assert shown.suggested == LADDER[0]

    dismissed = await against(room, group, BOB.person, AMY)
    await room.workbench.decide(CAT, dismissed, DISMISS)
    assert await refused(room.workbench.undo(CAT, dismissed, "x")) is Conflict


async def test_after_a_day_a_decision_stands(room: Circle, group: str) -> None:
    """And one that is not made cannot be undone."""
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        case, other = await against(room, group, AMY.person, BOB), await against(room, group, BOB.person, AMY)
        assert await refused(room.workbench.undo(OWNER, case, "x")) is Conflict
        for one in (case, other):
            await room.workbench.decide(CAT, one, Judgement(act="mute", seconds=172_800, reason="广告"))
        clock.shift(UNDO_MS // 1_000)
        assert (await room.workbench.undo(OWNER, other, "x")).row.undone_by == OWNER.person
        clock.shift(1)
        assert await refused(room.workbench.undo(OWNER, case, "x")) is Closed
        assert type(await attempt(room.hub.say(AMY, group, "a"))) is Muted


async def test_what_nobody_took_up_is_closed_after_thirty_days(room: Circle, group: str) -> None:
    """By the hub, with a line, and only where nothing new came and nobody has it in hand; the operator's own queue is left alone."""
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        idle = [await against(room, place, offender, CAT) for place, offender in ((group, AMY.person), (group, group), (None, "nowhere"))]
        await against(room, group, "stirred", CAT)
        taken = await against(room, group, BOB.person, CAT)
        async with room.hub.db.write() as conn:
            await cases.note(conn, Signal(account=SHOP, conversation=None, offender=SHOP, kind="report", at=now_ms(), by=CAT.person))
        clock.shift(IDLE_MS // 1_000)
        await room.workbench.tend()
        assert len(await listed(room, OWNER)) == 5

        await against(room, group, "stirred", BOB)
        await room.workbench.claim(OWNER, taken)
        clock.shift(1)
        before = await room.log(group)
        await room.workbench.tend()
        assert (await listed(room, OWNER), await listed(room, OWNER, "claimed")) == (["stirred"], [BOB.person])
        closed = (await room.workbench.cases(OWNER, "shop", "decided", None, None, 9)).items
        assert {(one.row.id, one.row.act, one.row.decided_by) for one in closed} == {(case, "dismiss", SYSTEM) for case in idle}
        lines = (await room.log(group))[len(before) :]
        assert {(line.act, line.actor, line.target, line.ref) for line in lines} == {
            ("dismiss", SYSTEM, AMY.person, idle[0]),
            ("dismiss", SYSTEM, group, idle[1]),
        }
        assert closed[0].row.reason == lines[0].reason != ""
        assert len((await Complaints(db=room.hub.db).waiting()).items) == 1
        assert await against(room, group, AMY.person, BOB) != idle[0]

        clock.shift(CLAIM_MS // 1_000)
        await room.workbench.tend()
        assert BOB.person not in await listed(room, OWNER)


async def attempt(act: Awaitable[object]) -> object:
    """What came of it, an error as a value."""
    try:
        return await act
    except HubError as error:
        return error


@pytest.mark.parametrize("act", ["warn", "mute", "remove", "ban"])
async def test_every_decision_is_judged_by_the_table(room: Circle, group: str, act: Verdict) -> None:
    """Each role tries to decide on each role: what the table refuses is refused, and leaves no line."""
    people = {GroupRole.OWNER: OWNER, GroupRole.MODERATOR: CAT, GroupRole.MEMBER: BOB, GroupRole.OUTSIDER: DAN}
    decision = Judgement(act=act, seconds=600 if act == "mute" else None, reason="x")
    for role, judge in people.items():
        for target, offender in people.items():
            if may_sanction(role, Act(act), target, oneself=judge is offender):
                continue
            case = await against(room, group, offender.person, AMY)
            before = await room.log(group)
            assert issubclass(await refused(room.workbench.decide(judge, case, decision)), NotFound | Forbidden)
            assert await room.log(group) == before


def test_the_ladder_goes_up_by_what_was_done() -> None:
    """From a warning to a ban for good; what is older than 90 days weighs nothing."""
    now = 100 * 86_400_000
    assert suggested([], now) == Step("warn")
    climbed: list[Earlier] = []
    for step in LADDER[:-1]:
        climbed.append(Earlier(step.act, step.seconds, now - 1))
        assert suggested(climbed, now) == LADDER[len(climbed)]
    assert suggested([Earlier("ban", None, now - 1)], now) == Step("ban")
    assert suggested([Earlier("remove", None, now - 1)], now) == Step("ban", 30 * 86_400)
    assert suggested([Earlier("mute", 600, now - 1), Earlier("warn", None, now)], now) == Step("mute", 86_400)
    assert suggested([Earlier("ban", None, now - 91 * 86_400_000)], now) == Step("warn")
    assert suggested([Earlier("dismiss", None, now - 1)], now) == Step("warn")
