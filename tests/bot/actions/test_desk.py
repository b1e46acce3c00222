"""The verbs of the desk, on a real store; races also on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.actions.desk import Desks
from bot.live.local import LocalPresence
from bot.model.basics import Conflict, Forbidden, HubError, NotFound, now_ms
from bot.model.desk import Desk
from bot.model.facts import to_conversation, to_desk, to_person
from bot.model.people import Actor
from bot.model.talk import DeskState
from bot.store import teams
from bot.store.tables import CONVERSATIONS, OUTBOX
from bot.store.teams import TeamRow
from tests.shop import Shop, outcome, rule, shop, until
from tests.world import BUYER, MODERATOR, OPERATOR, OUTSIDER, OWNER, SECOND, SHOP, STRANGER, VISITOR

BOT, WAITING, HELD, CLOSED = DeskState.BOT, DeskState.WAITING, DeskState.OPERATOR, DeskState.CLOSED
TEAM = "team-after-sale"


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Shop]:
    """A shop on SQLite."""
    async with shop(f"sqlite:///{data_dir}/hub.db") as hub:
        yield hub


@pytest.fixture(params=["sqlite", "postgresql"])
async def pair(request: pytest.FixtureRequest, data_dir: Path) -> AsyncIterator[tuple[Shop, Shop]]:
    """Two hub processes on one database of each kind, which know the same people present."""
    url = f"sqlite:///{data_dir}/hub.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(shop(url))
        yield first, await stack.enter_async_context(shop(url, fresh=False, presence=first.presence))


async def make_team(hub: Shop, *members: Actor) -> str:
    """A team of the shop."""
    async with hub.db.write() as conn:
        await teams.create_team(conn, TeamRow(id=TEAM, account=SHOP, name="售后"))
        await teams.set_members(conn, TEAM, [member.person for member in members])
    return TEAM


async def put(hub: Shop, state: DeskState) -> str:
    """A conversation in a state, reached by legal moves; held by OPERATOR where it is held."""
    room = await hub.room()
    if state is WAITING:
        await hub.desks.hand_off(room, reason="asked")
    elif state is HELD:
        await hub.desks.claim(OPERATOR, room)
    elif state is CLOSED:
        await hub.desks.close(OPERATOR, room)
    hub.heard.clear()
    return room


class Distracting(LocalPresence):
    """Something happens each time somebody asks who is there."""

    act: Callable[[], Awaitable[object]] | None = None

    async def present(self, persons: Iterable[str]) -> frozenset[str]:
        found = await super().present(persons)
        act, self.act = self.act, None
        if act is not None:
            await act()
        return found


async def test_who_is_taken_from_the_queue_does_not_hear_afterwards_that_they_wait(data_dir: Path) -> None:
    """The queue is told its places while an operator takes the last of it."""
    presence = Distracting()
    async with shop(f"sqlite:///{data_dir}/hub.db", presence=presence) as hub:
        hub.bus.subscribe(to_person(VISITOR.person))
        first, second = await hub.waiting(), await hub.waiting(VISITOR.person)
        await hub.desks.close(OPERATOR, first)
        hub.outlook._paces.clear()
        presence.act = partial(hub.desks.claim, OPERATOR, second)

        async def told() -> bool:
            return presence.act is None and not hub.outlook._shifted and not hub.jobs.names

        await until(told)
        assert [desk.state for desk in hub.told(to_person(VISITOR.person))][-1] is HELD


async def test_claiming_takes_a_waiting_conversation(hub: Shop) -> None:
    """The operator holds it, the log says how long the buyer waited, and a second claim by the same changes nothing."""
    room = await hub.waiting()
    desk = await hub.desks.claim(OPERATOR, room)
    assert desk == Desk(conversation=room, account="shop", state=HELD, operator=OPERATOR.person, operator_name="小王")
    assert await hub.desks.claim(OPERATOR, room) == desk
    handed, claimed = await hub.moves(room)
    assert (handed.move, handed.before, handed.after, handed.actor, handed.reason) == ("hand_off", BOT, WAITING, "system", "asked")
    assert (claimed.move, claimed.before, claimed.after, claimed.actor, claimed.operator) == (
        "claim",
        WAITING,
        HELD,
        OPERATOR.person,
        OPERATOR.person,
    )
    assert claimed.waited_ms is not None
    assert 0 <= claimed.waited_ms < 5_000
    assert handed.waited_ms is None


async def test_claiming_from_the_bot_counts_as_no_wait(hub: Shop) -> None:
    """Only buyers who stood in the queue make history for the expected wait."""
    room = await put(hub, HELD)
    assert [move.waited_ms for move in await hub.moves(room)] == [None]


async def test_another_operators_conversation_cannot_be_claimed(hub: Shop) -> None:
    """It is a conflict, with a sentence that says why."""
    room = await put(hub, HELD)
    with pytest.raises(Conflict, match="Another operator already holds"):
        await hub.desks.claim(SECOND, room)
    assert await hub.stands(room) == (HELD, OPERATOR.person)


async def test_of_many_claims_at_once_exactly_one_wins(pair: tuple[Shop, Shop]) -> None:
    """Two operators in two processes, ten times each: one gets it, everyone else is told of a conflict, and the log has one move."""
    first, second = pair
    room = await first.waiting()
    claims = [hub.desks.claim(actor, room) for hub, actor in ((first, OPERATOR), (second, SECOND)) for _ in range(10)]
    outcomes = await asyncio.gather(*map(outcome, claims))
    _, winner = await first.stands(room)
    assert winner in {OPERATOR.person, SECOND.person}
    mine = outcomes[:10] if winner == OPERATOR.person else outcomes[10:]
    others = outcomes[10:] if winner == OPERATOR.person else outcomes[:10]
    assert (set(mine), set(others)) == ({"ok"}, {"conflict"})
    assert [move.move for move in await first.moves(room)] == ["hand_off", "claim"]


async def test_racing_moves_of_every_kind_leave_one_legal_history(pair: tuple[Shop, Shop]) -> None:
    """Claims, hand-backs, closings and hand-offs from two processes: the log is one chain, each move beginning where the last ended."""
    first, second = pair
    await first.arrive(OPERATOR, SECOND)
    room = await first.room()

    async def busy(desks: Desks, actor: Actor) -> None:
        for _ in range(6):
            for act in (desks.claim, desks.hand_back, desks.assign, desks.close):
                await outcome(act(actor, room))
            await outcome(desks.reopen(room))
            await outcome(desks.hand_off(room, reason="asked"))

    await asyncio.gather(busy(first.desks, OPERATOR), busy(second.desks, SECOND), busy(first.desks, OWNER))
    moves = await first.moves(room)
    assert [move.before for move in moves] == [BOT, *(move.after for move in moves[:-1])]
    state, operator = await first.stands(room)
    assert state is moves[-1].after
    assert (operator is not None) == (state is HELD)
    row = await first.row(room)
    assert (row.waiting_since is not None) == (state is WAITING)


@pytest.mark.parametrize(
    ("actor", "expected"),
    [(BUYER, "forbidden"), (VISITOR, "not_found"), (OUTSIDER, "not_found"), (MODERATOR, "not_found"), (STRANGER, "not_found")],
)
async def test_the_desk_is_for_its_staff_only(hub: Shop, actor: Actor, expected: str) -> None:
    """A buyer sees their conversation but moves nothing; everyone else is told that there is none."""
    room = await put(hub, WAITING)
    desks = hub.desks
    acts: list[Awaitable[Desk | None]] = [
        desks.claim(actor, room),
        desks.assign(actor, room),
        desks.transfer(actor, room, SECOND.person),
        desks.hand_back(actor, room),
    ]
    acts += [desks.close(actor, room), desks.claim_by_speaking(actor, room)]
    assert {await outcome(act) for act in acts} == {expected}
    assert await outcome(desks.watch(actor, "shop")) == "forbidden"
    assert await outcome(desks.queue(actor, "shop")) == "forbidden"
    assert await hub.stands(room) == (WAITING, None)


async def test_only_the_holder_or_the_owner_moves_what_is_held(hub: Shop) -> None:
    """Another operator may not assign, transfer, hand back or close it; the owner may."""
    await hub.arrive(OPERATOR, SECOND, OWNER)
    room = await put(hub, HELD)
    desks = hub.desks
    acts = [desks.assign(SECOND, room), desks.transfer(SECOND, room, SECOND.person), desks.hand_back(SECOND, room), desks.close(SECOND, room)]
    assert {await outcome(act) for act in acts} == {"forbidden"}
    assert await hub.stands(room) == (HELD, OPERATOR.person)
    await desks.assign(OWNER, room, SECOND.person)
    await desks.transfer(OWNER, room, OPERATOR.person)
    await desks.hand_back(OWNER, room)
    await desks.claim(OPERATOR, room)
    await desks.close(OWNER, room)
    assert [move.move for move in await hub.moves(room)] == ["claim", "assign", "transfer", "hand_back", "claim", "close"]


async def test_assigning_chooses_the_least_loaded_who_is_present(hub: Shop) -> None:
    """Load is the number of conversations held for this account; who is not there gets none."""
    await hub.arrive(OPERATOR, SECOND)
    await hub.desks.claim(SECOND, await hub.room("buyer-a"))
    assert (await hub.desks.assign(OWNER, await hub.waiting("buyer-b"))).operator == OPERATOR.person
    assert (await hub.desks.assign(OWNER, await hub.waiting("buyer-c"))).operator == SECOND.person
    await hub.leave(SECOND)
    for buyer in ("buyer-d", "buyer-e", "buyer-f"):
        assert (await hub.desks.assign(OWNER, await hub.waiting(buyer))).operator == OPERATOR.person


async def test_assigning_a_held_conversation_passes_over_its_holder(hub: Shop) -> None:
    """Whoever gives away what they hold does not get it back; alone there is nobody to give it to."""
    await hub.arrive(OPERATOR)
    room = await put(hub, HELD)
    with pytest.raises(Conflict, match="No other operator is present"):
        await hub.desks.assign(OPERATOR, room)
    await hub.arrive(SECOND)
    assert (await hub.desks.assign(OPERATOR, room)).operator == SECOND.person


async def test_with_nobody_present_a_conversation_stays_where_it_is(hub: Shop) -> None:
    """The caller is told in a sentence; a moderator does not count as present."""
    await hub.arrive(MODERATOR, STRANGER)
    room = await put(hub, WAITING)
    with pytest.raises(Conflict, match="No other operator is present"):
        await hub.desks.assign(OWNER, room)
    assert await hub.stands(room) == (WAITING, None)


async def test_a_teams_conversation_is_assigned_within_the_team(hub: Shop) -> None:
    """The least loaded of the team, however idle others are."""
    await hub.arrive(OPERATOR, SECOND)
    team = await make_team(hub, SECOND)
    await hub.desks.claim(SECOND, await hub.room("buyer-a"))
    room = await hub.waiting(team=team)
    assert (await hub.desks.assign(OWNER, room)).operator == SECOND.person


@pytest.mark.parametrize(
    ("to", "code", "sentence"),
    [
        (SECOND.person, "conflict", "not present"),
        (MODERATOR.person, "not_found", "no such operator"),
        (STRANGER.person, "not_found", "no such operator"),
        (BUYER.person, "not_found", "no such operator"),
        ("nobody", "not_found", "no such operator"),
    ],
)
async def test_only_present_operators_of_the_account_are_given_conversations(hub: Shop, to: str, code: str, sentence: str) -> None:
    """By assigning and by transferring alike; `path` says that the target is at fault."""
    await hub.arrive(MODERATOR, STRANGER, OPERATOR)
    room = await put(hub, HELD)
    for act in (hub.desks.assign(OPERATOR, room, to), hub.desks.transfer(OPERATOR, room, to)):
        with pytest.raises(HubError, match=sentence) as refusal:
            await act
        assert (refusal.value.code, refusal.value.data["path"]) == (code, "to")
    assert await hub.stands(room) == (HELD, OPERATOR.person)


async def test_who_assigns_to_themselves_is_there(hub: Shop) -> None:
    """Someone who works over REST holds no lease, yet stands at the desk."""
    room = await put(hub, WAITING)
    assert (await hub.desks.assign(OWNER, room, OWNER.person)).operator == OWNER.person


async def test_transferring_to_a_person_changes_the_holder(hub: Shop) -> None:
    """Both hear of it, and so does the buyer."""
    await hub.arrive(OPERATOR, SECOND)
    room = await put(hub, HELD)
    for person in (OPERATOR.person, SECOND.person, BUYER.person):
        hub.bus.subscribe(to_person(person))
    desk = await hub.desks.transfer(OPERATOR, room, SECOND.person)
    assert (desk.state, desk.operator, desk.operator_name) == (HELD, SECOND.person, "小李")
    assert all(hub.told(to_person(person)) == [desk] for person in (OPERATOR.person, SECOND.person, BUYER.person))


async def test_transferring_to_a_team_puts_it_into_the_teams_queue(hub: Shop) -> None:
    """It waits there as the last, under the team's name."""
    team = await make_team(hub, SECOND)
    other = await hub.waiting("buyer-a", team=team)
    room = await put(hub, HELD)
    desk = await hub.desks.transfer(OPERATOR, room, team)
    assert (desk.state, desk.operator, desk.team, desk.position) == (WAITING, None, team, 2)
    assert (await hub.desks.view(other)).position == 1
    assert (await hub.moves(room))[-1].move == "requeue"


