"""The desk: conversations move between bot, queue, operator and closed, by people and by the hub itself."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec
import structlog

from bot.actions import duties, shifts
from bot.actions.access import Access
from bot.actions.outlook import Outlook, desk_staff
from bot.actions.rulesets import RuleSets
from bot.live.ports import PRESENT_LIMIT, Bus, Presence
from bot.model.basics import Conflict, HubError, NotFound, new_id, now_ms
from bot.model.desk import Desk, Move, after, least_loaded
from bot.model.facts import DeskMoved, Ring, to_conversation, to_desk, to_person
from bot.model.people import Actor, Role, Verb
from bot.model.talk import DeskState, Message
from bot.store import desk as store
from bot.store import desk_lists, outbox, people, talk, teams
from bot.store.cursor import Page
from bot.store.desk import DeskItem, DeskRow, Moved
from bot.store.people import PersonRow
from bot.store.unit import Connection, Database

_log = structlog.get_logger(__name__)

Also = Callable[[Connection], Awaitable[None]]


class Listed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A conversation in the console's list: how it stands, whose it is, its last seq, and its last message with its time."""

    desk: Desk
    buyer: str
    buyer_name: str
    buyer_avatar: str | None = None
    head: int
    last_at: int
    waiting_since: int | None = None
    last: Message | None = None


class Past(msgspec.Struct, frozen=True):
    """A page of what happened to a conversation on the desk, and the people who did it, by id."""

    moves: Page[Moved]
    people: dict[str, PersonRow]


