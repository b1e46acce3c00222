"""Groups as rows, on both databases: themselves, their members, those who want in, sanctions, the log, and the end."""

import asyncio

import pytest
import sqlalchemy as sa

from bot.model.basics import Closed, Invalid, NotFound, new_id
from bot.model.groups import GroupRole, Joining, Membership
from bot.model.order import Newcomers, Order
from bot.model.people import Role
from bot.store import admission, answers, appeals, groups, members, sanctions, talk
from bot.store.admission import Invitation
from bot.store.answers import TraceRow
from bot.store.appeals import Appeal
from bot.store.case_tables import APPEAL_MESSAGES
from bot.store.groups import GroupRow
from bot.store.members import Member
from bot.store.people import AccountRow, create_account, follow, remember_person, set_role, unfollow
from bot.store.sanctions import Line, Sanction
from bot.store.schema import METADATA
from bot.store.tables import GROUPS, MEMBERS, MESSAGES, REPLY_MEMORY
from bot.store.unit import Connection, Database

SHOP = "shop"
NOW = 1_000_000


async def _shop(conn: Connection) -> None:
    await create_account(conn, AccountRow(id=SHOP, handle=SHOP, name="小店", kind="seller", chat_open="followers", created_at=1))


async def make(conn: Connection, name: str = "茶友", *, joining: Joining = Joining.OPEN, capacity: int = 500, at: int = NOW) -> str:
    """A group of the shop; its id."""
    row = GroupRow(id=new_id(), account=SHOP, name=name, joining=joining, capacity=capacity, created_at=at)
    await groups.create(conn, row)
    return row.id


def member(group: str, person: str, *, at: int = NOW, seq: int = 0) -> Membership:
    """A membership to be."""
    return Membership(group=group, person=person, role=GroupRole.MEMBER, joined_at=at, joined_seq=seq, visible_after=seq)


async def enter(db: Database, group: str, person: str) -> bool | None:
    """Come in, in a transaction of one's own, as the verb does."""
    async with db.write() as conn:
        await groups.lock(conn, group)
        return await members.add(conn, member(group, person))


async def count(db: Database, group: str) -> tuple[int, int]:
    """What the group's row says, and how many rows there are."""
    async with db.read() as conn:
        row = await groups.get(conn, group)
        rows = (await conn.execute(sa.select(sa.func.count()).select_from(MEMBERS).where(MEMBERS.c.conversation == group))).scalar_one()
    assert row is not None
    return row.members, rows


@pytest.fixture
async def group(db: Database) -> str:
    """A group of the shop."""
    async with db.write() as conn:
        await _shop(conn)
        return await make(conn)


async def test_a_group_is_kept_with_its_order_and_is_a_conversation(db: Database, group: str) -> None:
    """What is changed is read again; the version grows; nobody else's column can be changed."""
    order = Order(slow_s=5, newcomers=Newcomers(minutes=3))
    async with db.write() as conn:
        await groups.change(conn, group, {"name": "新名", "order": order, "joining": Joining.APPROVAL})
        with pytest.raises(ValueError, match="members"):
            await groups.change(conn, group, {"members": 7})
    async with db.read() as conn:
        row = await groups.get(conn, group)
        summary = (await talk.summaries(conn, "amy", [group]))[0]
        assert await groups.get(conn, "nowhere") is None
        assert await groups.some(conn, [group, "nowhere"]) == {group: row}
        assert await groups.some(conn, []) == {}
        assert await groups.head(conn, group) == 0

    assert row is not None
    assert (row.name, row.order, row.joining, row.version) == ("新名", order, Joining.APPROVAL, 2)
    assert (summary.kind, summary.account) == ("group", SHOP)


async def test_a_lock_is_given_on_a_group_that_stands(db: Database, group: str) -> None:
    """One that is not there, and one that was dissolved, are told apart."""
    async with db.write() as conn:
        assert (await groups.lock(conn, group)).id == group
        with pytest.raises(NotFound):
            await groups.lock(conn, "nowhere")
        await groups.dissolve(conn, group, NOW)
        with pytest.raises(Closed):
            await groups.lock(conn, group)