@pytest.mark.parametrize("state", [BOT, WAITING, CLOSED])
async def test_only_what_is_held_can_be_transferred(hub: Shop, state: DeskState) -> None:
    """Otherwise it is to be claimed or assigned."""
    await hub.arrive(SECOND)
    room = await put(hub, state)
    with pytest.raises(Conflict, match="Nobody holds"):
        await hub.desks.transfer(OWNER, room, SECOND.person)


async def test_handing_back_gives_it_to_the_bot(hub: Shop) -> None:
    """From a holder and from the queue; from the bot itself it is a conflict."""
    room = await put(hub, HELD)
    assert (await hub.desks.hand_back(OPERATOR, room)).state is BOT
    assert await hub.stands(room) == (BOT, None)
    with pytest.raises(Conflict):
        await hub.desks.hand_back(OPERATOR, room)
    await hub.desks.hand_off(room, reason="asked")
    assert (await hub.desks.hand_back(SECOND, room)).state is BOT


async def test_a_closed_conversation_is_opened_by_its_buyer_only_once(hub: Shop) -> None:
    """Closing twice is a conflict; reopening gives it to the bot, and again changes nothing."""
    room = await put(hub, HELD)
    await hub.desks.close(OPERATOR, room)
    with pytest.raises(Conflict):
        await hub.desks.close(OPERATOR, room)
    assert (await hub.desks.reopen(room)).state is BOT
    assert (await hub.desks.reopen(room)).state is BOT
    assert [move.move for move in await hub.moves(room)] == ["claim", "close", "reopen"]


