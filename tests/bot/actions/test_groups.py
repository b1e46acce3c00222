"""Groups as wholes: made, found, changed, pinned, dissolved, purged; every act leaves one line."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from bot.actions.groups import GroupChanges, NewGroup, OrderChanges, Silence
from bot.live.local import LocalLimiter
from bot.model.basics import Closed, Conflict, Forbidden, HubError, Invalid, NotFound, RateLimited
from bot.model.facts import GroupChanged
from bot.model.groups import CAPACITY, KEPT_MS, GroupRole, Joining
from bot.model.order import LinkPolicy, Order
from bot.store.tables import CONVERSATIONS, GROUPS
from tests.circle import AMY, BOB, CAT, Circle, circle
from tests.world import MODERATOR, OPERATOR, OUTSIDER, OWNER, SHOP, STRANGER, VISITOR


@pytest.fixture
async def room(data_dir: Path) -> AsyncIterator[Circle]:
    async with circle(data_dir) as room:
        yield room


async def test_an_owner_makes_a_group_and_is_in_it(room: Circle) -> None:
    """With the defaults of the house; the first line of its log says who."""
    made = await room.groups.create(OWNER, "shop", NewGroup(name=" 茶\u202e友 ", rules="好好说话"))

    assert (made.row.name, made.row.capacity, made.row.joining, made.row.members, made.row.rules) == ("茶友", CAPACITY, Joining.OPEN, 1, "好好说话")
    assert made.role is GroupRole.OWNER
    assert await room.acts(made.row.id) == [("create", OWNER.person, None)]
    assert [seen.row.id for seen in await room.groups.mine(OWNER)] == [made.row.id]


@pytest.mark.parametrize("name", ["  ", "\u200b\u200b", "\u3164"])
async def test_a_name_of_nothing_to_see_is_none(room: Circle, name: str) -> None:
    """Neither at first nor later."""
    group = await room.make()
    for act in (room.groups.create(OWNER, "shop", NewGroup(name=name)), room.groups.edit(OWNER, group, 1, GroupChanges(name=name))):
        with pytest.raises(Invalid) as refused:
            await act
        assert refused.value.data == {"path": "name"}


@pytest.mark.parametrize("actor", [MODERATOR, OPERATOR, AMY, VISITOR, STRANGER])
async def test_only_an_owner_makes_groups(room: Circle, actor: object) -> None:
    """Neither other staff, nor followers, nor staff of other accounts."""
    with pytest.raises(Forbidden):
        await room.groups.create(actor, "shop", NewGroup(name="茶友"))  # type: ignore[arg-type] # the parameter of pytest has no type


async def test_a_group_is_seen_by_whom_it_concerns(room: Circle) -> None:
    """An open one by everyone; one by invitation by members, the invited and those who moderate; for others it is not there."""
    open_one, closed = await room.make(), await room.make(Joining.INVITATION, AMY)
    await room.memberships.invite(OWNER, closed, BOB.person)

    shown = {}
    for actor in (OWNER, MODERATOR, OPERATOR, AMY, BOB, CAT, VISITOR, OUTSIDER, STRANGER):
        listed = [row.id for row in (await room.groups.of_account(actor, "shop", None, 50)).items]
        assert open_one in listed
        try:
            read = (await room.groups.read(actor, closed)).role
        except NotFound:
            read = None
        assert (read is not None) is (closed in listed)
        shown[actor.person] = read
    assert {person for person, role in shown.items() if role is not None} == {OWNER.person, MODERATOR.person, AMY.person, BOB.person}
    assert shown[BOB.person] is GroupRole.OUTSIDER
    assert (await room.groups.read(BOB, closed)).invited
    assert (await room.groups.read(AMY, closed)).membership is not None
    with pytest.raises(NotFound):
        await room.groups.read(AMY, "nowhere")


async def test_a_group_is_changed_as_it_was_seen(room: Circle) -> None:
    """Only by its owner, only at the version they saw; what is absent stays."""
    group = await room.make(Joining.OPEN, AMY)
    room.told()

    seen = await room.groups.edit(OWNER, group, 1, GroupChanges(name=" 新名 ", capacity=3, joining=Joining.APPROVAL, question="买过吗"))

    assert (seen.row.name, seen.row.capacity, seen.row.joining, seen.row.question, seen.row.version) == ("新名", 3, Joining.APPROVAL, "买过吗", 2)
    assert room.told() == [GroupChanged(group=group, account=SHOP, what="edited")]
    assert (await room.log(group))[-1].ref == "capacity,joining,name,question"
    with pytest.raises(Conflict) as stale:
        await room.groups.edit(OWNER, group, 1, GroupChanges(name="晚了"))
    assert stale.value.data["version"] == 2
    for actor in (MODERATOR, AMY):
        with pytest.raises(Forbidden):
            await room.groups.edit(actor, group, 2, GroupChanges(name="我的"))
    with pytest.raises(Invalid):
        await room.groups.edit(OWNER, group, 2, GroupChanges(name="   "))
    assert [line.act for line in await room.log(group)] == ["create", "join", "edit"]


async def test_moderators_set_the_order(room: Circle) -> None:
    """Piece by piece; members do not."""
    group = await room.make(Joining.OPEN, AMY)

    await room.groups.set_order(MODERATOR, group, 1, OrderChanges(slow_s=30, links=LinkPolicy("none")))
    seen = await room.groups.set_order(MODERATOR, group, 2, OrderChanges(slow_s=0, media=False))

    assert seen.row.order == Order(links=LinkPolicy("none"), media=False)
    with pytest.raises(Forbidden):
        await room.groups.set_order(AMY, group, 3, OrderChanges(slow_s=1))
    with pytest.raises(Conflict):
        await room.groups.set_order(MODERATOR, group, 2, OrderChanges(slow_s=1))


async def test_silence_has_a_reason_and_an_end(room: Circle) -> None:
    """It is a date in the order, beside what else stands there; it can be ended before."""
    group = await room.make()
    await room.groups.set_order(OWNER, group, 1, OrderChanges(slow_s=30))

    seen = await room.groups.silence(MODERATOR, group, Silence(seconds=600, reason="夜深了"))
    line = (await room.log(group))[-1]

    assert seen.row.order.silent_until is not None
    assert (seen.row.order.slow_s, seen.row.order.silent_reason) == (30, "夜深了")
    assert (line.act, line.until, line.reason) == ("silence", seen.row.order.silent_until, "夜深了")
    assert (await room.groups.silence(MODERATOR, group, None)).row.order == Order(slow_s=30)


async def test_an_announcement_takes_the_place_of_the_one_before(room: Circle) -> None:
    """With who and when; members do not announce."""
    group = await room.make(Joining.OPEN, AMY)

    await room.groups.announce(MODERATOR, group, "今晚直播")
    row = (await room.groups.announce(OWNER, group, "改到明晚")).row

    assert (row.announcement, row.announced_by) == ("改到明晚", OWNER.person)
    assert row.announced_at is not None
    with pytest.raises(Forbidden):
        await room.groups.announce(AMY, group, "看我的")


async def _messages(room: Circle, group: str, count: int) -> None:
    """Messages of somebody, put into the store as the log would."""
    async with room.hub.db.write() as conn:
        for seq in range(1, count + 1):
            values = {"c": group, "s": seq, "a": AMY.person, "k": f"k{seq}"}
            text = "INSERT INTO messages (conversation, seq, author, author_name, role, key, kind, body, at) VALUES (:c, :s, :a, 'x', 'follower', :k, 'text', '{}', 1)"
            await conn.execute(sa.text(text), values)
        await conn.execute(sa.update(CONVERSATIONS).where(CONVERSATIONS.c.id == group).values(head=count))


async def test_pins_are_messages_ten_at_most(room: Circle) -> None:
    """Again changes nothing and leaves no line; a message that is not there cannot be pinned; members see them."""
    group = await room.make(Joining.OPEN, AMY)
    await _messages(room, group, 12)

    for seq in range(1, 11):
        await room.groups.pin(MODERATOR, group, seq)
    await room.groups.pin(MODERATOR, group, 3)
    with pytest.raises(Conflict):
        await room.groups.pin(MODERATOR, group, 11)
    with pytest.raises(NotFound):
        await room.groups.pin(MODERATOR, group, 13)
    with pytest.raises(Forbidden):
        await room.groups.pin(AMY, group, 1)
    await room.groups.unpin(OWNER, group, 10)
    await room.groups.unpin(OWNER, group, 10)

    assert sorted(pin.seq for pin in await room.groups.pins(AMY, group)) == list(range(1, 10))
    assert [line.act for line in await room.log(group)] == ["create", "join", *["pin"] * 10, "unpin"]
    with pytest.raises(Forbidden):
        await room.groups.pins(BOB, group)


async def test_a_dissolved_group_is_there_for_its_moderators_alone(room: Circle) -> None:
    """Members are in it no more; staff who moderated it read its log; nothing can be done to it."""
    group = await room.make(Joining.OPEN, AMY)
    with pytest.raises(Forbidden):
        await room.groups.dissolve(MODERATOR, group, "没人了")
    with pytest.raises(Invalid):
        await room.groups.dissolve(OWNER, group, "  ")
    room.told()

    await room.groups.dissolve(OWNER, group, "没人了")

    assert room.told() == [GroupChanged(group=group, account=SHOP, what="dissolved")]
    assert (await room.groups.read(MODERATOR, group)).row.dissolved_at is not None
    assert [line.act for line in (await room.groups.log(MODERATOR, group, None, 1)).items] == ["dissolve"]
    for actor in (AMY, BOB, OPERATOR):
        with pytest.raises(NotFound):
            await room.groups.read(actor, group)
    for act in (room.groups.announce(OWNER, group, "还在吗"), room.groups.dissolve(OWNER, group, "再来"), room.memberships.join(MODERATOR, group)):
        with pytest.raises(Closed):
            await act
    assert await room.groups.mine(AMY) == []
    assert (await room.groups.of_account(OWNER, "shop", None, 50)).items == []


async def test_what_was_dissolved_is_purged_after_thirty_days(room: Circle) -> None:
    """Not a moment before; the log stays."""
    group, kept = await room.make(Joining.OPEN, AMY), await room.make(Joining.OPEN, AMY)
    await _messages(room, group, 1_200)
    await room.groups.dissolve(OWNER, group, "没人了")
    await room.groups.purge()
    assert (await room.row(group)).members == 2

    async with room.hub.db.write() as conn:
        await conn.execute(sa.update(GROUPS).where(GROUPS.c.id == group).values(dissolved_at=GROUPS.c.dissolved_at - KEPT_MS - 1))
    await room.groups.purge()

    with pytest.raises(NotFound):
        await room.groups.read(OWNER, group)
    assert len(await room.log(group)) == 3
    assert (await room.row(kept)).members == 2


async def test_the_log_is_for_those_who_moderate(room: Circle) -> None:
    """Page by page; members and outsiders do not read it."""
    group = await room.make(Joining.OPEN, AMY, BOB)

    first = await room.groups.log(MODERATOR, group, None, 2)
    rest = await room.groups.log(MODERATOR, group, first.cursor, 2)

    assert [line.act for line in [*first.items, *rest.items]] == ["join", "join", "create"]
    for actor in (AMY, CAT):
        with pytest.raises(Forbidden):
            await room.groups.log(actor, group, None, 2)


async def test_of_two_changes_at_once_one_is_told_to_read_again(room: Circle) -> None:
    """A version is given once."""
    group = await room.make()

    async def change(name: str) -> bool:
        try:
            await room.groups.edit(OWNER, group, 1, GroupChanges(name=name))
        except Conflict:
            return False
        return True

    assert sorted(await asyncio.gather(*(change(str(number)) for number in range(5)))) == [False] * 4 + [True]


async def test_an_account_has_a_bounded_number_of_groups(room: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is refused; a dissolved one counts no more."""
    monkeypatch.setattr("bot.actions.groups.GROUPS_LIMIT", 2)
    first = await room.make()
    await room.make()

    with pytest.raises(Conflict):
        await room.make()
    await room.groups.dissolve(OWNER, first, "腾地方")
    await room.make()


async def _refused(act: Awaitable[object]) -> type[HubError] | None:
    try:
        await act
    except HubError as error:
        return type(error)
    return None


async def test_acts_have_a_rate(data_dir: Path) -> None:
    """Whoever acts too often is told how long to wait, and nothing happens."""
    async with circle(data_dir, limiter=LocalLimiter()) as room:
        group = await room.make()
        for _ in range(58):
            await room.groups.announce(OWNER, group, "喂")
        refusals = [await _refused(room.groups.announce(OWNER, group, "喂")) for _ in range(10)]
        assert RateLimited in refusals
        assert len(await room.log(group)) == 59 + refusals.count(None)


def test_changes_tell_absent_from_empty() -> None:
    """Nothing given is nothing changed; null takes the cover away."""
    assert msgspec.json.decode(b"{}", type=GroupChanges) == GroupChanges()
    assert msgspec.json.decode(b'{"cover": null}', type=GroupChanges).cover is None