class Desks:
    """The verbs of the desk. Every move is a compare-and-set on the conversation's row, so of two at once one wins."""

    def __init__(self, *, db: Database, access: Access, bus: Bus, presence: Presence, outlook: Outlook, rulesets: RuleSets) -> None:
        self._db = db
        self._access = access
        self._bus = bus
        self._presence = presence
        self._outlook = outlook
        self._rulesets = rulesets

    async def view(self, conversation: str) -> Desk:
        """Where a conversation stands, for whoever was let in to it.

        Raises:
            NotFound: there is no such conversation.
        """
        return await self._outlook.view(conversation)

    async def watch(self, actor: Actor, ref: str) -> str:
        """The topic on which staff hear an account's desk.

        Raises:
            NotFound, Forbidden: see `Access.account`.
        """
        account = await self._access.account(actor, ref, Verb.DESK_READ)
        return to_desk(account.id)

    async def queue(
        self, actor: Actor, ref: str, *, state: DeskState | None = None, name: str = "", cursor: str | None = None, limit: int = 50
    ) -> Page[Listed]:
        """A page of an account's conversations in one state or in any, the latest message first; with a name, of buyers called so.

        Raises:
            NotFound, Forbidden: see `Access.account`. Invalid: a bad cursor.
        """
        account = await self._access.account(actor, ref, Verb.DESK_READ)
        async with self._db.read() as conn:
            if name:
                page = await desk_lists.named(conn, account.id, name, state, cursor, limit)
            else:
                page = await store.conversations_of_desk(conn, account.id, state, cursor, limit)
        return await self._told(account.id, page)

    async def waiting(self, actor: Actor, ref: str, *, cursor: str | None = None, limit: int = 50) -> Page[Listed]:
        """A page of those who wait at an account's desk, the longest first.

        Raises:
            NotFound, Forbidden: see `Access.account`. Invalid: a bad cursor.
        """
        account = await self._access.account(actor, ref, Verb.DESK_READ)
        async with self._db.read() as conn:
            page = await desk_lists.longest_waiting(conn, account.id, cursor, limit)
        return await self._told(account.id, page)

    async def held(self, actor: Actor, ref: str, *, cursor: str | None = None, limit: int = 50) -> Page[Listed]:
        """A page of what the caller holds at an account's desk, the latest message first.

        Raises:
            NotFound, Forbidden: see `Access.account`. Invalid: a bad cursor.
        """
        account = await self._access.account(actor, ref, Verb.DESK_READ)
        async with self._db.read() as conn:
            page = await desk_lists.held_by(conn, account.id, actor.person, cursor, limit)
        return await self._told(account.id, page)

    async def _told(self, account: str, page: Page[DeskItem]) -> Page[Listed]:
        desks = await self._outlook.of_all(account, [item.row for item in page.items])
        async with self._db.read() as conn:
            last = await talk.last_messages(conn, [(item.row.conversation, item.head) for item in page.items if item.head])
        return Page([_listed(item, desk, last.get(item.row.conversation)) for item, desk in zip(page.items, desks, strict=True)], page.cursor)

    async def past(self, actor: Actor, conversation: str, *, cursor: str | None = None, limit: int = 50) -> Past:
        """A page of what happened to a conversation on the desk, the newest first.

        Raises:
            NotFound, Forbidden: see `Access.conversation`. Invalid: a bad cursor.
        """
        await self._access.conversation(actor, conversation, Verb.DESK_READ)
        async with self._db.read() as conn:
            moves = await store.history(conn, conversation, cursor, limit)
            named = {person for move in moves.items for person in (move.actor, move.operator) if person is not None}
            return Past(moves, await people.people(conn, sorted(named)))

    async def claim(self, actor: Actor, conversation: str) -> Desk:
        """Take a conversation nobody holds; taking one's own again changes nothing.

        Raises:
            NotFound, Forbidden: see `Access.conversation`.
            Conflict: another operator holds it, or was faster.
        """
        await self._access.conversation(actor, conversation, Verb.DESK_CLAIM)
        return await self._move(conversation, lambda row: shifts.claim(row, actor, "claimed"))

    async def claim_by_speaking(self, actor: Actor, conversation: str) -> None:
        """An operator's message takes a conversation that nobody holds.

        Raises:
            Conflict: another operator was faster.
        """
        await self._access.conversation(actor, conversation, Verb.DESK_CLAIM)
        await self._move(conversation, lambda row: shifts.claim(row, actor, "spoke"))

    async def assign(self, actor: Actor, conversation: str, to: str | None = None) -> Desk:
        """Give a conversation to an operator: the named one, or the least loaded of those present but its holder.

        Raises:
            NotFound, Forbidden: see `Access.conversation`; what another operator holds is moved by them or the owner.
            Conflict: nobody is present, the named one is not, or the conversation moved meanwhile.
        """
        role = await self._role(actor, conversation, Verb.DESK_ASSIGN)
        seen = await self._row(conversation)
        shifts.check_holder(seen, actor, role)
        chosen = await self._least_loaded(seen) if to is None else await self._check_present(actor, seen.account, to)
        return await self._move(conversation, lambda row: shifts.assign(row, seen, actor, chosen))

    async def transfer(self, actor: Actor, conversation: str, to: str) -> Desk:
        """Pass on a conversation one holds (the owner: any that is held) to a present operator or into a team's queue.

        Raises:
            NotFound, Forbidden: see `Access.conversation`; no such operator or team.
            Conflict: nobody holds it, the operator is not present, or it moved meanwhile.
        """
        role = await self._role(actor, conversation, Verb.DESK_TRANSFER)
        seen = await self._row(conversation)
        shifts.check_holder(seen, actor, role)
        if await self._is_team(seen.account, to):
            delays = await self._delays(seen.account)
            return await self._move(conversation, lambda row: shifts.pass_on(row, seen, actor, team=to), delays)
        await self._check_present(actor, seen.account, to)
        return await self._move(conversation, lambda row: shifts.pass_on(row, seen, actor, operator=to))

    async def hand_back(self, actor: Actor, conversation: str) -> Desk:
        """Give a conversation back to the bot.

        Raises:
            NotFound, Forbidden: see `Access.conversation`; what another operator holds is moved by them or the owner.
            Conflict: it is neither waiting nor held.
        """
        role = await self._role(actor, conversation, Verb.DESK_HAND_BACK)
        return await self._move(conversation, lambda row: shifts.end(row, actor, role, Move.HAND_BACK))

    async def close(self, actor: Actor, conversation: str) -> Desk:
        """Close a conversation; the buyer's next message opens it again.

        Raises:
            NotFound, Forbidden: see `Access.conversation`; what another operator holds is moved by them or the owner.
            Conflict: it is closed already.
        """
        role = await self._role(actor, conversation, Verb.DESK_CLOSE)
        return await self._move(conversation, lambda row: shifts.end(row, actor, role, Move.CLOSE))

    async def hand_off(self, conversation: str, *, reason: str, team: str | None = None, also: Also | None = None) -> Desk:
        """The bot gives a conversation to the queue; nothing moves unless the bot has it.

        `team` is the id or the name of one. `also` runs in the same transaction, moved or not, so that whoever hands off
        can note it in the same breath.
        """
        row = await self._row(conversation)
        delays = await self._delays(row.account)
        team = await self._standing_team(row.account, team)
        return await self._move(conversation, lambda row: shifts.hand_off(row, team, reason), delays, also)

    async def reopen(self, conversation: str) -> Desk:
        """The buyer wrote into a conversation: if it was closed, the bot has it now."""
        return await self._move(conversation, shifts.reopen)

    async def release(self, conversation: str, *, operator: str, reason: str, away_before: int | None = None) -> Desk:
        """Take a conversation from an operator who is gone and put it into the queue.

        Nothing moves if they no longer hold it, or, where `away_before` (milliseconds) is given, were seen since.
        """
        row = await self._row(conversation)
        team = await self._standing_team(row.account, row.team)
        delays = await self._delays(row.account)
        return await self._move(conversation, lambda row: shifts.release(row, operator, team, reason, away_before), delays)

    async def close_idle(self, conversation: str, before: int) -> Desk:
        """Close a conversation that is held or waits and where nobody wrote since `before` (milliseconds)."""
        return await self._move(conversation, lambda row: shifts.close_idle(row, before))

    async def _role(self, actor: Actor, conversation: str, verb: Verb) -> Role | None:
        return (await self._access.conversation(actor, conversation, verb)).role_of(actor.person)

    async def _row(self, conversation: str) -> DeskRow:
        async with self._db.read() as conn:
            return await _found(conn, conversation)

    async def _least_loaded(self, row: DeskRow) -> str:
        async with self._db.read() as conn:
            staff = await desk_staff(conn, row.account, row.team)
        present = await self._presence.present(staff[:PRESENT_LIMIT])
        async with self._db.read() as conn:
            loads = await store.loads(conn, row.account, sorted(present))
        chosen = least_loaded({person: loads.get(person, 0) for person in present}, exclude=row.operator)
        if chosen is None:
            raise Conflict("现在没有其他客服在线，会话留在原处。", "No other operator is present; the conversation stays where it is.")
        return chosen

    async def _check_present(self, actor: Actor, account: str, person: str) -> str:
        """That person, who works at this desk and is there; who names themselves is."""
        async with self._db.read() as conn:
            staff = await desk_staff(conn, account, None)
        if person not in staff:
            raise NotFound("这个账号没有这位客服或分组。", "The account has no such operator or team.", path="to")
        if person != actor.person and not await self._presence.present([person]):
            raise Conflict("这位客服不在线。", "That operator is not present.", path="to")
        return person

    async def _is_team(self, account: str, name: str) -> bool:
        async with self._db.read() as conn:
            return await teams.team(conn, account, name) is not None

    async def _standing_team(self, account: str, team: str | None) -> str | None:
        """The id of a team that a rule names by id or by name; where it was dissolved since, anybody takes the conversation."""
        if team is None:
            return None
        async with self._db.read() as conn:
            known = await teams.teams_of(conn, account)
        found = next((one.id for one in known if team in {one.id, one.name}), None)
        if found is None:
            _log.warning("desk.team_gone", account=account, team=team)
        return found

    async def _delays(self, account: str) -> Sequence[int]:
        """After how many seconds of waiting the account has something to say."""
        return (await self._rulesets.of(account)).waiting_delays

    async def _move(self, conversation: str, plan: shifts.Plan, delays: Sequence[int] = (), also: Also | None = None) -> Desk:
        async with self._db.write() as conn:
            before = await _found(conn, conversation, lock=True)
            shift = plan(before)
            row = before if shift is None else await _apply(conn, before, shift, delays)
            if also is not None:
                await also(conn)
        if row is before:
            return await self._outlook.of(row)
        self._access.forget(conversation)
        return await self._tell(before, row)

    async def _tell(self, before: DeskRow, row: DeskRow) -> Desk:
        try:
            desk = await self._outlook.of(row)
        except HubError:
            # The move is made; those concerned hear of it even while the store cannot say more.
            desk = Desk(conversation=row.conversation, account=row.account, state=row.state, operator=row.operator, team=row.team)
        topics = {to_person(row.person), to_conversation(row.conversation), to_desk(row.account)}
        topics |= {to_person(operator) for operator in (before.operator, row.operator) if operator is not None}
        self._bus.publish([Ring(new_id(), tuple(sorted(topics)), DeskMoved(desk))])
        if before.state is DeskState.WAITING and (row.state, row.team) != (before.state, before.team):
            self._outlook.shifted(before.account, before.team)
        return desk