@pytest.mark.parametrize("state", [WAITING, HELD, CLOSED])
async def test_the_bot_hands_off_only_what_it_has(hub: Shop, state: DeskState) -> None:
    """In any other state nothing moves: the same decision may be carried out twice."""
    room = await put(hub, state)
    before = await hub.row(room)
    assert (await hub.desks.hand_off(room, reason="asked")).state is state
    assert await hub.row(room) == before
    assert hub.heard == []


async def test_what_belongs_to_a_hand_off_is_kept_with_it_or_not_at_all(hub: Shop) -> None:
    """`also` shares the transaction: when it fails, the conversation has not moved."""
    room = await hub.room()

    async def fail(_: object) -> None:
        raise Conflict("不行", "no")

    with pytest.raises(Conflict):
        await hub.desks.hand_off(room, reason="asked", also=fail)
    assert await hub.stands(room) == (BOT, None)
    assert await hub.moves(room) == []


async def test_a_hand_off_to_a_team_that_is_gone_goes_to_everybody(hub: Shop) -> None:
    """A rule may name a team that was dissolved; the buyer must not wait where nobody looks. One that stands is found by id or name."""
    room = await hub.room()
    assert (await hub.desks.hand_off(room, reason="asked", team="team-gone")).team is None
    team = await make_team(hub)
    for buyer, name in (("buyer-a", team), ("buyer-b", "售后")):
        assert (await hub.desks.hand_off(await hub.room(buyer), reason="asked", team=name)).team == team


