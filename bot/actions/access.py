"""The one door to accounts and conversations: who is it, and may they do this?

Absent and forbidden answer alike: who may not see a thing is told that there is none.
"""

import contextlib
import time
from collections import Counter, OrderedDict
from typing import NamedTuple

from bot.actions.places import Places
from bot.live.ports import Bus
from bot.model.basics import Forbidden, NotFound
from bot.model.facts import AccountChanged, DeskMoved, FollowChanged, Ring, of_direct
from bot.model.groups import Place
from bot.model.people import STAFF, Actor, Role, Verb, may
from bot.model.talk import Standing
from bot.store import people, talk
from bot.store.people import AccountRow
from bot.store.unit import Connection, Database


class _Kept(NamedTuple):
    loaded_at: float
    standing: Standing
    topics: tuple[str, ...]


class Access:
    """Finds accounts and conversations for a caller and a verb.

    Standings are cached: facts this process hears drop them at once, and `ttl_s` bounds how long one may be stale when a
    fact was not heard because nobody here listens; `blind_s` while other processes cannot be heard at all.
    """

    def __init__(self, db: Database, bus: Bus, *, ttl_s: float = 30.0, blind_s: float = 3.0, size: int = 50_000) -> None:
        self._db = db
        self._bus = bus
        self._ttl = ttl_s
        self._blind = blind_s
        self._size = size
        self._standings: OrderedDict[str, _Kept] = OrderedDict()
        self._directs: dict[tuple[str, str], str] = {}
        self._loading: Counter[str] = Counter()
        self._overtaken: set[str] = set()
        self.places = Places(db, bus, ttl_s=ttl_s, blind_s=blind_s, size=size)
        bus.attach(self.hear, DeskMoved, AccountChanged, FollowChanged)
        bus.on_restored(self.forget_all)

    async def account(self, actor: Actor, ref: str, verb: Verb) -> AccountRow:
        """An account by handle or id, for somebody who may do this to it.

        Raises:
            NotFound: there is none.
            Forbidden: the caller may see it but not do this.
        """
        row, _ = await self.account_and_role(actor, ref, verb)
        return row

    async def account_and_role(self, actor: Actor, ref: str, verb: Verb) -> tuple[AccountRow, Role]:
        """As `account`, with what the caller is to it."""
        async with self._db.read() as conn:
            return await self.account_in(conn, actor, ref, verb)

    async def account_in(self, conn: Connection, actor: Actor, ref: str, verb: Verb) -> tuple[AccountRow, Role]:
        """As `account_and_role`, inside a transaction that is open."""
        # The id first: a handle is chosen, and one chosen to be another account's id must not stand for it.
        row = await people.account_by_id(conn, ref) or await people.account_by_handle(conn, ref)
        if row is None:
            raise NotFound("没有这个账号。", "There is no such account.")
        role = await role_in(conn, actor, row.id)
        if not may(verb, role):
            raise Forbidden("你没有权限这样做。", "You may not do this.")
        return row, role

    async def conversation(self, actor: Actor, conversation: str, verb: Verb) -> Standing:
        """A conversation for somebody who may do this in it.

        Raises:
            NotFound: there is none, or it is not for the caller to see.
            Forbidden: the caller may see it but not do this.
        """
        standing = self.peek(conversation) or await self.load(conversation)
        check(standing, actor, verb)
        return standing

    async def where(self, actor: Actor, conversation: str, verb: Verb) -> Standing | Place:
        """A conversation, direct or group, for somebody who may do this in it: its standing, or their place in the group.

        Raises:
            NotFound, Forbidden: as `conversation`. NotMember, Banned, Closed: see `Places.of`.
        """
        standing = self.peek(conversation)
        if standing is None and not self.places.is_group(conversation):
            with contextlib.suppress(NotFound):
                standing = await self.load(conversation)
        if standing is None:
            return await self.places.of(conversation, actor.person, verb)
        check(standing, actor, verb)
        return standing

    def peek(self, conversation: str) -> Standing | None:
        """The cached standing, if it is fresh."""
        found = self._standings.get(conversation)
        if found is None or time.monotonic() - found.loaded_at > (self._ttl if self._bus.healthy else self._blind):
            return None
        return found.standing

    def topics(self, standing: Standing) -> tuple[str, ...]:
        """Who is to be told of what happens in a conversation; worked out once while its standing is kept."""
        found = self._standings.get(standing.conversation)
        return found.topics if found is not None and found.standing is standing else of_direct(standing)

    async def load(self, conversation: str) -> Standing:
        """The standing from the store, which is then cached.

        Raises:
            NotFound: there is no such conversation.
        """
        loaded_at = time.monotonic()
        self._loading[conversation] += 1
        try:
            async with self._db.read() as conn:
                standing = await talk.standing(conn, conversation)
            if standing is None:
                raise NotFound("没有这个会话。", "There is no such conversation.")
            if conversation not in self._overtaken:
                self._keep(loaded_at, standing)
        finally:
            self._loading[conversation] -= 1
            if not self._loading[conversation]:
                del self._loading[conversation]
                self._overtaken.discard(conversation)
        return standing

    def _keep(self, loaded_at: float, standing: Standing) -> None:
        self._standings[standing.conversation] = _Kept(loaded_at, standing, of_direct(standing))
        self._standings.move_to_end(standing.conversation)
        self._directs[standing.account, standing.buyer] = standing.conversation
        while len(self._standings) > self._size:
            self.forget(next(iter(self._standings)))

    def forget(self, conversation: str) -> None:
        """Drop a standing: something about it changed. One that is being read now is not kept either."""
        if conversation in self._loading:
            self._overtaken.add(conversation)
        found = self._standings.pop(conversation, None)
        if found is not None:
            self._directs.pop((found.standing.account, found.standing.buyer), None)

    def forget_all(self) -> None:
        """Drop everything: facts may have been missed."""
        self._overtaken.update(self._loading)
        self._standings.clear()
        self._directs.clear()

    def hear(self, ring: Ring) -> None:
        """Drop what a fact made stale."""
        match ring.fact:
            case DeskMoved(desk=desk):
                self.forget(desk.conversation)
            case AccountChanged(account=account):
                self._overtaken.update(self._loading)
                for conversation in [name for name, kept in self._standings.items() if kept.standing.account == account]:
                    self.forget(conversation)
            case FollowChanged(account=account, person=person):
                self._overtaken.update(self._loading)
                self.forget(self._directs.get((account, person), ""))
            case _:
                pass


async def role_in(conn: Connection, actor: Actor, account: str) -> Role:
    """What a person is to an account: their staff role, else a follower or a visitor."""
    if actor.is_staff:
        role = await people.role_of(conn, account, actor.person)
        if role is not None and role in STAFF:
            return role
    follow = await people.follow_of(conn, account, actor.person)
    return Role.VISITOR if follow is None else Role.FOLLOWER


def check(standing: Standing, actor: Actor, verb: Verb) -> Role:
    """What the caller is in this conversation, if they may do this.

    Raises:
        NotFound: it is not for the caller to see.
        Forbidden: the caller may see it but not do this.
    """
    role = standing.role_of(actor.person)
    if role is None or not may(Verb.TALK_READ, role):
        raise NotFound("没有这个会话。", "There is no such conversation.")
    if not may(verb, role):
        raise Forbidden("你没有权限这样做。", "You may not do this.")
    return role