async def test_a_standing_names_the_staff_and_the_order(db: Database, group: str) -> None:
    """What concerns the group as a whole; none for a direct conversation."""
    async with db.write() as conn:
        await set_role(conn, SHOP, "staff:o", Role.OWNER, 1)
        direct = await talk.make_direct(conn, SHOP, "amy", 1)
        await groups.change(conn, group, {"order": Order(media=False)})
    async with db.read() as conn:
        standing = await groups.standing(conn, group)
        assert await groups.standing(conn, direct) is None
        assert await talk.standing(conn, group) is None

    assert standing is not None
    assert (standing.account, standing.account_name, standing.staff) == (SHOP, "小店", {"staff:o": Role.OWNER})
    assert (standing.order, standing.dissolved, standing.members) == (Order(media=False), False, 0)


async def test_coming_and_going_are_counted_in_the_row(db: Database, group: str) -> None:
    """Twice in is once in; who is not there cannot go."""
    assert [await enter(db, group, person) for person in ("amy", "amy", "bob")] == [True, False, True]
    assert await count(db, group) == (2, 2)

    async with db.write() as conn:
        assert [await members.drop(conn, group, person) for person in ("amy", "amy")] == [True, False]
    assert await count(db, group) == (1, 1)


async def test_a_full_group_takes_nobody_in_and_two_at_once_never_one_too_many(db: Database) -> None:
    """The last place goes to one of those who come together."""
    async with db.write() as conn:
        await _shop(conn)
        group = await make(conn, capacity=5)

    entered = await asyncio.gather(*(enter(db, group, f"p{number}") for number in range(12)))

    assert sorted(entered, key=str) == [None] * 7 + [True] * 5
    assert await count(db, group) == (5, 5)


async def test_who_comes_in_has_read_what_was_there(db: Database, group: str) -> None:
    """The read mark stands at the head of that moment, never before where it stood."""
    async with db.write() as conn:
        await members.add(conn, member(group, "amy", seq=7))
    async with db.write() as conn:
        await members.drop(conn, group, "amy")
        await members.add(conn, member(group, "amy", seq=3))
    async with db.read() as conn:
        assert (await talk.head_and_marks(conn, group, "amy"))[1] == 7


async def test_a_membership_shows_its_mute_also_after_leaving(db: Database, group: str) -> None:
    """The mute is not the membership's own: coming again finds it."""
    async with db.write() as conn:
        await members.add(conn, member(group, "amy"))
        await sanctions.impose(conn, group, Sanction(person="amy", kind="mute", until=NOW + 5, reason="刷屏", by="mod", at=NOW))
        await members.drop(conn, group, "amy")
        assert await members.membership(conn, group, "amy") is None
        await members.add(conn, member(group, "amy"))
        mine = await members.membership(conn, group, "amy")

    assert mine is not None
    assert (mine.muted_until, mine.mute_reason, mine.role, mine.hushed) == (NOW + 5, "刷屏", GroupRole.MEMBER, False)


async def test_a_membership_can_be_changed(db: Database, group: str) -> None:
    """Role and hush, for who is there."""
    async with db.write() as conn:
        await members.add(conn, member(group, "amy"))
        assert await members.set_role(conn, group, "amy", GroupRole.MODERATOR)
        assert await members.hush(conn, group, "amy", True)
        assert not await members.set_role(conn, group, "bob", GroupRole.MODERATOR)
        assert not await members.hush(conn, group, "bob", True)
        mine = await members.membership(conn, group, "amy")
        assert await members.memberships(conn, "amy") == [mine]

    assert mine is not None
    assert (mine.role, mine.hushed) == (GroupRole.MODERATOR, True)


async def test_of_two_messages_at_once_one_has_the_turn(db: Database, group: str) -> None:
    """The slow mode's date is compared and set in one statement."""
    await enter(db, group, "amy")

    async def turn(now: int) -> bool:
        async with db.write() as conn:
            return await members.take_turn(conn, group, "amy", now, 1_000)

    assert sorted(await asyncio.gather(*(turn(NOW) for _ in range(5)))) == [False] * 4 + [True]
    assert [await turn(NOW + 999), await turn(NOW + 1_000)] == [False, True]
    async with db.read() as conn:
        mine = await members.membership(conn, group, "amy")
    assert mine is not None
    assert (mine.posts, mine.last_at) == (0, NOW + 1_000)