@pytest.mark.parametrize("state", [BOT, WAITING, CLOSED])
async def test_an_operators_message_takes_the_conversation(hub: Shop, state: DeskState) -> None:
    """Speaking is claiming, wherever nobody holds it; the message follows the move."""
    room = await put(hub, state)
    await hub.say(OPERATOR, room, "k", "您好")
    assert await hub.stands(room) == (HELD, OPERATOR.person)
    assert (await hub.moves(room))[-1].reason == "spoke"


async def test_an_operator_may_not_speak_where_another_holds_it_but_the_owner_may(hub: Shop) -> None:
    """The owner's word does not take the conversation away."""
    room = await put(hub, HELD)
    with pytest.raises(Forbidden):
        await hub.say(SECOND, room, "k")
    await hub.say(OWNER, room, "k")
    assert await hub.stands(room) == (HELD, OPERATOR.person)


async def test_of_two_operators_who_speak_at_once_one_takes_it(pair: tuple[Shop, Shop]) -> None:
    """The other's message is refused, not stored."""
    first, second = pair
    room = await first.waiting()
    outcomes = await asyncio.gather(outcome(first.say(OPERATOR, room, "a")), outcome(second.say(SECOND, room, "b")))
    assert sorted(outcomes) in (["conflict", "ok"], ["forbidden", "ok"])
    _, winner = await first.stands(room)
    messages = (await first.talk.pull(OWNER, room)).messages
    assert [message.author for message in messages] == [winner]