def _listed(item: DeskItem, desk: Desk, last: Message | None) -> Listed:
    return Listed(
        desk=desk,
        buyer=item.row.person,
        buyer_name=item.name,
        buyer_avatar=item.avatar,
        head=item.head,
        last_at=item.row.last_at,
        waiting_since=item.row.waiting_since,
        last=last,
    )


async def _found(conn: Connection, conversation: str, *, lock: bool = False) -> DeskRow:
    row = await store.desk_row(conn, conversation, lock=lock)
    if row is None:
        raise NotFound("没有这个会话。", "There is no such conversation.")
    return row


async def _apply(conn: Connection, before: DeskRow, shift: shifts.Shift, delays: Sequence[int]) -> DeskRow:
    """Make one legal move with all that belongs to it, and give the row as it is then."""
    now = now_ms()
    state = after(before.state, shift.move)
    waits = state is DeskState.WAITING
    row = msgspec.structs.replace(
        before, state=state, operator=shift.operator, team=shift.team, waiting_since=now if waits else None, away_since=None
    )
    if not await store.move(conn, row, expect=before):
        raise shifts.moved()
    taken = before.state is DeskState.WAITING and state is DeskState.OPERATOR and before.waiting_since is not None
    await store.log_move(
        conn,
        before=before,
        after=row,
        at=now,
        move=shift.move,
        actor=shift.by,
        waited_ms=now - before.waiting_since if taken and before.waiting_since is not None else None,
        reason=shift.reason,
    )
    if before.state is DeskState.WAITING:
        await outbox.cancel(conn, kind=duties.WAITING, subject=row.conversation)
    if waits:
        await outbox.add(conn, [duties.waiting(row.conversation, now, delay) for delay in delays], now)
    return row
