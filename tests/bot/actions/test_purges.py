"""Everything of one author removed at once: gone for everybody, kept aside for a day, brought back or emptied; what is told agrees with what is fetched."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
import time_machine

from bot.actions.purges import Purged, Purging
from bot.model.basics import Closed, Conflict, Forbidden, Invalid, NotFound, now_ms
from bot.model.cases import UNDO_MS, Signal
from bot.model.facts import MessagesChanged, to_conversation
from bot.model.groups import Joining
from bot.model.people import Actor
from bot.model.talk import Change, ImageBody
from bot.store import cases, media, purges
from bot.store.case_tables import SIGNALS
from bot.store.media import MediaRow
from bot.store.tables import MESSAGES
from channels.events import event_of
from channels.wire import show
from tests.circle import AMY, BOB, CAT, DAN, Circle, circle
from tests.world import MODERATOR, OWNER, SHOP, posting

HOUR_S = 3_600


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


async def purge(room: Circle, group: str, *, actor: Actor = CAT, whom: Actor = AMY, seconds: int = 60) -> Purged:
    """Remove what somebody wrote."""
    return await room.purges.purge(actor, group, Purging(person=whom.person, seconds=seconds, reason="广告"))


async def fetched(room: Circle, group: str, reader: Actor = BOB) -> list[Any]:
    """What a fresh client has."""
    return [msgspec.json.decode(msgspec.json.encode(show(one))) for one in (await room.hub.talk.pull(reader, group)).messages]


def applied(old: list[Any], told: list[Any], fresh: list[Any]) -> list[Any]:
    """What an old client has after it was told, as docs/events.md asks of it: what was restored it pulls."""
    found = {one["seq"]: one for one in old}
    pulled = {one["seq"]: one for one in fresh}
    for change in told:
        for seq in change.get("seqs") or [change["seq"]]:
            if seq not in found:
                continue
            if change["change"] == "restored":
                found[seq] = pulled[seq]
            else:
                body = {"event": change["change"], "by": change["by"]}
                found[seq] = {**found[seq], "kind": "system", "body": body, "fallback": "[消息已移除]"}
    return [found[seq] for seq in sorted(found)]


def pushed(room: Circle) -> list[Any]:
    """What the room was told of changes since somebody last asked."""
    facts = [ring.fact for ring in room.hub.heard if isinstance(ring.fact, MessagesChanged)]
    room.hub.heard.clear()
    return [msgspec.to_builtins(found[1]) for fact in facts if (found := event_of(fact)) is not None]


async def synced(room: Circle, group: str, cursor: int) -> list[Change]:
    """What a client that was away is told of changes."""
    (caught,) = await room.hub.talk.sync(BOB, {group: cursor})
    return caught.changes


async def test_what_somebody_wrote_is_gone_for_everybody(room: Circle, group: str) -> None:
    """Of them alone, within the window; numbers stay dense, a pin goes, one line tells who, whom, why and until when it can be undone."""
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        await room.hub.say(AMY, group, "old")
        clock.shift(2 * HOUR_S)
        for key, author in (("a", AMY), ("b", BOB), ("c", AMY)):
            await room.hub.say(author, group, key)
        await room.groups.pin(OWNER, group, 4)
        done = await purge(room, group, seconds=HOUR_S)

        assert (done.purge.seqs, done.more) == ((2, 4), False)
        found = (await room.hub.talk.pull(BOB, group)).messages
        assert [(one.seq, one.recalled_by) for one in found] == [(1, None), (2, CAT.person), (3, None), (4, CAT.person)]
        assert await room.groups.pins(BOB, group) == []
        line = (await room.log(group))[-1]
        assert (line.act, line.actor, line.target, line.reason, line.ref) == ("purge", CAT.person, AMY.person, "广告", done.purge.id)
        assert line.until == now_ms() + UNDO_MS
        with pytest.raises(NotFound):
            await purge(room, group, seconds=HOUR_S)


async def test_what_is_told_agrees_with_what_is_fetched(room: Circle, group: str) -> None:
    """Of a purge and of its undo: pushed to those who listen, synced to those who were away, pulled by whoever comes anew."""
    room.hub.bus.subscribe(to_conversation(group))
    for key in "abcd":
        await room.hub.say(AMY if key in "bd" else BOB, group, key)
    before = await fetched(room, group)
    room.hub.heard.clear()

    done = await purge(room, group)
    told, removed = pushed(room), await fetched(room, group)
    assert told == [{"conversation": group, "seq": 2, "change": "removed", "by": CAT.person, "seqs": (2, 4)}]
    assert removed != before
    assert applied(before, told, removed) == removed
    missed = await synced(room, group, 4)
    assert missed[0] == Change((2, 4), "removed", CAT.person)
    assert applied(before, [msgspec.to_builtins(one) | {"seq": one.seqs[0]} for one in missed], removed) == removed

    await room.purges.undo(MODERATOR, done.purge.id, "看错了")
    told, restored = pushed(room), await fetched(room, group)
    assert [one["change"] for one in told] == ["restored"]
    assert applied(removed, told, restored) == restored == before
    assert await synced(room, group, 4) == [Change((2, 4), "restored", MODERATOR.person)]
    assert await synced(room, group, 0) == []
    assert [line.act for line in (await room.log(group))[-2:]] == ["purge", "restore"]


async def test_an_old_purge_is_told_to_who_was_away_meanwhile(room: Circle, group: str) -> None:
    """Also of messages further back than the last two hundred; of one long before the last message that they have, nothing is to be told."""
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        await room.hub.say(AMY, group, "spam")
        for number in range(210):
            await room.hub.say(BOB, group, f"k{number}")
        await purge(room, group)
        assert await synced(room, group, 211) == [Change((1,), "removed", CAT.person)]

        clock.shift(2 * HOUR_S)
        last = await room.hub.say(BOB, group, "later")
        assert await synced(room, group, last) == []


async def test_who_came_later_is_told_nothing_of_before(room: Circle) -> None:
    """Of messages that somebody does not see."""
    group = await room.make(Joining.OPEN, AMY)
    await room.hub.say(AMY, group, "a")
    async with room.hub.db.write() as conn:
        await conn.execute(sa.text("UPDATE groups SET joining = 'approval'"))
    await room.memberships.join(BOB, group)
    await room.memberships.approve(OWNER, group, BOB.person)
    await room.hub.say(AMY, group, "b")
    await purge(room, group, actor=OWNER)

    assert await synced(room, group, 2) == [Change((2,), "removed", OWNER.person)] * 2


async def test_a_purge_is_undone_once_and_within_a_day(room: Circle, group: str) -> None:
    """By those who moderate, with a reason; others do not learn that it is there."""
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        await room.hub.say(AMY, group, "a")
        first = await purge(room, group)
        for stranger in (DAN, BOB, AMY):
            with pytest.raises(NotFound):
                await room.purges.undo(stranger, first.purge.id, "x")
        with pytest.raises(Invalid):
            await room.purges.undo(OWNER, first.purge.id, "  ")
        with pytest.raises(NotFound):
            await room.purges.undo(OWNER, "no-such", "x")
        await room.purges.undo(OWNER, first.purge.id, "看错了")
        with pytest.raises(Conflict):
            await room.purges.undo(OWNER, first.purge.id, "看错了")

        second = await purge(room, group)
        clock.shift(UNDO_MS // 1_000 + 1)
        with pytest.raises(Closed):
            await room.purges.undo(OWNER, second.purge.id, "看错了")
    assert [line.act for line in (await room.log(group))[-3:]] == ["purge", "restore", "purge"]


async def test_purges_are_listed_while_they_can_be_undone(room: Circle, group: str) -> None:
    """The newest first, page by page, with names; not what was undone, nor what is too old, nor of another group; for those who moderate."""
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        made = []
        for key, author in (("a", AMY), ("b", BOB), ("c", AMY)):
            await room.hub.say(author, group, key)
            made.append((await purge(room, group, actor=OWNER, whom=author)).purge)
            clock.shift(1)
        other = await room.make(Joining.OPEN, AMY)
        await room.hub.say(AMY, other, "d")
        await purge(room, other, actor=OWNER)

        first = await room.purges.undoable(CAT, group, None, 2)
        rest = await room.purges.undoable(CAT, group, first.page.cursor, 2)
        assert [*first.page.items, *rest.page.items] == made[::-1]
        assert (rest.page.cursor, {who: row.name for who, row in first.names.items()}) == (
            None,
            {AMY.person: "amy", BOB.person: "bob", OWNER.person: "掌柜"},
        )
        await room.purges.undo(CAT, made[2].id, "看错了")
        clock.shift(UNDO_MS // 1_000 - 3)
        assert (await room.purges.undoable(MODERATOR, group, None, 9)).page.items == made[1::-1]
        clock.shift(1)
        assert (await room.purges.undoable(MODERATOR, group, None, 9)).page.items == [made[1]]
        await room.purges.undo(OWNER, made[1].id, "看错了")
        assert (await room.purges.undoable(OWNER, group, None, 9)).page.items == []
    for stranger in (AMY, DAN):
        with pytest.raises(Forbidden):
            await room.purges.undoable(stranger, group, None, 9)


async def test_bodies_are_deleted_when_the_day_is_over_and_not_before(room: Circle, group: str) -> None:
    """What a fresh client fetches stays the same; evidence of a case stays too."""

    async def bodies() -> list[str]:
        async with room.hub.db.read() as conn:
            return list((await conn.execute(sa.select(MESSAGES.c.body).order_by(MESSAGES.c.seq))).scalars())

    with time_machine.travel(1_800_000_000, tick=False) as clock:
        await room.hub.say(AMY, group, "a", "加微信")
        await room.hub.say(AMY, group, "b", "我收回")
        async with room.hub.db.write() as conn:
            signal = Signal(account=SHOP, conversation=group, offender=AMY.person, kind="report", at=1, by=BOB.person, seq=1)
            await cases.note(conn, signal)
        done = await purge(room, group)
        await room.hub.say(AMY, group, "c", "没事")
        await room.purges.undo(OWNER, done.purge.id, "看错了")
        last = await purge(room, group)
        shown = await fetched(room, group)

        clock.shift(UNDO_MS // 1_000)
        await room.purges.settle()
        assert "加微信" in (await bodies())[0]
        clock.shift(1)
        await room.purges.settle()
        assert "".join(await bodies()).count("removed") == 3
        left = "".join(await bodies())
        assert [word for word in ("加微信", "我收回", "没事") if word in left] == []
        assert await fetched(room, group) == shown
        clock.shift(-1)
        # Of a process whose clock is behind that of the one that deleted them: they are gone all the same.
        with pytest.raises(Closed):
            await room.purges.undo(OWNER, last.purge.id, "看错了")
    async with room.hub.db.read() as conn:
        assert "加微信" in str((await conn.execute(sa.select(SIGNALS.c.evidence))).scalar_one())


async def test_a_picture_is_shown_no_more_and_again(room: Circle, group: str) -> None:
    """Unless somebody else's message shows it too."""
    async with room.hub.db.write() as conn:
        for name in ("mine", "shared"):
            await media.add(conn, MediaRow(id=name, owner=AMY.person, kind="image", type="image/png", size=1, at=1, width=1, height=1))
    for key, author, name in (("a", AMY, "mine"), ("b", AMY, "shared"), ("c", BOB, "shared")):
        await room.hub.talk.send(author, posting(group, key, ImageBody(name, 1, 1)))

    async def shown() -> list[bool]:
        async with room.hub.db.read() as conn:
            return [await media.shown_in(conn, name, group) for name in ("mine", "shared")]

    done = await purge(room, group)
    assert await shown() == [False, True]
    await room.purges.undo(OWNER, done.purge.id, "看错了")
    assert await shown() == [True, True]