async def test_a_move_is_told_to_all_it_concerns(hub: Shop) -> None:
    """Buyer, holder, those who look at the conversation and those who watch the desk."""
    room = await put(hub, WAITING)
    topics = [to_person(BUYER.person), to_person(OPERATOR.person), to_conversation(room), await hub.desks.watch(SECOND, "shop")]
    assert topics[-1] == to_desk(SHOP)
    for topic in topics:
        hub.bus.subscribe(topic)
    desk = await hub.desks.claim(OPERATOR, room)
    assert [hub.told(topic) for topic in topics] == [[desk]] * 4
    hub.heard.clear()
    desk = await hub.desks.hand_back(OPERATOR, room)
    assert [hub.told(topic) for topic in topics] == [[desk]] * 4


async def test_a_move_is_seen_by_the_next_message_at_once(hub: Shop) -> None:
    """The cached standing is dropped with the commit, also where no fact is heard."""
    room = await hub.room()
    await hub.say(BUYER, room, "a")
    await hub.desks.claim(OPERATOR, room)
    await hub.say(BUYER, room, "b")
    assert await hub.tokens() == [f"answer:{room}:1"]


async def test_places_in_the_queue_are_dense_and_by_time(hub: Shop) -> None:
    """A team's queue counts for itself."""
    team = await make_team(hub, SECOND)
    rooms = [await hub.waiting(f"buyer-{letter}") for letter in "abc"]
    theirs = await hub.waiting("buyer-d", team=team)
    assert [(await hub.desks.view(room)).position for room in rooms] == [1, 2, 3]
    assert (await hub.desks.view(theirs)).position == 1
    await hub.desks.claim(OPERATOR, rooms[0])
    assert [(await hub.desks.view(room)).position for room in rooms] == [None, 1, 2]


async def test_the_expected_wait_comes_from_the_last_day(hub: Shop) -> None:
    """Unknown without history or with nobody there; else the median wait, more for those behind."""
    first, second = await hub.waiting("buyer-a"), await hub.waiting("buyer-b")
    assert (await hub.desks.view(first)).expected_wait_s is None
    async with hub.db.write() as conn:
        await conn.execute(sa.update(CONVERSATIONS).where(CONVERSATIONS.c.id == first).values(waiting_since=now_ms() - 40_000))
    await hub.desks.claim(OPERATOR, first)
    fresh = await hub.waiting("buyer-c")
    hub.outlook._paces.clear()
    assert (await hub.desks.view(second)).expected_wait_s is None
    await hub.arrive(OPERATOR, MODERATOR)
    hub.outlook._paces.clear()
    assert [(await hub.desks.view(room)).expected_wait_s for room in (second, fresh)] == [40, 80]
    await hub.age_log(25 * 3_600_000)
    hub.outlook._paces.clear()
    assert (await hub.desks.view(second)).expected_wait_s is None