async def test_members_are_listed_by_pages(db: Database, group: str) -> None:
    """Whoever came first first, with name and mute; each once."""
    async with db.write() as conn:
        await remember_person(conn, "p3", "小三", None, 1)
        for number in range(7):
            await members.add(conn, member(group, f"p{number}", at=NOW + number // 3))
        await sanctions.impose(conn, group, Sanction(person="p3", kind="mute", until=9, reason="x", by="m", at=1))
        await sanctions.impose(conn, group, Sanction(person="p4", kind="ban", until=9, reason="x", by="m", at=1))
    seen: list[Member] = []
    cursor: str | None = None
    async with db.read() as conn:
        while True:
            found = await members.members(conn, group, cursor, 3)
            seen += found.items
            cursor = found.cursor
            if cursor is None:
                break
        with pytest.raises(Invalid):
            await members.members(conn, group, "nonsense", 3)

    assert [one.person for one in seen] == [f"p{number}" for number in range(7)]
    assert (seen[3].name, seen[3].muted_until, seen[4].muted_until) == ("小三", 9, None)


async def test_unfollowing_leaves_all_groups_of_the_account(db: Database, group: str) -> None:
    """And forgets what waited; groups of others stay."""
    async with db.write() as conn:
        second = await make(conn, "第二")
        await create_account(conn, AccountRow(id="other", handle="other", name="别家", kind="seller", chat_open="followers", created_at=1))
        await groups.create(conn, GroupRow(id="theirs", account="other", name="别家", joining=Joining.OPEN, capacity=9, created_at=1))
        for one in (group, second, "theirs"):
            await members.add(conn, member(one, "amy"))
            await admission.ask(conn, one, "amy", "", NOW)
            await admission.invite(conn, Invitation(group=one, person="amy", by="m", at=NOW, expires_at=NOW + 5))
        assert await members.drop_all(conn, SHOP, "amy") == sorted([group, second])
        await admission.forget(conn, SHOP, "amy")

        assert await members.groups_of(conn, "amy") == ["theirs"]
        assert [await admission.is_waiting(conn, one, "amy") for one in (group, "theirs")] == [False, True]
        assert [one.group for one in await admission.invitations(conn, "amy", NOW)] == ["theirs"]
    assert await count(db, group) == (0, 0)


async def test_an_unfollow_that_meets_a_joining_leaves_nobody_behind(db: Database, group: str) -> None:
    """However the two fall together: whoever follows no more is in no group."""
    for number in range(20):
        person = f"p{number}"
        async with db.write() as conn:
            await follow(conn, SHOP, person, "", NOW)

        async def join(person: str = person) -> None:
            async with db.write() as conn:
                if await members.follows(conn, SHOP, person):
                    await groups.lock(conn, group)
                    await members.add(conn, member(group, person))

        async def go(person: str = person) -> None:
            async with db.write() as conn:
                await unfollow(conn, SHOP, person)
                await members.drop_all(conn, SHOP, person)

        await asyncio.gather(*((join(), go()) if number % 2 else (go(), join())))
        async with db.read() as conn:
            assert await members.groups_of(conn, person) == []
    assert await count(db, group) == (0, 0)


async def test_the_groups_that_several_people_hear(db: Database, group: str) -> None:
    """By person, dissolved ones left out; and which of a few are in a group."""
    async with db.write() as conn:
        gone = await make(conn, "散了")
        for person in ("amy", "bob"):
            await members.add(conn, member(group, person))
        await members.add(conn, member(gone, "amy"))
        await groups.dissolve(conn, gone, NOW)
        assert await members.heard_by(conn, ["amy", "bob", "cat"]) == {"amy": [group], "bob": [group], "cat": []}
        assert await members.heard_by(conn, []) == {}
        assert sorted(await members.those_in(conn, group, ["amy", "cat", "bob"])) == ["amy", "bob"]
        assert await members.those_in(conn, group, []) == []


async def test_groups_of_an_account_are_shown_to_whom_they_concern(db: Database, group: str) -> None:
    """Those to be entered by invitation only to members and the invited, until the invitation ends; dissolved ones to nobody."""
    async with db.write() as conn:
        closed = await make(conn, "内部", joining=Joining.INVITATION)
        gone = await make(conn, "散了")
        await groups.dissolve(conn, gone, NOW)
        await members.add(conn, member(closed, "amy"))
        await admission.invite(conn, Invitation(group=closed, person="bob", by="m", at=NOW, expires_at=NOW + 5))
        shown = {
            person: [row.id for row in (await groups.of_account(conn, SHOP, person, None, 10, now=NOW)).items]
            for person in (None, "amy", "bob", "cat")
        }
        over = [row.id for row in (await groups.of_account(conn, SHOP, "bob", None, 10, now=NOW + 5)).items]
        first = await groups.of_account(conn, SHOP, None, None, 1, now=NOW)
        rest = await groups.of_account(conn, SHOP, None, first.cursor, 1, now=NOW)
        assert await groups.count_of_account(conn, SHOP) == 2

    assert shown == {None: [group, closed], "amy": [group, closed], "bob": [group, closed], "cat": [group]}
    assert over == [group]
    assert [row.id for row in [*first.items, *rest.items]] == [group, closed]
    assert rest.cursor is None


async def test_pins_are_kept_newest_first(db: Database, group: str) -> None:
    """Each once."""
    async with db.write() as conn:
        assert [await groups.pin(conn, group, seq, "m", NOW + seq) for seq in (3, 9, 3)] == [True, True, False]
        assert [pin.seq for pin in await groups.pins(conn, group)] == [9, 3]
        assert [await groups.unpin(conn, group, 9), await groups.unpin(conn, group, 9)] == [True, False]


async def test_an_invitation_holds_until_it_ends(db: Database, group: str) -> None:
    """Inviting again renews it; what has ended is deleted."""
    async with db.write() as conn:
        await admission.invite(conn, Invitation(group=group, person="amy", by="m", at=NOW, expires_at=NOW + 5))
        await admission.invite(conn, Invitation(group=group, person="amy", by="n", at=NOW, expires_at=NOW + 9))
        assert [await admission.is_invited(conn, group, "amy", NOW + after) for after in (8, 9)] == [True, False]
        assert [one.by for one in await admission.invitations(conn, "amy", NOW + 8)] == ["n"]
        assert await admission.invitations(conn, "amy", NOW + 9) == []
        assert [await admission.purge(conn, NOW + 8), await admission.purge(conn, NOW + 9)] == [0, 1]
        assert not await admission.drop_invitation(conn, group, "amy")


async def test_requests_wait_in_line(db: Database, group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One a person, the last answer counts; the longest wait first; too many are refused."""
    monkeypatch.setattr(admission, "REQUESTS_LIMIT", 3)
    async with db.write() as conn:
        assert await admission.ask(conn, group, "amy", "买过", NOW)
        assert await admission.ask(conn, group, "amy", "常客", NOW)
        assert await admission.ask(conn, group, "bob", "", NOW + 1)
        assert await admission.ask(conn, group, "cat", "", NOW + 2)
        assert not await admission.ask(conn, group, "dan", "", NOW + 3)
        assert await admission.ask(conn, group, "cat", "再说一次", NOW + 2)
        first = await admission.requests(conn, group, None, 2)
        rest = await admission.requests(conn, group, first.cursor, 2)
        assert [await admission.drop_request(conn, group, "amy"), await admission.drop_request(conn, group, "amy")] == [True, False]

    assert [(one.person, one.answer) for one in [*first.items, *rest.items]] == [("amy", "常客"), ("bob", ""), ("cat", "再说一次")]


async def test_a_sanction_is_in_force_until_it_ends_or_is_lifted(db: Database, group: str) -> None:
    """One of each kind a person; a second replaces the first."""
    mute = Sanction(person="amy", kind="mute", until=NOW + 5, reason="刷屏", by="m", at=NOW)
    ban = Sanction(person="amy", kind="ban", until=None, reason="广告", by="m", at=NOW + 1)
    async with db.write() as conn:
        for one in (mute, ban, Sanction(person="bob", kind="mute", until=NOW - 1, reason="旧的", by="m", at=NOW - 9)):
            await sanctions.impose(conn, group, one)
        assert await sanctions.sanction(conn, group, "amy", "mute", NOW + 4) == mute
        assert await sanctions.sanction(conn, group, "amy", "mute", NOW + 5) is None
        assert await sanctions.sanction(conn, group, "amy", "ban", 2**61) == ban
        first = await sanctions.sanctions(conn, group, NOW, None, 1)
        rest = await sanctions.sanctions(conn, group, NOW, first.cursor, 1)
        assert [*first.items, *rest.items] == [ban, mute]
        assert [await sanctions.lift(conn, group, "amy", "ban") for _ in range(2)] == [True, False]


async def test_the_log_is_read_backwards_and_searched_by_act(db: Database, group: str) -> None:
    """Every line as it was written."""
    lines = [
        Line(account=SHOP, conversation=group, at=NOW + number, act="mute" if number % 2 else "call_all", actor="m", target="amy", ref=str(number))
        for number in range(5)
    ]
    async with db.write() as conn:
        for line in lines:
            await sanctions.write(conn, line)
        first = await sanctions.log(conn, group, None, 3)
        rest = await sanctions.log(conn, group, first.cursor, 3)
        assert await sanctions.done_since(conn, group, "call_all", NOW, 9) == [(NOW + 2, "m", "2"), (NOW + 4, "m", "4")]

    assert [line.ref for line in [*first.items, *rest.items]] == ["4", "3", "2", "1", "0"]
    assert (rest.items[-1].at, rest.items[-1].act, rest.cursor) == (NOW, "call_all", None)


def appeal_against(group: str, sanction: Sanction) -> Appeal:
    """What is said against it."""
    return Appeal(
        id=f"{group}{sanction.at}",
        account=SHOP,
        conversation=group,
        person=sanction.person,
        kind=sanction.kind,
        sanctioned_at=sanction.at,
        imposed_by=sanction.by,
        until=sanction.until,
        why=sanction.reason,
        at=1,
    )


async def test_what_a_dissolved_group_left_is_purged_in_portions(db: Database, group: str) -> None:
    """In the end nothing is left but the log, and appeals that were decided; other groups lose nothing."""
    async with db.write() as conn:
        other = await make(conn, "留着")
        for one in (group, other):
            for number in range(5):
                await members.add(conn, member(one, f"p{number}", seq=1))
                row = {"conversation": one, "seq": number + 1, "author": f"{one}{number}", "author_name": "x", "role": "follower"}
                await conn.execute(sa.insert(MESSAGES).values(**row, key="k", kind="text", body="{}", at=1))
            await groups.pin(conn, one, 1, "m", 1)
            await answers.put_traces(conn, [TraceRow(conversation=one, seq=1, at=1, trace="{}")])
            await conn.execute(sa.insert(REPLY_MEMORY).values(conversation=one, memory="{}"))
            for number in range(5):
                appeal = appeal_against(one, Sanction(person="p", kind="mute", until=None, reason="x", by="m", at=number))
                await appeals.create(conn, appeal)
                await appeals.say(conn, appeal, "p", "为什么", 1)
            await appeals.decide(conn, f"{one}0", "upheld", "m", "x", 1)
            await sanctions.impose(conn, one, Sanction(person="p", kind="mute", until=None, reason="x", by="m", at=1))
            await sanctions.write(conn, Line(account=SHOP, conversation=one, at=1, act="join", actor="p"))
        await groups.dissolve(conn, group, NOW)
        assert await groups.dissolved_before(conn, NOW, 9) == []
        assert await groups.dissolved_before(conn, NOW + 1, 9) == [group]

    rounds = 0
    async with db.write() as conn:
        while not await groups.purge(conn, group, 2):
            rounds += 1
    async with db.read() as conn:
        left = {
            name: (await conn.execute(sa.select(sa.func.count()).select_from(table).where(table.c.conversation == group))).scalar_one()
            for name, table in METADATA.tables.items()
            if "conversation" in table.c
        }
        assert rounds == 2
        assert {name: number for name, number in left.items() if number} == {"group_log": 1, "appeals": 1}
        assert (await conn.execute(sa.select(sa.func.count()).select_from(APPEAL_MESSAGES))).scalar_one() == 6
        assert (await conn.execute(sa.select(GROUPS.c.id))).scalars().all() == [other]
        assert len(await talk.after(conn, other, 0, 9)) == 5
    assert await count(db, other) == (5, 5)


async def test_what_somebody_is_in_is_bounded_and_read_in_one_row_each(db: Database) -> None:
    """However many rows there are of them, from a time without the bound; those who are to hear many groups cost a row, not hundreds."""
    async with db.write() as conn:
        row = {"role": "member", "joined_at": 1, "joined_seq": 0, "visible_after": 0, "posts": 0, "hushed": False}
        mine = [await make(conn, str(number)) for number in range(205)]
        await conn.execute(sa.insert(MEMBERS), [{**row, "conversation": one, "person": person} for one in mine for person in ("amy", "bob")])
        heard = await members.heard_by(conn, ["amy", "bob", "cat"])
        rows = (await conn.execute(members._HEARD, {"persons": ["amy", "bob", "cat"]})).all()
        assert len(await members.memberships(conn, "amy")) == members.MEMBERSHIPS_LIMIT == 200
    assert len(rows) == 2
    assert sorted(heard["amy"]) == sorted(heard["bob"]) == sorted(mine)
    assert heard["cat"] == []