async def test_what_its_author_takes_back_meanwhile_stays_taken_back(room: Circle, group: str) -> None:
    """They were told that it is recalled, so no undo shows it again, nor its picture; the rest comes back."""
    async with room.hub.db.write() as conn:
        await media.add(conn, MediaRow(id="mine", owner=AMY.person, kind="image", type="image/png", size=1, at=1, width=1, height=1))
    await room.hub.talk.send(AMY, posting(group, "a", ImageBody("mine", 1, 1)))
    await room.hub.say(AMY, group, "b")
    done = await purge(room, group)
    await room.hub.talk.recall(AMY, group, 1)
    await room.purges.undo(OWNER, done.purge.id, "看错了")

    found = (await room.hub.talk.pull(BOB, group)).messages
    assert [(one.seq, one.recalled_by) for one in found] == [(1, AMY.person), (2, None)]
    assert [one.change for one in await synced(room, group, 2)] == ["restored", "recalled"]
    async with room.hub.db.read() as conn:
        assert not await media.shown_in(conn, "mine", group)


async def test_a_purge_leaves_what_was_taken_back_before(room: Circle, group: str) -> None:
    """Also where its author was faster by a moment than the moderator."""
    await room.hub.say(AMY, group, "a")
    async with room.hub.db.write() as conn:
        seqs = await purges.written(conn, group, AMY.person, 0)
        await conn.execute(sa.update(MESSAGES).values(recalled_by=AMY.person))
        await purges.remove(conn, SHOP, group, AMY.person, CAT.person, seqs, now_ms())
    assert [one.recalled_by for one in (await room.hub.talk.pull(BOB, group)).messages] == [AMY.person]


async def test_one_purge_takes_a_thousand_messages(room: Circle, group: str) -> None:
    """The newest; another one takes the rest. A recall of before stays the author's own."""
    await room.hub.say(AMY, group, "first")
    await room.hub.talk.recall(AMY, group, 1)
    shared = {"conversation": group, "author": AMY.person, "author_name": "x", "role": "follower", "kind": "text", "body": '{"text":"x"}'}
    rows = [{**shared, "seq": seq, "key": f"k{seq}", "at": now_ms()} for seq in range(2, 3_002)]
    async with room.hub.db.write() as conn:
        await conn.execute(sa.insert(MESSAGES), rows)
        await conn.execute(sa.text("UPDATE conversations SET head = 3001"))

    done = [await purge(room, group) for _ in range(3)]
    assert [(one.purge.seqs[0], len(one.purge.seqs), one.more) for one in done] == [(2_002, 1_000, True), (1_002, 1_000, True), (2, 1_000, False)]
    async with room.hub.db.read() as conn:
        assert await purges.written(conn, group, AMY.person, 0) == []
        assert (await conn.execute(sa.select(MESSAGES.c.recalled_by).where(MESSAGES.c.seq == 1))).scalar_one() == AMY.person