async def test_those_behind_hear_of_their_new_place(hub: Shop) -> None:
    """Whoever leaves a queue moves all behind; they are told once, with what is true then."""
    rooms = [await hub.waiting(f"buyer-{letter}") for letter in "abcd"]
    await asyncio.sleep(0.3)
    for letter in "abcd":
        hub.bus.subscribe(to_person(f"buyer-{letter}"))
    hub.heard.clear()
    await hub.desks.claim(OPERATOR, rooms[0])
    await hub.desks.close(OPERATOR, rooms[1])

    async def told() -> bool:
        return bool(hub.told(to_person("buyer-d")))

    await until(told)
    assert [(desk.conversation, desk.position) for desk in hub.told(to_person("buyer-c"))] == [(rooms[2], 1)]
    assert [(desk.conversation, desk.position) for desk in hub.told(to_person("buyer-d"))] == [(rooms[3], 2)]
    assert all(desk.account == "shop" for desk in hub.told(to_person("buyer-d")))


async def test_only_the_first_fifty_of_a_queue_hear_of_a_shift(hub: Shop) -> None:
    """A long queue costs a bounded number of rings."""
    rooms = [await hub.waiting(f"b-{number:02}") for number in range(53)]
    for number in range(53):
        hub.bus.subscribe(to_person(f"b-{number:02}"))
    hub.heard.clear()
    await hub.desks.close(OPERATOR, rooms[0])

    async def told() -> bool:
        return bool(hub.told(to_person("b-50")))

    await until(told)
    assert hub.told(to_person("b-51")) == hub.told(to_person("b-52")) == []
    assert len({desk.conversation for number in range(1, 53) for desk in hub.told(to_person(f"b-{number:02}"))}) == 50


async def test_reminders_are_rows_that_live_as_long_as_the_wait(hub: Shop) -> None:
    """One for each moment a waiting rule asks for, at its time; all are gone when the conversation leaves the queue."""
    await hub.publish([rule("小王正在赶来", "waiting", "请稍候", after_s=30), rule("还在等", "waiting", "抱歉", after_s=120)])
    room = await hub.waiting()
    since = (await hub.row(room)).waiting_since
    assert since is not None
    async with hub.db.read() as conn:
        rows = (await conn.execute(sa.select(OUTBOX.c.kind, OUTBOX.c.subject, OUTBOX.c.due_at))).all()
    assert sorted((row.kind, row.subject, row.due_at - since) for row in rows) == [("waiting", room, 30_000), ("waiting", room, 120_000)]
    await hub.desks.claim(OPERATOR, room)
    assert await hub.tokens() == []


async def test_a_new_wait_makes_reminders_of_its_own(hub: Shop) -> None:
    """Passing on to a team begins another wait; the old one's reminders do not speak in it."""
    team = await make_team(hub, SECOND)
    await hub.publish([rule("还在等", "waiting", "抱歉", after_s=60)])
    room = await hub.waiting()
    (before,) = await hub.tokens()
    await hub.desks.claim(OPERATOR, room)
    await asyncio.sleep(0.002)
    await hub.desks.transfer(OPERATOR, room, team)
    (after,) = await hub.tokens()
    assert before != after


async def test_the_console_lists_the_desk_by_pages(hub: Shop) -> None:
    """One state or all, each conversation with its buyer's name and place; a page ends with a cursor."""
    await hub.arrive(OPERATOR)
    rooms = [await hub.waiting(person) for person in (BUYER.person, VISITOR.person, OUTSIDER.person)]
    await hub.desks.claim(OPERATOR, rooms[2])
    waiting = await hub.desks.queue(SECOND, "shop", state=WAITING)
    assert {(item.desk.conversation, item.desk.position, item.buyer_name) for item in waiting.items} == {(rooms[0], 1, "小张"), (rooms[1], 2, "路人")}
    found, cursor = [], None
    for _ in range(3):
        page = await hub.desks.queue(OWNER, "shop", cursor=cursor, limit=1)
        found += [item.desk for item in page.items]
        cursor = page.cursor
    assert cursor is None
    assert {(desk.conversation, desk.state, desk.operator_name) for desk in found} == {
        (rooms[0], WAITING, None),
        (rooms[1], WAITING, None),
        (rooms[2], HELD, "小王"),
    }


async def test_a_conversation_that_is_not_there_is_not_found(hub: Shop) -> None:
    """By every internal verb too."""
    for act in (hub.desks.view("x"), hub.desks.hand_off("x", reason=""), hub.desks.reopen("x"), hub.desks.close_idle("x", 0)):
        with pytest.raises(NotFound):
            await act
